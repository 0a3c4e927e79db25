"""A node asked with numbers that remember how they were computed: its formulas are its own computation."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from cnncalc.graph.node import Node
from cnncalc.layers.base import Layer
from cnncalc.shapes import LETTERS
from cnncalc.symbolic.arithmetic import rename
from cnncalc.symbolic.traced import given

if TYPE_CHECKING:
    from collections.abc import Callable

_ALWAYS: Final = ("stride", "padding")
"""The options that stand in formulas even at their default."""


def traced_node(node: Node) -> Node:
    """The node again, with sizes and options that remember; its output's shape has the formulas of the sizes.

    >>> import cnncalc
    >>> from cnncalc.symbolic.traced import made_of, written
    >>> print(written(made_of(traced_node(cnncalc.load("alexnet").nodes[0]).output_shape[1])))
    floor((H_in + 2 x padding - kernel_size) / stride) + 1
    """
    several = len(node.input_shapes) > 1
    shapes: list[tuple[int, ...]] = [
        tuple(
            given(size, f"{letter}_{number + 1}" if several else f"{letter}_in", (number, axis))
            for axis, (size, letter) in enumerate(zip(shape, LETTERS[len(shape) - 1], strict=True))
        )
        for number, shape in enumerate(node.input_shapes)
    ]
    return Node(node.name, _traced_layer(node.layer), node.inputs, shapes)


def _traced_layer(layer: Layer) -> Layer:
    """A copy whose whole options remember their names, and whose counts are called by theirs.

    Options at their default are plain numbers, so that a dilation or groups of 1 do not stand in the formulas.
    """
    told = copy(layer)
    for name, known in layer.options.items():
        value = getattr(layer, name)
        if name in _ALWAYS or isinstance(value, Layer) or value != known.default:
            setattr(told, name, _traced_option(name, value))
    for call, name in (("macs", "MACs"), ("flops", layer.type_name)):
        setattr(told, call, partial(_called, getattr(told, call), name))
    return told


def _called(count: Callable[[Any, Any], int], name: str, inputs: Any, output: Any) -> int:
    return rename(count(inputs, output), name)


def _traced_option(name: str, value: Any) -> Any:
    if type(value) is int:
        return given(value, name)
    if isinstance(value, Layer):
        return _traced_layer(value)
    if isinstance(value, tuple) and value and all(isinstance(item, tuple) for item in value):
        return tuple(_traced_pads(name, *pair) for pair in value)
    return tuple(_traced_option(name, item) for item in value) if isinstance(value, tuple) else value


def _traced_pads(name: str, before: int, after: int) -> tuple[int, int]:
    """What is added or cut on both sides: one number, where it is the same on both."""
    if before == after:
        return (given(before, name),) * 2
    return given(before, "pad_before"), given(after, "pad_after")
