"""An executed network as a table for a person: a tick or a cross for each layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import shape_text
from cnncalc.reports import differences, number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import DEFAULT_WIDTH, PLAIN, Style
from cnncalc.reports.table_layout import TableForm, fitted, left_out
from cnncalc.reports.value_lines import value_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.execution.results import RunReport, TensorValues


def render(report: RunReport, style: Style = PLAIN) -> str:
    """The table, what is wrong with each layer that has a fault, and the verdict."""
    canvas = Canvas(style)
    batch = f", batch of {report.batch_size}" if report.batch_size > 1 else ""
    inputs = number_text.inputs(report.inputs)
    weights = "" if report.weights is None else f", weights of {report.weights}"
    engine = "" if report.engine == "NumPy" else f", {report.engine}"
    canvas.title(number_text.name(report), f"{inputs}{batch}, {report.dtype}, seed {report.seed}{weights}{engine}")
    form = fitted(_forms(report), style)
    canvas.form(form, right=("output", "ms", "mean", "deviation", "difference"))
    for note in left_out(form, ("type", "mean", "deviation")):
        canvas.note(note)
    for layer in report.layers:
        for fault in layer.faults:
            canvas.line(f"✗ {layer.name} {fault}; expected {shape_text(layer.expected_shape)}")
    for name, type_, found in _printed(report):
        canvas.line()
        canvas.title(name, f"{type_}  {shape_text(found.shape)}")
        for line in value_lines(found, report, style.width or DEFAULT_WIDTH):
            canvas.line(line)
    canvas.line()
    canvas.line(_verdict(report))
    return canvas.text()


def _printed(report: RunReport) -> Iterator[tuple[str, str, TensorValues]]:
    """The name and kind of what there are values of, in the order of execution."""
    yield from ((name, "input", found) for name, found in report.input_values.items())
    yield from ((layer.name, layer.type, layer.output) for layer in report.layers if layer.output is not None)


def _forms(report: RunReport) -> Iterator[TableForm]:
    """From the widest to the narrowest: less between columns, fewer digits, types and names cut, columns left out."""
    whole = TableForm(_columns(report, digits=4))
    yield whole
    yield whole._replace(gap=1)
    short = TableForm(_columns(report, digits=2), gap=1, least={"type": 10, "layer": 16})
    yield short
    yield short.without("type")
    yield short.without("type", "mean", "deviation")._replace(least={"layer": 8})


def _columns(report: RunReport, *, digits: int) -> dict[str, list[str]]:
    """The texts by heading, with so many significant digits."""
    shapes = [layer.actual_shape for layer in report.layers]
    return {
        "": ["✓" if layer.ok else "✗" for layer in report.layers],
        "layer": [layer.name for layer in report.layers],
        "type": [layer.type for layer in report.layers],
        "output": ["" if shape is None else number_text.tight(shape) for shape in shapes],
        "ms": [f"{layer.seconds * 1000:.2f}" for layer in report.layers],
        "mean": ["" if layer.mean is None else f"{layer.mean:.{digits}g}" for layer in report.layers],
        "deviation": ["" if layer.std is None else f"{layer.std:.{digits}g}" for layer in report.layers],
        **({} if report.tolerance is None else {"difference": _differences(report)}),
    }


def _differences(report: RunReport) -> list[str]:
    """How far each layer is from the other engine."""
    return [differences.difference(layer.difference) for layer in report.layers]


def _verdict(report: RunReport) -> str:
    """Whether the network is as computed, in one line."""
    layers = len(report.layers)
    frozen = f" ({report.frozen:,} frozen)" if report.frozen else ""
    counted = f"{layers:,} layer{'s' * (layers != 1)} and {report.parameters + report.frozen:,} parameters{frozen}"
    if report.ok and report.engine == "NumPy":
        return f"✓ {counted} executed in {report.seconds:.2f} s: every shape and every weight is as computed"
    if report.ok:
        apart = f", and {differences.most_different(report.layers)}" if report.tolerance is not None else ""
        return f"✓ {counted} executed in {report.seconds:.2f} s by {report.engine}: every shape is as computed{apart}"
    return f"✗ {report.mismatches:,} of {layers:,} layers are not as computed"
