"""The registry of reports: which subjects are written in which formats, and by which module.

Each module has ``render(result, style) -> str``, or ``pieces(result, style) -> Iterator[str]`` where the result is
written as it is computed, and is imported when it is asked for. A new format of a subject is a file and a line here:
the command's `--format` and the endings of its `-o` follow. CSV, Markdown and LaTeX are written alike for all that are
tables: a subject's module of tables makes what they write. What is more than tables there has modules of its own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.reports.style import Style
    from cnncalc.reports.table import Record, TableSource

TABULAR: Final = {"csv": "table_csv", "markdown": "table_markdown", "latex": "table_latex"}
"""The formats that are written alike for every subject that has tables."""


def tabular(source: str) -> dict[str, str]:
    """Those formats, for a subject whose tables that module makes; `cnncalc.reports.table` says how."""
    return dict.fromkeys(TABULAR, source)


REPORTS: Final = {
    "summary": {"table": "summary_text", "json": "summary_json", **tabular("summary_tables")},
    "convention": {"table": "convention_text", "json": "convention_json", **tabular("convention_tables")},
    "explanation": {
        "table": "explanation_text",
        "json": "explanation_json",
        "csv": "explanation_tables",
        "markdown": "explanation_markdown",
        "latex": "explanation_latex",
    },
    "receptive_fields": {
        "table": "receptive_fields_text",
        "json": "receptive_fields_json",
        **tabular("receptive_fields_tables"),
    },
    "receptive_field": {
        "table": "receptive_field_text",
        "json": "receptive_field_json",
        **tabular("receptive_field_tables"),
    },
    "memory": {"table": "memory_text", "json": "memory_json", **tabular("memory_tables")},
    "solution": {"table": "solution_text", "json": "solution_json", **tabular("solution_tables")},
    "fitting": {"table": "fitting_text", "json": "fitting_json", **tabular("fitting_tables")},
    "run": {"table": "run_text", "json": "run_json", **tabular("run_tables")},
    "plan": {"table": "plan_text", "json": "plan_json", **tabular("plan_tables")},
    "import_check": {"table": "import_check_text", "json": "import_check_json", **tabular("import_check_tables")},
    "maps": {"table": "maps_text"},
    "steps": {
        "table": "steps_text",
        "json": "steps_json",
        "svg": "steps_svg",
        "tikz": "steps_tikz",
        "html": "steps_html",
        "csv": "steps_tables",
        "markdown": "steps_tables",
    },
    "matrices": {
        "table": "matrices_text",
        "json": "matrices_json",
        "svg": "matrices_svg",
        "tikz": "matrices_tikz",
        "html": "matrices_html",
        "csv": "matrices_tables",
        "markdown": "matrices_tables",
    },
    "drawing": {"svg": "drawing_svg", "tikz": "drawing_tikz", "html": "drawing_html"},
    "page": {"html": "page_html"},
    "comparison": {"table": "comparison_text", "json": "comparison_json", **tabular("comparison_tables")},
    "sweep": {"table": "sweep_text", "json": "sweep_json", **tabular("sweep_tables")},
    "check": {
        "table": "check_text",
        "json": "check_json",
        "concise": "check_concise",
        "github": "check_github",
        **tabular("check_tables"),
    },
    "architectures": {
        "table": "architectures_text",
        "json": "architectures_json",
        **tabular("architectures_tables"),
    },
    "layer_types": {"table": "layer_types_text", "json": "layer_types_json", **tabular("layer_types_tables")},
    "layer_type": {"table": "layer_type_text", "json": "layer_type_json", **tabular("layer_type_tables")},
    "topics": {"table": "topics_text", "markdown": "topics_markdown"},
    "topic": {"table": "topic_text", "markdown": "topic_markdown"},
    "schema": {"json": "schema_json"},
    "schemas": {"table": "schemas_text"},
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
    "svg": (".svg",),
    "tikz": (".tex",),
    "html": (".html",),
    "concise": (),
    "github": (),
}
"""The endings of files in each format."""


def formats(subject: str, *others: str) -> tuple[str, ...]:
    """The formats of a subject, the default first, in which all the others are written too.

    >>> formats("summary"), formats("summary", "spec")
    (('table', 'json', 'csv', 'markdown', 'latex'), ())
    """
    return tuple(name for name in REPORTS[subject] if all(name in REPORTS[other] for other in others))


def render(subject: str, format_: str, result: Any, style: Style) -> str:
    """The text of a result.

    >>> import cnncalc
    >>> from cnncalc.reports.style import Style
    >>> print(render("summary", "csv", cnncalc.load("lenet").report(), Style()).splitlines()[1][:28])
    c1,conv2d,tanh,input,6,28,28
    """
    return "".join(pieces(subject, format_, result, style))


def pieces(subject: str, format_: str, result: Any, style: Style) -> Iterator[str]:
    """The text of a result in pieces: one, or as many as come one after the other while it is computed."""
    tables = REPORTS[subject].get("csv")
    if format_ in TABULAR and tables and REPORTS[subject].get(format_, tables) == tables:
        yield from _module(TABULAR[format_]).pieces(_source(subject), result, style)
        return
    module = _module(REPORTS[subject][format_])
    if hasattr(module, "pieces"):
        yield from module.pieces(result, style)
    else:
        yield module.render(result, style)


def html(subject: str, result: Any) -> str:
    """The tables of a result as HTML, for notebooks."""
    from cnncalc.reports.style import PLAIN

    return "".join(_module("table_html").pieces(_source(subject), result, PLAIN))


def rows(subject: str, result: Any) -> list[Record]:
    """The records of a result, each with the keys of all.

    >>> import cnncalc
    >>> [row["closed_form"] for row in rows("solution", cnncalc.load("lenet").solve())]
    ['floor((H - 8) / 4)', 'floor((W - 8) / 4)']
    """
    from cnncalc.reports.style import PLAIN
    from cnncalc.reports.table import all_keys

    source = _source(subject)
    records = list(source.records(result, PLAIN))
    keys = all_keys(records, source.KEYS)
    return [{key: record.get(key) for key in keys} for record in records]


def _source(subject: str) -> TableSource:
    """The module that makes the tables of a subject."""
    source: TableSource = _module(REPORTS[subject]["csv"])
    return source


def _module(name: str) -> Any:
    return import_module(f"cnncalc.reports.{name}")
