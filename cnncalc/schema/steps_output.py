"""The schema of `steps --json`, of single values or of matrices."""

from __future__ import annotations

from typing import Final

from cnncalc.schema.output_keys import HEAD
from cnncalc.schema.shorthand import array, count, either, nullable, number, pair, record, shape, text, whole, word

_LAYER: Final = {
    **HEAD,
    "layer": text("the full name"),
    "type": text("the type, with its rank where it has one"),
    "input_shapes": array(shape("a shape"), "the shapes of what it takes"),
    "output_shape": shape("the shape that it gives"),
    "summary": {"description": "what it is set to", "type": "string"},
    "input_source": word(
        "small whole numbers drawn for this layer, or values computed by those before it: from data, or drawn ones",
        *("small", "data", "drawn"),
    ),
    "weight_source": word("where the weights come from", "small", "drawn", "given", "stored", "none"),
    "seed": count("of what is drawn"),
    "weights": nullable(text("the file that weights are read from; null where they are not")),
}
_CELL: Final = pair(whole("a row, and a column"), "a cell; below 0 in the padding before the map")
_NUMBER: Final = nullable(number("a value; null where it is not finite"))
_PLANE: Final = record(
    {
        "role": word("what it is a part of", "input", "kernel", "output"),
        "title": text("what it is"),
        "size": pair(count("rows, and columns"), "of the whole map; what lies outside is padding"),
        "first": _CELL,
        "values": array(
            array(nullable(number("a value")), "a row"), "the rows; null where none is calculated, or none is finite"
        ),
        "window": array(_CELL, "the cells that the unit reads"),
        "factors": array(_NUMBER, "what each of them is multiplied with, if anything"),
        "marked": nullable(_CELL),
    },
    "a part of a map, or of a kernel",
)
_UNIT: Final = {
    "unit": array(count("its number"), "its index in the output, channel first"),
    "formula": record(
        {
            "left": text("the output's value"),
            "symbols": text("what it is, with symbols"),
            "numbers": text("with the numbers of the unit"),
        },
        "the index formula",
    ),
    "result": _NUMBER,
    "equations": array(
        record(
            {
                "left": text("what the line is called"),
                "expression": text("the calculation, all numbers with all of their digits"),
                "result": _NUMBER,
            }
        ),
        "the lines of the calculation; the value itself, behind the layer's own activation, last",
    ),
    "notes": array(text("a note"), "what is to be said of the unit"),
    "planes": array(array(_PLANE, "the input and, of a convolution, the kernel"), "of some channels"),
    "output": nullable(_PLANE),
}
_STEPS: Final = record(
    {
        **_LAYER,
        "units": count("the values in the output's chosen channels", 1),
        "steps": array(
            record(
                {**_UNIT, "turned": record(_UNIT, "the same with the kernel turned by 180 degrees; only with --flip")},
                optional=["turned"],
            ),
            "the units that are asked for",
        ),
    },
    "cnncalc steps --json",
)
_MATRICES: Final = record(
    {
        **_LAYER,
        "matrices": array(
            record(
                {
                    "name": text("a letter, or a product of some"),
                    "title": text("what it is"),
                    "shape": pair(count("rows, and columns", 1), "of the whole matrix"),
                    "rows": array(array(_NUMBER, "a row"), "the values; of a large matrix the first"),
                    "row_labels": array(text("a row"), "what the rows are"),
                    "column_labels": array({"type": "string"}, "what the columns are"),
                    "stored": count("the values that are not zeros by the layer's structure"),
                }
            ),
            "those of the windows, of the kernels, and the layer's own",
        ),
    },
    "cnncalc steps --as matrix --json",
)
STEPS: Final = either(_STEPS, _MATRICES)
