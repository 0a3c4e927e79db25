"""Text for a person, as wide as there is room: titles, notes and tables."""

from __future__ import annotations

from io import StringIO
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnncalc.reports.columns import Form

DEFAULT_WIDTH: Final = 80
UNLIMITED: Final = 100_000
NARROWEST: Final = 40


class Canvas:
    """Text made by rich, of a given width, with or without colours."""

    def __init__(self, width: int | None, *, styled: bool) -> None:
        self.width = UNLIMITED if width is None else max(width, NARROWEST)
        self.file = StringIO()
        self.console = Console(
            file=self.file,
            width=self.width,
            force_terminal=styled,
            color_system="standard" if styled else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def title(self, title: str, remark: str) -> None:
        """A title with a remark."""
        first, *others = self._wrapped(f"{title}  {remark}" if remark else title, hang=4)
        self._print(Text.assemble((first[: len(title)], "bold"), (first[len(title) :], "dim")))
        for line in others:
            self._print(Text(line, style="dim"))

    def note(self, text: str) -> None:
        """A line of explanation."""
        for line in self._wrapped(text):
            self._print(Text(line, style="dim"))

    def line(self, text: str = "") -> None:
        """A line as it is; where it has no room, the rest is set in further than its beginning."""
        for line in self._wrapped(text):
            self._print(Text(line))

    def lines(self, texts: Iterable[str]) -> None:
        """Lines that have room as they are, drawn together, if there are any."""
        text = "\n".join(texts)
        if text:
            self._print(Text(text))

    def _wrapped(self, text: str, hang: int = 2) -> list[str]:
        if cell_len(text) <= self.width:
            return [text.rstrip()]
        indent = " " * (len(text) - len(text.lstrip()) + hang)
        return wrap(text, self.width, subsequent_indent=indent, break_on_hyphens=False) or [""]

    def table(
        self,
        headings: Sequence[str],
        cells: Sequence[Sequence[str]],
        *,
        right: Sequence[str] = (),
        gap: int = 2,
        bare: bool = False,
    ) -> None:
        """A table without frames, the columns in `right` set to the right; `bare` has no headings. A 0 is dim.

        Nothing in it is cut or broken: what has no room goes beyond the width.
        """
        rows = cells if bare else [headings, *cells]
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        rights = [heading in right for heading in headings]
        if not bare:
            self._print(_row(headings, widths, rights, gap, heading=True))
            self._print(Text("─" * (sum(widths) + gap * (len(widths) - 1))))
        for row in cells:
            self._print(_row(row, widths, rights, gap))

    def form(self, form: Form, *, right: Sequence[str] = ()) -> None:
        """A table that was fitted."""
        self.table(form.headings, form.rows, right=right, gap=form.gap)

    def _print(self, text: Text) -> None:
        self.console.print(text, no_wrap=True, overflow="ignore", crop=False)

    def text(self) -> str:
        """All that was drawn, without blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self.file.getvalue().split("\n"))


def _row(cells: Sequence[str], widths: list[int], rights: list[bool], gap: int, *, heading: bool = False) -> Text:
    """The cells side by side, without blanks behind the last."""
    text = Text()
    blanks = 0
    for cell, width, right in zip(cells, widths, rights, strict=True):
        room = width - cell_len(cell)
        if cell:
            text.append(" " * (blanks + room * right))
            text.append(cell, style="bold" if heading else "dim" if cell == "0" else "")
            blanks = gap + room * (not right)
        else:
            blanks += gap + room
    return text
