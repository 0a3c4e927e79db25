"""How attention reads the tokens of a sequence or a map: all of them, or those up to the place of the query.

Tokens are the positions along some axes, in a row whose last axis counts fastest. The axes of what is read need not
be those of the output: the queries may be a map and the keys a sequence.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc.geometry.reading import BoundedReading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.boxes import Box
    from cnncalc.shapes import Shape


class Tokens:
    """The axes of a tensor along which its tokens lie, in order, and how many there are along each."""

    __slots__ = ("axes", "sizes")

    def __init__(self, axes: Sequence[int], shape: Shape) -> None:
        self.axes = tuple(axes)
        self.sizes = tuple(shape[axis] for axis in axes)


class TokenReading(BoundedReading):
    """Each unit reads all tokens or, where it may see no later ones, those up to the number of its own token.

    `along` are the axes beside those of the tokens: by which access, and along which axis of the output, each is read.
    `accesses` are what receptive fields know of each axis of the input: along tokens, that the whole is read.

    >>> from cnncalc.geometry.access import SAME, Whole
    >>> from cnncalc.geometry.index_set import IndexSet, whole
    >>> image = Tokens((1, 2), (4, 3, 3))
    >>> reading = TokenReading([SAME, Whole(3), Whole(3)], {0: (SAME, 0)}, image, before=image)
    >>> [[list(axis.each()) for axis in box] for box in reading.sources((whole(1), whole(2), IndexSet.span(1, 1)))]
    [[[0], [0], [0, 1, 2]], [[0], [1], [0, 1]]]
    """

    __slots__ = ("along", "before", "tokens")

    def __init__(
        self,
        accesses: Sequence[Access],
        along: Mapping[int, tuple[Access, int]],
        tokens: Tokens,
        *,
        before: Tokens | None = None,
    ) -> None:
        """`before` are the tokens of the output, where each reads none later than itself; None where it reads all."""
        super().__init__(accesses)
        self.along = along
        self.tokens = tokens
        self.before = before

    @property
    def is_partial(self) -> bool:
        """Whether a unit reads no later tokens."""
        return self.before is not None

    def sources(self, wanted: Box) -> list[Box]:
        """A box for all tokens or, of those up to one, a box for each axis along which they end."""
        if not all(wanted):
            return []
        others = {axis: access.read_by(wanted[place]) for axis, (access, place) in self.along.items()}
        return [
            tuple((others | dict(zip(self.tokens.axes, box, strict=True)))[axis] for axis in range(len(self.accesses)))
            for box in _first_tokens(self._count(wanted), self.tokens.sizes)
        ]

    def _count(self, wanted: Box) -> int:
        """How many tokens these units read together: those of the last of them."""
        every = prod(self.tokens.sizes)
        if self.before is None:
            return every
        last = 0
        for axis, size in zip(self.before.axes, self.before.sizes, strict=True):
            last = last * size + wanted[axis].last
        return min(last + 1, every)


def _first_tokens(count: int, sizes: Sequence[int]) -> Iterator[Box]:
    """The boxes of which the first `count` tokens consist, of a row of all."""
    from cnncalc.geometry.index_set import IndexSet, whole

    start: Box = ()
    for number in range(len(sizes)):
        rest = sizes[number + 1 :]
        rows, count = divmod(count, prod(rest))
        if rows:
            yield (*start, whole(rows), *map(whole, rest))
        start = (*start, IndexSet.span(rows, rows))
        if not count:
            return
