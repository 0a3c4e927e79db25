"""A network explained, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports import explanation_lines, explanation_parts, number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.wrapping import wrapped
from cnncalc.text import columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.formulas.explanation import Explanation, LayerExplanation


def pieces(found: Explanation, style: Style = PLAIN) -> Iterator[str]:
    """Every formula of the layers or, of a whole network of several, shape and counts of each, and the totals."""
    report, width = found.report, style.width
    canvas = Canvas(style)
    canvas.title(number_text.name(report), number_text.inputs(report.inputs))
    for layer in found.layers:
        canvas.line()
        _title(canvas, layer, width)
        if explanation_parts.is_whole(found):
            _steps(canvas, layer, width)
        else:
            _sections(canvas, layer, width, several_inputs=len(report.inputs) > 1)
        yield canvas.taken()
    title, sums = explanation_parts.sums(found)
    if sums:
        canvas.line()
        if title:
            canvas.note(title)
        rows = [(f"{'  ' * bool(title)}{label}", exact) for label, exact in sums]
        canvas.table(("", "exact"), rows, right=("exact",), bare=True)
    yield canvas.taken()


def layer_text(layer: LayerExplanation, *, several: bool, width: int | None = None) -> str:
    """All formulas of one layer, below no heading; `several` says whether the network has several inputs.

    >>> import cnncalc
    >>> [conv] = cnncalc.load("alexnet").explain("conv1").layers
    >>> print(layer_text(conv, several=False).splitlines()[4].strip())
    = floor((227 - 11) / 4) + 1
    """
    canvas = Canvas(PLAIN._replace(width=width))
    _sections(canvas, layer, width, several_inputs=several)
    return canvas.taken()


def _title(canvas: Canvas, layer: LayerExplanation, width: int | None) -> None:
    """The heading of a layer: its name, type and shapes."""
    name = canvas.printed(layer.name)
    first, *others = explanation_lines.title(layer, columns(name), width)
    canvas.title(name, first)
    for text in others:
        canvas.note(text)


def _steps(canvas: Canvas, layer: LayerExplanation, width: int | None) -> None:
    """What is worked out of a layer, with numbers alone."""
    for step in explanation_parts.steps(layer):
        canvas.lines(explanation_lines.equation(step, width, 10))
        _note(canvas, step.note, width)


def _sections(canvas: Canvas, layer: LayerExplanation, width: int | None, *, several_inputs: bool) -> None:
    """All formulas of a layer, under headings."""
    for section in explanation_parts.sections(layer, several_inputs=several_inputs):
        if section.title:
            canvas.note(f"  {section.title}")
        for one in section.equations:
            canvas.lines(explanation_lines.equation(one, width))
            _note(canvas, one.note, width)
        canvas.lines(map(explanation_lines.figure, section.figures))
        for remark in section.remarks:
            _note(canvas, remark, width)


def _note(canvas: Canvas, text: str, width: int | None) -> None:
    if text:
        canvas.lines(f"      {line}" for line in wrapped(text, max(explanation_lines.room(width) - 6, 20)))
