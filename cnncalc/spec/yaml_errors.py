"""The errors for a text that is not YAML, with what a person most likely did wrong.

What the parser says, and where it notices, depends on its version and is of little help: it goes on for as long as the
text could still become YAML. So the lines around are looked at for what people do wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import yaml

from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnncalc.errors import Place
    from cnncalc.text_nodes import Source

_GLUED_KEY: Final = re.compile(r"( *(?:- +)*)([A-Za-z_]\w*):(?=[^\s:/])")
_GLUED_DASH: Final = re.compile(r"( *)-(?=[A-Za-z_{\[\"'])")
_ITEM: Final = re.compile(r" *- ")
_LONGEST: Final = 60
"""The characters of a corrected line that a hint shows."""


class NotYamlError(CnncalcError):
    """What stands in the text is not YAML."""

    kind = "syntax"


def syntax_error(source: Source, error: yaml.MarkedYAMLError, closing: str | None) -> CnncalcError:
    """The error for text that is not YAML; `closing` is the bracket that closes the innermost one that is open."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return NotYamlError(f"not valid YAML: {_words_of(error)}")
    place = source.at(mark.line, mark.column)
    if place.text[place.column - 1 :].startswith("\t"):
        return NotYamlError("not valid YAML: a tab", hint="indent with spaces, YAML does not allow tabs", place=place)
    lines = list(_lines_before(source, mark.line, 2))
    found = _blank_error(source, lines) or glued_error(source, lines)
    if found is None and any(said in _words_of(error) for said in _KEYLESS):
        found = colon_error(source, lines)
    if found is not None:
        return found
    if isinstance(error, yaml.parser.ParserError) and closing is not None:
        return _unbalanced(source, error, place, closing)
    fact, hint = _explained(source, error, place)
    opening = error.context_mark
    if opening and opening.line < place.line - 1 and not place.text.strip():
        place = source.at(opening.line, opening.column)
    return NotYamlError(f"not valid YAML: {fact}", hint=hint, place=place)


def _words_of(error: yaml.MarkedYAMLError) -> str:
    """What the parser says."""
    return " ".join(filter(None, (error.problem, error.context))) or "not YAML"


def _unbalanced(source: Source, error: yaml.MarkedYAMLError, place: Place, closing: str) -> CnncalcError:
    """The error within a bracket, at its beginning where that is on a line further up."""
    problem = f"a value, `,` or `{closing}` must stand here"
    hint = "look for an unbalanced bracket, or quote a text that contains , [ ] { or }"
    opening = error.context_mark
    if opening and opening.line < place.line - 1:
        problem = problem.replace("must stand here", f"is missing on line {place.line}")
        place = source.at(opening.line, opening.column)
    return NotYamlError(f"not valid YAML: {problem}", hint=hint, place=place)


def _blank_error(source: Source, lines: Iterable[int]) -> CnncalcError | None:
    """The error for the first of these lines that is set in by blanks which are no spaces; None of none."""
    for line in lines:
        text = source.at(line, 0).text
        found = re.match(r"[^\S\t]*[^\S \t]", text)
        if found is not None:
            fact = f"not valid YAML: U+{ord(text[found.end() - 1]):04X} looks like a space, and is none"
            return NotYamlError(fact, hint="indent with spaces", place=source.at(line, found.end() - 1))
    return None


def colon_error(source: Source, lines: Iterable[int]) -> CnncalcError | None:
    """The error for the first of these lines that has a key without its colon, or a comment of another language."""
    for line in lines:
        text = source.at(line, 0).text
        begin = len(text) - len(text.lstrip(" -"))
        if re.match(r"//|;|/\*|<!", text[begin:]):
            place = source.at(line, begin, 2)
            return NotYamlError("not valid YAML: this is no comment", hint="a comment begins with `#`", place=place)
        found = re.match(r"([A-Za-z_]\w*) *=? +(?!=)([^\s#].*)", text[begin:])
        if found is not None and ": " not in text and not text.rstrip().endswith(":"):
            corrected = f"{found[1]}: {found[2].rstrip()}"
            return NotYamlError(
                "not valid YAML: a colon is missing behind this word",
                hint=f"write {corrected}" if len(corrected) <= _LONGEST else None,
                place=source.at(line, begin, len(found[1])),
            )
    return None


