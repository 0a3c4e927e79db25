"""The mean and the variance of a tensor's values, as they are expected with randomly drawn weights."""

# No postponed annotations here: named tuples compile each one that is a string.

from math import sqrt
from typing import Final, NamedTuple

BETWEEN: Final = 0.5
"""Of the variance of a map about the share that lies between its channels, and not within each of them."""


class Statistics(NamedTuple):
    """Mean and variance over channels, places and samples.

    `rectified` is the share of the mean square that has been through a rectifier, such as that of a residual stream,
    and stays as it is in the next one.

    >>> Statistics(1.0, 3.0).square
    4.0
    """

    mean: float
    variance: float
    rectified: float = 0.0

    @property
    def square(self) -> float:
        """The mean of the squares."""
        return self.mean * self.mean + self.variance

    def scaled(self, factor: float) -> "Statistics":
        """Those of the values times a factor."""
        return Statistics(self.mean * factor, self.variance * factor * factor, self.rectified if factor > 0 else 0.0)

    def averaged(self, count: int) -> "Statistics":
        """Those of means of so many values of a channel."""
        return self._replace(variance=self.variance * (BETWEEN + (1 - BETWEEN) / count))

    def with_square(self, square: float) -> "Statistics":
        """Those of the values scaled so that the mean of their squares is that.

        >>> Statistics(1.0, 3.0).with_square(1.0)[:2]
        (0.5, 0.75)
        """
        return self.scaled(sqrt(square / self.square)) if self.square > 0 else Statistics(0.0, square)


def mixture(parts: list[tuple[float, Statistics]]) -> Statistics:
    """Those of values of several kinds, of each of which there is a share.

    >>> mixture([(0.5, Statistics(1.0, 0.0)), (0.5, Statistics(-1.0, 0.0))])[:2]
    (0.0, 1.0)
    """
    mean = sum(share * each.mean for share, each in parts)
    square = sum(share * each.square for share, each in parts)
    rectified = sum(share * each.square * each.rectified for share, each in parts)
    return Statistics(mean, max(square - mean * mean, 0.0), rectified / square if square > 0 else 0.0)


STANDARD: Final = Statistics(0.0, 1.0)
"""Those of a network's inputs, and of what a normalisation makes."""
