"""A network explained, for a person."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from cnncalc.reports import explanation_lines, number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.summary_totals import totals
from cnncalc.reports.wrapping import wrapped
from cnncalc.shapes import AXIS_NAMES
from cnncalc.text import columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.formulas.explanation import Explanation, LayerExplanation
    from cnncalc.receptive_field.figures import ReceptiveField
    from cnncalc.symbolic.formula import Formula

_LAST: Final = ("receptive field", "closed form")
"""The quantities that depend on the network around a layer; they come last."""


def pieces(found: Explanation, style: Style = PLAIN) -> Iterator[str]:
    """Every formula of the layers or, of a whole network of several, shape and counts of each, and the totals."""
    report, width = found.report, style.width
    whole = found.layer is None and len(found.layers) > 1
    canvas = Canvas(style)
    canvas.title(number_text.name(report), number_text.inputs(report.inputs))
    for layer in found.layers:
        canvas.line()
        _title(canvas, layer, width)
        if whole:
            canvas.lines(explanation_lines.steps(layer, width))
        else:
            _layer(canvas, layer, width, several=len(report.inputs) > 1)
        yield canvas.taken()
    if whole:
        canvas.line()
        _sums(canvas, [(label, exact) for label, exact, _, _ in totals(report)])
    elif len(found.layers) > 1:
        sums = found.totals
        frozen = [("frozen parameters", sums.frozen)] if sums.frozen else []
        counts = [("parameters", sums.parameters), *frozen, ("MACs", sums.macs), ("FLOPs", sums.flops)]
        canvas.line()
        canvas.note(f"these {sums.layers} layers together")
        _sums(canvas, [(f"  {label}", number_text.exact(count)) for label, count in counts])
    yield canvas.taken()


def layer_text(layer: LayerExplanation, *, several: bool, width: int | None = None) -> str:
    """All formulas of one layer, below no heading; `several` says whether the network has several inputs.

    >>> import cnncalc
    >>> [conv] = cnncalc.load("alexnet").explain("conv1").layers
    >>> print(layer_text(conv, several=False).splitlines()[4].strip())
    = floor((227 - 11) / 4) + 1
    """
    canvas = Canvas(PLAIN._replace(width=width))
    _layer(canvas, layer, width, several=several)
    return canvas.taken()


def _sums(canvas: Canvas, rows: list[tuple[str, str]]) -> None:
    canvas.table(("", "exact"), rows, right=("exact",), bare=True)


def _title(canvas: Canvas, layer: LayerExplanation, width: int | None) -> None:
    """The heading of a layer: its name, type and shapes."""
    name = canvas.printed(layer.name)
    first, *others = explanation_lines.title(layer, columns(name), width)
    canvas.title(name, first)
    for text in others:
        canvas.note(text)


def _layer(canvas: Canvas, layer: LayerExplanation, width: int | None, *, several: bool) -> None:
    """All formulas of a layer, under headings."""
    own = [line for line in layer.formulas if line.quantity not in _LAST]
    _sections(canvas, own, width, vector=len(layer.output_shape) == 1)
    for name, field in layer.receptive_field.items():
        _field(canvas, layer, f"receptive field{f' of {name}' if several else ''}", field, width)
    _sections(canvas, [line for line in layer.formulas if line.quantity == "closed form"], width)


def _sections(
    canvas: Canvas, lines: Sequence[Formula], width: int | None, title: str | None = None, *, vector: bool = False
) -> None:
    """Lines under the heading of their quantity, or a title, and of the axes along which they hold."""
    for (quantity, axes), group in groupby(lines, key=lambda line: (line.quantity, line.axes)):
        of_output = quantity == "output"
        heading = f"{title or quantity}{' ' if of_output else ', '}{' and '.join(axes)}" if axes else title or quantity
        canvas.note(f"  {'output channels' if of_output and not axes and not vector else heading}")
        for line in group:
            canvas.lines(explanation_lines.wrapped(line, width))
            _note(canvas, line.note, width)


def _field(canvas: Canvas, layer: LayerExplanation, title: str, field: ReceptiveField, width: int | None) -> None:
    """The receptive field by its formulas or, where there are none, by its figures."""
    lines = [line for line in layer.formulas if line.quantity == "receptive field"]
    _sections(canvas, lines, width, title)
    if not lines:
        for axes, texts in _figures(field).items():
            canvas.note(f"  {title}, {axes}")
            canvas.lines(f"    {text}" for text in texts)
    if number_text.has_global_path(field):
        _note(canvas, "some path sees the whole map; the figures are those of the others", width)
    if not field.exact:
        _note(canvas, "at most this: paths are too many or too irregular, or lead through opaque layers", width)
    if not field.aligned:
        _note(canvas, "not aligned: paths with different centres merge", width)


def _figures(field: ReceptiveField) -> dict[str, list[str]]:
    """Size, stride and padding by axes, those that agree together.

    >>> from cnncalc.receptive_field.figures import ReceptiveField
    >>> _figures(ReceptiveField((14, 14), ((1, 2), (1, 2)), (4, 4), aligned=True, is_global=False))
    {'height and width': ['size_out = 14', 'stride_out = 1/2', 'padding_out = 4']}
    """
    rank = len(field.size)
    groups: dict[tuple[str, ...], list[str]] = {}
    for axis, name in enumerate(AXIS_NAMES.get(rank, ())):
        groups.setdefault(tuple(_along(field, axis)), []).append(name)
    return {" and ".join(axes): list(texts) for texts, axes in groups.items()}


def _along(field: ReceptiveField, axis: int) -> Iterator[str]:
    """The figures along one axis, a text each."""
    size, stride, padding = field.size[axis], field.stride[axis], field.padding[axis]
    if padding is None and not size:
        yield "it sees nothing of the input"
        return
    if padding is None:
        yield f"every path sees the whole map: {number_text.exact(size)} pixel{'s' * (size != 1)} of the input"
        return
    yield f"size_out = {number_text.exact(size)}"
    yield "neighbours do not advance evenly" if stride is None else f"stride_out = {number_text.fraction(stride)}"
    yield f"padding_out = {number_text.exact(padding)}"


def _note(canvas: Canvas, text: str, width: int | None) -> None:
    if text:
        canvas.lines(f"      {line}" for line in wrapped(text, max(explanation_lines.room(width) - 6, 20)))
