"""Tensors as pictures: an output of 1 to 4 channels as an image, and the channels of any map as a grid.

An image has values from 0 to 1; others are scaled to that, and so are those of a grid, all channels alike so that they
compare. Axes are in the order in which the spec writes shapes.
"""

from __future__ import annotations

from math import ceil, isfinite, prod, sqrt
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

import numpy as np

from cnncalc.errors import CnncalcError, shape_text
from cnncalc.execution.results import Grid
from cnncalc.interchange.arrays import MODES, pillow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Layout, Shape

GAP: Final = 128
"""The grey between the maps of a grid."""
ROOM: Final = 640
"""A grid is enlarged as long as it is no wider or higher than so many pixels."""
MOST_TIMES: Final = 32
"""No value is enlarged to more pixels a side."""
MOST_PIXELS: Final = 100_000_000
"""A larger grid is refused."""
NARROWEST: Final = 12
"""Maps are made no narrower than so many columns of a terminal to have more of them in a row."""
TALLEST: Final = 96
"""The most rows of values in a terminal, two of which are a line."""
HALF_A_STEP: Final = 0.5 / 255
"""Values that are so little outside 0 to 1 are rounded to them."""


class Drawing(NamedTuple):
    """Greys or colours from 0 to 255, ``(H, W)`` or ``(H, W, C)``, and what a reader of them has to know."""

    pixels: Any
    note: str | None


def check_picture(shape: Shape, batch: Sequence[int], *, as_maps: bool) -> None:
    """Raise `CnncalcError` if a tensor of this shape, channels first, is no picture, or there is nothing to make one.

    `batch` is the batch axis, if there is one.
    """
    pillow()
    found = shape_text((*batch, *shape))
    if prod(batch) > 1:
        raise CnncalcError(f"a picture has one sample, and the output is {found}", hint="write .npy")
    if len(shape) not in ((2, 3) if as_maps else (3,)):
        raise CnncalcError(f"a picture has two axes and channels, and the output is {found}", hint="write .npy")
    height, width, _, _ = _layout_of(shape)
    if as_maps and height * width > MOST_PIXELS:
        fact = f"a grid of {found} would have {width:,} x {height:,} pixels, more than {MOST_PIXELS:,}"
        raise CnncalcError(fact, hint="write .npy")


def is_image(shape: Shape) -> bool:
    """Whether a tensor of this shape, channels first, is an image rather than a number of maps."""
    return len(shape) == 3 and shape[0] in MODES


def image(array: Array, layout: Layout) -> Drawing:
    """The picture of a tensor that `check_picture` has let pass: its channels are grey, colours and opacity."""
    pixels = _channels_last(array, layout).astype(np.float64)
    colours = pixels[:, :, :-1] if pixels.shape[-1] in (2, 4) else pixels
    lowest, highest = _extremes(colours)
    note = None
    if lowest < -HALF_A_STEP or highest > 1 + HALF_A_STEP:
        colours[...] = _scaled(colours, lowest, highest)
        note = f"its values are scaled: black is {lowest:.4g}, white {highest:.4g}"
    steps = _steps(pixels)
    return Drawing(steps[:, :, 0] if steps.shape[-1] == 1 else steps, note)


def maps(array: Array, layout: Layout) -> Drawing:
    """A grid of the channels of a tensor that `check_picture` has let pass, a pixel between them; enlarged if small.

    A sequence is one map: a row for each channel.
    """
    tiles = _tiles(array, layout)
    lowest, highest = _extremes(tiles)
    _, _, columns, times = _layout_of(tiles.shape)
    enlarged = _steps(_scaled(tiles, lowest, highest)).repeat(times, axis=1).repeat(times, axis=2)
    count, height, width = tiles.shape
    words = f"{count} map{'s' * (count != 1)} of {height} x {width}"
    if count > 1:
        words += f", {columns} in a row"
    if times > 1:
        words += f", {times} x {times} pixels a value"
    return Drawing(_joined(enlarged, columns, GAP), f"{words}; black is {lowest:.4g}, white {highest:.4g}")


