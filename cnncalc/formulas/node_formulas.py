"""A node asked with traced numbers: the formulas of its shape and counts, which are its own computation."""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.formulas.remarks import remark
from cnncalc.graph.traced_node import traced_node
from cnncalc.shapes import AXIS_NAMES, LETTERS
from cnncalc.symbolic.traced import Formula, Traced, definitions, formula, given, made_of, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.geometry.window import AnyWindow
    from cnncalc.graph.node import Node

_TOLD: Final = ("positions", "MACs")
"""The names that have lines of their own."""


class NodeFormulas:
    """The formulas of one node; each is asked for once, and what one has defined the next ones use."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.traced = traced_node(node)
        self.letters = LETTERS[len(node.output_shape) - 1]
        self.axes = AXIS_NAMES.get(len(node.output_shape) - 1, ())
        self.sizes = self.traced.output_shape
        self.traced.output_shape = tuple(
            given(size, f"{letter}_out") for size, letter in zip(node.output_shape, self.letters, strict=True)
        )
        self.known: dict[str, str] = {}

    def all(self, value_bytes: int) -> list[Formula]:
        """Every formula but those of the receptive field; `value_bytes` are the bytes of a value."""
        return [*self.output(), *self.padding(), *self.weights(), *self.operations(), *self.memory(value_bytes)]

    def output(self) -> Iterator[Formula]:
        """The size of each axis of the output; spatial axes that agree once, with what the windows leave over."""
        names = {"positions": f"{self.letters[-1]}_out"}
        yield from self._lines("output", f"{self.letters[0]}_out", self.sizes[0], names=names)
        for axis, alike in self._alike(self.sizes[1:]):
            names = {"positions": f"{self.letters[1 + axis]}_out"}
            axes = tuple(self.axes[other] for other in alike)
            yield from self._lines(
                "output",
                names["positions"],
                self.sizes[1 + axis],
                axes=axes,
                note=self._remark(axis),
                names=names,
            )

    def _alike(self, sizes: Sequence[int]) -> list[tuple[int, list[int]]]:
        """The first axis, and all axes, of each lot that has the same numbers in the same formula of its own sizes."""
        lots: dict[str, list[int]] = {}
        for axis, size in enumerate(sizes):
            parts = [made_of(part) for part in (*definitions(size), size)]
            numbers = " ".join(written(part, numbers=True) for part in parts)
            own = rf"\b{self.letters[1 + axis]}_"
            symbols = " ".join(re.sub(own, "_", written(part)) for part in parts)
            lots.setdefault(f"{numbers} {symbols} {self._remark(axis)}", []).append(axis)
        return [(axes[0], axes) for axes in lots.values()]

    def windows(self) -> list[tuple[AnyWindow, int]]:
        """The window, with its numbers traced, and the size that it slides over, of each axis."""
        shape = self.traced.input_shapes[0]
        return list(zip(self.traced.layer.windows(shape) or (), shape[1:], strict=False))

    def _remark(self, axis: int) -> str:
        windows = self.windows()
        return remark(*windows[axis]) if windows else ""

    def padding(self) -> Iterator[Formula]:
        """The padding that follows from the size, in total and split; given padding stands in the size's formula."""
        windows = [(window, size) for window, size in self.windows() if isinstance(window.padding, str)]
        pads = [window.pads(size) for window, size in windows]
        for axis, alike in self._alike([before + after for before, after in pads]):
            names = {"positions": f"{self.letters[1 + axis]}_out"}
            axes = tuple(self.axes[other] for other in alike)
            self.known = {name: known for name, known in self.known.items() if not name.startswith("pad_")}
            for part in self._new(*pads[axis]):
                yield formula("padding", part.name, part, axes=axes, names=names)

    def weights(self) -> Iterator[Formula]:
        """The values of each array, and all parameters, and buffers."""
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
                yield formula(quantity, quantity, total, names={})

    def operations(self) -> Iterator[Formula]:
        """MACs, where there are any, and FLOPs."""
        if self.node.macs:
            yield from self._lines("MACs", "MACs", self.traced.macs)
        flops = self.traced.flops
        yield from self._lines("FLOPs", "FLOPs", flops)

    def memory(self, value_bytes: int) -> Iterator[Formula]:
        """The bytes of the output and of the weights, for one sample."""
        each = given(value_bytes, "bytes of a value")
        yield from self._lines("memory", "output bytes", prod(self.traced.output_shape) * each)
        count = sum(prod(s) for s in (*self.node.weight_shapes.values(), *self.node.buffer_shapes.values()))
        if count:
            yield from self._lines("memory", "weight bytes", given(count, "values") * each)

    def _lines(
        self,
        quantity: str,
        left: str,
        value: int,
        *,
        axes: tuple[str, ...] = (),
        note: str = "",
        names: Mapping[str, str] | None = None,
    ) -> Iterator[Formula]:
        """The formula of a number, after those of the names in it that are not known yet."""
        for part in self._new(made_of(value)):
            yield formula(quantity, part.name, part, axes=axes, names=names or {})
        yield formula(quantity, left, value, axes=axes, note=note, names=names or {})

    def _new(self, *values: int) -> Iterator[Traced]:
        """The names in formulas that are not known yet for what they stand for here; sizes and MACs are, by theirs."""
        for part in (part for value in values for part in definitions(value)):
            meaning = written(made_of(part), numbers=True)
            if part.name not in _TOLD and self.known.get(part.name) != meaning:
                self.known[part.name] = meaning
                yield part
