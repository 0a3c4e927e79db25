"""What the columns of a summary and the symbols in them mean, and what the table leaves out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.reports.bars import percentage
from cnncalc.reports.parts import folded_note, is_folded
from cnncalc.reports.summary_columns import NORMS, SHARED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cnncalc.reports.summary_rows import Row
    from cnncalc.reports.summary_view import Shown
    from cnncalc.reports.view import View
    from cnncalc.summary.results import Report

_HEADINGS: Final = {
    "k/s/p": "k/s/p: kernel/stride/padding",
    "field/s/p": "field/s/p: receptive field, its stride and padding",
}
COUNTS: Final = {
    "macs": "MACs",
    "flops": "FLOPs",
    "parameters": "parameters",
    "frozen": "frozen parameters",
    "buffers": "buffers",
    "output_bytes": "bytes of all outputs",
}
"""What shares are of."""

_WINDOW_SYMBOLS: Final = (
    (r"dw\b", "dw: depthwise"),
    (r" g[0-9]", "g: groups"),
    (r" d[0-9]", "d: dilation"),
    (r"[0-9]\+[0-9]", "0+1: padding before and after"),
)
_FIELD_MARKS: Final = {
    "all": "all: every path sees the whole map",
    "-": "-: neighbours do not advance evenly",
    "*": "* some path sees the whole map; the figures are those of the other paths",
    "~": "~ paths with different centres merge; the figures are those of their hull",
    "<": "< at most these: there are too many paths, too irregular ones, or opaque layers, to follow each",
}


def notes(fields: Iterable[str]) -> list[str]:
    """What the marks in the texts of receptive fields mean, for those that occur.

    >>> notes(["7/2/3", "all 224"])
    ['all: every path sees the whole map']
    """
    written = {part for field in set(fields) for part in re.split("([ ,/x~*<])", field)}
    return [text for mark, text in _FIELD_MARKS.items() if mark in written]


def legend(columns: Mapping[str, Sequence[str]], seen: Shown, *, brief: bool = True) -> Iterator[str]:
    """The lines of the legend to these columns, of what occurs in them; headings are letters where they are `brief`."""
    headings = [text for heading, text in _HEADINGS.items() if heading in columns and brief]
    if "share" in columns:
        headings.append(f"share: of the {COUNTS[seen.facts.shared]}")
    if "from" in columns:
        but = ", where it is not the row above" if any(row.is_below for row in seen.rows) else ""
        headings.append(f"from: what is read{but}")
    if headings:
        yield "; ".join(headings)
    symbols = "\n".join(dict.fromkeys(columns.get("k/s/p", [])))
    known = [text for pattern, text in _WINDOW_SYMBOLS if re.search(pattern, symbols)]
    words = set(re.split(r"[ +]+", " ".join(dict.fromkeys(columns.get("type", [])))))
    known += [f"{short}: {name}" for name, short in NORMS.items() if short in words]
    if known:
        yield "; ".join(known)
    if SHARED in columns.get("params", columns.get("parameters", [])):
        yield f"{SHARED}: its arrays are those of an earlier layer; `explain` names it"
    yield from copies_note(seen.rows, "(x N)" if any("(x " in label for label in columns.get("layer", [])) else "xN")
    yield from notes(columns.get("field/s/p", []))


def copies_note(rows: Sequence[Row], mark: str) -> Iterator[str]:
    """What `mark` means, where a row stands for several equal parts."""
    folded = [row for row in rows if row.copies > 1]
    if folded:
        below = "; the rows below it are of the first" if any(row.is_open for row in folded) else ""
        yield f"{mark}: a row for N equal parts, with the sum of all{below}"


def more(report: Report, seen: Shown, view: View) -> Iterator[str]:
    """What the table leaves out, and how it is seen."""
    all_rows, name = seen.all_rows, seen.facts.shared
    if len(seen.rows) < len(all_rows):
        rest = sum(getattr(row, name) for row in all_rows) - sum(getattr(row, name) for row in seen.rows)
        share = percentage(rest, seen.facts.whole) or "0%"
        have = "" if view.plot in ("memory", "field") else f" have {share} of the {COUNTS[name]}"
        yield f"{len(all_rows) - len(seen.rows):,} more rows{have}"
    if is_folded(len(report.layers), view):
        yield folded_note(len(report.layers), len(all_rows), seen.deeper)
