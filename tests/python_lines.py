"""Examples of Python in prose: each line is run, and a value that its comment begins with is what it gives."""

from __future__ import annotations

from typing import Any


def hold(text: str) -> None:
    """Run the lines of an example in order; a line that is set in belongs to the statement before."""
    found: dict[str, Any] = {}
    lines = text.splitlines()
    while lines:
        statement = [lines.pop(0)]
        while lines and lines[0].startswith(" "):
            statement.append(lines.pop(0))
        code, _, comment = statement[0].partition("  #")
        if statement[1:] or code.startswith(("import ", "from ")) or not code or "=" in code.split("(")[0]:
            exec("\n".join(statement), found)
            continue
        value = eval(code, found)
        if comment.strip()[:1] in set("(0123456789"):
            assert repr(value) == comment.strip()
