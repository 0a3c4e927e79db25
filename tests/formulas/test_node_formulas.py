"""The formulas of a layer's shape and counts."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.formulas.explanation import explain
from cnncalc.formulas.node_formulas import NodeFormulas
from cnncalc.spec import bundled
from tests.formula_text import evaluate
from tests.rows import every_row


@every_row(
    ("layer", "size", "symbols", "numbers"),
    [
        (
            "conv2d: {out_channels: 1, kernel_size: 5, padding: 2}",
            27,
            "floor((H_in + 2 x padding - kernel_size) / stride) + 1",
            "floor((27 + 2 x 2 - 5) / 1) + 1",
        ),
        (
            "conv2d: {out_channels: 1, kernel_size: 3, dilation: 2, padding: [[1, 0], [1, 0]]}",
            9,
            "floor((H_in + pad_before + pad_after - extent) / stride) + 1",
            "floor((9 + 1 - 5) / 1) + 1",
        ),
        (
            "conv2d: {out_channels: 1, kernel_size: 3, stride: 2, padding: same}",
            32,
            "ceil(H_in / stride)",
            "ceil(32 / 2)",
        ),
        (
            "max_pool2d: {kernel_size: 3, stride: 2, ceil_mode: true}",
            16,
            "ceil((H_in + 2 x padding - kernel_size) / stride) + 1",
            "ceil((16 - 3) / 2) + 1",
        ),
        (
            "conv_transpose2d: {out_channels: 1, kernel_size: 4, stride: 2, padding: 1}",
            8,
            "(H_in - 1) x stride + kernel_size - 2 x padding",
            "(8 - 1) x 2 + 4 - 2 x 1",
        ),
        ("conv_transpose2d: {out_channels: 1, kernel_size: 4, stride: 2, padding: same}", 8, "H_in x stride", "8 x 2"),
        (
            "conv_transpose2d: {out_channels: 1, kernel_size: 3, stride: 2, padding: same, output_padding: 1}",
            4,
            "(H_in - 1) x stride + kernel_size - 2 x floor(kernel_size / 2) + output_padding",
            "(4 - 1) x 2 + 3 - 2 x floor(3 / 2) + 1",
        ),
        ("crop: {padding: 1}", 8, "H_in - 2 x padding", "8 - 2 x 1"),
    ],
)
def test_sizes_as_on_paper(layer: str, size: int, symbols: str, numbers: str) -> None:
    text = f"input: 1x{size}x{size}\nlayers:\n  - {layer.replace('{', '{name: found, ')}\n"
    [found] = explain(cnncalc.load(text), "found").layers
    [line] = [line for line in found.formulas if line.left == "H_out" and line.quantity == "output"]
    assert (line.symbols, line.numbers) == (symbols, numbers)


def test_a_pool_without_a_stride_says_what_it_is() -> None:
    [layer] = explain(cnncalc.load("lenet"), "s2").layers
    lines = [(line.left, line.symbols, line.result) for line in layer.formulas if line.axes == ("height", "width")]
    assert lines[:2] == [
        ("stride", "kernel_size", 2),
        ("H_out", "floor((H_in + 2 x padding - kernel_size) / stride) + 1", 14),
    ]


@pytest.mark.parametrize(("size", "late"), [(32, True), (33, False)])
def test_no_window_of_ceil_mode_starts_behind_the_input(size: int, late: bool) -> None:
    text = (
        f"input: 1x{size}\nlayers:\n  - max_pool: {{name: p, kernel_size: 2, stride: 2, padding: 1, ceil_mode: true}}\n"
    )
    [layer] = explain(cnncalc.load(text), "p").layers
    [line] = [line for line in layer.formulas if line.left == "L_out" and line.quantity == "output"]
    assert (line.symbols, line.result) == ("ceil((L_in + padding) / stride)", 17)
    assert line.note.startswith("no window may start behind the input, which takes one away") is not late


@pytest.mark.parametrize("name", ["c5", "c1"])
def test_activations_have_their_operations_by_name(name: str) -> None:
    [layer] = explain(cnncalc.load("lenet"), name).layers
    lines = [(line.left, line.symbols) for line in layer.formulas if line.quantity == "FLOPs"]
    own = "linear" if name == "c5" else "conv"
    assert [left for left, _ in lines] == [own, "tanh", "FLOPs"]
    assert lines[-1] == ("FLOPs", f"{own} + tanh")


def test_padding_that_follows_from_the_size_is_split() -> None:
    text = (
        "input: 1x224x225\nlayers:\n  - conv2d: {name: c, out_channels: 1, kernel_size: 7, stride: 2, padding: same}\n"
    )
    [layer] = explain(cnncalc.load(text), "c").layers
    pads = {(line.axes, line.left): line.result for line in layer.formulas if line.quantity == "padding"}
    assert pads == {
        (("height",), "pad_total"): 5,
        (("height",), "pad_before"): 2,
        (("height",), "pad_after"): 3,
        (("width",), "pad_total"): 6,
        (("width",), "pad_before"): 3,
        (("width",), "pad_after"): 3,
    }


def test_each_axis_splits_its_own_padding() -> None:
    """Where both come to the same total, but not by the same numbers."""
    text = (
        "input: 1x224x226\nlayers:\n  - conv2d: {name: c, out_channels: 1, kernel_size: 7, stride: 2, padding: same}\n"
    )
    [layer] = explain(cnncalc.load(text), "c").layers
    lines = [(line.axes, line.left) for line in layer.formulas if line.quantity == "padding"]
    names = ["pad_total", "pad_before", "pad_after"]
    assert lines == [((axis,), name) for axis in ("height", "width") for name in names]


@pytest.mark.slow
def test_every_bundled_network_is_explained() -> None:
    """The counts of all, without the closed forms' building at other sizes."""
    for name in bundled.names():
        for node in cnncalc.load(name).nodes[:40]:
            lines = NodeFormulas(node).all(4)
            assert [line for line in lines if evaluate(line.numbers) != line.result] == []


