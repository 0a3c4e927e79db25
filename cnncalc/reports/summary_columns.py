"""The columns that a summary can have: what users call them, what stands in them, and how rows are sorted by them."""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.errors import CnncalcError, did_you_mean, shape_text
from cnncalc.reports import number_text
from cnncalc.reports.bars import bar, percentage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cnncalc.reports.summary_rows import Row
    from cnncalc.reports.table import Record
    from cnncalc.shapes import Shape

_AXES: Final = "_(channels|length|depth|height|width)"


class Wording(NamedTuple):
    """How the texts of a table are written.

    `shape`, `parameters`, and `macs` for all other counts, write figures; `joint` stands between the types of a chain;
    with `brief` a norm is `bn`; parts are set in by `indent`; `bar` is the room for bars, 0 for none.
    """

    shape: Callable[[Shape], str] = shape_text
    parameters: Callable[[int], str] = number_text.exact
    macs: Callable[[int], str] = number_text.exact
    joint: str = " + "
    brief: bool = False
    indent: int = 2
    bar: int = 6
    encoding: str = "utf-8"


class Facts(NamedTuple):
    """What the texts of a table need to know of the whole network.

    `shared` is the figure whose shares are shown, `whole` the sum of it, and `largest` the most that one row has.
    `marks_outputs` says that the output is not simply that of the last layer.
    """

    shared: str
    whole: int
    largest: int
    marks_outputs: bool


class Column(NamedTuple):
    """A column: its heading, what else it is called, what stands in it, and by what rows are sorted, if they can be.

    Sorted rows have the largest first, or the first in the alphabet. `counts` is the name of the figure, where it is a
    count. `record` is a pattern of the names that the figures have in records. The texts are the same for wordings that
    agree in what `depends` names.
    """

    heading: str
    words: tuple[str, ...]
    text: Callable[[Row, Wording, Facts], str]
    order: Callable[[Row, Facts], Any] | None = None
    counts: str | None = None
    right: bool = False
    is_largest_first: bool = True
    record: str = ""
    depends: tuple[str, ...] = ()


def _label(row: Row, wording: Wording, facts: Facts) -> str:
    """The name set in, how many equal parts it stands for, and whether outputs of the network are there."""
    copies = f" x{row.copies}" if wording.brief else f" (x {row.copies})"
    copies = copies if row.copies > 1 else ""
    outputs = "" if not (facts.marks_outputs and row.outputs) or row.is_open else " (output)"
    if row.outputs > 1 and outputs:
        outputs = f" ({row.outputs} outputs)"
    return " " * (wording.indent * row.level) + row.label + copies + outputs


SHARED: Final = "shared"
"""What stands for the parameters of a row whose arrays are counted with earlier layers."""

NORMS: Final = {"batch_norm": "bn", "layer_norm": "ln", "group_norm": "gn"}
"""What norms are called where there is little room."""


def type_text(row: Row, wording: Wording) -> str:
    """The types of a layer and its activation, or of a chain, or how many layers a scope has."""
    if not row.types:
        if row.copies == 1:
            return f"{row.layers} layers"
        return f"{row.layers} each" if wording.brief else f"{row.layers} layers each"
    types = [*row.types, *filter(None, [row.activation])]
    if wording.brief and len(types) > 1:
        types = [NORMS.get(name, name) for name in types]
    return wording.joint.join(types)


def _window(row: Row) -> str:
    return number_text.window(row.window, depthwise=row.is_depthwise)


def _share(row: Row, wording: Wording, facts: Facts) -> str:
    """The share of the whole, and a bar, but for rows whose parts follow, which the largest of the others fills."""
    value = getattr(row, facts.shared)
    text = percentage(value, facts.whole, digits=0 if wording.brief else 1)
    drawn = "" if row.is_open else bar(value, facts.largest, wording.bar, wording.encoding)
    return f"{text:>{3 if wording.brief else 5}} {drawn}".rstrip()


def _axes(name: str) -> Callable[[Row, Wording, Facts], str]:
    """The text of one figure of the window."""

    def text(row: Row, wording: Wording, facts: Facts) -> str:
        del wording, facts
        return "" if row.window is None else number_text.per_axis(getattr(row.window, name))

    return text


def _padding(row: Row, wording: Wording, facts: Facts) -> str:
    del wording, facts
    return "" if row.window is None else number_text.pads(row.window.padding)


