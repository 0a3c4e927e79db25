"""The receptive field of a layer as formulas of the fields of its inputs, where there are short ones.

Size, stride and padding behind a window, and where paths of one stride meet, as in Araujo, Norris and Sim, "Computing
Receptive Fields of Convolutional Neural Networks", Distill 2019, doi:10.23915/distill.00021. A formula that does not
come to the figure that was computed is not claimed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.geometry.axis_map import IDENTITY
from cnncalc.geometry.window import AnyWindow, Window
from cnncalc.receptive_field.figures import ReceptiveField
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import broadcast, larger, name_if_unnamed
from cnncalc.symbolic.traced import Formula, formula, given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.axis_map import AxisMap
    from cnncalc.graph.node import Node

_MOST_PATHS: Final = 4
"""The inputs of a layer beyond which a formula is longer than it is telling."""


class _Step(NamedTuple):
    """Size, stride and padding of a field along one axis."""

    size: int
    stride: int
    padding: int


_LEFT: Final = tuple(f"{name}_out" for name in _Step._fields)


def own_pixels(rank: int) -> ReceptiveField:
    """The field of an input's own pixels."""
    return ReceptiveField((1,) * rank, ((1, 1),) * rank, (0,) * rank, aligned=True, is_global=False)


def recurrence(
    node: Node,
    windows: Sequence[tuple[AnyWindow, int]],
    arriving: Sequence[ReceptiveField | None],
    field: ReceptiveField,
) -> list[Formula]:
    """The lines of a node's `field`, axes that agree once, of those `arriving`; none where one axis has none.

    `windows` are the node's, traced, with the sizes that they slide over.

    >>> import cnncalc
    >>> network = cnncalc.load("lenet")
    >>> window = Window(given(5, "kernel_size"), given(1, "stride"), padding=(given(2, "padding"),) * 2)
    >>> field = network.report().layers[0].receptive_field["input"]
    >>> [line.symbols for line in recurrence(network.nodes[0], [(window, 28)] * 2, [own_pixels(2)], field)]
    ['size_in + (kernel_size - 1) x stride_in', 'stride_in x stride', 'padding_in + padding x stride_in']
    """
    reads = [] if windows else node.layer.reads(node.input_shapes, node.output_shape)
    lots: dict[object, tuple[_Step, list[str]]] = {}
    for axis, name in enumerate(AXIS_NAMES.get(len(field.size), ())):
        if axis >= (min(map(len, reads)) if reads else len(windows)):
            return []
        along = (*(before and _figures(before, axis) for before in arriving), _figures(field, axis))
        kind = (*along, *(_moves(*windows[axis]) if windows else (axes[axis] for axes in reads)))
        if kind not in lots:
            values = _window(windows[axis], arriving, axis) if windows else _meeting(reads, arriving, axis)
            if values is None or values != _step(field, axis):
                return []
            lots[kind] = (values, [])
        lots[kind][1].append(name)
    return [
        formula("receptive field", left, name_if_unnamed(value, left), axes=tuple(axes), names={})
        for values, axes in lots.values()
        for left, value in zip(_LEFT, values, strict=True)
    ]


def _moves(window: AnyWindow, size: int) -> tuple[int, ...]:
    """What of a window the lines depend on."""
    return window.kernel_size, window.dilation, window.stride, *window.pads(size)


def _window(sliding: tuple[AnyWindow, int], arriving: Sequence[ReceptiveField | None], axis: int) -> _Step | None:
    """Behind a window."""
    window, size = sliding
    before = arriving[0] and _given(arriving[0], axis, "in")
    if not before or not isinstance(window, Window):
        return None
    return _Step(
        before.size + (window.extent - 1) * before.stride,
        before.stride * window.stride,
        before.padding + window.pads(size)[0] * before.stride,
    )


def _meeting(
    reads: Sequence[Sequence[AxisMap | None]], arriving: Sequence[ReceptiveField | None], axis: int
) -> _Step | None:
    """Behind a layer that passes each position on: the hull of the paths but for those that see the whole map."""
    paths = []
    for number, (field, axes) in enumerate(zip(arriving, reads, strict=True), start=1):
        if field is None:
            return None
        if axes[axis] is not None and field.padding[axis] is not None:
            path = _given(field, axis, str(number) if len(arriving) > 1 else "in")
            if path is None or axes[axis] is not IDENTITY:
                return None
            paths.append(path)
    if not paths or len(paths) > _MOST_PATHS:
        return None
    if len({tuple(map(int, path)) for path in paths}) == 1:
        return _Step(*map(broadcast, zip(*paths, strict=True)))
    padding = larger(*(path.padding for path in paths))
    ends = larger(*(path.size - path.padding for path in paths))
    return _Step(ends + padding, broadcast(tuple(path.stride for path in paths)), padding)


def _given(field: ReceptiveField, axis: int, mark: str) -> _Step | None:
    """The figures along an axis as the numbers of a formula."""
    step = _step(field, axis)
    return step and _Step(*(given(value, f"{name}_{mark}") for name, value in step._asdict().items()))


def _step(field: ReceptiveField, axis: int) -> _Step | None:
    """The figures along an axis, where the stride is whole."""
    size, stride, padding = _figures(field, axis)
    return None if stride is None or stride[1] != 1 or padding is None else _Step(size, stride[0], padding)


def _figures(field: ReceptiveField, axis: int) -> tuple[int, tuple[int, int] | None, int | None]:
    return field.size[axis], field.stride[axis], field.padding[axis]
