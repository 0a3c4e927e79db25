"""What kind of step an arrow stands for, and the words and the colour of each kind."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Sequence
from typing import Final, NamedTuple

from cnncalc.drawing.boxes import Box
from cnncalc.drawing.kinds import base_type, is_silent
from cnncalc.drawing.themes import Theme

CONVOLUTION: Final = "convolution"
STRIDED: Final = "strided"
POINTWISE: Final = "pointwise"
POOLING: Final = "pooling"
UPSAMPLING: Final = "upsampling"
COPY: Final = "copy"
BLOCK: Final = "block"
OTHER: Final = "other"

COLOURS: Final = {
    CONVOLUTION: "convolution",
    STRIDED: "convolution",
    POINTWISE: "pointwise",
    POOLING: "pooling",
    UPSAMPLING: "upsampling",
    COPY: "copy",
    BLOCK: "other",
}
"""The colour of each kind, by its name in `Theme.arrows`; of the rest that of wires."""

CUTTING: Final = ("crop", "pad", "slice", "split")
"""Types that hand a part of a map on, or all of it with a border, as it is."""


class Step(NamedTuple):
    """One or more layers that an arrow stands for, by the places of their boxes, and the kind that they are of.

    `repeats` says how many equal ones it is.
    """

    kind: str
    places: tuple[int, ...] = ()
    repeats: int = 1


def kind_of_step(box: Box) -> str:
    """The kind of the step that a single box is.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> [kind_of_step(box) for box in boxes(cnncalc.load("unet").report())[1:4]]
    ['convolution', 'convolution', 'pooling']
    """
    if box.kind in (POOLING, UPSAMPLING):
        return box.kind
    if box.kind in ("convolution", "depthwise"):
        window = box.window
        if window and set(window.stride) != {1}:
            return STRIDED
        return POINTWISE if window and set(window.kernel_size) == {1} else CONVOLUTION
    return OTHER


def is_cut(box: Box) -> bool:
    """Whether a box hands on a map, or a part of it, as it is."""
    return is_silent(box.type) or base_type(box.type) in CUTTING


def colour(kind: str, theme: Theme) -> str:
    """The colour of the arrows of a kind."""
    name = COLOURS.get(kind)
    return theme.arrows[name] if name else theme.wire


def line_width(kind: str) -> float:
    """How thick the arrows of a kind are, in points."""
    return 2.2 if kind == BLOCK else 1.3


def joined(steps: Sequence[Step]) -> Step:
    """One step for several, one after the other: as many equal ones, or a block of different ones.

    >>> joined([Step("convolution", (1,)), Step("convolution", (2,))]), joined([Step("pooling"), Step("convolution")])
    (Step(kind='convolution', places=(1, 2), repeats=2), Step(kind='block', places=(), repeats=1))
    """
    kinds = {step.kind for step in steps}
    places = tuple(place for step in steps for place in step.places)
    if len(kinds) == 1 and BLOCK not in kinds:
        return Step(steps[0].kind, places, sum(step.repeats for step in steps))
    return Step(BLOCK, places)
