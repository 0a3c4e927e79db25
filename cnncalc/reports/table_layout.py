"""Chooses how a table is written: the widest of several forms that fits the width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import enumerated
from cnncalc.reports.abbreviation import abbreviated
from cnncalc.reports.style import PLAIN, Style
from cnncalc.text import columns, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NARROWEST: Final = 40
"""The columns that every table is given room for; a terminal that is narrower wraps them."""

UNCUT: Mapping[str, int] = {}
"""For forms in which nothing is cut."""


class TableForm(NamedTuple):
    """One way to write a table: texts by heading, the blanks between columns, and what may be cut.

    `least` has the columns whose texts may be cut, and to which width at least, the first to suffer first. `below` is
    what is written on a line of its own below each row, empty for none.
    """

    columns: dict[str, list[str]]
    gap: int = 2
    least: Mapping[str, int] = UNCUT
    below: Sequence[str] = ()

    @property
    def headings(self) -> list[str]:
        """The headings of the columns that are there."""
        return list(self.columns)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The texts of each row."""
        return list(zip(*self.columns.values(), strict=True))

    def without(self, *headings: str) -> TableForm:
        """The form without these columns."""
        return self._replace(columns={name: texts for name, texts in self.columns.items() if name not in headings})

    def printed(self, encoding: str) -> TableForm:
        """The form with its texts as a terminal of that encoding shows them."""
        texts = {heading: [printable(text, encoding) for text in texts] for heading, texts in self.columns.items()}
        return self._replace(columns=texts)

    def widths(self) -> dict[str, int]:
        """The width that each column needs."""
        return {heading: max(map(columns, (heading, *texts))) for heading, texts in self.columns.items()}

    def least_width(self) -> int:
        """The width that it takes with every text as short as it may be, if so short ones still differ."""
        widths = self.widths()
        shortest = (min(width, max(self.least.get(name, width), columns(name))) for name, width in widths.items())
        return sum(shortest) + self.gap * (len(widths) - 1)

    def cut(self, width: int, mark: str = "…") -> tuple[TableForm, bool]:
        """The form with its texts cut to this width, and whether it fits and different texts still differ.

        `mark` stands where something was cut.
        """
        widths = self.widths()
        excess = sum(widths.values()) + self.gap * (len(widths) - 1) - width
        texts, all_distinct = dict(self.columns), True
        for heading, least in self.least.items():
            saved = min(excess, widths.get(heading, 0) - max(least, columns(heading)))
            if saved <= 0:
                continue
            known, distinct = abbreviated(texts[heading], widths[heading] - saved, mark)
            texts[heading] = [known[text] for text in texts[heading]]
            all_distinct = all_distinct and distinct
            excess -= saved
        return self._replace(columns=texts), all_distinct and excess <= 0


def form_of(headings: Sequence[str], rows: Iterable[Sequence[str]], gap: int = 2) -> TableForm:
    """The form of a table that has at least one row, and whose headings differ.

    >>> form_of(["layer", "MACs"], [("conv1", "8"), ("conv2", "9")]).columns
    {'layer': ['conv1', 'conv2'], 'MACs': ['8', '9']}
    """
    return TableForm(dict(zip(headings, map(list, zip(*rows, strict=True)), strict=True)), gap)


def fitted(forms: Iterable[TableForm], style: Style = PLAIN) -> TableForm:
    """The first form that fits the width of the style, and in which different texts differ.

    Where none does, it is the last, wider than there is room if texts would be cut so that they look alike. Its texts
    are as a terminal of that style shows them.
    """
    mark = printable("…", style.encoding)
    room = NARROWEST if style.width is None else max(style.width, NARROWEST)
    printed = None
    for form in forms:
        printed = form.printed(style.encoding)
        if style.width is None:
            return printed
        if printed.least_width() <= room:  # to look for names that still differ takes long
            chosen, fits = printed.cut(room, mark)
            if fits:
                return chosen
    assert printed is not None, "a table has a form"
    return _distinct(printed, room, mark)


def _distinct(form: TableForm, room: int, mark: str) -> TableForm:
    """The form with its texts cut as far as different ones still differ, though it may be wider than the room."""
    widths = range(max(room, form.least_width()), sum(form.widths().values()) + form.gap * len(form.columns), 4)
    cut = (form.cut(width, mark) for width in widths)
    return next((found for found, fits in cut if fits), form)


def left_out(form: TableForm, headings: Iterable[str]) -> list[str]:
    """A note that names the columns which the form has no room for, if any.

    >>> left_out(TableForm({"layer": ["conv1"]}), ["layer", "k/s/p", "MACs"])
    ['no room for k/s/p and MACs: see a wider terminal or --json']
    """
    names = enumerated([heading for heading in headings if heading not in form.columns])
    return [f"no room for {names}: see a wider terminal or --json"] if names else []
