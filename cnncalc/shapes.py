"""Shapes: internal ones, channels first, and those in the order in which a spec writes its axes."""

from __future__ import annotations

from math import prod
from operator import index
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cnncalc.errors import shape_text, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

T = TypeVar("T")

Shape = tuple[int, ...]
"""Channels first, without the batch: ``(C,)``, ``(C, L)``, ``(C, H, W)`` or ``(C, D, H, W)``."""

MAX_RANK: Final = 3
"""The most spatial axes."""

MAX_SIZE: Final = 2**31 - 1
"""The largest size that an axis, a kernel or a stride may have."""

MOST_DIGITS: Final = 400
"""A longer number is no size, not even one that is too large: Python takes long to read it."""

AXIS_NAMES: Final = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""What the spatial axes are called, by rank."""

LETTERS: Final = ("C", "CL", "CHW", "CDHW")
"""What formulas call the axes of a tensor, by its number of spatial axes."""

_OF_IMAGES: Final = (1, 3, 4)
"""The channels that images have: of brightness, of colours, and of opacity beside them."""


class Layout:
    """How a spec orders the axes of a shape: channels first or last. There are these two, and no third.

    >>> CHANNELS_LAST.external((3, 224, 320)), CHANNELS_LAST.internal((224, 320, 3))
    ((224, 320, 3), (3, 224, 320))
    """

    __slots__ = ("channels_last", "name")

    def __init__(self, name: str, *, channels_last: bool) -> None:
        self.name = name
        self.channels_last = channels_last

    def external(self, shape: tuple[T, ...]) -> tuple[T, ...]:
        """An internal shape, or whatever there is of each axis, as the user writes and reads it."""
        return (*shape[1:], shape[0]) if self.channels_last and shape else shape

    def internal(self, shape: tuple[T, ...]) -> tuple[T, ...]:
        """A user's shape, or whatever there is of each axis, with its channels first."""
        return (shape[-1], *shape[:-1]) if self.channels_last and shape else shape

    def axis(self, dim: int, axes: int) -> int:
        """The internal axis that a user's `dim` means, of a tensor with so many axes; raises `ValueError`.

        >>> CHANNELS_FIRST.axis(-1, 3), CHANNELS_LAST.axis(-1, 3)
        (2, 0)
        """
        if not -axes <= dim < axes:
            raise ValueError(f"must be from {-axes} to {axes - 1}, not {dim}")
        dim %= axes
        return (dim + 1) % axes if self.channels_last else dim

    def text(self, shape: Shape) -> str:
        """An internal shape in words, as the user reads it."""
        return shape_text(self.external(shape))

    def likely_meant(self, shape: Shape, own: Shape | None = None) -> Shape | None:
        """The shape that was probably meant by one whose channels seem to stand at the wrong end; None if they do not.

        They seem to where the other end has the number of channels of `own`, the spec's shape (unless that seems to be
        the wrong way round itself), or 1, 3 or 4 beside at least two larger sizes. Shapes are internal.

        >>> CHANNELS_FIRST.likely_meant((224, 224, 3)), CHANNELS_LAST.likely_meant((224, 3, 224))
        ((3, 224, 224), (3, 224, 224))
        >>> CHANNELS_FIRST.likely_meant((3, 8, 8))
        >>> CHANNELS_FIRST.likely_meant((56, 300), own=(300, 56))
        (300, 56)
        >>> CHANNELS_FIRST.likely_meant((3, 32, 32), own=(32, 32, 3))
        """
        other = CHANNELS_FIRST if self.channels_last else CHANNELS_LAST
        meant = other.internal(self.external(shape))
        channels, *sizes = meant
        if own is not None and channels == own[0] != shape[0] and self.likely_meant(own) is None:
            return meant
        few = channels in _OF_IMAGES and len(sizes) > 1 and min(sizes) > channels
        return meant if few else None

    def order_hint(self, meant: Shape, *, is_fixed: bool = False) -> str:
        """The hint for a shape whose channels stand at the wrong end; `meant`, from `likely_meant`, has them first.

        It tells of the spec's option for the other order unless the order `is_fixed`, as that of a model is.

        >>> CHANNELS_FIRST.order_hint((3, 224, 224))
        'channels come first: 3x224x224, or `data_format: channels_last`'
        """
        other = CHANNELS_FIRST if self.channels_last else CHANNELS_LAST
        end = self.name.removeprefix("channels_")
        written = "x".join(map(str, self.external(meant)))
        return f"channels come {end}: {written}{'' if is_fixed else f', or `data_format: {other.name}`'}"

    def array_hint(self, meant: Shape, *, is_fixed: bool = False) -> str:
        """The hint for an array whose channels stand at the wrong end: `order_hint`, or how to move them.

        >>> CHANNELS_FIRST.array_hint((3, 96, 64), is_fixed=True)
        'channels come first: 3x96x64, as numpy.moveaxis(array, -1, -3) gives'
        """
        hint = self.order_hint(meant, is_fixed=is_fixed)
        return f"{hint}, as numpy.moveaxis(array, -1, -{len(meant)}) gives" if is_fixed else hint

    def rank_hint(self, shape: Shape, rank: int) -> str | None:
        """The hint for an input that seems to have a batch before its `rank` spatial axes, or no channels; else None.

        >>> CHANNELS_FIRST.rank_hint((8, 3, 32, 32), 2), CHANNELS_LAST.rank_hint((28, 28), 2)
        ('the batch is no part of a shape: 3x32x32', 'channels are part of a shape: 28x28x1 or 28x28x3')
        """
        written = self.external(shape)
        if len(shape) == rank + 2 > MAX_RANK:  # three sizes are an image, and no batch of sequences
            return f"the batch is no part of a shape: {'x'.join(map(str, written[1:]))}"
        if len(shape) == rank > 1 and min(shape) > max(_OF_IMAGES):
            grey, coloured = ("x".join(map(str, self.external((channels, *written)))) for channels in (1, 3))
            return f"channels are part of a shape: {grey} or {coloured}"
        return None

    def order_doubts(
        self, inputs: Mapping[str, Shape], own: Mapping[str, Shape], *, is_fixed: bool = False
    ) -> Iterator[str]:
        """A note for each input, given by its internal shape, whose channels seem to stand at the wrong end.

        >>> list(CHANNELS_FIRST.order_doubts({"input": (224, 224, 3)}, {}))
        ['`input` is 224 channels of 224 x 3; channels come first: 3x224x224, or `data_format: channels_last`']
        """
        for name, shape in inputs.items():
            meant = self.likely_meant(shape, own.get(name))
            if meant is not None:
                hint = self.order_hint(meant, is_fixed=is_fixed)
                yield f"`{name}` is {shape[0]} channels of {shape_text(shape[1:])}; {hint}"


