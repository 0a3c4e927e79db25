"""Where the boxes of a union may be taken together without telling more than is seen of the input.

The smallest box around several holds places that none of them has. Along each axis it reads what they read, all
together, so that nothing is told wrong as long as none of the boxes is lost on the way to the input: a box is lost by a
path on which it reads only padding along one axis, whatever it reads along the others. That no path loses it is proven
by one position along each axis that reads something on every path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.positions import Positions, union_of

if TYPE_CHECKING:
    from cnncalc.boxes import Box
    from cnncalc.layers.base import Layer
    from cnncalc.layout import Shape
    from cnncalc.network import Network

MANY: Final = 32
"""As many boxes are not taken together."""

MOST_FAILURES: Final = 16
"""Where as many boxes may be lost, no more are tried."""


class Liveness:
    """Which positions along the axes of a network's tensors are known to read something on every path."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._known: set[tuple[int, int, int]] = set()
        self._failures = 0

    def together(self, tensor: int, boxes: list[Box]) -> list[Box]:
        """The smallest box around many boxes of a tensor, if it reads the same along each axis of the inputs."""
        if len(boxes) <= MANY or self._failures == MOST_FAILURES:
            return boxes
        differing = [axis for axis, sets in enumerate(zip(*boxes, strict=True)) if any(s != sets[0] for s in sets)]
        if not all(self._lives(tensor, axis, box[axis]) for box in boxes for axis in differing):
            self._failures += 1
            return boxes
        return [tuple(union_of(sets) for sets in zip(*boxes, strict=True))]

    def _lives(self, tensor: int, axis: int, positions: Positions) -> bool:
        """Whether the position in the middle reads something on every path to an input."""
        found: set[tuple[int, int, int]] = set()
        waiting = [(tensor, axis, nearest(positions, (positions.first + positions.last) // 2))]
        while waiting:
            tensor, axis, at = place = waiting.pop()
            if place in found or place in self._known:
                continue
            found.add(place)
            if tensor >= len(self.network.inputs):
                arriving = self._read(tensor, axis, at)
                if arriving is None:
                    return False
                waiting += [(number, axis, at) for number, at in arriving]
        self._known |= found
        return True

    def _read(self, tensor: int, axis: int, at: int) -> list[tuple[int, int]] | None:
        """A position of each input of a tensor that one of it reads; None where there is none."""
        node = self.network.nodes[tensor - len(self.network.inputs)]
        output, last = node.output_shape, node.layer.last_step
        if last is not None:
            step = _one_tap(last, 0, axis, at, [output], output)
            if step is None:
                return None
            at = step
        taps = [_one_tap(node.layer, n, axis, at, node.input_shapes, output) for n in range(len(node.inputs))]
        found = [(number, tap) for number, tap in zip(node.inputs, taps, strict=True) if tap is not None]
        return found if len(found) == len(taps) else None


def _one_tap(layer: Layer, number: int, axis: int, at: int, inputs: list[Shape], output: Shape) -> int | None:
    """A position of an input that one of the output reads: that of the same place, or the nearest to it."""
    if not layer.axes_apart():
        return None
    found = layer.taps(number, axis, Positions.span(at, at), inputs, output)
    return nearest(found, at * inputs[number][axis] // output[axis]) if found else None


def nearest(positions: Positions, at: int) -> int:
    """The last position up to `at`, or the first.

    >>> nearest(Positions.progression(0, 5, 3), 7)
    5
    """
    return (positions.between(positions.first, at) or positions.between(positions.first, positions.first)).last
