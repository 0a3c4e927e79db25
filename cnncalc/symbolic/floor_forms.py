"""Nested floor-affine functions ``n -> floor((a n + b) / c)`` of an input's size, their composition and inverse.

Each convolution or pooling along an axis is one such function; a chain of them collapses to one, as

    floor((floor((n + a) / s) + b) / t) = floor((n + a + s b) / (s t)).

A factor outside of a floor, as after upsampling, cannot be moved inside, and the functions stay nested.
"""

from __future__ import annotations

from math import gcd
from typing import Final, NamedTuple

from cnncalc.symbolic.traced import as_symbol

LARGEST_FACTOR: Final = 2**64
"""The largest factor in a form: a larger one has no use, as axes end at 2**31, and would fill memory in deep chains."""

DEEPEST: Final = 32
"""The most floors that may be nested."""


class FloorStep(NamedTuple):
    """``floor((times n + plus) / over)``.

    >>> FloorStep(1, -7, 4).at(227), FloorStep(1, -7, 4).inverse(55, 55)
    (55, (227, 230))
    """

    times: int
    plus: int
    over: int

    def at(self, size: int) -> int:
        """The value for an input of that size."""
        return (self.times * size + self.plus) // self.over

    def inverse(self, first: int, last: int) -> tuple[int, int]:
        """The first and last input with a value from `first` to `last`; the last is smaller if there is none."""
        low = -((self.plus - self.over * first) // self.times)
        return low, (self.over * last + self.over - 1 - self.plus) // self.times

    def after(self, earlier: FloorStep) -> FloorStep | None:
        """The composition, `earlier` first, as one floor; None where one floor does not suffice.

        >>> FloorStep(1, -1, 2).after(FloorStep(1, -7, 4))
        FloorStep(times=1, plus=-11, over=8)
        """
        if earlier.over == 1:
            joined = FloorStep(self.times * earlier.times, self.times * earlier.plus + self.plus, self.over)
        elif self.times == 1:
            joined = FloorStep(earlier.times, earlier.plus + earlier.over * self.plus, earlier.over * self.over)
        else:
            return None
        return joined.reduced()

    def reduced(self) -> FloorStep:
        """The same function in lowest terms; ``floor((d a n + b) / (d c)) = floor((a n + floor(b / d)) / c)``."""
        divisor = gcd(self.times, self.over)
        return FloorStep(self.times // divisor, self.plus // divisor, self.over // divisor)


class FloorForm(NamedTuple):
    """A size as a function of the size of one axis of a network's input: `steps` applied one after another.

    `variable` is that input's name and the axis, channels being 0. It is None for a constant, whose one step has the
    factor 0.

    >>> FloorForm(("input", 1), (FloorStep(1, -7, 4), FloorStep(2, 0, 1))).at(227)
    110
    """

    variable: tuple[str, int] | None
    steps: tuple[FloorStep, ...] = ()

    @property
    def constant(self) -> int | None:
        """The size, where it does not depend on the input."""
        return self.steps[0].plus if self.variable is None else None

    def at(self, size: int) -> int:
        """The size for an input axis of that size; for a `Traced` one the result is traced, and has the formula."""
        for step in self.steps:
            size = step.at(size)
        return size

    def formula(self, symbol: str, size: int = 0) -> int:
        """The form as the tree of a formula in `symbol`; `size` is the number that this stands for, if there is one.

        >>> from cnncalc.symbolic.rendering import PLAIN_TEXT
        >>> PLAIN_TEXT.symbols(FloorForm(("input", 1), (FloorStep(1, -7, 4),)).formula("H"))
        'floor((H - 7) / 4)'
        """
        return self.steps[0].plus if self.variable is None else self.at(as_symbol(size, symbol))

    def then(self, step: FloorStep) -> FloorForm | None:
        """The composition, `step` last, with as few floors as possible; None where it is too deep or too large."""
        if self.variable is None:
            return FloorForm(None, (FloorStep(0, step.at(self.steps[0].plus), 1),))
        steps, step = list(self.steps), step.reduced()
        while steps and (joined := step.after(steps[-1])) is not None:
            step = joined
            steps.pop()
        if len(steps) == DEEPEST or max(step.times, step.over) > LARGEST_FACTOR:
            return None
        return FloorForm(self.variable, (*steps, step) if step != FloorStep(1, 0, 1) else tuple(steps))

    def inverse(self, first: int, last: int) -> tuple[int, int]:
        """The first and last input size with an output from `first` to `last`; the last is smaller if there is none."""
        for step in reversed(self.steps):
            if first > last:
                break
            first, last = step.inverse(first, last)
        return first, last

    @property
    def period(self) -> tuple[int, int]:
        """``(p, g)``: an input larger by p always gives a size larger by g.

        >>> FloorForm(("input", 1), (FloorStep(1, -11, 8), FloorStep(2, 0, 1))).period
        (8, 2)
        """
        period, growth = 1, 1
        for step in self.steps:
            repeats = step.over // gcd(step.over, step.times * growth)
            period, growth = period * repeats, step.times * growth * repeats // step.over
        return period, growth


def constant(size: int) -> FloorForm:
    """The form of a size that is the same for every input."""
    return FloorForm(None, (FloorStep(0, size, 1),))


class Constraint(NamedTuple):
    """A condition for the network to be buildable: the forms are equal or, with `multiple`, all multiples of it."""

    forms: tuple[FloorForm, ...]
    multiple: int = 0

    def holds(self, size: int) -> bool:
        """Whether an input axis of that size fulfils the condition.

        >>> Constraint((FloorForm(("input", 1)),), multiple=2).holds(7)
        False
        """
        sizes = {form.at(size) for form in self.forms}
        return len(sizes) == 1 if not self.multiple else not any(found % self.multiple for found in sizes)
