"""All schemas by name: `spec`, and the command whose JSON it is of, or `plan`. A new one is a line here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError, did_you_mean

if TYPE_CHECKING:
    from cnncalc.schema.option_schema import Schema

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

SCHEMAS: Final = {
    "spec": ("spec_schema.spec_schema", "a spec of cnncalc"),
    "summary": ("network_outputs.SUMMARY", "cnncalc summary --json"),
    "explain": ("network_outputs.EXPLANATION", "cnncalc explain --json"),
    "steps": ("steps_output.STEPS", "cnncalc steps --json, or with --as matrix"),
    "receptive-field": ("size_outputs.RECEPTIVE_FIELD", "cnncalc receptive-field --json, of all layers or of one"),
    "solve": ("size_outputs.SOLUTION", "cnncalc solve --json, of sizes or of a parameter"),
    "memory": ("memory_output.MEMORY", "cnncalc memory --json"),
    "run": ("network_outputs.RUN", "cnncalc run --json"),
    "plan": ("plan_output.PLAN", "cnncalc run --plan --json"),
    "compare": ("decision_outputs.COMPARISON", "cnncalc compare --json"),
    "sweep": ("decision_outputs.SWEEP", "a line of cnncalc sweep --json"),
    "check": ("listing_outputs.CHECK", "cnncalc check --json"),
    "list": ("listing_outputs.LIST", "cnncalc list --json"),
    "layers": ("listing_outputs.LAYERS", "cnncalc layers --json, of all types or of one"),
}
"""Where each schema stands, a constant or a function without arguments, and what it is of."""


def subjects() -> dict[str, str]:
    """What each schema is of, by the schema's name.

    >>> subjects()["solve"]
    'cnncalc solve --json, of sizes or of a parameter'
    """
    return {name: subject for name, (_, subject) in SCHEMAS.items()}


def schema(name: str) -> Schema:
    """The JSON Schema of that name, of specs or of what a command writes; raises `CnncalcError` for an unknown one.

    >>> schema("summary")["title"]
    'cnncalc summary --json'
    """
    if name not in SCHEMAS:
        raise CnncalcError(f"there is no schema `{name}`", hint=did_you_mean(name, SCHEMAS, "schemas"))
    home, subject = SCHEMAS[name]
    module, _, constant = home.partition(".")
    found = getattr(import_module(f"cnncalc.schema.{module}"), constant)
    body = found() if callable(found) else found
    return {"$schema": DIALECT, "$id": f"urn:cnncalc:schema:{name}", "title": subject, **body}
