"""Formulas as text: one walk over the tree of a `Traced` number, and notations that say how each part is written.

A notation is data. Another one, such as HTML, is another table of operators.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.symbolic.traced import Traced
from cnncalc.symbolic.trees import is_equality, is_symbol, with_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.symbolic.trees import Tree

_ANY, _SUM, _QUOTIENT, _PRODUCT, _POWER, _ATOM = range(6)
"""How tightly a text binds. A quotient within a product stands in brackets, as nothing is rounded there."""

_MOST_LISTED: Final = 3
"""The most equal sizes that are written one by one."""


class Pattern(NamedTuple):
    """How an operator is written: with a ``%s`` for each of its parts.

    `needs` says how tightly each part must bind to stand there without brackets, `binds` how tightly the whole does.
    """

    text: str
    needs: tuple[int, int]
    binds: int = _ATOM


class Notation(NamedTuple):
    """A way to write formulas.

    `operators` are those with two parts, `functions` those with any number, whose texts go into one ``%s``; `brackets`
    stand around a part that binds too loosely, and `ellipsis` for all but the first and last of many equal sizes.
    """

    symbol: Callable[[str], str]
    number: Callable[[float], str]
    operators: Mapping[str, Pattern]
    functions: Mapping[str, str]
    brackets: str
    ellipsis: str

    def symbols(self, tree: Tree) -> str:
        """The formula with the symbols of the tree.

        >>> from cnncalc.symbolic.traced import as_symbol
        >>> PLAIN_TEXT.symbols((as_symbol(5, "kernel_size") - 1) * as_symbol(2, "dilation") + 1)
        '(kernel_size - 1) x dilation + 1'
        """
        return self._text(tree, _ANY)

    def numbers(self, tree: Tree) -> str:
        """The formula with the numbers that the symbols stand for.

        >>> from cnncalc.symbolic.traced import as_symbol
        >>> PLAIN_TEXT.numbers((as_symbol(5, "kernel_size") - 1) * as_symbol(2, "dilation") + 1)
        '(5 - 1) x 2 + 1'
        """
        return self._text(with_numbers(tree), _ANY)

    def _text(self, tree: Tree, needed: int) -> str:
        """The text of a tree, in brackets where it binds less tightly than is `needed`."""
        text, binds = self._unbracketed(tree) if isinstance(tree, Traced) else self._constant(tree)
        return self.brackets % text if binds < needed else text

    def _constant(self, value: float) -> tuple[str, int]:
        return self.number(value), _ANY if value < 0 else _ATOM

    def _unbracketed(self, tree: Traced) -> tuple[str, int]:
        """The text of a tree without brackets around it, and how tightly it binds."""
        if is_symbol(tree):
            return self.symbol(tree.name), _ATOM
        if is_equality(tree):
            return self._equal([self._text(part, _SUM) for part in tree.parts]), _ANY
        if tree.operator == "+":
            return " + ".join(self._text(part, _SUM) for part in tree.parts), _SUM
        if tree.operator in self.functions:
            return self.functions[tree.operator] % ", ".join(self._text(part, _ANY) for part in tree.parts), _ATOM
        pattern = self.operators[tree.operator]
        return pattern.text % tuple(map(self._text, tree.parts, pattern.needs)), pattern.binds

    def _equal(self, texts: Sequence[str]) -> str:
        """Sizes that have to be equal.

        >>> PLAIN_TEXT._equal(["H_1", "H_2"]), PLAIN_TEXT._equal(["H_1", "H_2", "H_3", "H_4"])
        ('H_1 = H_2', 'H_1 = ... = H_4')
        """
        return " = ".join(texts if len(texts) <= _MOST_LISTED else [texts[0], self.ellipsis, texts[-1]])


def _number(value: float) -> str:
    """A number as short as it can be without being another one.

    >>> _number(227), _number(2.0), _number(1.3333334)
    ('227', '2', '1.3333334')
    """
    if isinstance(value, int):
        return str(value)
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


PLAIN_TEXT: Final = Notation(
    symbol=str,
    number=_number,
    operators={
        "-": Pattern("%s - %s", (_SUM, _QUOTIENT), _SUM),
        "x": Pattern("%s x %s", (_PRODUCT, _PRODUCT), _PRODUCT),
        "//": Pattern("floor(%s / %s)", (_PRODUCT, _POWER)),
        "ceil": Pattern("ceil(%s / %s)", (_PRODUCT, _POWER)),
        "scaled": Pattern("floor(%s x %s)", (_PRODUCT, _PRODUCT)),
        "/": Pattern("%s / %s", (_PRODUCT, _POWER), _QUOTIENT),
        "%": Pattern("%s %% %s", (_PRODUCT, _POWER), _QUOTIENT),
        "**": Pattern("%s^%s", (_ATOM, _ATOM), _POWER),
    },
    functions={"max": "max(%s)", "min": "min(%s)", "gcd": "gcd(%s)", "broadcast": "max(%s)"},
    brackets="(%s)",
    ellipsis="...",
)
"""Plain text. With numbers it can be worked out as it stands: ``x`` multiplies, ``^`` is a power, and ``/`` outside of
`floor` and `ceil` leaves no remainder."""


_ESCAPES: Final = {character: f"\\{character}" for character in "{}$&#%_"} | {
    "\\": r"\backslash ",
    "~": r"\sim ",
    "^": r"\wedge ",
    " ": r"\ ",
}
"""Characters that mean something in LaTeX's mathematics, and how they are written there."""


