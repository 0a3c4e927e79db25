"""The layer types for a person, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cnncalc.layers.description import written
from cnncalc.reports.canvas import UNLIMITED, Canvas
from cnncalc.reports.medium import PLAIN, Medium
from cnncalc.reports.summary_json import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.layers.description import Description, OptionDescription


def render_all(types: Sequence[Description], *, width: int | None = None, styled: Medium = PLAIN) -> str:
    """One line a type, grouped by family; cut only where the terminal demands it."""
    canvas = Canvas(width, styled=styled)
    column = max(len(known.type) for known in types) + 4
    for number, (family, members) in enumerate(groupby(types, key=lambda known: known.family)):
        if number:
            canvas.line()
        canvas.title(family, "")
        for known in members:
            summary = _cut(known.summary.replace("`", ""), (width or UNLIMITED) - column, canvas.shown("…"))
            canvas.line(f"  {known.type:<{column - 2}}{summary}")
    canvas.line()
    canvas.note("`cnncalc layers TYPE` tells more; conv and the pools may be written with their rank, as conv2d")
    return canvas.text()


def render(known: Description, *, width: int | None = None, styled: Medium = PLAIN) -> str:
    """Everything about one type."""
    canvas = Canvas(width, styled=styled)
    room = min(width or UNLIMITED, 100)
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
    _lines(canvas, known.example, room, "  ")
    for title, names in (("also written", known.spellings), ("called elsewhere", known.aliases)):
        if names:
            canvas.line()
            canvas.title(title, "")
            _lines(canvas, ", ".join(names), room, "  ")
    return canvas.text()


def _option(canvas: Canvas, option: OptionDescription, room: int) -> None:
    """Its name, default and meaning, and below them what is allowed."""
    default = "required" if option.required else f"default {written(option.default)}"
    canvas.console.print(Text.assemble("  ", (option.name, "bold"), "  ", (default, "dim")))
    _lines(canvas, f"{option.meaning}: {option.kind}" if option.meaning else option.kind, room, "      ")
    if option.aliases:
        _lines(canvas, f"elsewhere {', '.join(option.aliases)}", room, "      ")


def _lines(canvas: Canvas, text: str, room: int, indent: str = "") -> None:
    for line in wrap(text, room, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False):
        canvas.line(line)


def _cut(text: str, room: int, mark: str) -> str:
    return text if len(text) <= room else text[: max(room - len(mark), 1)].rstrip() + mark


def plain(known: Description) -> dict[str, Any]:
    """The description as JSON has it."""
    described = asdict(known)
    described["description"] = "\n\n".join(described.pop("paragraphs"))
    return {**_head(known), **described}


def line(known: Description) -> dict[str, Any]:
    """The one line of the list, as JSON has it."""
    return {**_head(known), "type": known.type, "family": known.family, "summary": known.summary}


def _head(known: Description) -> dict[str, Any]:
    return {"schema_version": SCHEMA_VERSION, "name": known.type, "notes": []}
