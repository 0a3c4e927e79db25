"""The topics of the guide."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.guide.markup import Block, Heading, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

TOPICS: Final = (
    *("spec", "layers", "groups", "loops", "expressions", "parameters", "blocks", "arrays", "padding"),
    *("figures", "steps", "files", "import", "export", "drawing", "page", "sessions", "kernels", "one-line"),
)
"""The names of the topics, in the order in which they are to be read."""

WORDS: Final = {
    "residual": "groups",
    "parallel": "groups",
    "scope": "groups",
    "repeat": "loops",
    "for": "loops",
    "when": "layers",
    "activation": "layers",
    "merge": "layers",
    "name": "spec",
    "from": "spec",
    "weight": "spec",
    "variants": "parameters",
    "inputs": "blocks",
    "spec": "blocks",
    "share": "arrays",
    "trainable": "arrays",
    "frozen": "arrays",
}
"""The words of the language that have a section of that name, and the topic that it is in."""


TOLD: Final = {
    "drawing": "figure picture pictures image diagram plot latex tikz svg png pdf overleaf slide slides powerpoint "
    "theme themes colour colours color colors font fonts width style styles volumes levels fan growth paper papers",
    "page": "browser html website blog offline",
    "steps": "step numbers lecture teaching im2col toeplitz matrix matrices convolution cross-correlation",
    "figures": "flops macs buffers bytes counting",
    "explain": "formula formulas equation equations katex mathjax amsmath align",
}
"""Words that are looked for, by the topic or the command that tells of them."""


class Topic(NamedTuple):
    """A topic, or a section of one: its name, what it is about in a line, and its text."""

    name: str
    summary: str
    blocks: tuple[Block, ...]

    @property
    def beginning(self) -> tuple[Block, ...]:
        """The text before the first heading: the essence, with an example."""
        return self.blocks[: next(_headings(self.blocks), len(self.blocks))]


def topic(name: str) -> Topic:
    """The topic of a name, one of `TOPICS`.

    >>> topic("padding").summary
    'numbers and words for what is added at the borders'
    """
    with open(os.path.join(os.path.dirname(__file__), f"{name}.md"), encoding="utf-8") as file:
        title, *blocks = parse(file.read())
    assert isinstance(title, Heading)
    return Topic(name, title.text.removeprefix(f"{name}: "), tuple(blocks))


def topics() -> tuple[Topic, ...]:
    """All topics, in the order in which they are to be read."""
    return tuple(map(topic, TOPICS))


def section(word: str) -> Topic:
    """The section that tells of a word of the language, one of `WORDS`.

    >>> section("repeat").summary
    'a section of `cnncalc help loops`'
    """
    around = topic(WORDS[word])
    starts = list(_headings(around.blocks))
    start = next(number for number in starts if around.blocks[number] == Heading(2, word))
    end = next((number for number in starts if number > start), len(around.blocks))
    return Topic(word, f"a section of `cnncalc help {around.name}`", around.blocks[start + 1 : end])


def _headings(blocks: tuple[Block, ...]) -> Iterator[int]:
    """Where the headings stand."""
    return (number for number, block in enumerate(blocks) if isinstance(block, Heading))
