"""An executed network as a table for a person: a tick or a cross for each layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports import figures
from cnncalc.reports.table import Canvas

if TYPE_CHECKING:
    from cnncalc.run_report import LayerRun, RunReport


def render(report: RunReport, *, width: int | None = None, styled: bool = False) -> str:
    """The table, what is wrong with each layer that has a fault, and the verdict."""
    inputs = ", ".join(map(figures.spaced, report.inputs.values()))
    canvas = Canvas(width, styled=styled)
    batch = f", batch of {report.batch_size}" if report.batch_size > 1 else ""
    canvas.title(report.name, f"input {inputs}{batch}, {report.dtype}, seed {report.seed}")
    headings = ("", "layer", "type", "output", "ms", "mean", "deviation")
    canvas.table(headings, [_cells(layer) for layer in report.layers], right=("output", "ms", "mean", "deviation"))
    for layer in report.layers:
        for fault in layer.faults:
            canvas.line(f"✗ {layer.name} {fault}; expected {figures.spaced(layer.expected_shape)}")
    canvas.line()
    canvas.line(_verdict(report))
    return canvas.text()


def _cells(layer: LayerRun) -> tuple[str, ...]:
    shape = "" if layer.actual_shape is None else figures.tight(layer.actual_shape)
    figure = [("" if value is None else f"{value:.4g}") for value in (layer.mean, layer.std)]
    return ("✓" if layer.ok else "✗", layer.name, layer.type, shape, f"{layer.seconds * 1000:.2f}", *figure)


def _verdict(report: RunReport) -> str:
    layers = len(report.layers)
    counted = f"{layers:,} layer{'s' * (layers != 1)} and {report.parameters:,} parameters"
    if report.ok:
        return f"✓ {counted} executed in {report.seconds:.2f} s: every shape and every weight is as computed"
    return f"✗ {report.mismatches:,} of {layers:,} layers are not as computed"
