"""Windows of one output value: the taps along each axis, and what they lie on."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from cnncalc.errors import enumerated
from cnncalc.steps import planes
from cnncalc.steps.units import LayerAtHand, axis_words, indexed, letters, span, tap_letters, times

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnncalc.geometry.window import AnyWindow
    from cnncalc.steps.results import Plane

MODES: Final = {
    "reflect": "mirrored at the border",
    "replicate": "the border repeated",
    "circular": "as from the other end",
}
"""What padding is where it is not zeros."""


class Tap(NamedTuple):
    """A tap along an axis: its number, where it lies, and which pixel of the map it reads; None of zeros."""

    number: int
    place: int
    source: int | None


Taps = tuple[Tap, ...]
"""One tap along each axis."""


def slid(window: AnyWindow, size: int, position: int, mode: str = "zeros") -> list[Tap]:
    """The taps of a window at a position of an axis.

    >>> from cnncalc.geometry.window import Window
    >>> [tap.source for tap in slid(Window(kernel_size=3, stride=2, padding=(1, 1)), 5, 0, "reflect")]
    [1, 0, 1]
    """
    start = position * window.stride - window.pads(size)[0]
    places = [start + number * window.dilation for number in range(window.kernel_size)]
    return [Tap(number, place, source_of(place, size, mode)) for number, place in enumerate(places)]


def source_of(place: int, size: int, mode: str) -> int | None:
    """The pixel that stands in a place, which may lie beyond the border; None where zeros stand there."""
    if 0 <= place < size:
        return place
    if mode == "replicate":
        return min(max(place, 0), size - 1)
    if mode == "circular":
        return place % size
    if mode == "reflect":
        return -place if place < 0 else 2 * (size - 1) - place
    return None


def landing(window: AnyWindow, size: int, position: int) -> list[Tap]:
    """The taps of a transposed convolution that land on a position of its output, each with its input.

    >>> from cnncalc.geometry.window import TransposedWindow
    >>> landing(TransposedWindow(kernel_size=3, stride=2), 2, 2)
    [Tap(number=2, place=0, source=0), Tap(number=0, place=1, source=1)]
    """
    place = position + window.pads(size)[0]
    found = []
    for number in reversed(range(window.kernel_size)):
        input_, rest = divmod(place - number * window.dilation, window.stride)
        if not rest and 0 <= input_ < size:
            found.append(Tap(number, input_, input_))
    return found


class Windowed(LayerAtHand):
    """A layer with a window along each spatial axis."""

    @property
    def mode(self) -> str:
        """What the padding is: zeros, or a way to go on with the map."""
        return "zeros"

    @property
    def windows(self) -> tuple[AnyWindow, ...]:
        """The window along each spatial axis."""
        return self.node.windows or ()

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.input_shape) - 1

    @property
    def pads(self) -> list[tuple[int, int]]:
        """The padding along each spatial axis."""
        return [window.pads(size) for window, size in zip(self.windows, self.input_shape[1:], strict=True)]

    @property
    def summary(self) -> str:
        """What the layer is set to, in a few words."""
        windows = self.windows
        parts = [f"kernel {times(w.kernel_size for w in windows)}", f"stride {alike(w.stride for w in windows)}"]
        if any(map(any, self.pads)):
            parts.append(
                f"{self.padding_word} {self.padding_text}" + (f", {MODES[self.mode]}" if self.mode in MODES else "")
            )
        if any(window.dilation > 1 for window in windows):
            parts.append(f"dilation {alike(w.dilation for w in windows)}")
        return ", ".join(parts)

    padding_word: ClassVar[str] = "padding"

    @property
    def padding_text(self) -> str:
        """The padding along the axes, before and after where these differ."""
        even = all(before == after for before, after in self.pads)
        return alike(str(before) if even else f"({before}, {after})" for before, after in self.pads)

    def taps(self, position: Sequence[int]) -> list[list[Tap]]:
        """The taps along each axis at a position."""
        axes = zip(self.windows, self.input_shape[1:], position, strict=True)
        return [slid(window, size, at, self.mode) for window, size, at in axes]

    def first_whole(self) -> tuple[int, ...]:
        """The first position whose window lies on the input as a whole, along each axis."""
        return tuple(
            next((at for at in range(min(count, 1000)) if self._is_whole(axis, at)), 0)
            for axis, count in enumerate(self.output_shape[1:])
        )

    def _is_whole(self, axis: int, position: int) -> bool:
        window, size = self.windows[axis], self.input_shape[1 + axis]
        start = position * window.stride - window.pads(size)[0]
        return start >= 0 and start + window.extent <= size

    def places(self, positions: Sequence[str]) -> list[str]:
        """Where a tap lies along each axis: the index of the input, for positions that are letters or numbers."""
        found = []
        named = zip(positions, self.windows, self.pads, tap_letters(self.rank), strict=True)
        for position, window, (before, _), tap in named:
            start = position if window.stride == 1 else f"{position}*{window.stride}"
            start += f"-{before}" if before else ""
            found.append(f"{start}+{tap}" if window.dilation == 1 else f"{start}+{tap}*{window.dilation}")
        return found

    def window_note(self, taps: Sequence[Sequence[Tap]]) -> str:
        """Where the window lies, and how much of it on padding."""
        words = axis_words(self.rank)
        places = [
            f"{word}{'s' * (len(along) > 1)} {span(along[0].place, along[-1].place)}"
            for word, along in zip(words, taps, strict=True)
        ]
        count = prod(map(len, taps))
        present = prod(sum(tap.source is not None for tap in along) for along in taps)
        missing = count - present
        padding = f"; {missing} of its {count} values {'is' if missing == 1 else 'are'} padding" if missing else ""
        return f"the window lies on {enumerated(places)} of the input{padding}"

    def left(self, unit: Sequence[int] | None = None) -> str:
        """The output's value, with symbols or numbers; the channel is left out where there is one."""
        index: Sequence[int | str] = ("o", *letters(self.rank)) if unit is None else unit
        return indexed("Y", index if self.output_shape[0] > 1 else index[1:])

    @property
    def border(self) -> float | None:
        """The value of the padding, where it has one of its own; None where it has none."""
        return 0.0

    @property
    def borders(self) -> list[tuple[int, int]]:
        """How many values of padding stand around the input, along each spatial axis."""
        return self.pads

    def value_at(self, channel: int, places: Sequence[int]) -> float | None:
        """A value of the input, which may stand in the padding."""
        sources = [source_of(at, size, self.mode) for at, size in zip(places, self.input_shape[1:], strict=True)]
        return self.border if None in sources else self.read((channel, *(at for at in sources if at is not None)))

    def input_planes(
        self,
        channel: int,
        taps: Sequence[Sequence[Tap]],
        factors: Mapping[tuple[int, ...], float] | None = None,
        marked: Sequence[int] | None = None,
    ) -> list[Plane]:
        """The input's channel around the window: of a volume a plane for each tap along its first axis."""
        if self.rank == 3:
            found = []
            for lead in taps[0]:
                here = None if factors is None else {key[1:]: f for key, f in factors.items() if key[0] == lead.number}
                spot = marked[1:] if marked is not None and marked[0] == lead.place else None
                found += self._input_plane(channel, taps[1:], (lead.place,), here, spot)
            return found
        return self._input_plane(channel, taps, (), factors, marked)

    def _input_plane(
        self,
        channel: int,
        taps: Sequence[Sequence[Tap]],
        lead: tuple[int, ...],
        factors: Mapping[tuple[int, ...], float] | None,
        marked: Sequence[int] | None,
    ) -> list[Plane]:
        """One plane, of a row where there is one axis; none where the window is too large to be drawn."""
        sizes, pads = self.input_shape[1 + len(lead) :], self.borders[len(lead) :]
        spans = [range(along[0].place, along[-1].place + 1) if along else range(1) for along in taps]
        if not planes.has_room(spans):
            return []
        views = [planes.view(size, *pad, each) for size, pad, each in zip(sizes, pads, spans, strict=True)]
        cells = {
            tuple(tap.place for tap in pair): None if factors is None else factors[tuple(tap.number for tap in pair)]
            for pair in product(*taps)
        }
        channels = [f"channel {channel}"] if self.input_shape[0] > 1 else []
        title = ", ".join([self.input_word, *channels, *(f"plane {at}" for at in lead)])
        return [
            planes.cut("input", title, lambda at: self.value_at(channel, (*lead, *at)), sizes, views, cells, marked)
        ]

    @property
    def input_word(self) -> str:
        """What the title of the input's plane begins with."""
        padding = (
            f", padding {self.padding_text}" if any(map(any, self.pads)) and self.padding_word == "padding" else ""
        )
        return f"input {times(self.input_shape[1:])}{padding}"

    @property
    def output_word(self) -> str:
        """What the title of the output's plane begins with."""
        strides = [window.stride for window in self.windows]
        return (
            f"{super().output_word}, stride {alike(strides)}"
            if any(each > 1 for each in strides)
            else super().output_word
        )


def alike(values: Iterable[int | str]) -> str:
    """Numbers along the axes, one where they are equal.

    >>> alike([2, 2]), alike([2, 1])
    ('2', '2 x 1')
    """
    texts = list(map(str, values))
    return texts[0] if len(set(texts)) == 1 else " x ".join(texts)
