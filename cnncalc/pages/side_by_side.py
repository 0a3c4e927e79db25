"""What tells several networks from each other, as tables of HTML with bars behind the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import comparison_rows, number_text
from cnncalc.reports.html_text import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.comparison.results import Comparison
    from cnncalc.pages.results import PageNetwork

MOST_STAGES: Final = 40
"""Networks of more parts, by the first words of their names, are not compared part by part."""

MOST_CHANGES: Final = 100
"""The most layers that are told to differ."""


def side_by_side(found: Comparison, networks: Sequence[PageNetwork]) -> str:
    """Totals side by side, parameters and MACs by stage, and the layers that differ between two versions."""
    parts = (_totals(found) + "".join(_changes(found)), "".join(_stages(networks)))
    tables = "".join(f"<div>{part}</div>" for part in parts if part)
    start = '<div class="compare"><section class="card" aria-label="Comparison">\n<h2>Side by side</h2>'
    return f'{start}\n<div class="tables">{tables}</div></section></div>\n'


def _totals(found: Comparison) -> str:
    """A row for each figure, a column for each network, and how many times as much it is as the first."""
    rows = [
        _row("input", [comparison_rows.inputs_text(network) for network in found.networks]),
        _row(comparison_rows.FIELD, [comparison_rows.field_text(network) for network in found.networks]),
    ]
    for label in comparison_rows.counted(found):
        name = comparison_rows.FIGURES[label]
        counts = [comparison_rows.count(network, name) for network in found.networks]
        ratios = ["", *(comparison_rows.ratio_text(other.ratios[name]) for other in found.differences)]
        rows.append(_row(label, list(map(number_text.exact, counts)), counts, ratios=ratios))
    return "<h3>totals</h3>\n" + _table(["figure", *(network.label for network in found.networks)], rows)


def _stages(networks: Sequence[PageNetwork]) -> Iterator[str]:
    """Parameters and MACs by the first part of the layers' names, where networks have some in common."""
    sums = [_sums(network) for network in networks]
    names = _merged([list(own) for own in sums])
    common = [name for name in names if sum(name in own for own in sums) > 1]
    if not common or len(names) > MOST_STAGES:
        return
    for column, what in enumerate(("parameters", "MACs")):
        rows = []
        most = max((own[name][column] for own in sums for name in own), default=0)
        for name in names:
            counts = [own[name][column] if name in own else 0 for own in sums]
            texts = [number_text.short(count) if count else "" for count in counts]
            if any(counts):
                rows.append(_row(name, texts, counts, most=most, kind=what.lower()))
        yield f"<h3>{what} by stage</h3>\n{_table(['stage', *(network.label for network in networks)], rows)}"


def _sums(network: PageNetwork) -> dict[str, tuple[int, int]]:
    """Parameters and MACs by the first part of the layers' names."""
    found: dict[str, tuple[int, int]] = {}
    for layer in network.report.layers:
        name = layer.name.partition(".")[0]
        parameters, macs = found.get(name, (0, 0))
        found[name] = (parameters + layer.parameters + layer.frozen, macs + layer.macs)
    return {name: counts for name, counts in found.items() if any(counts)}


def _merged(orders: Sequence[Sequence[str]]) -> list[str]:
    """The names of several rows in one, those that only one has behind what stands before them there.

    >>> _merged([["a", "c"], ["a", "b", "c", "d"]])
    ['a', 'b', 'c', 'd']
    """
    found: list[str] = []
    for names in orders:
        place = 0
        for name in names:
            if name in found:
                place = found.index(name) + 1
            else:
                found.insert(place, name)
                place += 1
    return found


def _changes(found: Comparison) -> Iterator[str]:
    """The layers in which two networks differ, where they were compared."""
    if not found.changes:
        note = comparison_rows.unlike(found) if found.changes is None else comparison_rows.alike(found)
        if note:
            yield f'<p class="soft">{escaped(note.partition(":")[0])}</p>\n'
        return
    rows = [_row(*_split(comparison_rows.layer_cells(change))) for change in found.changes[:MOST_CHANGES]]
    _, *heads = comparison_rows.LAYER_HEADINGS
    yield f"<h3>layers that differ ({comparison_rows.LEGEND})</h3>\n{_table(heads, rows)}"
    if len(found.changes) > MOST_CHANGES:
        yield f'<p class="soft">and {len(found.changes) - MOST_CHANGES:,} more: cnncalc compare lists them</p>\n'


def _split(cells: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The heading of a row, which is the mark of the change and the layer, and the other cells."""
    mark, layer, *others = cells
    return f"{mark} {layer}", others


def _table(heads: Sequence[str], rows: Sequence[str]) -> str:
    cells = "".join(f'<th scope="col">{escaped(text)}</th>' for text in heads)
    body = "".join(rows)
    return f'<div class="scroll"><table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>\n'


def _row(
    label: str,
    texts: Sequence[str],
    counts: Sequence[int] = (),
    *,
    ratios: Sequence[str] = (),
    most: int = 0,
    kind: str = "macs",
) -> str:
    """A row of a table; counts have bars, of which that of the largest, or of `most`, fills its cell."""
    most = most or max(counts, default=0) or 1
    shares = [f' class="bar {kind}" data-share="{count / most:.3f}"' for count in counts] or [""] * len(texts)
    added = [f' <span class="soft">{escaped(ratio)}</span>' if ratio else "" for ratio in ratios] or [""] * len(texts)
    cells = zip(shares, texts, added, strict=True)
    shown = "".join(f"<td{share}>{escaped(text)}{more}</td>" for share, text, more in cells)
    return f'<tr><th scope="row">{escaped(label)}</th>{shown}</tr>'
