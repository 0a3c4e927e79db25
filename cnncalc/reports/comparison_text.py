"""Networks side by side, for a person: two in columns, with what differs; more in rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import shape_text
from cnncalc.reports import number_text
from cnncalc.reports.abbreviation import abbreviated
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.comparison_rows import (
    FIELD,
    FIGURES,
    LAYER_HEADINGS,
    LEGEND,
    NOTES,
    alike,
    count,
    counted,
    field_text,
    inputs_text,
    layer_cells,
    ratio_text,
    short_label,
    signed,
    tight_inputs,
    unlike,
)
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.table_layout import NARROWEST, TableForm, fitted, form_of, left_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnncalc.comparison.results import ComparedNetwork, Comparison, LayerChange


class _Written(NamedTuple):
    """How the names of figures, shapes, counts and differences are written."""

    label: Callable[[str], str]
    inputs: Callable[[ComparedNetwork], str]
    figure: Callable[[int], str]
    difference: Callable[[int], str]


_SHORT_LABEL: Final = 16
"""The columns that the label of a network has where there is little room."""
_COLUMNS: Final = {
    "params": ("parameters", ""),
    "MACs": ("macs", ""),
    "weights": ("weight_bytes", "B"),
    "peak": ("peak_activation_bytes", "B"),
}
"""The heading of each count of several networks, its name among the totals, and its unit."""


_EXACT: Final = _Written(str, inputs_text, number_text.exact, number_text.exact)
_SHORT: Final = _Written(str, inputs_text, number_text.short, number_text.short)
_TIGHT: Final = _Written(short_label, tight_inputs, number_text.short, number_text.short)


def render(found: Comparison, style: Style = PLAIN) -> str:
    """The figures, and below them the layers that differ."""
    canvas = Canvas(style)
    if len(found.networks) == 2:
        _draw_two(canvas, found, style)
    else:
        _draw_several(canvas, found, style)
    if unlike(found):
        canvas.note(str(unlike(found)))
    if found.changes is not None:
        canvas.line()
        _draw_layers(canvas, found, found.changes, style)
    return canvas.text()


def _draw_two(canvas: Canvas, found: Comparison, style: Style) -> None:
    """A row for each figure, with its difference and ratio."""
    form = fitted(_forms_of_two(found), style)
    canvas.form(form, right=form.headings[1:])
    for note in left_out(form, ("difference", "ratio")):
        canvas.note(note)
    canvas.note(NOTES)


def _forms_of_two(found: Comparison) -> Iterator[TableForm]:
    """From the widest to the narrowest."""
    labels = [network.label for network in found.networks]
    yield _two(found, labels, _EXACT)
    yield _two(found, labels, _EXACT._replace(difference=number_text.short))
    yield _two(found, labels, _SHORT)
    known, _ = abbreviated(labels, _SHORT_LABEL)
    labels = [known[label] for label in labels]
    yield _two(found, labels, _SHORT)
    tight = _two(found, labels, _TIGHT)._replace(gap=1)
    yield tight
    yield tight.without("difference")
    yield tight.without("difference", "ratio")


def _two(found: Comparison, labels: list[str], written: _Written) -> TableForm:
    """The table of two networks with its figures written in a way; the same label is told apart by a number."""
    first, second = found.networks
    [difference] = found.differences
    one, other = labels if labels[0] != labels[1] else [f"{label} ({number})" for number, label in enumerate(labels, 1)]
    labels_of_counts = counted(found)
    names = [FIGURES[label] for label in labels_of_counts]
    differences = (signed(difference.absolute[name], written.difference) for name in names)

    def column(network: ComparedNetwork) -> list[str]:
        """The texts of one network."""
        return [written.inputs(network), field_text(network), *(written.figure(count(network, name)) for name in names)]

    return TableForm(
        {
            "figure": [written.label(label) for label in ("input", FIELD, *labels_of_counts)],
            one: column(first),
            other: column(second),
            "difference": ["", "", *differences],
            "ratio": ["", "", *(ratio_text(difference.ratios[name]) for name in names)],
        }
    )


def _draw_several(canvas: Canvas, found: Comparison, style: Style) -> None:
    """A row for each network, with the ratio of each figure to that of the first."""
    form = fitted(_forms_of_several(found), style)
    canvas.form(form, right=[heading for heading in form.headings if heading not in ("network", "input", FIELD)])
    for note in left_out(form, ("input", FIELD, "depth", *(heading for heading in _COLUMNS if heading != "params"))):
        canvas.note(note)
    if "x MACs" in form.columns:
        canvas.note(f"x: times as much as {found.networks[0].label} has")


def _forms_of_several(found: Comparison) -> Iterator[TableForm]:
    """From the widest to the narrowest."""
    yield _several(found, lambda number, unit: number_text.in_units(number, "none", unit))
    short = _several(found, number_text.short)
    yield short
    for dropped in ((), (FIELD,), ("weights",), ("peak", "x peak"), ("input",), ("depth",)):
        short = short.without(*dropped)._replace(gap=1, least={"network": 20})
        yield short
    yield short.without("x params", "x MACs")._replace(least={"network": 8})


def _several(found: Comparison, write: Callable[[int, str], str]) -> TableForm:
    """The table of several networks."""
    ratios = [dict[str, float | None](), *(difference.ratios for difference in found.differences)]
    columns = {
        "network": [network.label for network in found.networks],
        "input": [tight_inputs(network) for network in found.networks],
        FIELD: list(map(field_text, found.networks)),
        "depth": [str(network.depth) for network in found.networks],
    }
    for heading, (name, unit) in _COLUMNS.items():
        columns[heading] = [write(count(network, name), unit) for network in found.networks]
        if heading != "weights":  # their ratio is nearly that of parameters
            columns[f"x {heading}"] = [ratio_text(ratio.get(name)).removeprefix("x ") for ratio in ratios]
    return TableForm(columns)


def _draw_layers(canvas: Canvas, found: Comparison, changes: tuple[LayerChange, ...], style: Style) -> None:
    """A row for each layer that differs or, where there is no room, its name and all that differs below it."""
    if not changes:
        canvas.line(alike(found))
        return
    room = None if style.width is None else max(style.width, NARROWEST)
    for form in _layer_forms(changes):
        printed = form.printed(style.encoding)
        if room is None or printed.cut(room)[1]:
            canvas.form(printed, right=("output", "params", "MACs"))
            break
    else:
        for change in changes:
            canvas.line(_layer_line(change), hang=4)
    canvas.note(LEGEND)
    if found.renamed:
        canvas.note(alike(found))


def _layer_forms(changes: tuple[LayerChange, ...]) -> Iterator[TableForm]:
    """From the widest to the narrowest."""
    yield _layers(changes, shape_text, number_text.exact)
    yield _layers(changes, number_text.tight, number_text.exact)
    yield _layers(changes, number_text.tight, number_text.short)
    yield _layers(changes, number_text.tight, number_text.short)._replace(gap=1)


def _layers(changes: tuple[LayerChange, ...], shape: Callable[..., str], number: Callable[[int], str]) -> TableForm:
    """The table of layers; columns in which nothing stands are left out."""
    rows = [layer_cells(change, shape, number) for change in changes]
    form = form_of([short_label(heading) for heading in LAYER_HEADINGS], rows)
    return form.without(*(heading for heading, texts in form.columns.items() if not any(texts)))


def _layer_line(change: LayerChange) -> str:
    """A layer that differs as a line of words."""
    mark, name, kind, *texts = layer_cells(change, number_text.tight, number_text.short)
    headings = map(short_label, LAYER_HEADINGS[3:])
    told = [
        f"{heading} {text}" if heading != "other" else text
        for heading, text in zip(headings, texts, strict=True)
        if text
    ]
    return f"{mark} {name}  {kind}{': ' if told else ''}{', '.join(told)}"
