"""What tells several networks from each other, as tables of HTML with bars behind the numbers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cnncalc.reports import comparison_rows, number_text
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.comparison.results import Comparison


def comparison(found: Comparison) -> str:
    """Totals side by side, and the layers that differ between two versions of one network."""
    return (
        f'<section class="card compare" aria-label="Comparison">\n<h2>Side by side</h2>\n{_totals(found)}</section>\n'
    )


def _totals(found: Comparison) -> str:
    """A row for each figure, a column for each network."""
    heads = "".join(f'<th scope="col">{_escaped(network.label)}</th>' for network in found.networks)
    rows = [_row("input", [comparison_rows.inputs_text(network) for network in found.networks])]
    rows.append(_row(comparison_rows.FIELD, [comparison_rows.field_text(network) for network in found.networks]))
    for label in comparison_rows.counted(found):
        counts = [comparison_rows.count(network, comparison_rows.FIGURES[label]) for network in found.networks]
        rows.append(_row(label, [number_text.exact(count) for count in counts], counts))
    table = f'<table><thead><tr><th scope="col">figure</th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    return f'<div class="scroll">{table}</div>\n'


def _row(label: str, texts: Sequence[str], counts: Sequence[int] = ()) -> str:
    """A row of a table; counts have bars, of which the largest fills its cell."""
    most = max(counts, default=0) or 1
    shares = [f' class="bar macs" data-share="{count / most:.3f}"' for count in counts] or [""] * len(texts)
    cells = (f"<td{share}>{_escaped(text)}</td>" for share, text in zip(shares, texts, strict=True))
    return f'<tr><th scope="row">{_escaped(label)}</th>{"".join(cells)}</tr>'


def _escaped(text: str) -> str:
    return escape(printable(text))