CHANNELS_FIRST: Final = Layout("channels_first", channels_last=False)
CHANNELS_LAST: Final = Layout("channels_last", channels_last=True)
LAYOUTS: Final = {layout.name: layout for layout in (CHANNELS_FIRST, CHANNELS_LAST)}


def kept_axes(before: Sequence[int], after: Sequence[int]) -> dict[int, int]:
    """The axes that a reshape of `before` to `after` keeps, and their new numbers.

    An axis is kept if it has the same size and as many values before it: its positions stay the same.

    >>> kept_axes((4, 6, 8), (4, 2, 3, 8))
    {0: 0, 2: 3}
    """
    known = {(prod(after[:axis]), size): axis for axis, size in reversed(list(enumerate(after)))}
    kept = {}
    for axis, size in enumerate(before):
        new = known.pop((prod(before[:axis]), size), None)
        if new is not None:
            kept[axis] = new
    return kept


def parse_shape(value: object) -> Shape:
    """A shape as written: `3x224x224`, `3 x 224 x 224`, a list, or one integer; raises `ValueError`.

    >>> parse_shape("3x224x224"), parse_shape([1, 28, 28]), parse_shape(784)
    ((3, 224, 224), (1, 28, 28), (784,))
    """
    if isinstance(value, str):
        if not is_written_shape(value):
            raise ValueError(f"must be a shape such as 3x224x224, not {value_text(value)}")
        sizes: list[object] = [int(part) for part in _parts(value)]
    else:
        plain = value.tolist() if hasattr(value, "tolist") else value  # of NumPy's arrays and numbers
        sizes = list(plain) if isinstance(plain, (list, tuple)) else [plain]
    if not 1 <= len(sizes) <= MAX_RANK + 1:
        raise ValueError(f"must have 1 to {MAX_RANK + 1} sizes, without the batch, not {len(sizes)}")
    return tuple(_size(size, value) for size in sizes)


def is_written_shape(text: str) -> bool:
    """Whether a text is numbers with an x between them; they may be too many, or too large, for a shape.

    >>> is_written_shape("3 x 224 x 224"), is_written_shape("0"), is_written_shape("3x-1"), is_written_shape("")
    (True, True, False, False)
    """
    # No regular expression: to compile one takes longer than to read all shapes of a spec.
    numbers = map(str.strip, _parts(text))
    return all(number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS for number in numbers)


def as_whole(value: Any) -> int | None:
    """A whole number of Python's or NumPy's; None for anything else, as are True and False.

    >>> as_whole(3), as_whole(3.0), as_whole(True)
    (3, None, None)
    """
    if isinstance(value, bool):
        return None
    try:
        return index(value)
    except TypeError:
        return None


def _parts(text: str) -> list[str]:
    return text.replace("\N{MULTIPLICATION SIGN}", "x").lower().split("x")


def _size(size: object, whole: object) -> int:
    if isinstance(size, float) and size.is_integer():
        size = int(size)
    number = as_whole(size)
    if number is None:
        raise ValueError(f"must be a shape such as 3x224x224, not {value_text(whole)}")
    if not 1 <= number <= MAX_SIZE:
        raise ValueError(f"must have sizes from 1 to {MAX_SIZE}, not {value_text(number)}")
    return number
