"""A layer type for a person: what it does, its options and an example."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from cnncalc.layers.description import written
from cnncalc.reports.canvas import UNLIMITED, Canvas
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.layers.description import Description, OptionDescription


def render(known: Description, style: Style = PLAIN) -> str:
    """Everything about one type."""
    canvas = Canvas(style)
    room = min(style.width or UNLIMITED, 100)
    canvas.title(known.type, known.family.lower())
    for paragraph in known.paragraphs:
        canvas.line()
        _lines(canvas, paragraph, room)
    canvas.line()
    canvas.line("options" if known.options else "It takes no options.")
    for option in known.options:
        _option(canvas, option, room)
    canvas.line()
    canvas.title("example", "")
    canvas.line(f"  {known.example}")  # whole, to be copied
    canvas.line()
    canvas.title("in one line", "")
    _lines(canvas, known.call, room, "  ")
    for title, names in (("also written", known.spellings), ("called elsewhere", known.aliases)):
        if names:
            canvas.line()
            canvas.title(title, "")
            _lines(canvas, ", ".join(names), room, "  ")
    return canvas.text()


def _option(canvas: Canvas, option: OptionDescription, room: int) -> None:
    """Its name, default and meaning, and below them what is allowed."""
    default = "required" if option.required else f"default {written(option.default)}"
    canvas.entry(option.name, default)
    _lines(canvas, f"{option.meaning}: {option.kind}" if option.meaning else option.kind, room, "      ")
    if option.aliases:
        _lines(canvas, f"elsewhere {', '.join(option.aliases)}", room, "      ")


def _lines(canvas: Canvas, text: str, room: int, indent: str = "") -> None:
    for line in wrap(text, room, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False):
        canvas.line(line)
