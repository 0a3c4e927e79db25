"""A node whose sizes and options are traced."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.graph.traced_node import traced_node
from cnncalc.symbolic.rendering import PLAIN_TEXT
from cnncalc.symbolic.trees import unnamed

CONV = "conv2d: {out_channels: 4, kernel_size: 3, padding: 1, activation: OPTION}"


@pytest.mark.parametrize("activation", ["relu", "{prelu: {}}", "{leaky_relu: {negative_slope: 0.1}}"])
def test_it_comes_to_the_same_numbers(activation: str) -> None:
    [node] = cnncalc.load(f"input: 3x9x9\nlayers:\n- {CONV.replace('OPTION', activation)}\n").nodes
    traced = traced_node(node)
    assert traced.output_shape == node.output_shape
    assert traced.weight_shapes == node.weight_shapes
    assert (traced.macs, traced.flops) == (node.macs, node.flops)
    assert {type(size) for size in node.output_shape} == {int}


def test_counts_are_named_where_other_counts_use_them() -> None:
    [node] = cnncalc.load("input: 3x9x9\nlayers:\n- conv2d: {out_channels: 4, kernel_size: 3}\n").nodes
    assert PLAIN_TEXT.symbols(unnamed(traced_node(node).flops)).startswith("2 x MACs + ")


def test_what_is_derived_from_the_options_is_derived_from_the_traced_ones() -> None:
    [node] = cnncalc.load(f"input: 3x9x9\nlayers:\n- {CONV.replace('OPTION', '{prelu: {}}')}\n").nodes
    layer = traced_node(node).layer
    assert list(layer.inner) == ["activation"]
    assert layer.inner["activation"] is layer.last_step
    assert node.layer.inner["activation"] is node.layer.last_step is not layer.last_step


def test_options_at_their_default_are_constants() -> None:
    [node] = cnncalc.load("input: 3x9x9\nlayers:\n- conv2d: {out_channels: 4, kernel_size: 3, dilation: 2}\n").nodes
    assert PLAIN_TEXT.symbols(unnamed(traced_node(node).output_shape[1])) == (
        "floor((H_in + 2 x padding - extent) / stride) + 1"
    )
