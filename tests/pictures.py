"""A picture of what a command prints in a terminal, as an SVG, and the words that such a picture shows."""

from __future__ import annotations

import html
import re
from io import StringIO

from rich.console import Console
from rich.text import Text


def picture(command: str, printed: str, columns: int) -> str:
    """The terminal after a command, whose output has the terminal's colours."""
    console = Console(
        record=True, width=columns, file=StringIO(), force_terminal=True, color_system="standard", legacy_windows=False
    )
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(printed.rstrip("\n")))
    return console.export_svg(title="cnncalc", unique_id="cnncalc")


def words(svg: str) -> list[str]:
    """The words in the terminal of a picture, line by line."""
    found = re.findall(r'<text class="cnncalc-r\d+" x="[\d.]+" y="([\d.]+)"[^>]*>(.*?)</text>', svg)
    return [word for _, text in found for word in html.unescape(text).replace("\xa0", " ").split()]