def glued_error(source: Source, lines: Iterable[int]) -> CnncalcError | None:
    """The error for the first of these lines that lacks the blank behind its key's colon, or its dash; None of none."""
    for line in lines:
        text = source.at(line, 0).text
        found = _GLUED_DASH.match(text) or _GLUED_KEY.match(text)
        if found is None:
            continue
        sign, begin = text[found.end() - 1], len(found[1])
        corrected = f"{text[begin : found.end()]} {text[found.end() :].rstrip()}"
        return NotYamlError(
            f"not valid YAML: a blank is missing behind this {'dash' if sign == '-' else 'colon'}",
            hint=f"write {corrected}" if len(corrected) <= _LONGEST else None,
            place=source.at(line, found.end() - 1),
        )
    return None


def _lines_before(source: Source, line: int, count: int) -> Iterator[int]:
    """A line and those before it, the last first, without blank ones and comments, at most so many."""
    while line >= 0 and count:
        if source.at(line, 0).text.split("#")[0].strip():
            yield line
            count -= 1
        line -= 1


_FACTS: Final[dict[str, tuple[str, str | None]]] = {
    "unexpected ':'": ("a blank is missing behind this colon", None),
    "quoted scalar": ("this quote is not closed", "close it, or leave both out"),
    "cannot start any token": ("a value cannot begin with `{}`", "quote a text that begins so"),
    "find expected ':'": (
        "this line is neither `key: value` nor `- item`",
        "a text over several lines stands in quotes",
    ),
    "document start": (
        "this line does not belong to what stands above it",
        "a spec is one mapping: `input: ...`, `layers: ...`",
    ),
}
"""What words of the parser's mean, and what to do; the character at the place is filled in."""

_KEYLESS: Final = ("mapping values are not allowed", "find expected ':'")
"""What the parser says of a line without the colon of its key, or of the next one."""

_MISPLACED: Final = ("expected key", "<block end>", "expected '-' indicator")
"""What the parser says of a line that begins where it cannot."""


def _explained(source: Source, error: yaml.MarkedYAMLError, place: Place) -> tuple[str, str | None]:
    """What is wrong at a place outside of brackets, and what to do."""
    words = _words_of(error)
    if "mapping values are not allowed" in words:
        found = _second_value(source, place)
    elif place.text[place.column - 1 :].startswith(("}", "]")):
        found = "this bracket closes nothing", "leave it out, or write the one that it closes"
    elif any(said in words for said in _MISPLACED):
        found = _dedented(source, place)
    else:
        found = next((explained for said, explained in _FACTS.items() if said in words), None)
    if found is None:
        return words, None
    return found[0].format(place.text[place.column - 1 : place.column]), found[1]


def _second_value(source: Source, place: Place) -> tuple[str, str | None] | None:
    """A second `: ` in a line, or a key that is set in below one that has its value already."""
    before = place.text[: place.column - 1]
    first = re.match(r" *(?:- +)*\w+: +(?=[^\s{\[\"'])", before)
    if first is not None:
        text = place.text[first.end() :].rstrip()
        quoted = f'quote the text: {first[0].lstrip(" -")}"{text}"'
        return "a second `: ` in one value", quoted if len(quoted) <= _LONGEST and '"' not in text else "quote the text"
    above = next((line for line in _lines_before(source, place.line - 2, 1)), None)
    if above is None:
        return None
    text = source.at(above, 0).text
    inside = len(text) - len(text.lstrip(" -"))
    if re.fullmatch(r"\w+: .*", text[inside:]) is None:
        return None
    return (
        "this line is set in below one that has its value already",
        f"begin it in column {inside + 1}, as line {above + 1}",
    )


def _dedented(source: Source, place: Place) -> tuple[str, str | None] | None:
    """A line that begins where no line above does that it could go on with."""
    own, column = place.text, _indentation(place.text)
    is_item = _ITEM.match(own + " ") is not None
    for line in _lines_before(source, place.line - 2, 1000):
        text = source.at(line, 0).text
        if (_ITEM.match(text) is not None) is not is_item:
            continue
        if _indentation(text) == column:
            return None
        what = "item" if is_item else "key"
        begins = f"this line begins in column {column + 1}, where no {what} above it does"
        return begins, f"begin it in column {_indentation(text) + 1}, as line {line + 1}"
    return None


def _indentation(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def character_error(source: Source, character: str) -> CnncalcError:
    """The error for a character that YAML does not allow, where it first stands."""
    before = source.text[: max(source.text.find(character), 0)]
    place = source.at(before.count("\n"), len(before) - (before.rfind("\n") + 1))
    message = f"the character U+{ord(character):04X} is not allowed in YAML"
    return NotYamlError(message, hint="is this a text file?", place=place)
