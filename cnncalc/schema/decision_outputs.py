"""The schemas of `compare --json`, of a line of `sweep --json`, and of `solve --set NAME=? --json`."""

from __future__ import annotations

from typing import Final

from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.schema.network_outputs import LAYER
from cnncalc.schema.output_keys import FIELD, HEAD, NOTES, TOTALS, VERSION, of_inputs
from cnncalc.schema.shorthand import (
    array,
    by_name,
    count,
    flag,
    nullable,
    number,
    pair,
    record,
    text,
    whole,
    word,
)

_UNVERSIONED: Final = {key: value for key, value in HEAD.items() if key != "schema_version"}
_NETWORK: Final = record(
    {
        "label": text("as it was addressed, with what tells it from the others"),
        **_UNVERSIONED,
        "totals": TOTALS,
        "last_map": text("the last layer with a map of more than one position"),
        "receptive_field": nullable(of_inputs(FIELD)),
        "depth": count("the weighted layers on the longest path"),
    }
)
_DIFFERENCE: Final = record(
    {
        "label": text("of the network"),
        "to": text("the label of the first network"),
        "absolute": by_name(whole("the difference"), "by the names of totals; and depth"),
        "ratios": by_name(nullable(number("the quotient; null where the first has 0")), "by the same names"),
    }
)
_CHANGES: Final = {
    "changed": array(
        record({"name": text("the layer"), "figures": by_name(pair({}, "before and after"), "those that differ")}),
        "layers of both networks that differ; `name` is the second's",
    ),
    "added": array(LAYER, "layers that the second network has alone"),
    "removed": array(LAYER, "layers that the first network has alone"),
    "renamed": array(
        record({"name": text("the layer"), "before": text("its name in the first network")}),
        "layers that differ in nothing but their names",
    ),
}
COMPARISON: Final = record(
    {
        "schema_version": VERSION,
        "name": {"const": "compare"},
        "batch_size": count("the samples that bytes are of", 1),
        "dtype": word("the type of values that bytes are of", *DTYPE_BYTES),
        "networks": array(_NETWORK, "side by side"),
        "differences": array(_DIFFERENCE, "of each further network to the first"),
        **_CHANGES,
        "notes": NOTES,
    },
    "cnncalc compare --json; layers only of two networks, where they are compared",
    optional=_CHANGES,
)
SWEEP: Final = record(
    {
        **HEAD,
        "input_shape": nullable(HEAD["input_shape"]),
        "totals": TOTALS,
        "error": text("why there is no network at this point; then there are no totals"),
    },
    "a line of cnncalc sweep --json: a point of the grid",
    optional=["totals", "error"],
)
_NUMBER: Final = number("a value of the parameter")
_TRIED: Final = record(
    {"value": _NUMBER, "totals": TOTALS, "error": text("why there is no network")},
    "the next larger value, which does not fit; null where there is none",
    optional=["totals", "error"],
)
FITTING: Final = record(
    {
        **HEAD,
        "parameter": text("the parameter that was sought"),
        "value": {**_NUMBER, "description": "the largest value that fits"},
        "step": {**_NUMBER, "description": "in which values were tried"},
        "budgets": by_name(count("at most"), "by the names of totals"),
        "totals": TOTALS,
        "next": nullable(_TRIED),
        "complete": flag("false where looking on would have taken long"),
        "built": count("the values of which networks were built"),
        "tried_all": nullable(pair(_NUMBER, "the range of which all were built; null where that was not needed")),
        "not_growing": array(text("a total"), "those no larger at the largest value than at the smallest"),
    },
    "cnncalc solve --set NAME=? --json",
)
