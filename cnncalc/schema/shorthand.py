"""The few words in which the JSON of commands is described; each makes a schema, most with what the value means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cnncalc.schema.option_schema import Schema


def text(meaning: str) -> Schema:
    """A text."""
    return {"description": meaning, "type": "string"}


def word(meaning: str, *words: str) -> Schema:
    """One of several words."""
    return {"description": meaning, "enum": list(words)}


def flag(meaning: str) -> Schema:
    """True or false."""
    return {"description": meaning, "type": "boolean"}


def count(meaning: str, least: int = 0) -> Schema:
    """A whole number, exact, and no less than that."""
    return {"description": meaning, "type": "integer", "minimum": least}


def whole(meaning: str) -> Schema:
    """A whole number, which may be negative."""
    return {"description": meaning, "type": "integer"}


def number(meaning: str) -> Schema:
    """A number, rounded as floating point is."""
    return {"description": meaning, "type": "number"}


def anything(meaning: str) -> Schema:
    """Any value."""
    return {"description": meaning}


def array(item: Schema, meaning: str) -> Schema:
    """A list of any length."""
    return {"description": meaning, "type": "array", "items": item}


def pair(item: Schema, meaning: str) -> Schema:
    """A list of two."""
    return {**array(item, meaning), "minItems": 2, "maxItems": 2}


def shape(meaning: str) -> Schema:
    """The sizes of axes as the spec orders them, without the batch."""
    return {**array({"type": "integer", "minimum": 1}, meaning), "minItems": 1}


def nullable(schema: Schema) -> Schema:
    """That, or null; the meaning should say of what null is a sign.

    >>> nullable(flag("whether it is so; null: nobody knows"))["type"]
    ['boolean', 'null']
    """
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def either(*schemas: Schema) -> Schema:
    """One or the other."""
    return {"anyOf": list(schemas)}


def by_name(value: Schema, meaning: str) -> Schema:
    """An object with names of the network's as keys."""
    return {"description": meaning, "type": "object", "additionalProperties": value}


def record(keys: Mapping[str, Schema], meaning: str = "", *, optional: Collection[str] = ()) -> Schema:
    """An object with these keys, all of them but the optional, and no other.

    >>> record({"a": count("a"), "b": count("b")}, optional=["b"])["required"]
    ['a']
    """
    described: dict[str, Any] = {"description": meaning} if meaning else {}
    return {
        **described,
        "type": "object",
        "properties": dict(keys),
        "required": [key for key in keys if key not in optional],
        "additionalProperties": False,
    }
