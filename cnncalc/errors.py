"""Errors that a user can cause and repair.

Inner code states the bare fact by raising `LayerError`; the code that knows where the fact comes from in the
spec turns it, once, into a `CnncalcError` that names the file, line, column and layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from cnncalc.text import columns, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cnncalc.error_codes import Code

    Hint = str | Callable[[], str | None] | None
    """What to do about an error, or a function that finds out when the error is shown."""

EXCERPT_WIDTH = 100
NEAR = 0.7
"""The share of letters in common from which words are alike: `gru` and `glu` have 0.67, `rleu` and `relu` 0.75."""
MOST_COMPARED = 2000
"""Of more names than this, only some are compared with a word that is not known."""
LONGEST_MESSAGE = 1000
"""What is longer repeats some monstrous word of the input, and is cut when it is shown."""


class Place(NamedTuple):
    """A stretch of one line of a file: `line` and `column` count from 1, `length` in characters.

    In a file that has no lines, such as a model's, both are 0.
    """

    file: str
    line: int
    column: int
    length: int = 1
    text: str = ""


class CnncalcError(Exception):
    """Something in the input is wrong, and this says what, where and how to mend it.

    `str()` gives the whole text; `message`, `hint` and `place` give its parts. `notes` say more, some of them at
    further places, such as the line that used a block. Hint and place may be given as functions, which are called when
    they are read: many an error is caught and never shown. `code` is that of the kind of mistake, as in
    `error_codes.CODES`, and `layer` the full name of the layer that it is about, if it is about one.

    >>> print(CnncalcError("unknown layer type `cnv2d`", hint="did you mean `conv2d`?"))
    error: unknown layer type `cnv2d`
    hint: did you mean `conv2d`?
    """

    kind: ClassVar[Code] = "bad-value"
    """The code of an error that is raised without one."""

    def __init__(
        self,
        message: str,
        *,
        hint: Hint = None,
        place: Place | Callable[[], Place | None] | None = None,
        notes: Iterable[tuple[str, Place | None]] = (),
        code: Code | None = None,
        layer: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.kind
        self.layer = layer
        self._hint = hint
        self._place = place
        self.notes = tuple(notes)

    @property
    def parts(self) -> tuple[CnncalcError, ...]:
        """The mistakes that it tells of, each as an error: itself, unless it tells of several."""
        return (self,)

    @property
    def hint(self) -> str | None:
        """What to do, if that is known."""
        if callable(self._hint):
            self._hint = self._hint()
        return self._hint

    def append_note(self, text: str, place: Place | None = None) -> None:
        """Say more on the way to whoever shows the error, and at which further place."""
        self.notes = (*self.notes, (text, place))

    @property
    def place(self) -> Place | None:
        """Where it is, if that is one place."""
        if callable(self._place):
            self._place = self._place()
        return self._place

    def __str__(self) -> str:
        lines = _located("error", self.message, self.place)
        for text, place in self.notes:
            lines += _located("note", text, place)
        if self.hint:
            lines += _located("hint", self.hint, None)
        return "\n".join(lines)


class LayerError(Exception):
    """A bare fact about one layer: an option that cannot be, or an input that cannot pass.

    `option` names the option at fault, if one is, and `code` the kind of mistake: `unknown-option` where the layer has
    none of that name. `too_small` says that a larger input would pass.
    """

    def __init__(
        self,
        fact: str,
        *,
        option: str | None = None,
        hint: str | None = None,
        too_small: bool = False,
        code: Code = "bad-value",
    ) -> None:
        super().__init__(fact)
        self.fact = fact
        self.option = option
        self.hint = hint
        self.too_small = too_small
        self.code = code

    def __str__(self) -> str:
        """The fact and the hint, as who makes a layer in Python reads it."""
        return f"{self.fact}\nhint: {self.hint}" if isinstance(self.hint, str) else self.fact


class RefusedError(ValueError):
    """A value that an option, or a parameter of a framework's class, does not allow.

    The fact follows its name in the error that is made of it where the place is known.
    """

    def __init__(self, fact: str, hint: str | None = None) -> None:
        super().__init__(fact)
        self.hint = hint


def _located(kind: str, message: str, place: Place | None) -> list[str]:
    message = message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"
    if place is None:
        return [f"{kind}: {printable(message)}"]
    where = f"{place.file}:{place.line}:{place.column}" if place.line else place.file
    return [f"{kind}: {printable(f'{where}: {message}')}", *_excerpt(place)]


def _excerpt(place: Place) -> list[str]:
    """The line at fault with the stretch underlined; a window of it where the line is long."""
    if not place.text.strip():
        return []
    start = place.column - 1
    first = max(0, start - EXCERPT_WIDTH)  # what is further away would not be shown, and spelling takes time
    line = place.text[first : start + 2 * EXCERPT_WIDTH].replace("\t", " ")
    begin, end = (len(printable(line[: at - first])) for at in (start, start + max(place.length, 1)))
    text = printable(line)
    left = max(0, min(begin - EXCERPT_WIDTH // 2, len(text) - EXCERPT_WIDTH))
    excerpt = text[left : left + EXCERPT_WIDTH]
    if left:
        excerpt = "…" + excerpt[1:]
    if left + EXCERPT_WIDTH < len(text):
        excerpt = excerpt[:-1] + "…"
    marker = " " * columns(excerpt[: begin - left]) + "^" * max(1, columns(excerpt[begin - left : end - left].rstrip()))
    return [f"{place.line:>5} | {excerpt.rstrip()}", f"      | {marker}"]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like `word`, or None where none is near: a wrong guess is worse than none.

    >>> nearest("kernal_size", ["kernel_size", "stride"]), nearest("convd2", ["conv3d", "conv2d"])
    ('kernel_size', 'conv2d')
    >>> nearest("matmul", ["maximum", "multiply"]) is nearest("gru", ["glu", "relu"]) is None
    True
    """
    import difflib

    by_folded = {name.lower(): name for name in known}
    folded = word.lower()[:100]
    found = difflib.get_close_matches(folded, _candidates(folded, list(by_folded)), cutoff=NEAR)
    swapped = (name for name in found if sorted(name) == sorted(folded))
    best = next(swapped, found[0] if found else None)
    return None if best is None else by_folded[best]


