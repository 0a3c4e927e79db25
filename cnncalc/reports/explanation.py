"""A network explained, for a person."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING

from cnncalc.reports import figures
from cnncalc.reports.rows import totals
from cnncalc.reports.table import DEFAULT_WIDTH, Canvas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.explanation import Explanation, LayerExplanation
    from cnncalc.tracing import Formula


def render(found: Explanation, *, whole: bool, width: int | None = None, styled: bool = False) -> str:
    """Every formula of the layers or, of a `whole` network, the shape and the counts of each, and the totals."""
    report = found.report
    canvas = Canvas(width, styled=styled)
    name = report.name if report.variant is None else f"{report.name} ({report.variant})"
    canvas.title(name, "input " + ", ".join(map(figures.spaced, report.inputs.values())))
    room = width or DEFAULT_WIDTH
    for layer in found.layers:
        if whole:
            _step(canvas, layer, room)
        else:
            canvas.line()
            _layer(canvas, layer, room)
    if whole:
        canvas.line()
        rows = [(label, exact) for label, exact, _, _ in totals(report)]
        canvas.table(("", "exact"), rows, right=("exact",), bare=True)
    return canvas.text()


def _layer(canvas: Canvas, layer: LayerExplanation, room: int) -> None:
    """All formulas of a layer, under headings."""
    _title(canvas, layer, room)
    for (quantity, axes), group in groupby(layer.formulas, key=lambda line: (line.quantity, line.axes)):
        lines = list(group)
        heading = f"{quantity} {' and '.join(axes)}".rstrip() if quantity == "output" else quantity
        if axes and quantity != "output":
            heading += f", {' and '.join(axes)}"
        canvas.note(f"  {'output channels' if heading == 'output' and len(layer.output_shape) > 1 else heading}")
        for line in lines:
            for text in _wrapped(line, room):
                canvas.line(text)
            for text in wrap(line.note, max(room - 6, 20)):
                canvas.line(f"      {text}")
    if not any(line.quantity == "receptive field" for line in layer.formulas):
        _field(canvas, layer)


def _title(canvas: Canvas, layer: LayerExplanation, room: int) -> None:
    kind = layer.type if layer.activation is None else f"{layer.type} + {layer.activation}"
    arriving = ", ".join(map(figures.spaced, layer.input_shapes))
    remark = f"{kind}  {arriving} -> {figures.spaced(layer.output_shape)}"
    if len(layer.name) + len(remark) + 2 > room:
        shapes = [figures.tight(shape) for shape in layer.input_shapes]
        remark = f"{kind}  {', '.join(dict.fromkeys(shapes))} -> {figures.tight(layer.output_shape)}"
    canvas.title(layer.name, remark)


def _field(canvas: Canvas, layer: LayerExplanation) -> None:
    for name, field in layer.receptive_field.items():
        text = figures.field(field)
        if text:
            of_input = f" of {name}" if len(layer.receptive_field) > 1 else ""
            canvas.note(f"  receptive field{of_input}")
            canvas.line(f"    size/stride/padding {text}")


def _wrapped(line: Formula, room: int) -> Iterator[str]:
    """The formula on one line, or an equals sign a line where there is no room; longer ones break where they may."""
    parts = _parts(line)
    start = f"    {line.left} = "
    whole = start + " = ".join(parts)
    if len(whole) <= room:
        yield whole
        return
    for number, part in enumerate(parts):
        head = start if not number else f"{' ' * (len(start) - 2)}= "
        if len(head) * 2 > room:
            head = head.strip() + " "
        rest = " " * (len(head) + 2)
        yield from wrap(part, max(room, 20), initial_indent=head, subsequent_indent=rest, break_on_hyphens=False)


def _parts(line: Formula) -> list[str]:
    """Symbols, numbers and result, without those that only repeat."""
    numbers = [line.numbers] if line.numbers != str(line.result) else []
    symbols = [line.symbols] if line.symbols not in (line.numbers, str(line.result)) else []
    grouped = figures.exact(line.result)
    return [*symbols, *numbers, grouped]


def _step(canvas: Canvas, layer: LayerExplanation, room: int) -> None:
    """A layer in one line, and its sizes and counts with numbers in the next."""
    _title(canvas, layer, room)
    texts = [*_sizes(layer), *_parameters(layer), *(_short(line) for line in layer.formulas if line.left == "MACs")]
    line = ""
    for text in texts:
        if line and len(line) + len(text) + 6 > room:
            canvas.line(f"    {line}")
            line = ""
        line = f"{line}; {text}" if line else text
    for part in wrap(line, max(room - 4, 20)):
        canvas.line(f"    {part}")


def _sizes(layer: LayerExplanation) -> Iterator[str]:
    """The sizes of spatial axes that differ from the input's."""
    for line in layer.formulas:
        if line.quantity == "output" and line.left.endswith("_out") and line.axes and line.numbers != str(line.result):
            yield _short(line)


def _parameters(layer: LayerExplanation) -> Iterator[str]:
    """The values of all arrays in one sum."""
    arrays = [line for line in layer.formulas if line.quantity == "parameters" and line.left != "parameters"]
    if arrays:
        products = " + ".join(line.numbers for line in arrays)
        yield f"parameters = {products} = {figures.exact(sum(line.result for line in arrays))}"


def _short(line: Formula) -> str:
    left = line.left.removesuffix("_out")
    numbers = "" if line.numbers == str(line.result) else f" = {line.numbers}"
    return f"{left}{numbers} = {figures.exact(line.result)}"
