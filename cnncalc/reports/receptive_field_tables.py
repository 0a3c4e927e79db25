"""The receptive field of a layer as a table, a row an axis, and what a unit of it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.json_values import stride_figure
from cnncalc.reports.table import Document, Record, Table, all_keys
from cnncalc.shapes import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.receptive_field.results import LayerFieldReport, UnitFigures
    from cnncalc.reports.style import Style


KEYS: Final = ("input", "axis", "size", "stride", "padding")


def tables(report: LayerFieldReport, style: Style) -> Document:
    """The records as one table."""
    known = list(records(report, style))
    headings = all_keys(known, KEYS)
    cells = [[_text(record[heading]) for heading in headings] for record in known]
    unit = None if report.seen is None else report.seen.unit
    seen = "" if unit is None else f", unit {','.join(map(str, unit))}"
    title = f"{number_text.name(report)}: {report.layer.name}{seen}"
    return Document(title, [Table(headings, cells, right=headings[2:], notes=_verdict(report))])


def records(report: LayerFieldReport, style: Style) -> Iterator[Record]:
    """A record for each input and axis; with a unit, the first and last pixel and how many can change it."""
    del style
    for name, field in report.layer.receptive_field.items():
        strides, paddings = field.stride, field.padding
        for axis, label in enumerate(AXIS_NAMES.get(len(field.size), ())):
            yield {
                "input": name,
                "axis": label,
                "size": field.size[axis],
                "stride": stride_figure(strides[axis]),
                "padding": paddings[axis],
                **({} if report.seen is None else _seen(report.seen, name, axis)),
            }


def _seen(unit: UnitFigures, name: str, axis: int) -> Record:
    """What a unit sees along an axis; None where it sees padding only."""
    first, last = unit.interval[name][axis] or (None, None)
    return {"first": first, "last": last, "pixels": unit.pixels[name][axis]}


def _verdict(report: LayerFieldReport) -> list[str]:
    """What came of a proof, if there was one."""
    if report.proof is None:
        return []
    count, wrong = f"{report.proof.perturbed:,}", f"{len(report.proof.mismatches):,}"
    return [f"proven by execution at {count} positions" if report.proof.ok else f"{wrong} of {count} not as claimed"]


def _text(value: object) -> str:
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
