"""Receptive fields as traced formulas: the recurrences of Araujo, Norris and Sim.

They give size, stride and padding of the field behind a window, and where paths of one stride are merged, from those
of the layer's inputs ("Computing Receptive Fields of Convolutional Neural Networks", Distill 2019,
doi:10.23915/distill.00021). The figures themselves are computed elsewhere, by propagation; a formula that does not come
to them is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.geometry.axis_map import IDENTITY
from cnncalc.geometry.window import AnyWindow, Window
from cnncalc.receptive_field.figures import ReceptiveField
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import broadcast, larger
from cnncalc.symbolic.formula import Formula
from cnncalc.symbolic.traced import as_symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.axis_map import AxisMap
    from cnncalc.graph.node import Node

_MOST_PATHS: Final = 4
"""The most inputs of a layer for which a formula is written; with more it is too long to be read."""


class _AxisFigures(NamedTuple):
    """Size, stride and padding of a receptive field along one axis, in input pixels; the stride is whole."""

    size: int
    stride: int
    padding: int


_LEFT: Final = tuple(f"{name}_out" for name in _AxisFigures._fields)


def own_pixels(rank: int) -> ReceptiveField:
    """The receptive field of the network's input itself: each position sees its own pixel."""
    return ReceptiveField((1,) * rank, ((1, 1),) * rank, (0,) * rank, aligned=True, is_global=False)


def recurrence(
    node: Node,
    windows: Sequence[tuple[AnyWindow, int]],
    input_fields: Sequence[ReceptiveField | None],
    field: ReceptiveField,
) -> list[Formula]:
    """The formulas of a node's receptive `field` in the `input_fields`; axes with equal figures are one line.

    `windows` are the node's, of traced numbers, with the sizes that they slide over. There are no formulas at all where
    one axis has none.

    >>> import cnncalc
    >>> network = cnncalc.load("lenet")
    >>> window = Window(as_symbol(5, "kernel_size"), as_symbol(1, "stride"), padding=(as_symbol(2, "padding"),) * 2)
    >>> field = network.report().layers[0].receptive_field["input"]
    >>> [line.symbols for line in recurrence(network.nodes[0], [(window, 28)] * 2, [own_pixels(2)], field)]
    ['size_in + (kernel_size - 1) x stride_in', 'stride_in x stride', 'padding_in + padding x stride_in']
    """
    reads = [] if windows else [reading.hulls()[1:] for reading in node.steps[0].readings()]
    by_figures: dict[object, tuple[_AxisFigures, list[str]]] = {}
    for axis, name in enumerate(AXIS_NAMES.get(len(field.size), ())):
        if axis >= (min(map(len, reads)) if reads else len(windows)):
            return []
        known = (*(before and _figures(before, axis) for before in input_fields), _figures(field, axis))
        kind = (*known, *(_geometry(*windows[axis]) if windows else (axes[axis] for axes in reads)))
        if kind not in by_figures:
            if windows:
                values = _behind_window(windows[axis], input_fields, axis)
            else:
                values = _merged_paths(reads, input_fields, axis)
            if values is None or values != _along(field, axis):
                return []
            by_figures[kind] = (values, [])
        by_figures[kind][1].append(name)
    return [
        Formula("receptive field", left, value, tuple(axes))
        for values, axes in by_figures.values()
        for left, value in zip(_LEFT, values, strict=True)
    ]


def _geometry(window: AnyWindow, size: int) -> tuple[int, ...]:
    """The numbers of a window that the formulas depend on."""
    return window.kernel_size, window.dilation, window.stride, *window.pads(size)


def _behind_window(
    sliding: tuple[AnyWindow, int], input_fields: Sequence[ReceptiveField | None], axis: int
) -> _AxisFigures | None:
    """The field behind a window; None behind a transposed convolution, or where the input has no whole stride."""
    window, size = sliding
    before = input_fields[0] and _symbols(input_fields[0], axis, "in")
    if not before or not isinstance(window, Window):
        return None
    return _AxisFigures(
        before.size + (window.extent - 1) * before.stride,
        before.stride * window.stride,
        before.padding + window.pads(size)[0] * before.stride,
    )


def _merged_paths(
    reads: Sequence[Sequence[AxisMap | None]], input_fields: Sequence[ReceptiveField | None], axis: int
) -> _AxisFigures | None:
    """The field where paths are merged position by position: the hull of those that do not see the whole map.

    None where a layer does more than pass each position on, and for more than `_MOST_PATHS` paths.
    """
    paths = []
    for number, (field, axes) in enumerate(zip(input_fields, reads, strict=True), start=1):
        if field is None:
            return None
        if axes[axis] is not None and field.padding[axis] is not None:
            path = _symbols(field, axis, str(number) if len(input_fields) > 1 else "in")
            if path is None or axes[axis] is not IDENTITY:
                return None
            paths.append(path)
    if not paths or len(paths) > _MOST_PATHS:
        return None
    if len({tuple(map(int, path)) for path in paths}) == 1:
        return _AxisFigures(*map(broadcast, zip(*paths, strict=True)))
    padding = larger(*(path.padding for path in paths))
    ends = larger(*(path.size - path.padding for path in paths))
    return _AxisFigures(ends + padding, broadcast(tuple(path.stride for path in paths)), padding)


def _symbols(field: ReceptiveField, axis: int, mark: str) -> _AxisFigures | None:
    """The figures along an axis as symbols, such as ``size_in`` or, of a layer with several inputs, ``size_2``."""
    along = _along(field, axis)
    return along and _AxisFigures(*(as_symbol(value, f"{name}_{mark}") for name, value in along._asdict().items()))


def _along(field: ReceptiveField, axis: int) -> _AxisFigures | None:
    """The figures along an axis; None where the stride is not whole or unknown, or every path sees the whole map."""
    size, stride, padding = _figures(field, axis)
    return None if stride is None or stride[1] != 1 or padding is None else _AxisFigures(size, stride[0], padding)


def _figures(field: ReceptiveField, axis: int) -> tuple[int, tuple[int, int] | None, int | None]:
    """Size, stride and padding of a receptive field along an axis."""
    return field.size[axis], field.stride[axis], field.padding[axis]
