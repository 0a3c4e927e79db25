"""What is wrong with checked specs, as GitHub shows it beside the lines of a pull request.

The form of these workflow commands is https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports.check_faults import distinct_faults
from cnncalc.reports.style import PLAIN, Style
from cnncalc.text import printable

if TYPE_CHECKING:
    from cnncalc.checking.results import CheckReport, Fault

_OF_TEXTS: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_OF_PROPERTIES: Final = {**_OF_TEXTS, ":": "%3A", ",": "%2C"}


def render(report: CheckReport, style: Style = PLAIN) -> str:
    """A command for each fault, and nothing where there is none."""
    del style
    return "".join(f"{_command(path, fault)}\n" for path, fault in distinct_faults(report))


def _command(path: str, fault: Fault) -> str:
    """The command for a fault; what has no file is shown in the log alone."""
    places = {"file": fault.path, "line": fault.line, "col": fault.column, "title": fault.code}
    properties = ",".join(
        f"{name}={_escaped(printable(str(value)), _OF_PROPERTIES)}"
        for name, value in places.items()
        if value is not None
    )
    message = fault.message if fault.path else f"{path}: {fault.message}"
    hint = f"\nhint: {printable(fault.hint)}" if fault.hint else ""
    return f"::error {properties}::{_escaped(printable(message) + hint, _OF_TEXTS)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
