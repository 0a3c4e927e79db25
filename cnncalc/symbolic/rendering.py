"""Formulas as text: one walk over the tree of a `Traced` number, and notations that say how each part is written.

A notation is data. Another one is another table of operators, as `cnncalc.symbolic.latex` has two.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.symbolic.traced import Traced
from cnncalc.symbolic.trees import is_equality, is_symbol, with_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.symbolic.trees import Tree

ANY, SUM, QUOTIENT, PRODUCT, POWER, ATOM = range(6)
"""How tightly a text binds. A quotient within a product stands in brackets, as nothing is rounded there."""

_MOST_LISTED: Final = 3
"""The most equal sizes that are written one by one."""


class Pattern(NamedTuple):
    """How an operator is written: with a ``%s`` for each of its parts.

    `needs` says how tightly each part must bind to stand there without brackets, `binds` how tightly the whole does.
    """

    text: str
    needs: tuple[int, int]
    binds: int = ATOM


class _Part(NamedTuple):
    """A part of a formula where a line may begin: what is written before it and behind it, and how tightly it binds."""

    before: str
    tree: Tree
    needed: int
    behind: str = ""


class Notation(NamedTuple):
    """A way to write formulas.

    `operators` are those with two parts, `functions` the names of those with any number. `brackets` stand around the
    parts of a function, and around a part that binds too loosely; `broken_brackets` where these are on several lines.
    `ellipsis` is for all but the first and last of many equal sizes.
    """

    symbol: Callable[[str], str]
    number: Callable[[float], str]
    operators: Mapping[str, Pattern]
    functions: Mapping[str, str]
    brackets: str
    broken_brackets: str
    ellipsis: str

    def symbols(self, tree: Tree) -> str:
        """The formula with the symbols of the tree.

        >>> from cnncalc.symbolic.traced import as_symbol
        >>> PLAIN_TEXT.symbols((as_symbol(5, "kernel_size") - 1) * as_symbol(2, "dilation") + 1)
        '(kernel_size - 1) x dilation + 1'
        """
        return self._text(tree, ANY)

    def numbers(self, tree: Tree) -> str:
        """The formula with the numbers that the symbols stand for.

        >>> from cnncalc.symbolic.traced import as_symbol
        >>> PLAIN_TEXT.numbers((as_symbol(5, "kernel_size") - 1) * as_symbol(2, "dilation") + 1)
        '(5 - 1) x 2 + 1'
        """
        return self._text(with_numbers(tree), ANY)

    def pieces(self, tree: Tree, fits: Callable[[str], bool]) -> list[str]:
        """The formula with the symbols of the tree, in one piece if it fits, and else in pieces for lines of their own.

        A sum is parted before its parts, and only those that do not fit are parted further. What cannot be parted, as a
        fraction, is one piece whether it fits or not.

        >>> from cnncalc.symbolic.traced import as_symbol
        >>> tree = as_symbol(2, "one") * as_symbol(3, "two") + as_symbol(4, "three") * (as_symbol(5, "four") + 6)
        >>> PLAIN_TEXT.pieces(tree, lambda text: len(text) < 18)
        ['one x two', '+ three', 'x (four + 6)']
        """
        return self._pieces(tree, ANY, fits)

    def _pieces(self, tree: Tree, needed: int, fits: Callable[[str], bool]) -> list[str]:
        text = self._text(tree, needed)
        if fits(text) or not isinstance(tree, Traced) or is_symbol(tree):
            return [text]
        parts, binds = self._parts(tree)
        found: list[str] = []
        for before, part, tightness, behind in parts:
            first, *others = self._pieces(part, tightness, fits)
            found += [before + first, *others]
            found[-1] += behind
        if found and binds < needed:
            found = _enclosed(found, self.broken_brackets)
        return found or [text]

    def _parts(self, tree: Traced) -> tuple[list[_Part], int]:
        """The parts of a formula where a line may begin, and how tightly it binds; none where no line may."""
        first, *others = tree.parts
        if is_equality(tree):
            return [], ANY
        if tree.operator == "+":
            return [_Part("", first, SUM), *(_Part("+ ", part, SUM) for part in others)], SUM
        if tree.operator in self.functions:
            ends = [*[","] * len(others), self.broken_brackets.partition("%s")[2]]
            start = self.functions[tree.operator] + self.broken_brackets.partition("%s")[0]
            starts = [start, *[""] * len(others)]
            return [
                _Part(start, part, ANY, end) for start, part, end in zip(starts, tree.parts, ends, strict=True)
            ], ATOM
        pattern = self.operators[tree.operator]
        start, sign, end = pattern.text.split("%s")
        if start or end or not sign.startswith(" "):
            return [], pattern.binds
        joints = ("", sign.lstrip() % ())
        return list(starmap(_Part, zip(joints, tree.parts, pattern.needs, strict=True))), pattern.binds

    def _text(self, tree: Tree, needed: int) -> str:
        """The text of a tree, in brackets where it binds less tightly than is `needed`."""
        text, binds = self._unbracketed(tree) if isinstance(tree, Traced) else self._constant(tree)
        return self.brackets % text if binds < needed else text

    def _constant(self, value: float) -> tuple[str, int]:
        return self.number(value), ANY if value < 0 else ATOM

    def _unbracketed(self, tree: Traced) -> tuple[str, int]:
        """The text of a tree without brackets around it, and how tightly it binds."""
        if is_symbol(tree):
            return self.symbol(tree.name), ATOM
        if is_equality(tree):
            return self._equal([self._text(part, SUM) for part in tree.parts]), ANY
        if tree.operator == "+":
            return " + ".join(self._text(part, SUM) for part in tree.parts), SUM
        if tree.operator in self.functions:
            parts = ", ".join(self._text(part, ANY) for part in tree.parts)
            return self.functions[tree.operator] + self.brackets % parts, ATOM
        pattern = self.operators[tree.operator]
        return pattern.text % tuple(map(self._text, tree.parts, pattern.needs)), pattern.binds

    def _equal(self, texts: Sequence[str]) -> str:
        """Sizes that have to be equal.

        >>> PLAIN_TEXT._equal(["H_1", "H_2"]), PLAIN_TEXT._equal(["H_1", "H_2", "H_3", "H_4"])
        ('H_1 = H_2', 'H_1 = ... = H_4')
        """
        return " = ".join(texts if len(texts) <= _MOST_LISTED else [texts[0], self.ellipsis, texts[-1]])


def _enclosed(pieces: list[str], brackets: str) -> list[str]:
    """The pieces with brackets around all of them."""
    start, end = brackets.split("%s")
    pieces[0] = start + pieces[0]
    pieces[-1] += end
    return pieces


def plain_number(value: float) -> str:
    """A number as short as it can be without being another one.

    >>> plain_number(227), plain_number(2.0), plain_number(1.3333334)
    ('227', '2', '1.3333334')
    """
    if isinstance(value, int):
        return str(value)
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


PLAIN_TEXT: Final = Notation(
    symbol=str,
    number=plain_number,
    operators={
        "-": Pattern("%s - %s", (SUM, QUOTIENT), SUM),
        "x": Pattern("%s x %s", (PRODUCT, PRODUCT), PRODUCT),
        "//": Pattern("floor(%s / %s)", (PRODUCT, POWER)),
        "ceil": Pattern("ceil(%s / %s)", (PRODUCT, POWER)),
        "scaled": Pattern("floor(%s x %s)", (PRODUCT, PRODUCT)),
        "/": Pattern("%s / %s", (PRODUCT, POWER), QUOTIENT),
        "%": Pattern("%s %% %s", (PRODUCT, POWER), QUOTIENT),
        "**": Pattern("%s^%s", (ATOM, ATOM), POWER),
    },
    functions={"max": "max", "min": "min", "gcd": "gcd", "broadcast": "max"},
    brackets="(%s)",
    broken_brackets="(%s)",
    ellipsis="...",
)
"""Plain text. With numbers it can be worked out as it stands: ``x`` multiplies, ``^`` is a power, and ``/`` outside of
`floor` and `ceil` leaves no remainder."""
