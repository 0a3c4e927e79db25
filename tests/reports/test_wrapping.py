"""Text in lines of a width, however narrow."""

from __future__ import annotations

from cnncalc.reports.wrapping import wrapped
from cnncalc.text import columns
from tests.rows import every_row


@every_row("indent", ["", "  ", " " * 6])
@every_row("width", [1, 2, 3, 6, 7, 80])
@every_row("text", ["flops is 1,365, 99 % left", "✓ net.yaml", "層 畳み込み", "é", ""])
def test_every_line_ends(text: str, width: int, indent: str) -> None:
    lines = wrapped(text, width, indent)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert max(map(columns, lines)) <= max(width, 2)
