"""The registry of reports: which subjects are written in which formats, and by which module.

Each module has ``render(result, style) -> str`` and is imported when it is asked for. A new format of a subject is a
file and a line here: the command's `--format` and the endings of its `-o` follow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cnncalc.reports.style import Style

REPORTS: Final = {
    "summary": {
        "table": "summary_text",
        "json": "summary_json",
        "csv": "summary_csv",
        "markdown": "summary_markdown",
        "latex": "summary_latex",
    },
    "explanation": {"table": "explanation_text", "json": "explanation_json"},
    "receptive_fields": {"table": "receptive_fields_text", "json": "receptive_fields_json"},
    "receptive_field": {"table": "receptive_field_text", "json": "receptive_field_json"},
    "solution": {"table": "solution_text", "json": "solution_json"},
    "run": {"table": "run_text", "json": "run_json"},
    "check": {"table": "check_text", "json": "check_json"},
    "architectures": {"table": "architectures_text", "json": "architectures_json"},
    "layer_types": {"table": "layer_types_text", "json": "layer_types_json"},
    "layer_type": {"table": "layer_type_text", "json": "layer_type_json"},
    "spec": {"yaml": "spec_yaml"},
}
"""The module of each format, by subject; the first format of a subject is its default."""

ENDINGS: Final = {
    "table": (".txt",),
    "json": (".json",),
    "csv": (".csv",),
    "markdown": (".md",),
    "latex": (".tex",),
    "yaml": (".yaml", ".yml", ".txt"),
}
"""The endings of files in each format."""


def formats(subject: str, *others: str) -> tuple[str, ...]:
    """The formats of a subject, the default first, in which all the others are written too.

    >>> formats("summary"), formats("summary", "run")
    (('table', 'json', 'csv', 'markdown', 'latex'), ('table', 'json'))
    """
    return tuple(name for name in REPORTS[subject] if all(name in REPORTS[other] for other in others))


def render(subject: str, format_: str, result: Any, style: Style) -> str:
    """The text of a result.

    >>> import cnncalc
    >>> from cnncalc.reports.style import Style
    >>> print(render("summary", "csv", cnncalc.load("lenet").report(), Style()).splitlines()[1][:26])
    c1,conv2d,input,6x28x28,5/
    """
    text: str = import_module(f"cnncalc.reports.{REPORTS[subject][format_]}").render(result, style)
    return text
