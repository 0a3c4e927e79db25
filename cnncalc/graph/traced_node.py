"""A node whose sizes and options are `Traced` numbers, so that its shape and counts are formulas."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from cnncalc.graph.node import Node, Step
from cnncalc.layers.base import Layer
from cnncalc.shapes import LETTERS
from cnncalc.symbolic.arithmetic import rename
from cnncalc.symbolic.traced import as_symbol

if TYPE_CHECKING:
    from collections.abc import Callable

SHOWN_AT_DEFAULT: Final = ("stride", "padding")
"""The options that formulas show also where they have their default."""


def traced_node(node: Node) -> Node:
    """A copy of the node with traced input sizes and options, so that its shapes and counts are traced, too.

    >>> import cnncalc
    >>> from cnncalc.symbolic.rendering import PLAIN_TEXT
    >>> from cnncalc.symbolic.trees import unnamed
    >>> PLAIN_TEXT.symbols(unnamed(traced_node(cnncalc.load("alexnet").nodes[0]).output_shape[1]))
    'floor((H_in + 2 x padding - kernel_size) / stride) + 1'
    """
    several = len(node.input_shapes) > 1
    shapes: list[tuple[int, ...]] = [
        tuple(
            as_symbol(size, f"{letter}_{number + 1}" if several else f"{letter}_in", (number, axis))
            for axis, (size, letter) in enumerate(zip(shape, LETTERS[len(shape) - 1], strict=True))
        )
        for number, shape in enumerate(node.input_shapes)
    ]
    return Node(node.name, _traced_layer(node.layer), node.inputs, node.output, shapes, arrays=node.arrays)


def with_output_symbols(node: Node) -> Node:
    """A copy of a traced node whose output's sizes are symbols, so that counts read `H_out` and not its whole formula.

    >>> import cnncalc
    >>> from cnncalc.symbolic.rendering import PLAIN_TEXT
    >>> from cnncalc.symbolic.trees import unnamed
    >>> PLAIN_TEXT.symbols(unnamed(with_output_symbols(traced_node(cnncalc.load("alexnet").nodes[0])).macs))
    'C_out x H_out x W_out x C_in x kernel_size x kernel_size'
    """
    letters = LETTERS[len(node.output_shape) - 1]
    output = tuple(as_symbol(size, f"{letter}_out") for size, letter in zip(node.output_shape, letters, strict=True))
    own, *later = node.steps
    first = Step(own.layer, own.prefix, own.input_shapes, output)
    return node.with_steps((first, *(Step(step.layer, step.prefix, [output], output) for step in later)))


def _traced_layer(layer: Layer) -> Layer:
    """A copy of the layer with traced options, whose MACs and FLOPs have names.

    Options at their default are plain numbers, so that formulas do not show a dilation or groups of 1.
    """
    options = ((name, getattr(layer, name), known.default) for name, known in layer.options.items())
    # A copy is not constructed again, which would convert traced options to plain numbers.
    traced = layer.replaced(
        **{
            name: _traced_option(name, value)
            for name, value, default in options
            if name in SHOWN_AT_DEFAULT or isinstance(value, Layer) or value != default
        }
    )
    # The counts are wrapped on the copy itself, as its own methods call each other: a convolution's FLOPs are made with
    # `self.macs(...)`, and shall read "2 x MACs + ...". An attribute of the instance goes before the class's method.
    for count, name in (("macs", "MACs"), ("flops", layer.type_name)):
        setattr(traced, count, partial(_named_count, getattr(traced, count), name))
    return traced


def _named_count(count: Callable[[Any, Any], int], name: str, inputs: Any, output: Any) -> int:
    """A count with its name; called with the arguments of `Layer.macs` and `Layer.flops`."""
    return rename(count(inputs, output), name)


def _traced_option(name: str, value: Any) -> Any:
    """An option's value with its integers traced, alone, per axis, as pads or within an activation.

    Other lists of lists stay as they are: no formula says more with a name for each of their numbers.
    """
    if type(value) is int:
        return as_symbol(value, name)
    if isinstance(value, Layer):
        return _traced_layer(value)
    if isinstance(value, tuple) and value and all(isinstance(item, tuple) for item in value):
        return tuple(_traced_pads(name, *pair) for pair in value) if "padding" in name else value
    return tuple(_traced_option(name, item) for item in value) if isinstance(value, tuple) else value


def _traced_pads(name: str, before: int, after: int) -> tuple[int, int]:
    """The padding before and after: one symbol for both where they are equal."""
    if before == after:
        return (as_symbol(before, name),) * 2
    return as_symbol(before, "pad_before"), as_symbol(after, "pad_after")
