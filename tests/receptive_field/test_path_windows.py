"""Windows over long tables of paths, and shuffles that move nothing."""

from __future__ import annotations

import pytest

import cnncalc

COSTLY = {
    "a row and its last value": (
        "input: 1x4000\nlayers:\n- slice: {dim: 1, start: -1, name: s}\n- concat: {dim: 1, from: [input, s]}\n"
        "- conv: {kernel_size: 3, padding: 1, out_channels: 1}\n",
        (3,),
    ),
    "a map and its convolution, place by place": (
        "input: 1x1x2000\nlayers:\n- conv: {kernel_size: [1, 3], padding: [0, 1], out_channels: 1, name: c}\n"
        "- concat: {dim: 1, from: [input, c]}\n- permute: {dims: [0, 2, 1]}\n"
        "- flatten: {start_dim: 1, end_dim: 2}\n- conv: {kernel_size: 2001, out_channels: 1}\n",
        (1, 1003),
    ),
    "a huge map as channels and back": (
        "input: 1x1073741824\nlayers:\n- pixel_unshuffle: {downscale_factor: 512}\n"
        "- conv: {kernel_size: 3, padding: 1, out_channels: 512}\n- pixel_shuffle: {upscale_factor: 512}\n",
        (1536,),
    ),
}
"""What once took seconds to minutes, or gigabytes, and the sizes by hand."""


@pytest.mark.parametrize(("text", "size"), COSTLY.values(), ids=COSTLY)
def test_long_tables_are_walked_once(text: str, size: tuple[int, ...]) -> None:
    field = cnncalc.load(text).report().layers[-1].receptive_field["input"]
    assert (field.size, field.exact) == (size, True)


@pytest.mark.parametrize("entry", ["pixel_unshuffle: {downscale_factor: 1}", "pixel_shuffle: {upscale_factor: 1}"])
def test_a_factor_of_1_moves_nothing(entry: str) -> None:
    field = cnncalc.load(f"input: 12x1x8\nlayers:\n- {entry}\n").report().layers[-1].receptive_field["input"]
    assert (field.size, field.stride, field.padding, field.is_global) == ((1, 1), ((1, 1), (1, 1)), (0, 0), False)
