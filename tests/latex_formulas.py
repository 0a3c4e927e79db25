"""Reading formulas out of documents, and working out what LaTeX shows, by nothing but what its commands mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tests.formula_text import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

_COMMANDS = {
    r"\left\lfloor": "floor(",
    r"\left\lceil": "ceil(",
    r"\right\rfloor": ")",
    r"\right\rceil": ")",
    r"\left(": "(",
    r"\right)": ")",
    r"\bigl(": "(",
    r"\bigr)": ")",
    r"\max": "max",
    r"\min": "min",
    r"\gcd": "gcd",
    r"\cdot": "*",
    r"\bmod": "%",
    r"\,": "",
    "{,}": "",
}
_GROUPS = [(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1) / (\2))"), (r"\^\{([^{}]*)\}", r"**(\1)")]


def plain(latex: str) -> str:
    """The same in plain text; names stay as they are."""
    for command, text in _COMMANDS.items():
        latex = latex.replace(command, text)
    before = ""
    while before != latex:
        before = latex
        for pattern, text in _GROUPS:
            latex = re.sub(pattern, text, latex)
    return latex.strip()


def value(latex: str) -> Fraction:
    """What a formula without names comes to."""
    return evaluate(plain(latex))


class Equation(NamedTuple):
    """The left side, and all that it is equal to."""

    left: str
    sides: list[str]

    @property
    def numbers(self) -> list[Fraction]:
        """What each side comes to in which no name stands."""
        texts = (re.sub(r"\b(max|min|gcd|floor|ceil)\b", "", plain(side)) for side in self.sides)
        return [value(side) for side, text in zip(self.sides, texts, strict=True) if not re.search("[A-Za-z]", text)]


def equations(document: str) -> Iterator[Equation]:
    """The equations of all `align*` and `aligned` environments of a document, in order."""
    for _, block in re.findall(r"\\begin\{(align\*|aligned)\}\n(.*?)\n\\end\{\1\}", document, re.DOTALL):
        found: list[Equation] = []
        for row in re.split(r" (?:\\\\|\\cr)\n", block):
            left, sign, right = row.partition("&")
            if right.startswith(r"\qquad {} "):
                found[-1].sides[-1] += f" {right.removeprefix(chr(92) + 'qquad {} ')}"
                continue
            assert sign
            assert right.startswith("= ")
            if left.strip():
                found.append(Equation(left.strip(), []))
            found[-1].sides.extend(right.removeprefix("= ").split(" = "))
        yield from found


def check_balance(document: str) -> None:
    """Each environment, group and pair of growing brackets that is begun is ended, in turn."""
    document = re.sub(r"\\[{}%\\]", "", re.sub(r"(?<!\\)%.*", "", document))
    opened: list[str] = []
    for begin, end, left, right, brace in re.findall(
        r"\\begin\{(\S+?)\}|\\end\{(\S+?)\}|(\\left|\\begingroup)(?![a-z])|(\\right|\\endgroup)(?![a-z])|([{}])",
        document,
    ):
        if begin or left or brace == "{":
            opened.append(begin or left.replace("left", "right").replace("begin", "end") or brace)
        else:
            assert opened.pop() == (end or right or "{")
    assert opened == []
