"""The options of a layer: what a spec may write for them, checked and brought into one form.

An `Option` is a field of a layer class. Its kind turns a plain value, as YAML gives it, into the value that the
layer keeps, or raises `ValueError` with the words that follow the option's name in the error.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar, Final

from cnncalc.errors import RefusedError, enumerated, nearest, value_text
from cnncalc.shapes import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PerAxis = tuple[int, ...]
"""One value for each spatial axis or, where there is only one value, for all of them."""

Pads = tuple[tuple[int, int], ...]
"""Padding before and after, for each spatial axis or, where there is only one pair, for all of them."""


PLAIN: Final = frozenset({int, float, str, bool, list, dict, type(None)})
"""The types of the values that YAML gives."""


def as_plain(value: Any) -> Any:
    """A value from Python as YAML would give it: a list for a tuple or an array, its own number for NumPy's.

    >>> as_plain((3, (0, 1)))
    [3, [0, 1]]
    """
    if isinstance(value, (tuple, list)):
        return [as_plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


class Kind:
    """Checks a plain value and returns what the layer keeps; `text` describes what is allowed."""

    makes_layers: ClassVar[bool] = False
    """Whether the value is a layer, such as an activation."""

    @property
    def text(self) -> str:
        """What is allowed, to follow "must be"."""
        raise NotImplementedError

    def __call__(self, value: object, /) -> Any:
        """The value that the layer keeps; raises `ValueError`."""
        raise NotImplementedError


class _Required:
    def __repr__(self) -> str:
        return "required"


LARGEST: Final = 1e300
"""The largest number, up or down, that an option may be."""

REQUIRED: Final = _Required()


class Option:
    """One option of a layer class: its kind, default, meaning, and the names other programs give it."""

    __slots__ = ("aliases", "default", "kind", "meaning", "name")

    def __init__(self, kind: Kind, default: object, meaning: str, aliases: Sequence[str]) -> None:
        self.name = ""
        """The name of the field that it is, which the class body gives it."""
        self.kind = kind
        self.default = default
        self.meaning = meaning
        self.aliases = aliases

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def required(self) -> bool:
        """Whether the spec must give it."""
        return self.default is REQUIRED


def option(
    kind: Kind, *, default: object = REQUIRED, meaning: str = "", aliases: Sequence[str] = (), **_: object
) -> Any:
    """Declare an option as a field of a layer class.

    A default is written as the layer keeps it. `aliases` are the names of other programs, which errors translate.
    """
    return Option(kind, default, meaning, aliases)


def wrong(kind: Kind, value: object) -> ValueError:
    """The error for a value that the kind does not allow."""
    return ValueError(f"must be {kind.text}, not {value_text(value)}")


class TooLargeError(ValueError):
    """An integer beyond anything that an option can be; a list that it stands in says the same of it."""


class Integer(Kind):
    """An integer within bounds; 48.0 counts as 48.

    >>> Integer(1)(48.0)
    48
    """

    def __init__(self, minimum: int | None = None, maximum: int = MAX_SIZE) -> None:
        self.minimum = minimum
        self.maximum = maximum

    @property
    def text(self) -> str:
        """What is allowed."""
        return "an integer" if self.minimum is None else f"an integer of at least {self.minimum}"

    def __call__(self, value: object) -> int:
        """The integer, checked."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise wrong(self, value)
        if self.minimum is not None and value < self.minimum:
            raise wrong(self, value)
        if abs(value) > self.maximum:
            raise TooLargeError(f"must be at most {self.maximum}, not {value_text(value)}")
        return value


class Number(Kind):
    """A finite number, not below `minimum` or, where `above` is given, above it."""

    def __init__(self, *, minimum: float | None = None, above: float | None = None, maximum: float | None = None):
        self.minimum = minimum
        self.above = above
        self.maximum = maximum

    @property
    def text(self) -> str:
        """What is allowed."""
        if self.above is not None:
            return f"a number above {self.above:g}"
        if self.minimum is not None and self.maximum is not None:
            return f"a number from {self.minimum:g} to {self.maximum:g}"
        return "a number" if self.minimum is None else f"a number of at least {self.minimum:g}"

    def __call__(self, value: object) -> float:
        """The number as a float, checked."""
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or abs(value) > LARGEST
            or not isfinite(value)
        ):
            raise wrong(self, value)
        low = self.above is not None and value <= self.above
        if low or (self.minimum is not None and value < self.minimum):
            raise wrong(self, value)
        if self.maximum is not None and value > self.maximum:
            raise wrong(self, value)
        return float(value)


class Boolean(Kind):
    """`true` or `false`."""

    text = "true or false"

    def __call__(self, value: object) -> bool:
        """The truth value, checked."""
        if not isinstance(value, bool):
            raise wrong(self, value)
        return value


