"""The rows of a summary as a person reads them: layers, or the parts of their tree, that the reader's view asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.reports.parts import Part, depth_with_room, is_folded, next_depth, units, walked
from cnncalc.reports.summary_tree import MOST_LEVELS, tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.graph.window_figures import WindowFigures
    from cnncalc.receptive_field.figures import ReceptiveField
    from cnncalc.reports.view import View
    from cnncalc.shapes import Shape
    from cnncalc.summary.results import LayerFigures, Report

NOTHING: Final = "-"
"""What a row reads that reads nothing."""


class Row(NamedTuple):
    """A row, with its figures still exact: those of `copies` equal parts of so many `layers` each, together.

    `label` is what stands in a tree, set in by `level` scopes, `name` the full name. An open row is followed by those
    of its parts, which have its figures again. A chain has the `types` of its layers, a scope none. `sources` are the
    names of what the row reads, `is_below` says that this is the output of the row above and nothing else. `outputs` is
    how many of the network's outputs are in it. The arrays of a shared row are those of earlier layers.
    """

    name: str
    label: str
    level: int
    is_open: bool
    copies: int
    layers: int
    types: tuple[str, ...]
    activation: str | None
    output_shape: Shape
    window: WindowFigures | None
    is_depthwise: bool
    parameters: int
    frozen: int
    buffers: int
    macs: int
    flops: int
    output_bytes: int
    live_bytes: int
    field: dict[str, ReceptiveField]
    sources: tuple[str, ...]
    is_below: bool
    outputs: int
    is_shared: bool

    @property
    def field_size(self) -> int:
        """The largest receptive field along any axis of any input."""
        return max((size for field in self.field.values() for size in field.size), default=0)


def is_sorted(view: View) -> bool:
    """Whether rows stand by size, and not in the order of execution."""
    return view.sort is not None or view.top is not None


class Selection(NamedTuple):
    """Rows in the order of execution, and the least depth at which there are more, None where there is none."""

    rows: list[Row]
    deeper: int | None


def selected(report: Report, view: View, *, sums: bool = True) -> Selection:
    """The rows that a view asks for: every layer, or a tree; without the `sums` of scopes also where they are sorted.

    >>> import cnncalc
    >>> from cnncalc.reports.view import View
    >>> found = selected(cnncalc.load("resnet18").report(), View(depth=1))
    >>> [row.label for row in found.rows][:4], found.deeper
    (['conv1', 'maxpool', 'layer1', 'layer2'], 2)
    """
    if not is_folded(len(report.layers), view) or is_sorted(view) or not sums:
        return Selection(flat_rows(report, view), None)
    parts = tree(report)
    depth = view.depth or depth_with_room(parts)
    rows = list(_RowMaker(report).tree(parts, depth))
    return Selection(rows, next_depth(parts, depth))


def flat_rows(report: Report, view: View) -> list[Row]:
    """The rows without those that are sums of others, so that every layer is in one of them."""
    layers = report.layers
    if is_folded(len(report.layers), view):
        parts = [
            part._replace(name=name, label=name)
            for part in units(tree(report), view.depth or len(layers))
            for name in [_leading(layers[part.start], part.depth)]
        ]
    else:
        parts = [Part(layer.name, layer.name, 1, number, number + 1) for number, layer in enumerate(layers)]
    return list(_RowMaker(report).tree(parts, 1))


def _leading(layer: LayerFigures, depth: int) -> str:
    """The beginning of a layer's name: of so many parts."""
    return ".".join(layer.name.split(".", MOST_LEVELS)[:depth])


class _RowMaker:
    """Makes rows one after another, and knows what those before have given."""

    def __init__(self, report: Report) -> None:
        self.layers = report.layers
        self.outputs = frozenset(report.outputs)
        self.channels = -1 if report.data_format == "channels_last" else 0
        self.given = {name: name for name in report.inputs}
        """The name of the row that ends with each tensor."""
        self.above = next(iter(report.inputs)) if len(report.inputs) == 1 else None
        """The tensor that the row above gives."""

    def tree(self, parts: Sequence[Part], depth: int) -> Iterator[Row]:
        """The rows of parts at a depth."""
        around: list[Part] = []
        for part, level, is_open in walked(parts, depth):
            while len(around) > level:
                self._end(around.pop())
            scope = f"{_leading(self.layers[around[-1].start], around[-1].depth)}." if around else ""
            yield self._row(part, level, () if is_open else self._read(part), scope, is_open=is_open)
            if is_open:
                around.append(part)
            else:
                self._end(part)

    def _end(self, part: Part) -> None:
        """All rows of a part are made: it gives the output of its last layer, and each of its copies does."""
        self.above = self.layers[part.stop - 1].name
        if part.copies == 1:
            self.given[self.above] = part.name
            return
        length = part.first_stop - part.start
        for last in self.layers[part.first_stop - 1 : part.stop : length]:
            self.given[last.name] = _leading(last, part.depth)

    def _read(self, part: Part) -> tuple[str, ...]:
        """The names of the tensors that a part, or the first of its copies, reads from outside."""
        layers = self.layers[part.start : part.first_stop]
        inside = {layer.name for layer in layers}
        return tuple(dict.fromkeys([name for layer in layers for name in layer.inputs if name not in inside]))

    def _row(self, part: Part, level: int, read: tuple[str, ...], scope: str, *, is_open: bool) -> Row:
        """The row of a part, which names what it reads without the scope that both are in."""
        layers = self.layers[part.start : part.stop]
        chain = layers[: part.first_stop - part.start]
        return Row(
            name=part.name,
            label=part.label,
            level=level,
            is_open=is_open,
            copies=part.copies,
            layers=len(chain),
            types=() if part.parts else tuple(_types(chain)),
            activation=chain[0].activation if len(chain) == 1 else None,
            output_shape=layers[-1].output_shape,
            window=None if part.parts else chain[0].window,
            is_depthwise=not part.parts and self._is_depthwise(chain[0]),
            parameters=sum([layer.parameters for layer in layers]),
            frozen=sum([layer.frozen for layer in layers]),
            buffers=sum([layer.buffers for layer in layers]),
            macs=sum([layer.macs for layer in layers]),
            flops=sum([layer.flops for layer in layers]),
            output_bytes=sum([layer.output_bytes for layer in layers]),
            live_bytes=max([layer.live_bytes for layer in layers]),
            field=layers[-1].receptive_field,
            sources=tuple([self.given.get(name, name).removeprefix(scope) for name in read]) or (NOTHING,),
            is_below=is_open or read == (self.above,),
            outputs=sum([layer.name in self.outputs for layer in layers]),
            is_shared=_is_shared(layers),
        )

    def _is_depthwise(self, layer: LayerFigures) -> bool:
        """Whether each channel is filtered by itself."""
        groups = None if layer.window is None else layer.window.groups
        return groups not in (None, 1) and groups == layer.input_shapes[0][self.channels]


def _is_shared(layers: Sequence[LayerFigures]) -> bool:
    """Whether there are arrays, and all of them are those of other layers."""
    with_arrays = [layer for layer in layers if layer.weights or layer.buffer_shapes]
    return bool(with_arrays) and all(layer.shares for layer in with_arrays)


def _types(chain: Sequence[LayerFigures]) -> list[str]:
    """The types of the layers of a chain, their own activations among them; of one layer without."""
    if len(chain) == 1:
        return [chain[0].type]
    return [name for layer in chain for name in (layer.type, layer.activation) if name]
