"""The errors for a text that is not YAML, with what a person most likely did wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from cnncalc.spec.text_nodes import Source


def syntax_error(source: Source, error: yaml.MarkedYAMLError, closing: str | None) -> CnncalcError:
    """The error for text that is not YAML; `closing` is the bracket that closes the innermost one that is open."""
    mark = error.problem_mark or error.context_mark
    place = source.at(mark.line, mark.column) if mark else None
    if place and place.text[place.column - 1 :].startswith("\t"):
        return CnncalcError(
            "not valid YAML: a tab", hint="indent with spaces, YAML does not allow tabs", place=place, code="syntax"
        )
    problem = error.problem or error.context or "not YAML"
    problem += f" {error.context}" if error.context and error.problem else ""
    hint = None
    if isinstance(error, yaml.parser.ParserError) and closing is not None:
        problem = f"a value, `,` or `{closing}` must stand here"
        hint = "look for an unbalanced bracket, or quote a text that contains , [ ] { or }"
    opening = error.context_mark
    if place and opening and opening.line < place.line - 1 and (hint or not place.text.strip()):
        problem = problem.replace("must stand here", f"is missing on line {place.line}")
        place = source.at(opening.line, opening.column)
    return CnncalcError(f"not valid YAML: {problem}", hint=hint, place=place, code="syntax")


def character_error(source: Source, character: str) -> CnncalcError:
    """The error for a character that YAML does not allow, where it first stands."""
    before = source.text[: max(source.text.find(character), 0)]
    place = source.at(before.count("\n"), len(before) - (before.rfind("\n") + 1))
    message = f"the character U+{ord(character):04X} is not allowed in YAML"
    return CnncalcError(message, hint="is this a text file?", place=place, code="syntax")
