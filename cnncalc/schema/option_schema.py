"""The schema of what a spec may write for an option: one function for each kind of option.

Wherever a value may stand, an expression may too: a text that begins with ``=``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.layers import ACTIVATIONS
from cnncalc.layers.activation_option import ActivationOption
from cnncalc.layers.constants import Numbers
from cnncalc.layers.fractional_pooling import Boundaries
from cnncalc.layers.opaque import ArrayShapes, Word
from cnncalc.layers.options import (
    LARGEST,
    Boolean,
    Choice,
    Integer,
    ListOf,
    Name,
    Number,
    Padding,
    Sizes,
)
from cnncalc.layers.own_tensors import TensorShape
from cnncalc.layers.weights import INITIALISERS, Weight

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.layers.base import Layer
    from cnncalc.layers.description import OptionDescription
    from cnncalc.layers.options import Kind, Option

Schema = dict[str, Any]

BEGINS_AS_EXPRESSION: Final = "^="
EXPRESSION: Final[Schema] = {"$ref": "#/$defs/expression"}
NUMBERS: Final[Schema] = {"$ref": "#/$defs/numbers"}
ACTIVATION: Final[Schema] = {"$ref": "#/$defs/activation"}

SHARED: Final[dict[str, Schema]] = {
    "expression": {
        "description": "an expression such as =4 * width, of parameters, loop variables and the tensor that arrives",
        "type": "string",
        "pattern": BEGINS_AS_EXPRESSION,
    },
    "numbers": {
        "description": "numbers, nested to the shape of an array or to one that broadcasts to it",
        "type": ["number", "array", "string"],
        "minimum": -LARGEST,
        "maximum": LARGEST,
        "pattern": BEGINS_AS_EXPRESSION,
        "items": NUMBERS,
        "minItems": 1,
    },
}
"""What schemas of options refer to, beside `activation`."""


def option_schema(option: Option, described: OptionDescription) -> Schema:
    """The schema of an option, with what help says of it.

    >>> from cnncalc.layers import LAYERS
    >>> from cnncalc.layers.description import describe
    >>> described = {option.name: option for option in describe(LAYERS["conv"]).options}
    >>> option_schema(LAYERS["conv"].options["groups"], described["groups"])["anyOf"][0]["minimum"]
    1
    """
    schema = kind_schema(option.kind)
    if option.default is None and schema is not ACTIVATION and {"type": "null"} not in schema.get("anyOf", []):
        schema = {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}
    text = f"{described.meaning}: {described.kind}" if described.meaning else described.kind
    known = {} if described.required or described.default == "drawn" else {"default": described.default}
    return {"description": text, **schema, **known}


def kind_schema(kind: Kind) -> Schema:
    """The schema of a kind of option; of one that is not among ours, anything."""
    made = _SCHEMAS.get(type(kind))
    return {} if made is None else made(kind)


def _integer(kind: Integer) -> Schema:
    least = -kind.maximum if kind.minimum is None else kind.minimum
    return {"anyOf": [{"type": "integer", "minimum": least, "maximum": kind.maximum}, EXPRESSION]}


def _number(kind: Number) -> Schema:
    bounds: Schema = {
        "minimum": -LARGEST if kind.minimum is None else kind.minimum,
        "maximum": LARGEST if kind.maximum is None else kind.maximum,
    }
    if kind.above is not None:
        bounds["exclusiveMinimum"] = kind.above
    return {"anyOf": [{"type": "number", **bounds}, EXPRESSION]}


def _boolean(kind: Boolean) -> Schema:
    del kind
    return {"anyOf": [{"type": "boolean"}, EXPRESSION]}


def _choice(kind: Choice) -> Schema:
    return {"anyOf": [{"enum": list(kind.words)}, EXPRESSION]}


def _list(kind: ListOf) -> Schema:
    item = kind_schema(kind.item)
    if kind.null:
        item = {"anyOf": [*item["anyOf"], {"type": "null"}]}
    return {"anyOf": [item if kind.minimum <= 1 else EXPRESSION, _array(item, kind.minimum)]}


def _boundaries(kind: Boundaries) -> Schema:
    return {"anyOf": [EXPRESSION, _array(kind_schema(kind.item), 1)]}


def _sizes(kind: Sizes) -> Schema:
    item = _integer(kind.item)
    if kind.null:
        item["anyOf"].insert(1, {"type": "null"})
    return {"anyOf": [*item["anyOf"], _array(item, 1, 3)]}


def _padding(kind: Padding) -> Schema:
    item = _integer(kind.item)
    pair = {"anyOf": [*item["anyOf"], _array(item, 2, 2)]}
    words = [{"enum": list(kind.words)}] if kind.words else []
    return {"anyOf": [*words, *item["anyOf"], _array(pair, 1, 3)]}


def _array(item: Schema, fewest: int, most: int | None = None) -> Schema:
    bounds = {"minItems": fewest} if most is None else {"minItems": fewest, "maxItems": most}
    return {"type": "array", "items": item, **bounds}


def _name(kind: Name) -> Schema:
    del kind
    return {"type": "string", "minLength": 1}


def _weight(kind: Weight) -> Schema:
    constant = {
        "description": "one number for all values",
        "type": "object",
        "properties": {"constant": kind_schema(Number())},
        "required": ["constant"],
        "additionalProperties": False,
    }
    switch = [{"type": "boolean"}] if kind.switch else []
    return {"anyOf": [*switch, {"enum": list(INITIALISERS)}, constant, NUMBERS]}


def _tensor_shape(kind: TensorShape) -> Schema:
    del kind
    return {"$ref": "#/$defs/shape"}


def _word(kind: Word) -> Schema:
    del kind
    return {"type": "string", "minLength": 1}


def _array_shapes(kind: ArrayShapes) -> Schema:
    del kind
    by_name = {
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/shape"},
        "propertyNames": {"pattern": "^[^.]+$"},
    }
    return {"anyOf": [*_integer(Integer(0))["anyOf"], by_name]}


def _numbers(kind: Numbers) -> Schema:
    del kind
    return NUMBERS


def _activation(kind: ActivationOption) -> Schema:
    del kind
    return ACTIVATION


_SCHEMAS: Final[dict[type[Kind], Callable[[Any], Schema]]] = {
    Integer: _integer,
    Number: _number,
    Boolean: _boolean,
    Choice: _choice,
    ListOf: _list,
    Boundaries: _boundaries,
    Sizes: _sizes,
    Padding: _padding,
    Name: _name,
    Weight: _weight,
    Numbers: _numbers,
    TensorShape: _tensor_shape,
    Word: _word,
    ArrayShapes: _array_shapes,
    ActivationOption: _activation,
}


def activation_schema(layer_schemas: dict[str, Schema]) -> Schema:
    """What may stand for an activation; `layer_schemas` are those of the types, of which it takes the options."""
    alone = [name for name in ACTIVATIONS if not layer_schemas[name].get("required")]
    by_name = {name: _own_options(name, ACTIVATIONS[name], layer_schemas[name]) for name in ACTIVATIONS}
    with_options = {
        "type": "object",
        "properties": by_name,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    words = {"enum": [*alone, "linear", None]}
    return {"description": ActivationOption.text, "anyOf": [words, with_options, EXPRESSION]}


def _own_options(name: str, kind: type[Layer], schema: Schema) -> Schema:
    """The options of an activation within a layer, which has no name of its own."""
    options = {word: {"$ref": f"#/$defs/{name}/properties/{word}"} for word in kind.options if word != "activation"}
    found: Schema = {"description": schema["description"], "type": "object", "properties": options}
    if "required" in schema:
        found["required"] = schema["required"]
    return {**found, "additionalProperties": False}
