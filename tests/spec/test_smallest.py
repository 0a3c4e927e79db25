"""The smallest input that an error names, held against trying every size from 1 upwards."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.spec.layer_factory import TooSmallError
from tests.spec.reading import load

POOL = "{type: max_pool2d, kernel_size: 2}"


def passes(text: str, shape: list[int]) -> bool:
    try:
        load(text, input=shape)
    except TooSmallError:
        return False
    return True


def smallest(text: str, shape: list[int], axes: list[int]) -> list[int]:
    """The shape with the least size on each of the axes, found on one after the other while the rest are large."""
    found = list(shape)
    for axis in axes:
        for size in range(1, 500):
            tried = [500 if other in axes else length for other, length in enumerate(shape)]
            tried[axis] = size
            if passes(text, tried):
                found[axis] = size
                break
    return found


def chain(shape: str, *entries: str) -> str:
    """A spec with this input and these layers."""
    return f"input: {shape}\nlayers:\n" + "".join(f"  - {entry}\n" for entry in entries)


def conv(rank: int, options: str) -> str:
    return f"conv{rank}d: {{out_channels: 2, {options}}}"


NETWORKS = {
    "pools": chain("1x1x1", POOL, POOL, POOL),
    "valid convolutions": chain("1x1x1", *[conv(2, "kernel_size: 5")] * 4),
    "strides": chain(
        "1x1x1",
        conv(2, "kernel_size: 7, stride: 3, padding: 1"),
        conv(2, "kernel_size: 5, stride: 2"),
        "max_pool2d: {kernel_size: 3, stride: 2}",
    ),
    "dilation": chain("1x1x1", conv(2, "kernel_size: 3, dilation: 9"), POOL),
    "a rectangle": chain(
        "1x1x1",
        conv(2, "kernel_size: [3, 11], stride: [1, 4]"),
        "avg_pool2d: {kernel_size: [2, 3], stride: [2, 1], ceil_mode: true}",
    ),
    "one axis": chain("1x1", conv(1, "kernel_size: 80, stride: 4"), "max_pool: {kernel_size: 4}"),
    "three axes": chain("1x1x1x1", conv(3, "kernel_size: [1, 3, 5]"), "max_pool3d: {kernel_size: 2}"),
    "same and valid": chain("1x1x1", conv(2, "kernel_size: 9, stride: 2, padding: same"), POOL, POOL),
    "a flat end": chain("1x1x1", POOL, POOL, "flatten", "linear: {out_features: 3}"),
    "branches": chain("1x1x1", f"parallel: {{branches: [[{POOL}, {POOL}, global_avg_pool2d], [global_max_pool2d]]}}"),
    "in a block": f"blocks: {{b: {{layers: [{POOL}]}}}}\n" + chain("1x1x1", "b", "b", "b", "b"),
}


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_the_smallest_input(text: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        load(text)
    rank = text.partition("input: ")[2].partition("\n")[0].count("x")
    least = smallest(text, [1] * (rank + 1), list(range(1, rank + 1)))
    assert passes(text, least)
    assert caught.value.hint == f"with this network the smallest input is {' x '.join(map(str, least))}"


def test_channels_last() -> None:
    text = """
        data_format: channels_last
        input: 1x1x3
        layers: [{type: conv2d, out_channels: 2, kernel_size: [3, 5]}, {type: max_pool2d, kernel_size: 2}]
    """
    with pytest.raises(CnncalcError) as caught:
        load(text)
    assert caught.value.hint == "with this network the smallest input is 4 x 6 x 3"
    assert smallest(text, [1, 1, 3], [0, 1]) == [4, 6, 3]


def test_one_axis_only_is_too_small() -> None:
    with pytest.raises(CnncalcError) as caught:
        load(f"input: 3x100x3\nlayers: [{POOL}, {POOL}]")
    assert caught.value.hint == "with this network the smallest input is 3 x 4 x 4"


def test_several_inputs() -> None:
    text = """
        inputs: {a: 1x3x3, b: 2x3x3}
        layers:
          - {type: conv2d, name: x, from: a, out_channels: 2, kernel_size: 5}
          - {type: conv2d, name: y, from: b, out_channels: 2, kernel_size: 7}
          - {layers: [global_avg_pool2d], from: x}
          - add: {from: [previous, y]}
    """
    with pytest.raises(CnncalcError) as caught:
        load(text)
    assert caught.value.hint == "with this network the smallest input is 1 x 5 x 5, 2 x 7 x 7"


@pytest.mark.slow
def test_a_network_of_its_published_size() -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load("alexnet", input="3x20x20")
    least = next(size for size in range(20, 300) if _fits("alexnet", size))
    assert caught.value.hint == f"with this network the smallest input is 3 x {least} x {least}"


def _fits(name: str, size: int) -> bool:
    try:
        cnncalc.load(name, input=[3, size, size])
    except TooSmallError:
        return False
    return True


def test_a_padded_network_takes_a_pixel() -> None:
    assert cnncalc.load("resnet18", input="3x1x1").nodes[-1].output_shape == (1000,)


def test_no_hint_where_no_size_would_do() -> None:
    text = f"""
        input: 3x4x4
        layers: [{POOL}, {POOL}, {POOL}, flatten, {{type: linear, in_features: 7, out_features: 3}}]
    """
    with pytest.raises(CnncalcError) as caught:
        load(text)
    assert caught.value.hint is None