class Choice(Kind):
    """One of several words; `meant` has words of other programs, and which of these they stand for."""

    def __init__(self, *words: str, meant: Mapping[str, str] | None = None) -> None:
        self.words = words
        self.meant = meant or {}

    @property
    def text(self) -> str:
        """What is allowed."""
        return enumerated(self.words, "or")

    def __call__(self, value: object) -> str:
        """The word, checked."""
        if value not in self.words:
            ours = self.meant.get(value) if isinstance(value, str) else None
            raise RefusedError(str(wrong(self, value)), ours and f"it is called `{ours}` here")
        return str(value)


class ListOf(Kind):
    """A list with an item kind and, if wanted, a least length; a single item counts as a list of one.

    Where `null` says what it means, null may stand for an item. With `number` a single item is no list, but a number
    of something, and stays as it is.
    """

    def __init__(self, item: Kind, minimum: int = 1, *, null: str | None = None, number: bool = False) -> None:
        self.item = item
        self.minimum = minimum
        self.null = null
        self.number = number

    @property
    def text(self) -> str:
        """What is allowed."""
        null = f"; null {self.null}" if self.null else ""
        return f"{self.item.text}, or a list of such{null}"

    def __call__(self, value: object) -> Any:
        """The items, checked, or the number."""
        if self.number and not isinstance(value, list):
            return _item(self, self.item, value, value)
        items = value if isinstance(value, list) else [value]
        if len(items) < self.minimum:
            raise wrong(self, value)
        return tuple(None if item is None and self.null else _item(self, self.item, item, value) for item in items)


class Sizes(Kind):
    """One integer for all spatial axes, or a list with one per axis, kept as a tuple.

    Where `null` says what it means, null may stand for an integer. A `square` integer is one of height and width.

    >>> Sizes(1)(3), Sizes(1)([3, 5]), Sizes(1, null="keeps an axis' size")([None, 5]), Sizes(1, square=True)(3)
    ((3,), (3, 5), (None, 5), (3, 3))
    """

    def __init__(self, minimum: int, *, null: str | None = None, square: bool = False) -> None:
        self.item = Integer(minimum)
        self.null = null
        self.square = square

    @property
    def text(self) -> str:
        """What is allowed."""
        null = f"; null {self.null}" if self.null else ""
        square = " for height and width" if self.square else ""
        return f"{self.item.text}{square}, or a list of one per axis{null}"

    def __call__(self, value: object) -> tuple[Any, ...]:
        """The sizes, checked."""
        items = value if isinstance(value, list) and 1 <= len(value) <= 3 else [value] * (1 + self.square)
        return tuple(None if item is None and self.null else _item(self, self.item, item, value) for item in items)


class Padding(Kind):
    """An integer, one per axis, `[[before, after], ...]` per axis, or one of `words`.

    >>> Padding("valid", "same")(1), Padding("valid", "same")("valid"), Padding()([[0, 1], [2, 2]])
    (((1, 1),), ((0, 0),), ((0, 1), (2, 2)))
    """

    def __init__(self, *words: str, minimum: int | None = 0) -> None:
        self.words = words
        self.item = Integer(minimum)

    @property
    def text(self) -> str:
        """What is allowed."""
        words = "".join(f", {word}" for word in self.words[:-1]) + (f" or {self.words[-1]}" if self.words else "")
        return f"{self.item.text}, one per axis, [[before, after], ...] per axis{words}"

    def __call__(self, value: object) -> Pads | str:
        """The pads, checked, or the word."""
        if isinstance(value, str):
            return self._word(value)
        if isinstance(value, list):
            if not 1 <= len(value) <= 3:
                raise wrong(self, value)
            return tuple(self._pair(item, value) for item in value)
        return (self._pair(value, value),)

    def _word(self, value: str) -> Pads | str:
        if value not in self.words:
            best = nearest(value, self.words)
            raise RefusedError(str(wrong(self, value)), f"did you mean `{best}`?" if best else None)
        return ((0, 0),) if value == "valid" else value

    def _pair(self, item: object, whole: object) -> tuple[int, int]:
        if isinstance(item, list):
            if len(item) != 2:
                raise wrong(self, whole)
            return _item(self, self.item, item[0], whole), _item(self, self.item, item[1], whole)
        pad = _item(self, self.item, item, whole)
        return pad, pad


class Name(Kind):
    """The name of an earlier layer."""

    text = "the name of an earlier layer"

    def __call__(self, value: object) -> str:
        """The name, checked."""
        if not isinstance(value, str) or not value:
            raise wrong(self, value)
        return value


def _item(outer: Kind, kind: Callable[[object], Any], item: object, whole: object) -> Any:
    """An item of a composed value, with errors that show the whole of it where the item's own error would not."""
    try:
        return kind(item)
    except TooLargeError:
        raise
    except ValueError:
        raise wrong(outer, whole) from None
