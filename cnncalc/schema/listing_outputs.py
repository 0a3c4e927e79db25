"""The schemas of `check --json`, `list --json` and `layers --json`."""

from __future__ import annotations

from typing import Final

from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.error_codes import CODES
from cnncalc.schema.output_keys import HEAD, NOTES, VERSION
from cnncalc.schema.shorthand import (
    anything,
    array,
    count,
    either,
    flag,
    nullable,
    record,
    shape,
    text,
    word,
)
from cnncalc.summary.results import Totals

_HELD: Final = either(count("a count"), shape("a shape"), {"type": "null"})
CHECK: Final = record(
    {
        "schema_version": VERSION,
        "name": {"const": "check"},
        "ok": flag("whether nothing is wrong"),
        "specs": array(
            record(
                {
                    "name": text("the network's title, or the address of a bad spec"),
                    "spec": text("as it was addressed, with its variant"),
                    "variant": HEAD["variant"],
                    "settings": HEAD["settings"],
                    "input_shape": nullable(shape("the first input's shape; null of a bad spec")),
                    "ok": flag("whether nothing is wrong with it"),
                    "figures": array(
                        record(
                            {
                                "name": word("the figure", *Totals._fields, "output_shape"),
                                "found": _HELD,
                                "expected": {**_HELD, "description": "what it should equal; null of a budget"},
                                "most": nullable(count("what it may be at most; null of what is expected")),
                                "layer": nullable(text("the layer or scope that it is of; null of a total")),
                                "output": nullable(text("the output that it is of, and what that needs")),
                                "dtype": nullable(word("the type of values that bytes are of", *DTYPE_BYTES)),
                                "written": anything("what it was held against, as it was given"),
                                "ok": flag("whether it holds"),
                            }
                        ),
                        "what was held",
                    ),
                    "faults": array(
                        record(
                            {
                                "code": word("the kind of fault", *CODES),
                                "message": text("what is wrong"),
                                "path": nullable(text("the file")),
                                "line": nullable(count("from 1", 1)),
                                "column": nullable(count("from 1", 1)),
                                "layer": nullable(text("the layer that it is about")),
                                "hint": nullable(text("what to do")),
                            }
                        ),
                        "what is wrong",
                    ),
                    "notes": NOTES,
                }
            ),
            "of a file with variants, each of them",
        ),
        "notes": NOTES,
    },
    "cnncalc check --json",
)
LIST: Final = array(
    record(
        {
            "schema_version": VERSION,
            "spec": text("the file's name"),
            "variant": HEAD["variant"],
            "address": text("what names it as a SPEC: the variant, or the file"),
            "name": text("the network's title"),
            "input_shape": shape("the first input's shape"),
            "parameters": count("trainable numbers"),
            "macs": count("multiply-accumulates at that input"),
            "notes": NOTES,
        }
    ),
    "cnncalc list --json",
)
_TYPE: Final = {
    "schema_version": VERSION,
    "name": text("the type"),
    "notes": NOTES,
    "type": text("the type"),
    "family": text("what it is among"),
    "summary": text("what it does, in a sentence"),
}
LAYERS: Final = either(
    array(record(_TYPE), "cnncalc layers --json"),
    record(
        {
            **_TYPE,
            "spellings": array(text("a word"), "the other ways to write it"),
            "description": text("what it does, and its formulas"),
            "options": array(
                record(
                    {
                        "name": text("the option"),
                        "required": flag("whether it must be given"),
                        "kind": text("what is allowed"),
                        "default": anything("as a spec would have it; null where it is required"),
                        "meaning": text("what it is"),
                        "aliases": array(text("a word"), "what other programs call it"),
                    }
                ),
                "those that must be given first",
            ),
            "call": text("how a spec in one line writes it"),
            "example": text("an entry of a spec"),
            "example_inputs": array(array(count("size"), "channels first"), "shapes that the example takes"),
            "aliases": array(text("a word"), "what other programs call the type"),
        },
        "cnncalc layers TYPE --json",
    ),
)