def _groups(row: Row, wording: Wording, facts: Facts) -> str:
    del wording, facts
    return "" if row.window is None or row.window.groups is None else str(row.window.groups)


def _parameters(row: Row, wording: Wording, facts: Facts) -> str:
    """The parameters of a row, or that they are those of earlier layers."""
    del facts
    return SHARED if row.is_shared else wording.parameters(row.parameters)


def _count(heading: str, name: str, words: tuple[str, ...], write: str) -> Column:
    """A column of counts."""
    return Column(
        heading,
        (name, *words),
        lambda row, wording, _: getattr(wording, write)(getattr(row, name)),
        lambda row, _: getattr(row, name),
        counts=name,
        right=True,
        record=name,
        depends=(write,),
    )


COLUMNS: Final = {
    column.heading: column
    for column in (
        Column(
            "layer",
            ("name", "layers"),
            _label,
            lambda row, _: row.name,
            is_largest_first=False,
            record="name",
            depends=("indent", "brief"),
        ),
        Column(
            "type",
            ("types",),
            lambda row, wording, _: type_text(row, wording),
            lambda row, _: row.types,
            is_largest_first=False,
            record="type|activation",
            depends=("joint", "brief"),
        ),
        Column(
            "output",
            ("output_shape", "shape"),
            lambda row, wording, _: wording.shape(row.output_shape),
            lambda row, _: prod(row.output_shape),
            right=True,
            depends=("shape",),
            record=f"output{_AXES}",
        ),
        Column(
            "k/s/p",
            ("window", "kernel/stride/padding"),
            lambda row, *_: _window(row),
            record=f"(kernel|stride|padding_before|padding_after|dilation){_AXES}|groups",
        ),
        Column("kernel", ("kernel_size",), _axes("kernel_size"), record=f"kernel{_AXES}"),
        Column("stride", (), _axes("stride"), record=f"stride{_AXES}"),
        Column("padding", (), _padding, record=f"padding_(before|after){_AXES}"),
        Column("dilation", (), _axes("dilation"), record=f"dilation{_AXES}"),
        Column("groups", (), _groups, record="groups"),
        _count("params", "parameters", (), "parameters")._replace(text=_parameters),
        _count("frozen", "frozen", (), "parameters"),
        _count("buffers", "buffers", (), "parameters"),
        _count("MACs", "macs", ("mac",), "macs"),
        _count("FLOPs", "flops", ("flop",), "macs"),
        _count("bytes", "output_bytes", ("output bytes",), "macs"),
        _count("live", "live_bytes", ("memory", "live bytes"), "macs"),
        Column(
            "share",
            ("shares",),
            _share,
            lambda row, facts: getattr(row, facts.shared),
            record="share",
            depends=("bar", "brief"),
        ),
        Column(
            "field/s/p",
            ("field", "receptive_field", "receptive field"),
            lambda row, *_: number_text.fields(row.field),
            lambda row, _: row.field_size,
            record="field_.*",
        ),
        Column(
            "from",
            ("inputs", "input"),
            lambda row, *_: "" if row.is_below else ", ".join(row.sources),
            record="inputs",
        ),
    )
}
"""The columns by their headings."""

_BY_WORD: Final = {word.lower(): heading for heading, column in COLUMNS.items() for word in (heading, *column.words)}


def named(word: str, option: str) -> Column:
    """The column of which a reader speaks; raises `CnncalcError`.

    >>> named("params", "--sort").heading, named("output_shape", "--columns").heading
    ('params', 'output')
    """
    heading = _BY_WORD.get(word.strip().lower().replace("-", "_"))
    if heading is None:
        hint = did_you_mean(word.strip().lower(), _BY_WORD) or f"columns: {', '.join(COLUMNS)}"
        raise CnncalcError(f"{option}: there is no column `{word.strip()}`", hint=hint)
    return COLUMNS[heading]


def sortable(word: str) -> Column:
    """The column by which a reader wants rows sorted; raises `CnncalcError`."""
    column = named(word, "--sort")
    if column.order is None:
        words = ", ".join(heading for heading, known in COLUMNS.items() if known.order)
        raise CnncalcError(f"--sort: rows have no order by `{column.heading}`", hint=f"they can be sorted by {words}")
    return column


def without_others(record: Record, columns: Iterable[Column]) -> Record:
    """What the columns have of a record, in their order."""
    return {key: value for column in columns for key, value in record.items() if re.fullmatch(column.record, key)}