def _candidates(word: str, names: list[str]) -> list[str]:
    """The names or, of very many, those that begin or end most like the word: to compare them all would take long."""
    if len(names) <= MOST_COMPARED:
        return names
    from bisect import bisect

    found: dict[str, None] = {}
    for turn in (1, -1):
        ordered = sorted(name[::turn] for name in names)
        place = bisect(ordered, word[::turn])
        neighbours = ordered[max(place - MOST_COMPARED // 4, 0) : place + MOST_COMPARED // 4]
        found.update(dict.fromkeys(name[::turn] for name in neighbours))
    return list(found)


def did_you_mean(word: str, known: Iterable[str], what: str = "known") -> str | None:
    """A hint for an unknown word: the nearest known one or, where there are few, all of them.

    >>> did_you_mean("strid", ["kernel_size", "stride"])
    'did you mean `stride`?'
    """
    names = list(known)
    best = nearest(word, names)
    if best is not None:
        return f"did you mean `{best}`?"
    if not names or len(names) > 24:
        return None
    return f"{what}: " + ", ".join(names)


def value_text(value: object) -> str:
    """A value as a person wrote it in YAML, cut where it is long.

    >>> value_text(True), value_text("same"), value_text(10**40), value_text([1, None])
    ('true', "'same'", '10000000000000000…', '[1, null]')
    """
    if value is None or isinstance(value, bool):
        text = {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, int):
        text = (
            str(value) if abs(value) < 10**17 else f"{str(value)[:17]}…" if abs(value) < 10**4000 else "a huge number"
        )
    elif isinstance(value, (list, tuple)):
        text = "[" + ", ".join(value_text(item) for item in value[:8]) + (", …]" if len(value) > 8 else "]")
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key}: {value_text(item)}" for key, item in list(value.items())[:4]) + "}"
    else:
        text = printable(repr(value[:100] if isinstance(value, str) else value))
    return text if len(text) <= 60 else text[:59] + "…"


def shape_text(shape: Iterable[int]) -> str:
    """A shape as the tables and errors print it.

    >>> shape_text((3, 224, 224))
    '3 x 224 x 224'
    """
    return " x ".join(map(str, shape))


def enumerated(words: Sequence[str], joint: str = "and") -> str:
    """Words as a sentence enumerates them, with `joint` before the last.

    >>> enumerated(["height", "width"]), enumerated(["npy", "npz", "png"], "or"), enumerated(["json"])
    ('height and width', 'npy, npz or png', 'json')
    """
    return f" {joint} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def first_of(words: Sequence[str], most: int) -> str:
    """The first words of a list, and how many there are more.

    >>> first_of(["conv1", "conv2", "conv3", "conv4"], 2), first_of(["conv1", "conv2"], 2)
    ('conv1, conv2 and 2 more', 'conv1, conv2')
    """
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return f"{', '.join(words[:most])}{more}"