def grid(name: str, array: Array, layout: Layout, width: int) -> Grid:
    """The channels of a map of one sample side by side in so many columns, made smaller where they have no room."""
    tiles = _tiles(array, layout)
    lowest, highest = _extremes(tiles)
    count, tall, wide = tiles.shape
    columns = max(min(count, ceil(sqrt(count)), (width + 1) // (min(wide, NARROWEST) + 1)), 1)
    room = max((width - columns + 1) // columns, 1)
    size = (tall, wide) if wide <= room else (max(round(tall * room / wide), 1), room)
    shown = min(count, columns * max(TALLEST // (size[0] + 1), 1))
    small: Array = np.stack([_shrunk(tile, size) for tile in tiles[:shown]])
    greys = _joined(_steps(_scaled(small, lowest, highest)).astype(np.int16), columns, -1)
    rows = tuple(tuple(None if grey < 0 else int(grey) for grey in row) for row in greys)
    return Grid(name, rows, shown, count, lowest, highest)


def _channels_last(array: Array, layout: Layout) -> Array:
    """A map of one sample as ``(H, W, C)``."""
    return array if layout.channels_last else np.moveaxis(array, 0, -1)


def _tiles(array: Array, layout: Layout) -> Array:
    """The channels of a map of one sample as ``(C, H, W)``; a sequence as one map, ``(1, C, L)``."""
    first = np.moveaxis(array, -1, 0) if layout.channels_last else array
    return np.asarray(first[np.newaxis] if first.ndim == 2 else first, np.float64)


def _layout_of(shape: Shape) -> tuple[int, int, int, int]:
    """Height and width of a grid of maps in pixels, the maps in a row, and how many times each value is enlarged."""
    count, tall, wide = shape if len(shape) == 3 else (1, *shape)
    square = sqrt(count * (tall + 1) / (wide + 1))
    possible = range(min(count, ceil(square)), min(count, ceil(square * 1.4)) + 1)
    columns = min(possible, key=lambda number: (-count % number, -number))  # with the fewest places left empty
    rows = ceil(count / columns)
    times = max(min(ROOM // max(columns * (wide + 1), rows * (tall + 1)), MOST_TIMES), 1)
    return rows * (tall * times + 1) - 1, columns * (wide * times + 1) - 1, columns, times


def _extremes(values: Array) -> tuple[float, float]:
    """The smallest and the largest of the values that are finite."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _scaled(values: Array, lowest: float, highest: float) -> Array:
    """Values so that the lowest is 0 and the highest 1; all 0 where they are equal."""
    span = highest / 2 - lowest / 2  # the difference of the largest floats is not finite
    with np.errstate(all="ignore"):
        found: Array = (values / 2 - lowest / 2) / (span if span > 0 and isfinite(span) else 1.0)
    return found


def _steps(values: Array) -> Array:
    """Values from 0 to 1 as bytes; what is no number is black."""
    whole = np.rint(np.nan_to_num(values, nan=0.0, posinf=1.0, neginf=0.0) * 255)
    found: Array = np.clip(whole, 0, 255).astype(np.uint8)
    return found


def _joined(tiles: Array, columns: int, gap: int) -> Array:
    """Maps ``(C, H, W)`` in rows of so many, a pixel between them; places without a map are as the gaps."""
    count, height, width = tiles.shape
    rows = ceil(count / columns)
    sheet = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), gap, tiles.dtype)
    for number, tile in enumerate(tiles):
        top, left = number // columns * (height + 1), number % columns * (width + 1)
        sheet[top : top + height, left : left + width] = tile
    return sheet


def _shrunk(tile: Array, size: tuple[int, int]) -> Array:
    """A map made smaller: each value is the mean of those that it stands for."""
    for axis, wanted in enumerate(size):
        if wanted < tile.shape[axis]:
            starts = np.arange(wanted) * tile.shape[axis] // wanted
            counts = np.diff([*starts, tile.shape[axis]])
            tile = np.add.reduceat(tile, starts, axis=axis) / (counts[:, np.newaxis] if axis == 0 else counts)
    return tile


def save(file: BinaryIO, drawing: Drawing) -> None:
    """Write a picture as PNG."""
    channels = drawing.pixels.shape[2] if drawing.pixels.ndim == 3 else 1
    pillow().fromarray(drawing.pixels, MODES[channels]).save(file, "PNG")
