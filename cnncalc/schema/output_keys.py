"""What the JSON of several commands has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports.json_values import SCHEMA_VERSION
from cnncalc.schema.figure_meanings import MEANINGS
from cnncalc.schema.shorthand import (
    array,
    by_name,
    count,
    either,
    flag,
    nullable,
    pair,
    record,
    shape,
    text,
    whole,
    word,
)
from cnncalc.shapes import LAYOUTS
from cnncalc.summary.results import Totals

if TYPE_CHECKING:
    from cnncalc.schema.option_schema import Schema


VERSION: Final[Schema] = {"description": "of these schemas; it grows when a key changes", "const": SCHEMA_VERSION}
NOTES: Final = array({"type": "string"}, "what is to be known beside the figures")
HEAD: Final = {
    "schema_version": VERSION,
    "name": text("the network's title"),
    "variant": nullable(text("the variant; null where the spec has none")),
    "settings": by_name({}, "the parameters that were set"),
    "input_shape": shape("the first input's shape"),
    "inputs": by_name(shape("an input's shape"), "the shape of each input"),
    "data_format": word("the order of axes in all shapes", *LAYOUTS),
    "notes": NOTES,
}
"""The keys with which every object about one network begins."""

FIELD_KEYS: Final = {
    "size": array(count("pixels"), "of an interior unit, along each axis"),
    "stride": nullable(
        array(
            nullable(either(whole("pixels"), text("a fraction such as 1/2"))),
            "input pixels between neighbouring units; null where they do not advance evenly, or every path sees all",
        )
    ),
    "padding": nullable(array(nullable(whole("pixels")), "minus the first pixel that unit 0 sees; null: all is seen")),
    "aligned": flag("whether all paths have the same centre"),
    "global": flag("whether some path sees the whole map"),
    "exact": flag("false where the figures are at most those; else it is not there"),
}
FIELD: Final = record(FIELD_KEYS, "what one unit sees of the input", optional=["exact"])
MERGE: Final = record(
    {"layer": text("the layer"), "paths": pair(text("an input of it"), "by which they arrive")},
    "where paths with different centres first meet; only where `aligned` is false",
)
FIELD_WITH_MERGE: Final = record({**FIELD_KEYS, "merge": MERGE}, FIELD["description"], optional=["exact", "merge"])


def of_inputs(schema: Schema) -> Schema:
    """That of the only input, or of each by its name where there are several."""
    return either(schema, by_name(schema, "of each input, by its name"))


def figures(names: tuple[str, ...]) -> dict[str, Schema]:
    """The schemas of figures that are counts, by name."""
    return {name: count(MEANINGS[name]) for name in names}


TOTALS: Final = record(figures(Totals._fields), "sums over the layers, and the peak of live tensors")
