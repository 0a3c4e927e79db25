"""The summary as comma-separated values: one line a layer, exact figures."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.summary.results import LayerFigures, Report

COLUMNS: Final = (
    "name",
    "type",
    "inputs",
    "output_shape",
    "kernel/stride/padding",
    "activation",
    "parameters",
    "buffers",
    "macs",
    "flops",
    "output_bytes",
    "receptive_field",
)


def render(report: Report, style: Style = PLAIN) -> str:
    """A heading and a line a layer; a spreadsheet adds up the rest."""
    del style
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_line(layer) for layer in report.layers)
    return file.getvalue()


def _line(layer: LayerFigures) -> tuple[object, ...]:
    """The cells of a layer, in the order of `COLUMNS`."""
    return (
        layer.name,
        layer.type,
        " ".join(layer.inputs),
        number_text.tight(layer.output_shape),
        number_text.window(layer.window),
        layer.activation,
        layer.parameters,
        layer.buffers,
        layer.macs,
        layer.flops,
        layer.output_bytes,
        " ".join(map(number_text.field, layer.receptive_field.values())),
    )
