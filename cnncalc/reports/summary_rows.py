"""The rows of a summary as a person reads them: one a layer or, at a given depth, one a scope."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import shape_text
from cnncalc.reports import number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnncalc.shapes import Shape
    from cnncalc.summary.results import LayerFigures, Report

HEADINGS: Final = ("layer", "type", "output", "kernel/stride/padding", "parameters", "MACs", "receptive field")
"""What stands above the `cells` of the rows."""

TOTAL_HEADINGS: Final = ("total", "exact", "short", "")
"""What stands above the `totals`."""


class Row(NamedTuple):
    """A row, with its counts still exact."""

    name: str
    type: str
    output_shape: Shape
    window: str
    parameters: int
    macs: int
    field: str


def rows(report: Report, depth: int | None = None) -> list[Row]:
    """The rows of a report; with a depth, layers that share so many parts of their names become one row."""
    if depth is None:
        return [_row(layer) for layer in report.layers]
    return list(_collapsed(report, depth))


def _collapsed(report: Report, depth: int) -> Iterator[Row]:
    """A row for each scope at a depth: the sums of its layers, and the output and field of the last."""
    for scope, group in groupby(report.layers, key=lambda layer: ".".join(layer.name.split(".")[:depth])):
        layers = list(group)
        row = _row(layers[-1])
        if len(layers) == 1:
            yield row._replace(name=scope)
            continue
        yield row._replace(
            name=scope,
            type=f"{len(layers)} layers",
            window="",
            parameters=sum(layer.parameters for layer in layers),
            macs=sum(layer.macs for layer in layers),
        )


def _row(layer: LayerFigures) -> Row:
    """The row of one layer."""
    fields = layer.receptive_field
    several = len(fields) > 1
    field = ", ".join((f"{name} " if several else "") + number_text.field(value) for name, value in fields.items())
    kind = layer.type if layer.activation is None else f"{layer.type} + {layer.activation}"
    window = number_text.window(layer.window)
    return Row(layer.name, kind, layer.output_shape, window, layer.parameters, layer.macs, field)


def cells(row: Row) -> tuple[str, ...]:
    """The texts of a row in a table that is not cut to a width, one under each of `HEADINGS`."""
    return (
        row.name,
        row.type,
        shape_text(row.output_shape),
        row.window,
        number_text.exact(row.parameters),
        number_text.exact(row.macs),
        row.field,
    )


def notes(fields: Iterable[str]) -> list[str]:
    """What the marks in the texts of receptive fields mean, for those that occur.

    >>> notes(["7/2/3", "all 224"])
    ['all: every path sees the whole map']
    """
    known = {
        "all": "all: every path sees the whole map",
        "-": "-: neighbours do not advance evenly",
        "*": "* some path sees the whole map; the figures are those of the other paths",
        "~": "~ paths with different centres merge; the figures are those of their hull",
        "<": "< at most these: there are too many paths, or too irregular ones, to follow each",
    }
    written = {part for field in set(fields) for part in re.split("([ ,/x~*<])", field)}
    return [text for mark, text in known.items() if mark in written]


def totals(report: Report) -> list[tuple[str, str, str, str]]:
    """Label, exact figure, short figure and remark of each total."""
    total = report.totals
    inputs = ", ".join(map(shape_text, report.inputs.values()))
    at = f"at {inputs}" + (f", batch of {report.batch_size}" if report.batch_size > 1 else "")
    one = f"at {inputs}" + (", one sample" if report.batch_size > 1 else "")
    lines = [("parameters", total.parameters, "", f"at {inputs}")]
    if total.buffers:
        lines.append(("buffers", total.buffers, "", f"at {inputs}"))
    lines += [
        ("MACs", total.macs, "", one),
        ("FLOPs", total.flops, "", one),
        ("weights, bytes", total.weight_bytes, "B", f"as {report.dtype}"),
        ("peak activations, bytes", total.peak_activation_bytes, "B", at),
        ("all outputs, bytes", total.output_bytes, "B", at),
    ]
    return [
        (label, number_text.exact(count), number_text.short(count, unit), note) for label, count, unit, note in lines
    ]
