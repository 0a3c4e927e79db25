"""Validators of our schemas, and specs as the plain data that they validate."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from cnncalc.schema.spec_schema import spec_schema
from cnncalc.spec.yaml_tree import parse
from cnncalc.text_nodes import Source

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


@cache
def of_specs() -> Validator:
    """The validator of whole specs."""
    return Draft202012Validator(spec_schema())


@cache
def of_definition(name: str) -> Validator:
    """The validator of a definition in the schema of specs."""
    return of_specs().evolve(schema={"$ref": f"#/$defs/{name}", "$defs": spec_schema()["$defs"]})


def plain(text: str) -> Any:
    """A spec as plain data."""
    return parse(Source("<text>", text)).plain()
