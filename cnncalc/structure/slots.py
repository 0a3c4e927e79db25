"""Values that differ between stretches of entries: as parameters of a block, or variables of a loop."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from cnncalc.naming import numbered
from cnncalc.structure.constants import StandIn
from cnncalc.structure.options import same
from cnncalc.structure.program import Expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Vector = Sequence[Any]
    """A value for each of the stretches."""

MISSING: Final = object()
"""The value of what is not there in one of the stretches."""
NUMBER: Final = "number"
"""What a variable is called that stands in names, where `index` means something else."""
MOST: Final = 8
"""The largest factor between two values that is written as one."""

CHANNELS: Final = "channels"
_KINDS: Final = frozenset(
    {"constant", "depth", "dilation", "dim", "ep", "kernel", "letter", "momentum", "number", "p", "padding"}
    | {"rate", "scale", "shape", "size", "stride"}
)
"""The sorts of numbers, by the last word of the names of options, that are no numbers of channels."""
_SHORT: Final = {
    "out_channels": "width",
    "out_features": "features",
    "kernel_size": "kernel",
    "scale_factor": "scale",
    "squeeze_channels": "squeeze",
    "value": "constant",
    "size": "out_size",
    "shape": "out_shape",
}
"""What the parameter of an option is called, where its own name is long or means something else in expressions."""
_TAKEN: Final = frozenset(
    {
        *("abs", "ceil", "channels", "floor", "int", "len", "make_divisible", "max", "min", "range", "round", "size"),
        *("sum", "in_channels", "in_shape", "index", "and", "else", "for", "if", "in", "not", "or", "true", "false"),
        *("null", "at", "i", "from", "input", "layers", "name", "parameters", "previous", "share", "trainable", "type"),
        *("value", "when"),
    }
)
"""Names that mean something else, in expressions or as a key of an entry."""


class Mismatch(Exception):  # noqa: N818 - no fault of anyone's: these stretches are no repetition
    """That stretches cannot be one text with parameters."""


class Slots:
    """The parameters that several stretches need to be one text, each with its value in each stretch.

    `numbered` says that the stretches are rounds of a loop, which `index` counts.
    """

    def __init__(self, stretches: int, *, numbered: bool, avoid: frozenset[str], plan: Slots | None = None) -> None:
        """`plan` are those that were found to be needed, when it was not known yet that they are."""
        self.count = stretches
        self.numbered = numbered
        self.avoid = avoid | _TAKEN
        self.plan = Counter() if plan is None else plan.wanted
        known = {} if plan is None else plan.bases
        self.numbers = [plan.vectors[name] for name, base in known.items() if plan is not None and base == NUMBER]
        """Those of names that some need as a variable, and all use then."""
        self.dilations = [plan.vectors[name] for name, base in known.items() if plan is not None and base == "dilation"]
        """Those of windows, which say more of the padding that comes before them."""
        self.wanted: Counter[str] = Counter()
        self.vectors: dict[str, list[Any]] = {}
        self.bases: dict[str, str] = {}
        """What each parameter is called where there is one of its kind."""
        self.inside = 0
        """How many loops stand around, in whose rounds `index` means something else."""

    def value(self, vector: Vector, option: str, path: Sequence[str], arriving: Vector = ()) -> Any:
        """The one value, or the expression for all; raises `Mismatch`."""
        present = [value for value in vector if value is not MISSING]
        if all(same(value, present[0]) for value in present):
            known = self.vectors.get(option) if MISSING in vector else None
            is_known = known is not None and _agree(vector, known)
            return Expression(option) if is_known else present[0]
        # Constants are no variables of a loop: a reader would look for each of them in a long list of long lists.
        if any(isinstance(value, Expression) or (isinstance(value, StandIn) and self.numbered) for value in present):
            raise Mismatch
        found = self.expression(vector, option, arriving)
        return Expression(self.new(vector, option, path) if found is None else found)

    def expression(self, vector: Vector, option: str = "out_channels", arriving: Vector = ()) -> str | None:
        """How the values of an option follow from the parameters so far or from the channels that arrive.

        None where they do not: only numbers of one kind follow from each other, such as those of channels.
        """
        kind = _kind(option)
        for name, known in self.vectors.items():
            if _agree(vector, known) and kind == _kind(name):
                return name
        channels = list(arriving) if arriving and None not in arriving else None
        channels = channels if kind == CHANNELS else None
        if channels is not None and _ratio(vector, channels) == (1, 1):
            return "in_channels"
        if kind == "padding":
            return self._padding(vector)
        sources = [(name, known) for name, known in self.vectors.items() if _kind(name) == kind]
        sources += [("in_channels", channels)] if channels is not None and len(set(channels)) > 2 else []
        for name, known in sources:
            ratio = _ratio(vector, known)
            if ratio is not None:
                times, over = ratio
                return f"{times} * {name}" if over == 1 else f"{name} // {over}"
        return None

    def _padding(self, vector: Vector) -> str | None:
        """The padding that keeps the size of a map, by the kernel and where there is one the dilation."""
        kernels = [(name, known) for name, known in self.vectors.items() if _kind(name) == "kernel"]
        for name, known in kernels:
            if _is_half(vector, known):
                return f"{name} // 2"
        for dilations in self.dilations:
            for name, known in kernels:
                if all(
                    MISSING not in (a, k, d) and a == d * (k // 2)
                    for a, k, d in zip(vector, known, dilations, strict=True)
                ):
                    word = self.expression(dilations, "dilation") or self.new(dilations, "dilation", ())
                    return f"{word} * ({name} // 2)"
        return None

    def new(self, vector: Vector, option: str, path: Sequence[str]) -> str:
        """The name of a parameter of its own."""
        base = _SHORT.get(option, option)
        self.wanted[base] += 1
        name = next(name for name in self._names(base, path) if name not in self.vectors and name not in self.avoid)
        present = [value for value in vector if value is not MISSING]
        self.bases[name] = base
        self.vectors[name] = [present[0] if value is MISSING else value for value in vector]
        return name

    def _names(self, base: str, path: Sequence[str]) -> Iterator[str]:
        """Names for a parameter: where several have one, they are told apart by the layer."""
        place = re.sub(r"(?:\{[^}]*\}|\W|_)+", "_", "_".join(path)).strip("_")
        if self.plan[base] > 1 and place:
            if place[0].isdigit():
                yield f"{base}_{place}"
            else:
                # Of a path of layers the width is what is said of it.
                short = f"{place}{base.removeprefix('width')}"
                yield from [short] * (base.partition("_")[0] == "width" and short not in _TAKEN)
                yield f"{place}_{base}"
        yield from numbered(base)

    def number(self, vector: Vector, word: str) -> int | Expression:
        """One number for all, or the expression of one that follows the round; raises `Mismatch`."""
        numbers = [value for value in vector if isinstance(value, int)]
        if self.numbered and len(numbers) == len(vector) and numbers[0] != numbers[1]:
            return Expression(self._number(numbers))
        value = self.value(vector, word, ())
        return value if isinstance(value, Expression) else int(value)

    # Names

    def text(self, words: Sequence[str | None]) -> str | None:
        """One name for all, in which a number follows the round; raises `Mismatch`."""
        if all(word == words[0] for word in words):
            return words[0]
        if not self.numbered or None in words:
            raise Mismatch
        split = [re.split(r"(\d+)", word) for word in words if word is not None]
        if any(len(parts) != len(split[0]) for parts in split):
            raise Mismatch
        pieces: list[str] = []
        for at, parts in enumerate(zip(*split, strict=True)):
            if all(part == parts[0] for part in parts):
                pieces.append(parts[0])
            elif at % 2 == 0:
                pieces.append(self._letter(parts, "".join(pieces)))
            elif any(part != str(int(part)) for part in parts):
                raise Mismatch
            else:
                before = "".join(pieces)
                number = self._number([int(part) for part in parts])
                pieces.append(number if before.count("{") > before.count("}") else f"{{{number}}}")
        return "".join(pieces)

    def _letter(self, parts: Sequence[str], before: str) -> str:
        """What stands behind a number, if it begins with a letter that follows the round: ``block2{letter}_bn``."""
        rest = parts[0][1:]
        is_lettered = all(part[:1].islower() and part[1:] == rest for part in parts) and not rest[:1].isalpha()
        if not before or before.count("{") > before.count("}") or not is_lettered:
            raise Mismatch
        letters = [part[0] for part in parts]
        known = next((name for name, vector in self.vectors.items() if vector == letters), None)
        return f"{{{known or self.new(letters, 'letter', ())}}}{rest}"

    def _number(self, numbers: list[int]) -> str:
        """The expression of a number that follows the round."""
        step = numbers[1] - numbers[0]
        is_even = all(b - a == step for a, b in pairwise(numbers))
        if self.inside or not is_even or numbers in self.numbers:
            known = next((name for name, vector in self.vectors.items() if vector == numbers), None)
            return known or self.new(numbers, NUMBER, ())
        start = numbers[0]
        if step < 0:
            return f"{start} - index" if step == -1 else f"{start} - {-step} * index"
        times = "index" if step == 1 else f"{step} * index"
        return f"{times} + {start}" if start else times


def _kind(option: str) -> str:
    """What sort of number an option has, or a parameter that is called after it.

    >>> _kind("out_channels"), _kind("conv1_width"), _kind("kernel_size"), _kind("dw_stride"), _kind("letters")
    ('channels', 'channels', 'kernel', 'stride', 'letter')
    """
    word = _SHORT.get(option, option).rpartition("_")[2].removesuffix("s")
    if word in ("start", "end"):  # of a slice of channels, or of places along an axis
        return "place"
    return word if word in _KINDS else CHANNELS


def _agree(vector: Vector, known: Vector) -> bool:
    """Whether two vectors are equal where both have values."""
    return all(MISSING in (a, b) or same(a, b) for a, b in zip(vector, known, strict=True))


def _is_half(vector: Vector, known: Vector) -> bool:
    """Whether values are half as large as others, without a rest."""
    pairs = [(a, b) for a, b in zip(vector, known, strict=True) if MISSING not in (a, b)]
    return all(type(a) is int and type(b) is int and a == b // 2 for a, b in pairs)


def _ratio(vector: Vector, known: Vector) -> tuple[int, int] | None:
    """By which whole number all values are multiples of others, or parts of them; None where they are not."""
    pairs = [(a, b) for a, b in zip(vector, known, strict=True) if MISSING not in (a, b)]
    if not all(type(a) is int and type(b) is int and a > 0 and b > 0 for a, b in pairs):
        return None
    first, other = pairs[0]
    if first % other == 0 and all(a == b * (first // other) for a, b in pairs) and first // other <= MOST:
        return first // other, 1
    if other % first == 0 and all(b == a * (other // first) for a, b in pairs) and other // first <= MOST:
        return 1, other // first
    return None
