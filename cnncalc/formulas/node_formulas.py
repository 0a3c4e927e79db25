"""The formulas of a node's shape and counts: its own computation, with traced numbers."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.formulas.rounding_note import rounding_note
from cnncalc.graph.traced_node import traced_node, with_output_symbols
from cnncalc.shapes import AXIS_NAMES, LETTERS
from cnncalc.symbolic.formula import Formula
from cnncalc.symbolic.traced import Traced, as_symbol
from cnncalc.symbolic.trees import definitions, replace_name, structure, unnamed, with_numbers

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from cnncalc.geometry.window import AnyWindow
    from cnncalc.graph.node import Node

HAVE_OWN_LINE: Final = ("positions", "MACs", "L_out", "D_out", "H_out", "W_out")
"""The names that are not explained where they are used, as they have lines of their own."""


class NodeFormulas:
    """The formulas of one node.

    Each method is called once, in the order of `all`: a name such as `extent` is explained where it is first used.
    """

    def __init__(self, node: Node) -> None:
        self.node = node
        traced = traced_node(node)
        self.sizes = traced.output_shape
        self.traced = with_output_symbols(traced)
        self.letters = LETTERS[len(node.output_shape) - 1]
        self.axes = AXIS_NAMES.get(len(node.output_shape) - 1, ())
        self.explained: dict[str, Hashable] = {}
        """What each name that was explained stands for, with numbers."""

    def all(self, value_bytes: int) -> list[Formula]:
        """Every formula but those of the receptive field; `value_bytes` are the bytes of a value."""
        return [*self.output(), *self.padding(), *self.weights(), *self.operations(), *self.memory(value_bytes)]

    def output(self) -> Iterator[Formula]:
        """The size of each axis of the output, spatial axes with the same formula once, and what rounding drops."""
        yield from self._lines("output", self._out(0), self.sizes[0], positions=self._out(0))
        for group in self._same_formula(self.sizes[1:]):
            axis = group[0]
            yield from self._lines(
                "output",
                self._out(1 + axis),
                self.sizes[1 + axis],
                axes=self._names(group),
                note=self._note(axis),
                positions=self._out(1 + axis),
            )

    def _out(self, axis: int) -> str:
        """What formulas call the size of an axis of the output, channels being 0."""
        return f"{self.letters[axis]}_out"

    def _names(self, axes: Sequence[int]) -> tuple[str, ...]:
        return tuple(self.axes[axis] for axis in axes)

    def _same_formula(self, sizes: Sequence[int]) -> list[list[int]]:
        """The spatial axes, from 0, in groups that have the same formula of their own sizes, with the same numbers.

        A padding of 0 before and 1 after is the same as one of 1 and 0, as with numbers zeros do not stand there.
        """
        groups: dict[Hashable, list[int]] = {}
        for axis, size in enumerate(sizes):
            letter = self.letters[1 + axis]
            parts = [unnamed(part) for part in (*definitions(size), size)]
            formulas = tuple((structure(part, letter), structure(with_numbers(part))) for part in parts)
            groups.setdefault((formulas, self._note(axis)), []).append(axis)
        return list(groups.values())

    def windows(self) -> list[tuple[AnyWindow, int]]:
        """The window of each axis, with traced numbers, and the input size that it slides over."""
        windows = self.traced.windows
        return list(zip(windows, self.traced.input_shapes[0][1:], strict=False)) if windows else []

    def _note(self, axis: int) -> str:
        """The note on rounding along an axis, from 0; empty where there is none."""
        windows = self._windows_of_output()
        return rounding_note(*windows[axis]) if windows else ""

    def _windows_of_output(self) -> list[tuple[AnyWindow, int]]:
        """The windows where their positions are the axes of the output, and none where these are laid out in others."""
        windows = self.windows()
        return windows if len(windows) == len(self.axes) else []

    def padding(self) -> Iterator[Formula]:
        """The padding that follows from the size (`same`), in total and split; given padding needs no formula."""
        windows = [(window, size) for window, size in self._windows_of_output() if isinstance(window.padding, str)]
        pads = [window.pads(size) for window, size in windows]
        for group in self._same_formula([before + after for before, after in pads]):
            axis = group[0]
            # Each group of axes has its own padding, under the same names.
            self.explained = {name: known for name, known in self.explained.items() if not name.startswith("pad_")}
            for part in self._unexplained(*pads[axis]):
                tree = replace_name(unnamed(part), "positions", self._out(1 + axis))
                yield Formula("padding", part.name, tree, self._names(group))

    def weights(self) -> Iterator[Formula]:
        """The number of values of each array, and of all trainable ones (parameters) and all others (buffers)."""
        layer = self.traced.layer
        for quantity, shapes in (
            ("parameters", self.traced.weight_shapes),
            ("buffers", layer.buffer_shapes(self.traced.input_shapes)),
        ):
            arrays = {name: prod(shape) for name, shape in shapes.items()}
            for name, values in arrays.items():
                yield from self._lines(quantity, name, values)
            if len(arrays) > 1:
                total = sum(Traced(values, "named", (values,), name) for name, values in arrays.items())
                yield Formula(quantity, quantity, total)

    def operations(self) -> Iterator[Formula]:
        """MACs, where there are any, and FLOPs."""
        if self.node.macs:
            yield from self._lines("MACs", "MACs", self.traced.macs)
        yield from self._lines("FLOPs", "FLOPs", self.traced.flops)

    def memory(self, value_bytes: int) -> Iterator[Formula]:
        """The bytes of the output, unless it is not there for each sample, and of the weights, for one sample."""
        each = as_symbol(value_bytes, "bytes of a value")
        if self.node.sees_input:
            yield from self._lines("memory", "output bytes", prod(self.traced.output_shape) * each)
        count = sum(prod(s) for s in (*self.node.weight_shapes.values(), *self.node.buffer_shapes.values()))
        if count:
            yield from self._lines("memory", "weight bytes", as_symbol(count, "values") * each)

    def _lines(
        self,
        quantity: str,
        left: str,
        value: int,
        *,
        axes: tuple[str, ...] = (),
        note: str = "",
        positions: str = "positions",
    ) -> Iterator[Formula]:
        """The formula of a number, after those of the names in it that were not explained yet.

        The positions of a window are called `positions`: the name of the size that they are.
        """
        value = unnamed(value)
        for part in self._unexplained(value):
            yield Formula(quantity, part.name, replace_name(unnamed(part), "positions", positions), axes)
        yield Formula(quantity, left, replace_name(value, "positions", positions), axes, note)

    def _unexplained(self, *values: int) -> Iterator[Traced]:
        """The names in formulas that were not explained yet, or that stand for something else here."""
        for part in (part for value in values for part in definitions(value)):
            meaning = structure(with_numbers(unnamed(part)))
            if part.name not in HAVE_OWN_LINE and self.explained.get(part.name) != meaning:
                self.explained[part.name] = meaning
                yield part
