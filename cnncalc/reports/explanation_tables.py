"""A network explained as a table of formulas, a row each: for notebooks and, as CSV, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.table import Document, Record, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.formulas.explanation import Explanation, LayerExplanation
    from cnncalc.reports.style import Style
    from cnncalc.symbolic.formula import Formula

HEADINGS: Final = ("quantity", "axes", "", "formula", "numbers", "result")


KEYS: Final = ("layer", "type", "quantity", "axes", "left", "symbols", "numbers", "result", "note")
ALIKE: Final = True


def tables(found: Explanation, style: Style) -> Document:
    """A table a layer: what is computed, with symbols and with numbers."""
    del style
    return Document(number_text.name(found.report), map(_table, found.layers))


def _table(layer: LayerExplanation) -> Table:
    """The formulas of one layer; its type and shapes stand below."""
    shapes = ", ".join(map(number_text.tight, layer.input_shapes))
    about = f"{layer.name}: {number_text.kind(layer)}, {shapes} to {number_text.tight(layer.output_shape)}"
    remarks = dict.fromkeys(f"{line.left}: {line.note}" for line in layer.formulas if line.note)
    return Table(HEADINGS, [_row(line) for line in layer.formulas], right=("result",), notes=[about, *remarks])


def _row(line: Formula) -> tuple[str, ...]:
    """A formula in plain text."""
    exact = number_text.exact(line.result)
    return (line.quantity, " and ".join(line.axes), line.left, line.symbols, line.numbers, exact)


def records(found: Explanation, style: Style) -> Iterator[Record]:
    """A record a formula, in plain text."""
    del style
    for layer in found.layers:
        for line in layer.formulas:
            yield {
                "layer": layer.name,
                "type": layer.type,
                "quantity": line.quantity,
                "axes": " ".join(line.axes),
                "left": line.left,
                "symbols": line.symbols,
                "numbers": line.numbers,
                "result": line.result,
                "note": line.note or None,
            }
