"""The schema of a spec, which is made of the layer classes: editors complete and explain what they read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.layers import LAYERS
from cnncalc.schema.entry_schema import WORD, EntrySchemas, layer_schema, typed_schema
from cnncalc.schema.figure_meanings import MEANINGS
from cnncalc.schema.option_schema import EXPRESSION, SHARED, activation_schema
from cnncalc.shapes import LAYOUTS, MAX_RANK, MAX_SIZE
from cnncalc.spec.document import BLOCK_KEYS, KEYS, LONGEST, LONGEST_TEXT, SPEC_BLOCK_KEYS
from cnncalc.spec.expectations import OUTPUT_SHAPE, SUMS
from cnncalc.spec.variant import VARIANT_KEYS
from cnncalc.summary.results import Totals

if TYPE_CHECKING:
    from cnncalc.schema.option_schema import Schema

TEXT: Final[Schema] = {"type": ["string", "number", "boolean", "null"]}
SIZE: Final[Schema] = {"type": ["integer", "string"], "minimum": 1, "maximum": MAX_SIZE, "pattern": "^="}
SHAPE: Final[Schema] = {
    "description": "channels x height x width, such as 3x224x224 or [3, 224, 224], without the batch",
    "type": ["string", "integer", "array"],
    "pattern": r"^(=|\s*[0-9]+\s*([xX\u00d7]\s*[0-9]+\s*){0,3}$)",
    "minimum": 1,
    "maximum": MAX_SIZE,
    "items": SIZE,
    "minItems": 1,
    "maxItems": MAX_RANK + 1,
}
COUNT: Final[Schema] = {
    "type": ["integer", "string"],
    "minimum": 0,
    "pattern": r"^(=|\s*[0-9]+(\.[0-9]+)? ?([kMGT]|[KMGT]i)?B?\s*$)",
}


def spec_schema() -> Schema:
    """The schema of a spec.

    >>> sorted(spec_schema()["$defs"]["relu"]["properties"])
    ['from', 'name', 'share', 'trainable', 'when']
    """
    types = {name: layer_schema(kind) for name, kind in LAYERS.items()}
    definitions = {
        **SHARED,
        "shape": SHAPE,
        "activation": activation_schema(types),
        "expect": _statements("what the figures equal; `cnncalc check` holds them", with_shapes=True),
        "budget": _statements("what the figures are at most; `cnncalc check` holds them", with_shapes=False),
        "parameters": _parameters(),
        **types,
        **{f"typed_{name}": typed_schema(name, schema) for name, schema in types.items()},
        **EntrySchemas(types, with_blocks=False).definitions(),
        **EntrySchemas(types, with_blocks=True).definitions(),
    }
    return {
        "description": "A convolutional network: its layers, in the order in which they are executed.",
        "type": ["object", "array"],
        "properties": _properties(),
        "required": ["layers"],
        "additionalProperties": False,
        "not": {"type": "object", "required": ["input", "inputs"]},
        "if": {"required": ["blocks"]},
        "then": {"properties": {"layers": {"$ref": "#/$defs/entries_or_block"}}},
        "else": {"properties": {"layers": {"$ref": "#/$defs/entries"}}},
        "items": {"$ref": "#/$defs/entry"},
        "minItems": 1,
        "$defs": definitions,
    }


def _properties() -> dict[str, Schema]:
    """The top-level keys."""
    keys: dict[str, Schema] = {
        **_of_variants(),
        "name": {"description": "the network's title", **TEXT, "maxLength": LONGEST["name"]},
        "data_format": {
            "description": "the order of axes in every shape: with channels first, the default, or last",
            "enum": list(LAYOUTS),
        },
        "parameters": {"$ref": "#/$defs/parameters"},
        "variants": {
            "description": "sets of parameters by name, of which the first is the default",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "description": "values of parameters; a variant may have keys of the spec, too",
                "type": ["object", "null"],
                "properties": _of_variants(),
            },
        },
        "blocks": {
            "description": "small networks by name, which are used like layer types",
            "type": "object",
            "additionalProperties": _block(),
        },
        "layers": {
            "description": "the layers, in the order in which they are executed",
            "type": "array",
            "minItems": 1,
        },
    }
    return {key: keys[key] for key in KEYS}


def _of_variants() -> dict[str, Schema]:
    """The keys that a variant may have, too."""
    keys: dict[str, Schema] = {
        "source": {"description": "where the numbers come from", **TEXT, "maxLength": LONGEST_TEXT},
        "description": {"description": "what a reader should know", **TEXT, "maxLength": LONGEST_TEXT},
        "input": {"$ref": "#/$defs/shape"},
        "inputs": {
            "description": "the shape of each input by its name, where there are several",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"$ref": "#/$defs/shape"},
        },
        "outputs": {
            "description": "the layers whose outputs are the network's; the last one, if there is no `outputs`",
            "anyOf": [WORD, {"type": "array", "items": WORD, "minItems": 1}],
        },
        "frozen": {
            "description": "the full names of layers, groups and blocks whose weights are not trained",
            "anyOf": [WORD, {"type": "array", "items": WORD}],
        },
        "weights": {
            "description": "the file of the weights, .npz or .safetensors, from the spec's folder",
            "type": ["string", "null"],
            "minLength": 1,
        },
        "expect": {"$ref": "#/$defs/expect"},
        "budget": {"$ref": "#/$defs/budget"},
    }
    return {key: keys[key] for key in VARIANT_KEYS}


def _parameters() -> Schema:
    """Parameters of a spec or block, which may be any value."""
    return {
        "description": "names with defaults, for expressions; null: a value must be given",
        "type": "object",
        "propertyNames": {"pattern": r"^[^\W\d]\w*$"},
    }


def _block() -> Schema:
    """A small network, its own or that of another spec."""
    return {"anyOf": [_own_block(), _spec_block()]}


def _spec_block() -> Schema:
    """A block that another spec is."""
    keys: dict[str, Any] = {
        "spec": {"description": "a bundled name, or a path from this file's folder; FILE:VARIANT too", **WORD},
        "until": {"description": "the layer or scope as far as which it is wanted", **WORD},
        "description": {"description": "what a reader should know"},
    }
    return {
        "description": "another spec, used like a layer type with its parameters as options",
        "type": "object",
        "properties": {key: keys[key] for key in SPEC_BLOCK_KEYS},
        "required": ["spec"],
        "additionalProperties": False,
    }


def _own_block() -> Schema:
    """A small network."""
    keys: dict[str, Any] = {
        "parameters": {"$ref": "#/$defs/parameters"},
        "inputs": {
            "description": "the names of its inputs, in the order of the caller's `from`",
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
        },
        "layers": {"description": "its layers", "$ref": "#/$defs/entries_or_block"},
        "description": {"description": "what a reader should know"},
    }
    return {
        "description": "a small network, used like a layer type with its parameters as options",
        "type": "object",
        "properties": {key: keys[key] for key in BLOCK_KEYS},
        "required": ["layers"],
        "additionalProperties": False,
    }


def _count(name: str) -> Schema:
    return {"description": MEANINGS[name], **COUNT}


def _figures() -> Schema:
    """The figures of a layer or scope."""
    return {"type": "object", "properties": {name: _count(name) for name in SUMS}, "additionalProperties": False}


def _statements(description: str, *, with_shapes: bool) -> Schema:
    """What stands under `expect` or `budget`."""
    of_layer = _figures()
    if with_shapes:
        of_layer["properties"][OUTPUT_SHAPE] = {"$ref": "#/$defs/shape"}
    of_output = {
        "type": "object",
        "properties": {name: _count(name) for name in Totals._fields},
        "additionalProperties": False,
    }
    by_layer = {
        "description": "the number of layers; or figures of single layers and scopes, by name",
        "anyOf": [COUNT, {"type": "object", "additionalProperties": of_layer}],
    }
    by_output = {
        "description": "figures of what an output needs, by the output's name",
        "type": "object",
        "additionalProperties": of_output,
    }
    dtype = {"description": "the type of values that bytes are of", "anyOf": [{"enum": list(DTYPE_BYTES)}, EXPRESSION]}
    return {
        "description": description,
        "type": "object",
        "properties": {
            **{name: _count(name) for name in Totals._fields},
            "layers": by_layer,
            "outputs": by_output,
            "dtype": dtype,
        },
        "additionalProperties": False,
    }
