"""Networks side by side as tables: their figures, and the layers that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import enumerated
from cnncalc.reports import number_text
from cnncalc.reports.comparison_rows import (
    FIELD,
    FIGURES,
    LAYER_HEADINGS,
    LEGEND,
    alike,
    count,
    counted,
    field_text,
    inputs_text,
    layer_cells,
    ratio_text,
    signed,
    tight_inputs,
    unlike,
)
from cnncalc.reports.table import Document, Record, Table
from cnncalc.summary.results import Totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.comparison.results import Comparison, LayerChange
    from cnncalc.reports.style import Style

KEYS: Final = ("label", "name", "variant", "input", "depth", *Totals._fields)
_RIGHT: Final = ("difference", "ratio", "output", "parameters", "MACs")


def tables(found: Comparison, style: Style) -> Document:
    """A row for each figure, a column for each network; and the layers in which two differ."""
    del style
    title = enumerated([network.label for network in found.networks])
    several = [_figures(found)]
    if found.changes:
        several.append(_layers(found, found.changes))
    return Document(title, several)


def _figures(found: Comparison) -> Table:
    """The figures of all networks; of two, differences and ratios beside them, of more the ratio in the cell."""
    labels = [network.label for network in found.networks]
    two = len(labels) == 2
    rows = [
        ["input", *map(inputs_text, found.networks), *["", ""] * two],
        [FIELD, *map(field_text, found.networks), *["", ""] * two],
    ]
    for label in counted(found):
        name = FIGURES[label]
        texts = [number_text.exact(count(network, name)) for network in found.networks]
        if two:
            [difference] = found.differences
            texts += [signed(difference.absolute[name]), ratio_text(difference.ratios[name])]
        else:
            ratios = ["", *(ratio_text(difference.ratios[name]) for difference in found.differences)]
            texts = [f"{text} ({ratio})" if ratio else text for text, ratio in zip(texts, ratios, strict=True)]
        rows.append([label, *texts])
    none = found.changes is not None and not found.changes
    said = [alike(found)] if none else [text for text in [unlike(found)] if text]
    headings = ["figure", *labels, *(["difference", "ratio"] if two else [])]
    return Table(headings, rows, right=headings[1:], notes=said)


def _layers(found: Comparison, changes: tuple[LayerChange, ...]) -> Table:
    """The layers that differ; what has changed beside the columns only where there is such."""
    rows = [layer_cells(change) for change in changes]
    end = len(LAYER_HEADINGS) - (not any(row[-1] for row in rows))
    notes = [LEGEND, alike(found)] if found.renamed else [LEGEND]
    return Table(LAYER_HEADINGS[:end], [row[:end] for row in rows], right=_RIGHT, notes=notes)


def records(found: Comparison, style: Style) -> Iterator[Record]:
    """A record a network, and the ratios of its figures to those of the first."""
    del style
    for place, network in enumerate(found.networks):
        itself = {name: 1.0 if count(network, name) else None for name in ("depth", *Totals._fields)}
        ratios = found.differences[place - 1].ratios if place else itself
        yield {
            "label": network.label,
            "name": network.name,
            "variant": network.variant,
            "input": tight_inputs(network),
            "depth": network.depth,
            **network.totals._asdict(),
            **{f"{name}_ratio": ratios[name] for name in ("depth", *Totals._fields)},
        }
