"""The opaque layer: what is known of it is counted, and what is not is not made up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.layers.opaque import Opaque

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC = """\
name: Detector
input: 3x32x32
layers:
  - conv2d: {name: stem, out_channels: 8, kernel_size: 3}
  - opaque: {name: nms, shape: 8x16x16, operator: NonMaxSuppression, parameters: {W: 4x3, B: 4}}
  - conv2d: {name: head, out_channels: 2, kernel_size: 3}
"""


def test_it_is_counted_with_its_parameters_and_without_operations() -> None:
    report = cnncalc.load(SPEC).report()
    nms = report.layers[1]
    assert (nms.output_shape, nms.parameters, nms.weights) == ((8, 16, 16), 16, {"W": (4, 3), "B": (4,)})
    assert (nms.macs, nms.flops, nms.output_bytes) == (0, 0, 8 * 16 * 16 * 4)
    assert report.totals.opaque == 1
    assert report.totals.parameters == (3 * 9 * 8 + 8) + 16 + (8 * 9 * 2 + 2)
    assert report.totals.macs == 30 * 30 * 8 * 27 + 14 * 14 * 2 * 72


def test_its_operations_are_counted_where_they_are_given() -> None:
    text = SPEC.replace("operator: NonMaxSuppression", "operator: MatMul, known_macs: 4096")
    product = cnncalc.load(text).report().layers[1]
    assert (product.macs, product.flops) == (4096, 8192)


def test_the_summary_says_so_below_the_totals(run: Callable[..., Any]) -> None:
    lines = run("summary", "-", stdin=SPEC).out.splitlines()
    assert [" ".join(line.split()) for line in lines if line.startswith("opaque layers")] == [
        "opaque layers 1 1 MACs and FLOPs of products and convolutions among them alone are known"
    ]
    assert json.loads(run("summary", "-", "--json", stdin=SPEC).out)["totals"]["opaque"] == 1
    assert "opaque layers" not in run("summary", "lenet").out
    assert json.loads(run("summary", "lenet", "--json").out)["totals"]["opaque"] == 0


def test_what_units_behind_it_see_is_at_most_everything() -> None:
    fields = [layer.receptive_field["input"] for layer in cnncalc.load(SPEC).report().layers]
    assert [(field.size, field.padding, field.exact) for field in fields] == [
        ((3, 3), (0, 0), True),
        ((32, 32), (None, None), False),
        ((32, 32), (None, None), False),
    ]


REFUSED = [
    (("run", "-"), "what it computes is not", ""),
    (("solve", "-"), "what size it has at another input is not", ""),
    (("receptive-field", "-", "nms"), "what a unit sees is not", "; name a layer before it, such as `stem`"),
    (
        ("receptive-field", "-", "head", "--unit", "3,3"),
        "what a unit sees, which passes it, is not",
        "; name a layer before it, such as `stem`",
    ),
]


@pytest.mark.parametrize(("arguments", "what", "hint"), REFUSED)
def test_what_would_pass_it_is_refused(
    arguments: tuple[str, ...], what: str, hint: str, run: Callable[..., Any]
) -> None:
    outcome = run(*arguments, stdin=SPEC)
    assert (outcome.status, outcome.out) == (2, "")
    known = "`nms` (NonMaxSuppression) is opaque: only the shape of its output is known"
    assert outcome.err == f"error: {known}, so {what}\nhint: `summary` counts what is known of it{hint}\n"


def test_what_does_not_pass_it_is_answered(run: Callable[..., Any]) -> None:
    assert run("receptive-field", "-", "stem", "--unit", "3,3", "--verify", stdin=SPEC).status == 0
    text = run("explain", "-", "head", stdin=SPEC).out
    assert "MACs" in text
    assert "closed form" not in text
    assert "at most this" in text
    assert run("check", "-", stdin=SPEC + "expect: {opaque: 1, layers: 3}\n").status == 0


def test_a_layer_of_python_is_the_same() -> None:
    layer = Opaque(shape=(2, 5), operator="TopK", parameters={"W": (3, 4)})
    network = cnncalc.load([layer], input="3x8x8")
    assert network.nodes[0].weight_shapes == {"W": (3, 4)}
    assert network.nodes[0].output_shape == (2, 5)


def test_its_shape_is_written_as_the_spec_orders_axes() -> None:
    network = cnncalc.load("input: 8x8x3\ndata_format: channels_last\nlayers:\n  - opaque: {shape: 4x5x6}\n  - relu\n")
    assert network.nodes[0].output_shape == (6, 4, 5)
