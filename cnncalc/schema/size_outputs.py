"""The schemas of `receptive-field --json` and `solve --json`."""

from __future__ import annotations

from typing import Final

from cnncalc.schema.decision_outputs import FITTING
from cnncalc.schema.output_keys import FIELD_WITH_MERGE, HEAD, of_inputs
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
)

_OF_LAYER: Final = {
    "type": text("the layer's type"),
    "output_shape": shape("the shape that it gives"),
    "receptive_field": of_inputs(FIELD_WITH_MERGE),
}
_PIXELS: Final = array(count("pixels"), "how many count, along each axis")
_INTERVAL: Final = array(nullable(pair(count("pixel"), "first and last; null: padding only")), "along each axis")
_UNIT: Final = {
    "unit": nullable(array(count("position"), "the unit; null for all of them")),
    "interval": of_inputs(_INTERVAL),
    "pixels": of_inputs(_PIXELS),
}
_VERIFIED: Final = record(
    {
        "ok": flag("whether every claimed pixel changes the unit, and no other does"),
        "perturbed": count("the positions that were perturbed"),
        "mismatches": array(
            record(
                {
                    "input": text("the input"),
                    "axis": count("the axis"),
                    "pixel": count("the position"),
                    "claimed": flag("whether it was said to change the unit"),
                }
            ),
            "where the claim is wrong",
        ),
    },
    "the proof by execution; only with --verify",
)
RECEPTIVE_FIELD: Final = either(
    record(
        {**HEAD, "layers": array(record({"name": text("the full name"), **_OF_LAYER}), "in the order of execution")},
        "cnncalc receptive-field SPEC --json",
    ),
    record(
        {**HEAD, **_OF_LAYER, "layer": text("the layer"), **_UNIT, "verified": _VERIFIED},
        "cnncalc receptive-field SPEC LAYER --json; the unit's keys only with --unit or --verify",
        optional=[*_UNIT, "verified"],
    ),
)
_SIZES: Final = array(pair(count("size"), "first and last"), "ranges of sizes")
_CONGRUENCES: Final = array(
    record(
        {
            "symbol": text("of the input's axis"),
            "modulus": nullable(count("by which they are congruent; null where they are not known", 1)),
            "residues": array(count("residue"), "of the sizes; none: there are no such sizes"),
            "least": count("the smallest of them is no less"),
            "first_sizes": array(count("size"), "the first few"),
        }
    ),
    "sizes of an axis that are congruent to one of some numbers",
)
_SIZE_SOLUTION: Final = record(
    {
        **HEAD,
        "layer": text("the layer whose size was asked for"),
        "output_shape": shape("its output at the network's own size"),
        "axes": array(
            record(
                {
                    "axis": text("of the output"),
                    "input_axis": nullable(text("the input's axis that it follows; null: none")),
                    "symbol": text("of the input's axis"),
                    "closed_form": nullable(text("the size as a function of the input's; null where there is none")),
                    "size": count("at the network's own size"),
                    "output": nullable(count("the size that was asked for")),
                    "inputs": nullable({**_SIZES, "description": "the input sizes that give it; null: none asked for"}),
                    "enumerated": nullable(pair(count("size"), "the range that was tried by building")),
                    "modulus": count("of many inputs, those congruent by it will do", 1),
                    "residues": array(count("residue"), "to one of these"),
                    "following": array(
                        record(
                            {
                                "inputs": pair(count("size"), "first and last"),
                                "others": by_name(_SIZES, "the sizes that other axes may have then"),
                            }
                        ),
                        "input sizes with which other axes have to change, too",
                    ),
                }
            ),
            "of the output",
        ),
        "smallest_input": nullable(shape("the smallest shape of the first input; null where none was found")),
        "smallest_inputs": nullable(by_name(shape("a shape"), "of each input")),
        "no_pixel_dropped": {**_CONGRUENCES, "description": "sizes at which no layer drops a pixel"},
        "nothing_left_over": {**_CONGRUENCES, "description": "sizes at which no layer leaves anything over"},
        "equal_sizes": array(
            array(text("a formula"), "formulas"), "of sizes that have to be equal, too; if there are any"
        ),
        "follows_sizes": flag("whether options follow the input's size, so that there may be more solutions"),
        "fits": array(
            record(
                {
                    "layer": text("a linear layer with fixed in_features"),
                    "in_features": count("values"),
                    "shapes": nullable(
                        array(
                            record(
                                {"map_shape": shape("of the map before it"), "inputs": array(_SIZES, "of each axis")}
                            ),
                            "the maps with so many values; null where they are not known",
                        )
                    ),
                    "complete": flag("whether there are no others"),
                }
            ),
            "which maps fit linear layers",
        ),
    },
    "cnncalc solve --json",
    optional=["equal_sizes"],
)
SOLUTION: Final = either(_SIZE_SOLUTION, FITTING)