@pytest.mark.parametrize(
    ("entry", "shape", "expected"),
    [
        ("linear: {out_features: 4, dim: 2}", "4x4x6", {("height",): "H_in", ("width",): "out_features"}),
        ("permute: {dims: [3, 1, 0, 2]}", "1x6x6x5", {("depth",): "D_in", ("height",): "C_in", ("width",): "H_in"}),
        (
            "max_pool: {kernel_size: 2}",
            "4x8x8",
            {("height", "width"): "floor((H_in + 2 x padding - kernel_size) / stride) + 1"},
        ),
    ],
)
def test_axes_go_together_where_each_follows_its_own_size(
    entry: str, shape: str, expected: dict[tuple[str, ...], str]
) -> None:
    [layer] = explain(cnncalc.load(f"input: {shape}\nlayers:\n- {entry}\n")).layers
    sizes = [line for line in layer.formulas if line.quantity == "output" and line.axes and line.left.endswith("_out")]
    assert {line.axes: line.symbols for line in sizes} == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            "upsample: {scale_factor: [1.3333334, 1.3333333]}",
            {("height",): ("floor(30 x 1.3333334)", 40), ("width",): ("floor(30 x 1.3333333)", 39)},
        ),
        (
            "max_pool: {kernel_size: 3, stride: 1, padding: [[0, 1], [1, 0]]}",
            {("height", "width"): ("floor((30 + 1 - 3) / 1) + 1", 29)},
        ),
        (
            "max_pool: {kernel_size: [3, 2], stride: 1}",
            {("height",): ("floor((30 - 3) / 1) + 1", 28), ("width",): ("floor((30 - 2) / 1) + 1", 29)},
        ),
    ],
)
def test_axes_go_together_where_the_numbers_are_the_same(
    entry: str, expected: dict[tuple[str, ...], tuple[str, int]]
) -> None:
    """Factors are told apart that are the same in six digits, and a padding of 0 is none, before or after."""
    [layer] = explain(cnncalc.load(f"input: 1x30x30\nlayers:\n- {entry}\n")).layers
    sizes = [line for line in layer.formulas if line.quantity == "output" and line.axes and line.left.endswith("_out")]
    assert {line.axes: (line.numbers, line.result) for line in sizes} == expected
    assert all(evaluate(line.numbers) == line.result for line in sizes)
