"""Short names of layers: papers write conv1, where frameworks have features.0 and stage1.conv1.conv."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.drawing.text_metrics import ELLIPSIS, SIZE, text_width
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST: Final = 58.0
"""The longest name in points, as a rule; longer ones are put in short."""


def plain_names(names: Sequence[str]) -> dict[str, str]:
    """Each name without the last part that most of them have in common, where they stay different without it.

    >>> list(plain_names(["input", "s1.0.conv", "s1.1.conv", "s2.conv", "fc"]).values())
    ['input', 's1.0', 's1.1', 's2', 'fc']
    """
    ends = [name.rpartition(".")[2] for name in names if "." in name]
    common = max(set(ends), key=lambda end: (ends.count(end), end), default="")
    if not common or ends.count(common) < 3 or ends.count(common) * 2 < len(names) or common.isdigit():
        return {name: name for name in names}
    found = {name: name.removesuffix(f".{common}") for name in names}
    return found if len(set(found.values())) == len(found) else {name: name for name in names}


def group_name(names: Sequence[str], longest: float = LONGEST) -> str:
    """One name for several layers in a row, which says only once what they have in common.

    >>> group_name(["conv3", "conv4"]), group_name(["level1.block1.conv1", "level1.block1.conv2"])
    ('conv3, conv4', 'l1.b1.conv1, 2')
    >>> ascii(group_name(["features.10", "features.12", "features.14"]))
    "'features.10 \\\\u2013 14'"
    """
    first, last = names[0], names[-1]
    if first == last:
        return short_name(first, longest)
    joint = ", " if len(names) == 2 else " \N{EN DASH} "
    parts, letters = _common(first, last)
    head, rest = first[:parts], first[parts:]
    candidates = [
        f"{first}{joint}{last[parts:]}",
        f"{first}{joint}{last[letters:]}",
        f"{_initials(head)}{rest}{joint}{last[letters:]}",
    ]
    return next((printable(text) for text in candidates if fits(text, longest)), _cut(candidates[-1], longest))


def fits(text: str, longest: float) -> bool:
    """Whether a bold text is no longer than that."""
    return text_width(printable(text), SIZE, bold=True) <= longest


def short_name(name: str, longest: float = LONGEST) -> str:
    """A name that is not too long: its first parts by their first letters, then without something in its middle.

    >>> short_name("features.0"), short_name("feature_extraction.stage1.conv1"), short_name("block1.depthwise_1x3")
    ('features.0', 'f_e.stage1.conv1', 'b1.depthwi…1x3')
    """
    parts = name.split(".")
    for count in range(len(parts)):
        brief = ".".join([*map(_initials, parts[:count]), *parts[count:]])
        if fits(brief, longest):
            return printable(brief)
    return _cut(".".join([*map(_initials, parts[:-1]), parts[-1]]), longest)


def _cut(name: str, longest: float) -> str:
    """A name without what is before a number at its end, or without its end."""
    text = printable(name[:200])
    found = re.search(r"\d[\w, \N{EN DASH}]{0,5}$", text)
    tail = found[0] if found else ""
    head = text[: len(text) - len(tail)]
    while head and not fits(head + ELLIPSIS + tail, longest):
        head = head[:-1]
    return head + ELLIPSIS + tail


def _initials(name: str) -> str:
    """The first letters of the words of a name, with the digits behind them.

    >>> _initials("features"), _initials("stage12"), _initials("layer1.0")
    ('f', 's12', 'l1.0')
    """
    return re.sub(r"([^\W\d_])[^\W\d_]*", r"\1", name)


def _common(first: str, last: str) -> tuple[int, int]:
    """The characters that two names begin with in common: whole parts alone, and up to a number or a letter.

    >>> _common("a.conv1", "a.conv12"), _common("conv3_1", "conv3_2"), _common("conv1", "pool1"), _common("3a", "3c")
    ((2, 6), (6, 6), (0, 0), (0, 1))
    """
    length = 0
    while length < min(len(first), len(last)) and first[length] == last[length]:
        length += 1
    while length and first[length - 1].isdigit() and (first[length:] + last[length:])[:1].isdigit():
        length -= 1
    parts = max((place + 1 for place in range(length) if first[place] in "._"), default=0)
    counts = all(rest.isdigit() or len(rest) == 1 for rest in (first[length:], last[length:]))
    return parts, length if counts else parts
