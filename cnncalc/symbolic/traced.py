"""Integers that remember how they were computed, so that a figure can be explained by its own computation.

A `Traced` number is an integer with a formula: operators, and the functions of `arithmetic`, give traced numbers
again. A layer that is asked with traced sizes, and whose options are traced, answers with its formulas, without
knowing of it; nothing is written twice, and a new layer type explains itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Root = tuple[int, int]
"""The number of an input of a layer, and the axis."""


class Traced(int):
    """An integer, and what it was made of: an operator and its parts, or a name.

    A number that the layer is given, a size or an option, has the operator "" and a name; `root` says which size of
    which input it is. Numbers that are not traced are constants of the formula, and what they leave unchanged is left
    out of it; a number that is added to itself is doubled.

    >>> size, stride, padding = given(227, "H_in"), given(4, "stride"), given(0, "padding")
    >>> positions = (size + 0 + (padding + padding) - 11) // stride + 1
    >>> print(written(positions), "=", written(positions, numbers=True), "=", int(positions))
    floor((H_in + 2 x padding - 11) / stride) + 1 = floor((227 - 11) / 4) + 1 = 55
    """

    operator: str
    parts: tuple[Any, ...]
    name: str
    root: Root | None

    def __new__(
        cls, value: int, operator: str = "", parts: tuple[Any, ...] = (), name: str = "", root: Root | None = None
    ) -> Self:
        """A number of that value."""
        made = super().__new__(cls, value)
        made.operator, made.parts, made.name, made.root = operator, parts, name, root
        return made

    def __add__(self, other: int) -> int:
        return _sum(self, other)

    def __radd__(self, other: int) -> int:
        return _sum(other, self)

    def __sub__(self, other: int) -> int:
        return _difference(self, other)

    def __rsub__(self, other: int) -> int:
        return _difference(other, self)

    def __mul__(self, other: int) -> int:
        return _product(self, other)

    def __rmul__(self, other: int) -> int:
        return _product(other, self)

    def __floordiv__(self, other: int) -> int:
        return self if _is(other, 1) else Traced(int(self) // int(other), "//", (self, other))

    def __rfloordiv__(self, other: int) -> int:
        return Traced(int(other) // int(self), "//", (other, self))

    def __mod__(self, other: int) -> int:
        return Traced(int(self) % int(other), "%", (self, other))

    def __pow__(self, power: int) -> int:  # type: ignore[override]
        return self if _is(power, 1) else Traced(int(self) ** int(power), "**", (self, power))

    def __neg__(self) -> int:
        return Traced(-int(self), "-", (0, self))


def _is(value: int, constant: int) -> bool:
    """Whether a number is that constant, and not one that only has its value."""
    return type(value) is int and value == constant


def _sum(a: int, b: int) -> int:
    if _is(a, 0) or _is(b, 0):
        return b if _is(a, 0) else a
    if a is b:
        return _product(2, a)
    if type(b) is int and b < 0:
        return _difference(a, -b)
    if type(b) is int and isinstance(a, Traced) and a.operator == "-" and type(a.parts[1]) is int:
        return _sum(a.parts[0], b - a.parts[1])
    parts = a.parts if isinstance(a, Traced) and a.operator == "+" else (a,)
    return Traced(int(a) + int(b), "+", (*parts, b))


def _difference(a: int, b: int) -> int:
    if type(b) is int and b <= 0:
        return _sum(a, -b)
    return Traced(int(a) - int(b), "-", (a, b))


def _product(a: int, b: int) -> int:
    if _is(a, 0) or _is(b, 0):
        return 0
    if _is(a, 1) or _is(b, 1):
        return b if _is(a, 1) else a
    return Traced(int(a) * int(b), "x", (a, b))


def given(value: int, name: str, root: Root | None = None) -> Traced:
    """A number that a formula begins with."""
    return Traced(value, name=name, root=root)


_ALONE, _SUM, _SHARE, _PRODUCT, _POWER, _ATOM = range(6)
_RANKS: Final = {"+": _SUM, "-": _SUM, "/": _SHARE, "x": _PRODUCT, "%": _SHARE, "**": _POWER}
"""How tightly operators bind; a quotient within a product stands in brackets, as nothing is rounded there."""
_OPERATORS: Final = {
    "-": ("{} - {}", _SUM, _SHARE),
    "x": ("{} x {}", _PRODUCT, _PRODUCT),
    "//": ("floor({} / {})", _PRODUCT, _POWER),
    "ceil": ("ceil({} / {})", _PRODUCT, _POWER),
    "scaled": ("floor({} x {})", _PRODUCT, _PRODUCT),
    "/": ("{} / {}", _PRODUCT, _POWER),
    "%": ("{} % {}", _PRODUCT, _POWER),
    "**": ("{}^{}", _ATOM, _ATOM),
}
"""How an operator and its parts are written, and how tightly each part must bind to stand without brackets."""
_FUNCTIONS: Final = {"max": "max", "min": "min", "gcd": "gcd", "broadcast": "max"}
_LISTED: Final = 3
"""As many equal sizes are written one by one."""


def written(value: Any, *, numbers: bool = False, names: Mapping[str, str] | None = None) -> str:
    """The formula of a number with symbols, or with the numbers that they stand for.

    `names` gives other names for some. The text with numbers can be worked out as it stands: ``x`` multiplies, ``^``
    is a power, and ``/`` outside of `floor` and `ceil` leaves no remainder. A given 0 that is added, such as padding,
    does not stand in it. Sizes that have to be equal are written as that, and with numbers as the one that they are.

    >>> written((given(5, "kernel_size") - 1) * given(2, "dilation") + 1, numbers=True)
    '(5 - 1) x 2 + 1'
    """

    def text(part: Any, least: int = _ALONE) -> str:
        if not isinstance(part, Traced):
            shown = f"{part:g}" if isinstance(part, float) else str(part)
            return f"({shown})" if part < 0 and least > _ALONE else shown
        if not part.operator or part.operator == "named":
            return text(int(part), least) if numbers else (names or {}).get(part.name, part.name)
        if numbers and (kept := _without_nothing(part)) is not part:
            return text(kept, least)
        if part.operator == "broadcast" and len(set(map(int, part.parts))) == 1:
            return text(int(part)) if numbers else _equal([text(size) for size in part.parts])
        whole = _joined(part, text)
        return f"({whole})" if _RANKS.get(part.operator, _ATOM) < least else whole

    return text(value)


def _without_nothing(value: Traced) -> Any:
    """A sum without the parts of it that are a given 0."""
    if value.operator == "-" and _is_nothing(value.parts[1]):
        return value.parts[0]
    if value.operator != "+" or not any(map(_is_nothing, value.parts)):
        return value
    kept = tuple(part for part in value.parts if not _is_nothing(part)) or value.parts[:1]
    return Traced(int(value), "+", kept) if len(kept) > 1 else kept[0]


def _is_nothing(value: Any) -> bool:
    """Whether a number is 0 because one is given that is, and not by its own sizes."""
    if value != 0 or not isinstance(value, Traced):
        return False
    return value.operator in ("", "named") or (value.operator == "x" and any(map(_is_nothing, value.parts)))


def _equal(texts: list[str]) -> str:
    """Sizes that are equal.

    >>> _equal(["H_1", "H_2"]), _equal(["H_1", "H_2", "H_3", "H_4"])
    ('H_1 = H_2', 'H_1 = ... = H_4')
    """
    return " = ".join(texts if len(texts) <= _LISTED else [texts[0], "...", texts[-1]])


def _joined(value: Traced, text: Callable[[Any, int], str]) -> str:
    """An operator between, or a function around, the texts of its parts."""
    if value.operator in _FUNCTIONS:
        return f"{_FUNCTIONS[value.operator]}({', '.join(text(part, _ALONE) for part in value.parts)})"
    if value.operator == "+":
        return " + ".join(text(part, _SUM) for part in value.parts)
    pattern, left, right = _OPERATORS[value.operator]
    return pattern.format(text(value.parts[0], left), text(value.parts[1], right))


def definitions(value: Any) -> Iterator[Traced]:
    """The named parts of a formula, what they are made of first; a name may come more than once.

    >>> from cnncalc.geometry.window import Window
    >>> window = Window(given(3, "kernel_size"), dilation=given(2, "dilation"))
    >>> [part.name for part in definitions(window.positions(given(8, "H_in")))]
    ['extent', 'positions']
    """
    if not isinstance(value, Traced):
        return
    for part in value.parts:
        yield from definitions(part)
    if value.operator == "named":
        yield value


def made_of(value: int) -> Any:
    """What a name stands for; a number without a name stands for itself."""
    return value.parts[0] if isinstance(value, Traced) and value.operator == "named" else value


class Formula(NamedTuple):
    """A line of an explanation: ``left = symbols = numbers = result``.

    `quantity` says what it is of, `axes` along which spatial axes it holds, and `note` what is remarkable about it.
    """

    quantity: str
    left: str
    symbols: str
    numbers: str
    result: int
    axes: tuple[str, ...] = ()
    note: str = ""


def formula(
    quantity: str, left: str, value: int, *, axes: tuple[str, ...] = (), note: str = "", names: Mapping[str, str]
) -> Formula:
    """The formula of a number; `names` gives other names for some of its parts.

    >>> formula("parameters", "parameters", given(6, "C_in") * 25, names={}).numbers
    '6 x 25'
    """
    whole = made_of(value)
    symbols = written(whole, names=names)
    return Formula(quantity, left, symbols, written(whole, numbers=True), int(value), axes, note)