def _latex_symbol(name: str) -> str:
    r"""A name in LaTeX's mathematics, where `in`, `out` and the number of an input are subscripts.

    Of several letters it is one word, and no product of them.

    >>> [_latex_symbol(name) for name in ("H_in", "size_2", "kernel_size", "bytes of a value")]
    ['H_{in}', '\\mathit{size}_{2}', '\\mathit{kernel\\_size}', '\\mathit{bytes\\ of\\ a\\ value}']
    """
    base, _, index = name.rpartition("_")
    if base and re.fullmatch(r"in|out|\d+", index):
        return f"{_latex_symbol(base)}_{{{index}}}"
    escaped = "".join(_ESCAPES.get(character, character) for character in name)
    return escaped if len(name) == 1 else rf"\mathit{{{escaped}}}"


def _latex_number(value: float) -> str:
    r"""A number in LaTeX's mathematics.

    >>> _latex_number(1.5), _latex_number(1e-05)
    ('1.5', '10^{-5}')
    """
    mantissa, _, exponent = _number(value).partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"


LATEX: Final = Notation(
    symbol=_latex_symbol,
    number=_latex_number,
    operators={
        "-": Pattern("%s - %s", (_SUM, _QUOTIENT), _SUM),
        "x": Pattern(r"%s \cdot %s", (_PRODUCT, _PRODUCT), _PRODUCT),
        "//": Pattern(r"\left\lfloor \frac{%s}{%s} \right\rfloor", (_ANY, _ANY)),
        "ceil": Pattern(r"\left\lceil \frac{%s}{%s} \right\rceil", (_ANY, _ANY)),
        "scaled": Pattern(r"\left\lfloor %s \cdot %s \right\rfloor", (_PRODUCT, _PRODUCT)),
        "/": Pattern(r"\frac{%s}{%s}", (_ANY, _ANY), _POWER),
        "%": Pattern(r"%s \bmod %s", (_PRODUCT, _POWER), _QUOTIENT),
        "**": Pattern("%s^{%s}", (_ATOM, _ANY), _POWER),
    },
    functions={
        "max": r"\max\left(%s\right)",
        "min": r"\min\left(%s\right)",
        "gcd": r"\gcd\left(%s\right)",
        "broadcast": r"\max\left(%s\right)",
    },
    brackets=r"\left(%s\right)",
    ellipsis=r"\dots",
)
"""LaTeX's mathematics, without the dollar signs around it. Names of options are words in italics."""
