"""The check of an imported model as a table for a person: a tick or a cross for each layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports import differences, number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.table_layout import TableForm, fitted, left_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.engines.results import ImportCheck, LayerCheck


def render(report: ImportCheck, style: Style = PLAIN) -> str:
    """The table, and what it comes to."""
    canvas = Canvas(style)
    batch = f", batch of {report.batch_size}" if report.batch_size > 1 else ""
    inputs = number_text.inputs(report.inputs)
    canvas.title(report.name, f"{inputs}{batch}, seed {report.seed}, {report.path} in {report.engine}")
    form = fitted(_forms(report), style)
    canvas.form(form, right=("difference",))
    for note in left_out(form, ("type", "tensor in the file")):
        canvas.note(note)
    canvas.line()
    canvas.line(verdict(report))
    return canvas.text()


def _forms(report: ImportCheck) -> Iterator[TableForm]:
    """From the widest to the narrowest: names cut, columns left out."""
    whole = TableForm(
        {
            "": [_mark(report, layer) for layer in report.layers],
            "layer": [layer.name for layer in report.layers],
            "type": [layer.type for layer in report.layers],
            "tensor in the file": [layer.tensor or "" for layer in report.layers],
            "difference": [differences.difference(layer.difference) for layer in report.layers],
        }
    )
    yield whole
    yield whole._replace(gap=1, least={"tensor in the file": 12, "layer": 16})
    yield whole.without("tensor in the file")
    yield whole.without("tensor in the file", "type")._replace(gap=1, least={"layer": 8})


def _mark(report: ImportCheck, layer: LayerCheck) -> str:
    """Whether a layer is as in the file; nothing where that is not known."""
    if layer.difference is None:
        return ""
    return "✗" if layer.difference > report.tolerance else "✓"


def verdict(report: ImportCheck) -> str:
    """What the check came to, in one line."""
    layers, compared = len(report.layers), len(report.compared)
    if report.faults:
        first = report.faults[0]
        return (
            f"✗ {len(report.faults):,} of {compared:,} layers differ from {report.engine} by more than "
            f"{report.tolerance:g}, first `{first.name}` by {differences.difference(first.difference)}"
        )
    if not report.ok:
        known = {layer.name for layer in report.compared}
        missing = next(name for name in report.outputs if name not in known)
        return f"✗ the output `{missing}` could not be compared with a tensor of the file"
    counted = f"{compared:,} of {layers:,} layers" if compared < layers else f"{layers:,} layer{'s' * (layers != 1)}"
    return f"✓ {counted} are as in {report.engine}: {differences.most_different(report.layers)}"
