"""Which class of PyTorch or Keras a word names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import did_you_mean
from cnncalc.frameworks.keras import KERAS
from cnncalc.frameworks.pytorch import PYTORCH

if TYPE_CHECKING:
    from cnncalc.frameworks.rows import Framework, Row

FRAMEWORKS: Final = (PYTORCH, KERAS)
_KEYWORDS: Final = re.compile(r"([A-Za-z_]\w*)\s*=")
_WORDS: Final = re.compile(r"\"[^\"]*\"|'[^']*'|[A-Za-z_][\w.]*")


class Known(NamedTuple):
    """A class: its framework, its name without prefix, and what is known of it."""

    framework: Framework
    name: str
    row: Row


def find(word: str, line: str) -> Known | None:
    """The class that a word of a line names; None where there is none.

    Of a class that both frameworks have, it is that of its prefix, or else of the framework that alone has the line's
    other classes, or whose class alone has the parameters that the line names; if that tells nothing, PyTorch's.

    >>> lines = ("Dropout(0.1)", "Dropout(0.1) | Dense(10)", "Dropout(rate=0.1)")
    >>> [find("Dropout", line).framework.name for line in lines]
    ['PyTorch', 'Keras', 'Keras']
    """
    frameworks, name = _having(word), _without_prefix(word)[1]
    if len(frameworks) > 1:
        frameworks = [known for known in frameworks if known.name in _told_by(line)] or frameworks
    if len(frameworks) > 1:
        named = _keywords(line) & {parameter for known in frameworks for parameter in known.rows[name].positions}
        frameworks = [known for known in frameworks if named.issubset(known.rows[name].positions)] or frameworks
    if not frameworks:
        return None
    return Known(frameworks[0], name, frameworks[0].rows[name])


@lru_cache(maxsize=1)
def _told_by(line: str) -> frozenset[str]:
    """The names of the frameworks that alone have some class of the line."""
    return frozenset(of[0].name for word in set(_WORDS.findall(line)) if len(of := _having(word)) == 1)


@lru_cache(maxsize=1)
def _keywords(line: str) -> frozenset[str]:
    """The words that stand before an equals sign."""
    return frozenset(_KEYWORDS.findall(line))


def hint(word: str) -> str | None:
    """What is written instead of a word that names no class, or the nearest one."""
    from cnncalc.layers.other_words import advice

    prefixed, name = _without_prefix(word)
    # Where two differ by case alone, the last is found, which is PyTorch's.
    return advice(name) or did_you_mean(name, [known for framework in reversed(prefixed) for known in framework.rows])


def _having(word: str) -> list[Framework]:
    """The frameworks that have the class."""
    frameworks, name = _without_prefix(word)
    return [known for known in frameworks if name in known.rows]


def _without_prefix(word: str) -> tuple[tuple[Framework, ...], str]:
    """The frameworks that a word's prefix leaves, and the word without it."""
    for known in FRAMEWORKS:
        for prefix in known.prefixes:
            if word.startswith(prefix):
                return (known,), word.removeprefix(prefix)
    return FRAMEWORKS, word
