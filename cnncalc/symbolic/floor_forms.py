"""Nested floor-affine functions of the input's size: ``n -> floor((a n + b) / c)``, their composition and inverse.

Layers along an axis make chains of ``floor((r n + a) / s)``, which collapse to one, as

    floor((floor((n + a) / s) + b) / t) = floor((n + a + s b) / (s t)).

A factor outside of a floor, as after upsampling, stays, and the form is nested.
"""

from __future__ import annotations

from math import gcd
from typing import Final, NamedTuple

LARGEST_FACTOR: Final = 2**64
"""The largest factor in a form: more has no use, as axes end at 2**31, and would fill memory in deep chains."""

DEEPEST: Final = 32
"""The most floors that may be nested."""


class Step(NamedTuple):
    """``floor((times n + plus) / over)``.

    >>> Step(1, -7, 4).at(227), Step(1, -7, 4).inverse(55, 55)
    (55, (227, 230))
    """

    times: int
    plus: int
    over: int

    def at(self, size: int) -> int:
        """The size that comes of a size."""
        return (self.times * size + self.plus) // self.over

    def inverse(self, first: int, last: int) -> tuple[int, int]:
        """The first and last size of which one from `first` to `last` comes; the last is smaller if there is none."""
        low = -((self.plus - self.over * first) // self.times)
        return low, (self.over * last + self.over - 1 - self.plus) // self.times

    def after(self, earlier: Step) -> Step | None:
        """Both in one floor, the earlier one first; None where there is no such form.

        >>> Step(1, -1, 2).after(Step(1, -7, 4))
        Step(times=1, plus=-11, over=8)
        """
        if earlier.over == 1:
            joined = Step(self.times * earlier.times, self.times * earlier.plus + self.plus, self.over)
        elif self.times == 1:
            joined = Step(earlier.times, earlier.plus + earlier.over * self.plus, earlier.over * self.over)
        else:
            return None
        return joined.reduced()

    def reduced(self) -> Step:
        """The same in lowest terms: what divides both factors may leave the floor."""
        common = gcd(self.times, self.over)
        return Step(self.times // common, self.plus // common, self.over // common)


class Form(NamedTuple):
    """A size as a function of the size of an axis of an input: the steps, each of the one before.

    `root` is the name of the input and its axis, channels being 0; it is None for a constant, whose step has no factor.
    """

    root: tuple[str, int] | None
    steps: tuple[Step, ...] = ()

    @property
    def constant(self) -> int | None:
        """The size, where it does not depend on the input."""
        return self.steps[0].plus if self.root is None else None

    def at(self, size: int) -> int:
        """The size for an input of that size; a traced one gives the formula."""
        for step in self.steps:
            size = step.at(size)
        return size

    def then(self, step: Step) -> Form | None:
        """The form with a step after it, collapsed as far as it can be; None where it is too deep or large to read."""
        if self.root is None:
            return Form(None, (Step(0, step.at(self.steps[0].plus), 1),))
        steps, step = list(self.steps), step.reduced()
        while steps and (joined := step.after(steps[-1])) is not None:
            step = joined
            steps.pop()
        if len(steps) == DEEPEST or max(step.times, step.over) > LARGEST_FACTOR:
            return None
        return Form(self.root, (*steps, step) if step != Step(1, 0, 1) else tuple(steps))

    def inverse(self, first: int, last: int) -> tuple[int, int]:
        """The first and last input size that gives an output from `first` to `last`; the last is smaller if none."""
        for step in reversed(self.steps):
            if first > last:
                break
            first, last = step.inverse(first, last)
        return first, last

    @property
    def period(self) -> tuple[int, int]:
        """How much larger an input makes the size grow by a whole number, whatever the input, and by which.

        >>> Form(("input", 1), (Step(1, -11, 8), Step(2, 0, 1))).period
        (8, 2)
        """
        period, growth = 1, 1
        for step in self.steps:
            repeats = step.over // gcd(step.over, step.times * growth)
            period, growth = period * repeats, step.times * growth * repeats // step.over
        return period, growth


def constant(size: int) -> Form:
    """The form of a size that does not depend on the input."""
    return Form(None, (Step(0, size, 1),))


class Constraint(NamedTuple):
    """What sizes must meet for the network to be built: to be equal, or multiples of a number that is not 0."""

    forms: tuple[Form, ...]
    multiple: int = 0

    def holds(self, size: int) -> bool:
        """Whether an input of that size meets it.

        >>> Constraint((Form(("input", 1)),), multiple=2).holds(7)
        False
        """
        sizes = {form.at(size) for form in self.forms}
        return len(sizes) == 1 if not self.multiple else not any(found % self.multiple for found in sizes)
