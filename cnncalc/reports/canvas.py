"""Text for a person, as wide as there is room: titles, notes and tables."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.text import Text

from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.table_layout import NARROWEST
from cnncalc.reports.wrapping import packed, wrapped, wrapped_prose
from cnncalc.text import columns, printable

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from cnncalc.reports.table_layout import TableForm

UNLIMITED: Final = 100_000


class Canvas:
    """Text made by rich, as wide as its style says, with or without colours.

    Whatever is drawn passes `printed`, so that nothing in it can disturb a terminal.
    """

    def __init__(self, style: Style = PLAIN) -> None:
        self.width = UNLIMITED if style.width is None else max(style.width, NARROWEST)
        self.encoding = style.encoding
        self.file = StringIO()
        self.console = Console(
            file=self.file,
            width=self.width,
            force_terminal=style.colours,
            color_system="standard" if style.colours else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def printed(self, text: str) -> str:
        """The text as it is drawn: what would disturb a terminal or is not in its encoding is spelled out."""
        return printable(text, self.encoding)

    def title(self, title: str, subtitle: str) -> None:
        """A title with a remark."""
        title = self.printed(title)
        first, *others = self._wrapped(f"{title}  {subtitle}" if subtitle else title, hang=4)
        self._print(Text.assemble((first[: len(title)], "bold"), (first[len(title) :], "dim")))
        for line in others:
            self._print(Text(line, style="dim"))

    def heading(self, text: str) -> None:
        """A heading in a longer text: in colours it is bold, and without underlined."""
        for line in self._wrapped(text, 0):
            self._print(Text(line, style="bold"))
        if not self.console.color_system:
            self._print(Text(self.printed("─") * columns(line)))

    def entry(self, name: str, subtitle: str) -> None:
        """A name that is set in, with a remark, as a list has it."""
        self.console.print(Text.assemble("  ", (self.printed(name), "bold"), "  ", (self.printed(subtitle), "dim")))

    def note(self, text: str) -> None:
        """A line of explanation."""
        for line in self._wrapped(text):
            self._print(Text(line, style="dim"))

    def line(self, text: str = "", hang: int = 2) -> None:
        """A line as it is; where it has no room, the rest is set in further than its beginning."""
        for line in self._wrapped(text, hang):
            self._print(Text(line))

    def prose(self, text: str, first: str = "", rest: str = "") -> None:
        """A paragraph, its first line behind `first` and all others behind `rest`.

        In colours what stands in backticks is bold instead; without, it keeps them. A line never ends within.
        """
        inside = False
        for line in wrapped_prose(self.printed(first + text), self.width, rest):
            drawn = Text()
            for number, part in enumerate(line.split("`")):
                if number:
                    inside = not inside
                    drawn.append("" if self.console.color_system else "`")
                drawn.append(part, style="bold" if inside else "")
            self._print(drawn)

    def pieces(self, texts: Sequence[str]) -> None:
        """Pieces of text side by side, none of which is broken where it has room on a line of its own."""
        for line in packed([self.printed(text) for text in texts], self.width, "  "):
            self._print(Text(line))

    def lines(self, texts: Iterable[str]) -> None:
        """Lines that have room as they are, drawn together, if there are any."""
        text = "\n".join(map(self.printed, texts))
        if text:
            self._print(Text(text))

    def _wrapped(self, text: str, hang: int = 2) -> list[str]:
        """The text in lines that fit the width, all but the first set in by `hang` columns more."""
        text = self.printed(text)
        if columns(text) <= self.width:
            return [text.rstrip()]
        return wrapped(text, self.width, " " * (len(text) - len(text.lstrip()) + hang))

    def table(
        self,
        headings: Sequence[str],
        cells: Sequence[Sequence[str]],
        *,
        right: Sequence[str] = (),
        gap: int = 2,
        bare: bool = False,
        below: Sequence[str] = (),
        bold: Container[int] = (),
    ) -> None:
        """A table without frames, the columns in `right` set to the right; `bare` has no headings. A 0 is dim.

        Nothing in it is cut or broken: what has no room goes beyond the width. `below` has a line to follow each row,
        empty for none, and `bold` the numbers of the rows that stand out.
        """
        rows = [list(map(self.printed, row)) for row in (cells if bare else [headings, *cells])]
        widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
        rights = [heading in right for heading in headings]
        for number, row in enumerate(rows):
            heading = not bare and not number
            self._print(_row(row, widths, rights, gap, bold=heading or number - (not bare) in bold))
            if below and number and below[number - 1]:
                self.note(below[number - 1])
            if heading:
                self._print(Text(self.printed("─" * (sum(widths) + gap * (len(widths) - 1)))))

    def row(self, cells: Sequence[str], widths: list[int], rights: list[bool], *, heading: bool = False) -> None:
        """A row of a table whose widths are known before its rows; a heading has a line below."""
        self._print(_row(list(map(self.printed, cells)), widths, rights, 2, bold=heading))
        if heading:
            self._print(Text(self.printed("─" * (sum(widths) + 2 * (len(widths) - 1)))))

    def form(self, form: TableForm, *, right: Sequence[str] = (), bold: Container[int] = ()) -> None:
        """A table that was fitted."""
        self.table(form.headings, form.rows, right=right, gap=form.gap, below=form.below, bold=bold)

    def _print(self, text: Text) -> None:
        self.console.print(text, no_wrap=True, overflow="ignore", crop=False)

    def text(self) -> str:
        """All that was drawn, without blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self.file.getvalue().split("\n"))

    def taken(self) -> str:
        """As `text`, and begin anew: for what is written while more is drawn."""
        text = self.text()
        self.file.seek(0)
        self.file.truncate()
        return text


def _row(cells: Sequence[str], widths: list[int], rights: list[bool], gap: int, *, bold: bool = False) -> Text:
    """The cells side by side, without blanks behind the last."""
    text = Text()
    blanks = 0
    for cell, width, right in zip(cells, widths, rights, strict=True):
        room = width - columns(cell)
        if cell:
            text.append(" " * (blanks + room * right))
            text.append(cell, style="bold" if bold else "dim" if cell == "0" else "")
            blanks = gap + room * (not right)
        else:
            blanks += gap + room
    return text
