"""How large a volume is drawn: its height, depth and thickness for rows, columns and channels, none of them linear.

Maps of a network differ a hundredfold in size and a thousandfold in channels; with powers below one the small ones
stay visible, and a larger one is still drawn larger.
"""
# No postponed annotations here: named tuples compile each one that is a string.

from math import cos, radians, sin
from typing import Final, NamedTuple

from cnncalc.drawing.boxes import Box
from cnncalc.drawing.scene import Point

HEIGHT: Final = 100.0
DEPTH: Final = 42.0
THICKNESS: Final = 24.0
POWER: Final = 0.6
ANGLE: Final = radians(38)
WAY_BACK: Final = (cos(ANGLE), sin(ANGLE))
LEAST_HEIGHT: Final = 5.0
SEQUENCE_HEIGHT: Final = 11.0
SEQUENCE_DEPTH: Final = 64.0
"""The height and greatest depth of maps where none in the network has rows."""
LEAST_THICKNESS: Final = 2.0
COMMON_CHANNELS: Final = 256
"""Thickness is drawn beside this many channels, or the most of the network where they are more."""
VECTOR_WIDTH: Final = 5.0
VECTOR_HEIGHT: Final = 78.0
VECTOR_DEPTH: Final = 2.0
COMMON_FEATURES: Final = 4096
TALLEST_VECTOR: Final = 110.0


class Solid(NamedTuple):
    """A volume's front is `thickness` times `height`; its side goes `across` and up by `rise`, all in points."""

    thickness: float
    height: float
    across: float
    rise: float
    is_vector: bool = False

    @property
    def width(self) -> float:
        """From the left of the front to the right of the side."""
        return self.thickness + self.across

    @property
    def top(self) -> float:
        """The highest point above the axis, which goes through the middle; y grows downwards."""
        return -(self.height + self.rise) / 2

    @property
    def front_top(self) -> float:
        """The upper edge of the front."""
        return self.top + self.rise

    def on_side(self, back: float, down: float) -> Point:
        """A point of the side, in parts of its depth and height, from the lower left of the front on the axis."""
        return self.thickness + back * self.across, self.front_top + down * self.height - back * self.rise

    @property
    def axis_leaves(self) -> float:
        """Where the axis leaves the side: its right edge, or what is lower than that is deep, before it."""
        back = 1.0 if self.rise <= 0 else min(1.0, 0.5 + self.height / (2 * self.rise))
        return self.thickness + back * self.across

    @property
    def axis_enters(self) -> float:
        """Where the axis meets it from the left: at the front, or at the top of what is lower than that is deep."""
        return self.across * self.front_top / self.rise if self.front_top > 0 else 0.0


class Scale(NamedTuple):
    """The largest size and most channels of a network, whether any map has rows, and how much smaller all is."""

    largest: int
    channels: int
    squeeze: float = 1.0
    has_rows: bool = True

    def solid(self, box: Box) -> Solid:
        """The measures of a box.

        >>> from cnncalc.drawing.boxes import Box
        >>> box = Box("conv1", "convolution", "conv2d", (0,), (256, 112, 112))
        >>> [round(length, 1) for length in Scale(112, 256).solid(box)[:4]]
        [24.0, 100.0, 33.1, 25.9]
        """
        lower = self.squeeze**0.5
        if not box.sizes:
            features = box.shape[0] if box.shape else 1
            tall = VECTOR_HEIGHT * (features / COMMON_FEATURES) ** 0.3
            height = max(LEAST_HEIGHT, min(tall, TALLEST_VECTOR)) * lower
            back = VECTOR_DEPTH * self.squeeze
            return Solid(VECTOR_WIDTH * lower, height, back * WAY_BACK[0], back * WAY_BACK[1], is_vector=True)
        rows, columns = rows_and_columns(box)
        least = LEAST_HEIGHT if self.has_rows else SEQUENCE_HEIGHT
        height = max(least, HEIGHT * (rows / self.largest) ** POWER) * lower
        back = (DEPTH if self.has_rows else SEQUENCE_DEPTH) * (columns / self.largest) ** POWER * self.squeeze
        most = max(self.channels, COMMON_CHANNELS)
        thickness = max(LEAST_THICKNESS, THICKNESS * (box.channels / most) ** POWER * self.squeeze)
        return Solid(thickness, height, back * WAY_BACK[0], back * WAY_BACK[1])


def rows_and_columns(box: Box) -> tuple[int, int]:
    """The rows and columns of a map: a sequence has one row, and the first of three sizes is not drawn.

    >>> from cnncalc.drawing.boxes import Box
    >>> [rows_and_columns(Box("", "", "", (), shape)) for shape in ((8, 20), (8, 20, 30), (8, 16, 20, 30), (8,))]
    [(1, 20), (20, 30), (20, 30), (1, 1)]
    """
    rows, columns = (1, 1, *box.sizes)[-2:]
    return rows, columns
