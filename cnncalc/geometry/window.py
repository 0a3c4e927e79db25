"""The sliding window along one axis, written once.

Convolution, pooling, receptive fields, closed forms and kernels all stand on this arithmetic; a layer of rank 2
is two windows. The number of positions is a quotient, rounded down or up, whose divisor is the stride, so that chains
of windows collapse to one floor.
"""
# No postponed annotations here: named tuples compile each one that is a string, which takes half of the import.

from typing import Literal, NamedTuple

from cnncalc.symbolic.arithmetic import ceiling, larger, name_if_unnamed


class Window(NamedTuple):
    """A window of `kernel_size` taps, `dilation` apart, that moves by `stride` along one axis.

    `padding` is `(before, after)`, or a word that makes it follow from the input size: `same` gives
    ``ceil(n / stride)`` positions with the odd pixel of padding after (TensorFlow, Keras, ONNX's SAME_UPPER),
    `same_lower` with the odd pixel before (ONNX's SAME_LOWER). `ceil_mode` keeps a last window that overhangs the
    end, but not one that would start in the padding after the input (PyTorch).

    >>> Window(kernel_size=11, stride=4).positions(227)
    55
    >>> Window(kernel_size=3, stride=2, padding="same").pads(28)
    (0, 1)
    >>> Window(kernel_size=1, stride=2, ceil_mode=True).positions(32)
    16
    """

    kernel_size: int
    stride: int = 1
    dilation: int = 1
    padding: tuple[int, int] | Literal["same", "same_lower"] = (0, 0)
    ceil_mode: bool = False

    @property
    def extent(self) -> int:
        """The pixels from the first tap to the last, both included.

        >>> Window(kernel_size=3, dilation=2).extent
        5
        """
        return _extent(self.kernel_size, self.dilation)

    @property
    def bounded_by_starts(self) -> bool:
        """Whether a last window that overhangs the end may start behind the input, where `ceil_mode` keeps none.

        >>> Window(kernel_size=1, stride=2, ceil_mode=True).bounded_by_starts
        True
        """
        return self.ceil_mode and not isinstance(self.padding, str) and self.extent < self.stride + self.padding[1]

    def positions(self, size: int) -> int:
        """How many positions the window takes on an input of `size`; 0 where it does not fit."""
        return name_if_unnamed(max(self._rounded(size), 0), "positions")

    def _rounded(self, size: int) -> int:
        """The positions, by where the last may end or, with `same` and where `bounded_by_starts`, by their starts."""
        if isinstance(self.padding, str):
            return ceiling(size, self.stride)
        if self.bounded_by_starts:
            return ceiling(size + self.padding[0], self.stride)
        moves = size + sum(self.padding) - self.extent
        return (ceiling(moves, self.stride) if self.ceil_mode else moves // self.stride) + 1

    def pads(self, size: int) -> tuple[int, int]:
        """The padding before and after that is applied to an input of `size`.

        >>> Window(kernel_size=11, stride=4, padding="same_lower").pads(224)
        (4, 3)
        """
        if not isinstance(self.padding, str):
            return self.padding
        return _halves(larger(self._span(size) - size, 0), self.padding)

    def _span(self, size: int) -> int:
        """The pixels from the first window's first to the last window's last."""
        return (self.positions(size) - 1) * self.stride + self.extent

    def left_over(self, size: int) -> int:
        """The pixels of the padded input after the last window; negative where that one overhangs the end.

        >>> Window(kernel_size=11, stride=4).left_over(224)
        1
        >>> Window(kernel_size=2, stride=2, ceil_mode=True).left_over(5)
        -1
        """
        return size + sum(self.pads(size)) - self._span(size)

    def dropped(self, size: int) -> int:
        """The pixels of the input, without its padding, that lie after the last window.

        >>> Window(kernel_size=3, stride=2, padding=(1, 1)).left_over(56)
        1
        >>> Window(kernel_size=3, stride=2, padding=(1, 1)).dropped(56)
        0
        """
        return max(self.left_over(size) - self.pads(size)[1], 0)


class TransposedWindow(NamedTuple):
    """The window of a transposed convolution along one axis: each input position spreads over `kernel_size` outputs.

    Tap t of input position q reaches output ``q stride + t dilation - before``. `padding` is what is cut off before
    and after, and `output_padding` lengthens the output at its end. `same` is as in Keras and TensorFlow: ``n stride``
    outputs or, with an `output_padding` (0 too), ``(n - 1) stride + extent - 2 floor(extent / 2) + output_padding``. Of
    the pixels too many the odd one is cut after; missing ones are added at the end. `same_lower` cuts the odd one
    before.

    >>> TransposedWindow(kernel_size=4, stride=2, padding=(1, 1)).positions(7)
    14
    >>> TransposedWindow(kernel_size=3, stride=2, padding="same").pads(7)
    (0, 1)
    >>> TransposedWindow(kernel_size=3, stride=2, padding="same", output_padding=0).positions(4)
    7
    """

    kernel_size: int
    stride: int = 1
    dilation: int = 1
    padding: tuple[int, int] | Literal["same", "same_lower"] = (0, 0)
    output_padding: int | None = None

    @property
    def extent(self) -> int:
        """The outputs from the first tap's to the last tap's, both included."""
        return _extent(self.kernel_size, self.dilation)

    @property
    def added(self) -> int:
        """The outputs that are added at the end, which a tap reaches only where padding is cut there.

        >>> TransposedWindow(kernel_size=2, stride=3, padding="same").added
        1
        """
        return larger(-self._excess, 0) if isinstance(self.padding, str) else self.output_padding or 0

    @property
    def _excess(self) -> int:
        """The pixels that are too many for the output that a word asks for; negative where some are missing."""
        if self.output_padding is None:
            return self.extent - self.stride
        return 2 * (self.extent // 2) - self.output_padding

    def positions(self, size: int) -> int:
        """How many outputs an input of `size` has; 0 where the padding leaves none."""
        if not isinstance(self.padding, str):
            cut = sum(self.padding)
        elif self.output_padding is None:
            return name_if_unnamed(size * self.stride, "positions")
        else:
            cut = 2 * (self.extent // 2)
        whole = (size - 1) * self.stride + self.extent - cut
        return name_if_unnamed(
            max(whole if self.output_padding is None else whole + self.output_padding, 0), "positions"
        )

    def pads(self, size: int) -> tuple[int, int]:
        """What is cut off before and after; it is the same for every size of the input."""
        del size
        if not isinstance(self.padding, str):
            return self.padding
        return _halves(larger(self._excess, 0), self.padding)


AnyWindow = Window | TransposedWindow
"""A window that slides over its input, or spreads it."""


def _extent(kernel_size: int, dilation: int) -> int:
    return name_if_unnamed(dilation * (kernel_size - 1) + 1, "extent")


def _halves(total: int, word: Literal["same", "same_lower"]) -> tuple[int, int]:
    """The total in two halves, the odd pixel after with `same` and before with `same_lower`."""
    total = name_if_unnamed(total, "pad_total")
    small, large = total // 2, ceiling(total, 2)
    before, after = (small, large) if word == "same" else (large, small)
    return name_if_unnamed(before, "pad_before"), name_if_unnamed(after, "pad_after")
