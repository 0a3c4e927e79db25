"""What is wrong with the layout of a scene: texts that meet, what leaves the page, lines through texts, small print.

Of boxes and wires: boxes that meet, and wires through boxes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.drawing.scene import Bounds, Circle, Group, Line, Rectangle, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.drawing.scene import Point, Scene

ROOM = 0.25
"""The points by which two may meet: the bounds of texts have room for letters that few have."""

SMALLEST = 6.0
"""The least size of text that is read in print."""


def faults(scene: Scene) -> list[str]:
    """Every fault of the layout of a scene, in words."""
    texts = [shape for shape in scene.all_shapes() if isinstance(shape, Text)]
    lines = [shape for shape in scene.all_shapes() if isinstance(shape, Line)]
    return [
        *(f"{text.text!r} is {text.size} points high" for text in texts if text.size < SMALLEST),
        *_outside(scene),
        *(f"{one.text!r} meets {other.text!r}" for one, other in _meeting(texts)),
        *_crossed(texts, lines),
    ]


def _outside(scene: Scene) -> Iterator[str]:
    """Shapes that leave the page."""
    for shape in scene.all_shapes():
        bounds = shape.bounds
        if (
            min(bounds.left, bounds.top) < -0.01
            or bounds.right > scene.width + 0.01
            or bounds.bottom > scene.height + 0.01
        ):
            yield f"{shape} is not on the page of {scene.width} x {scene.height}"


def _meeting(texts: list[Text]) -> Iterator[tuple[Text, Text]]:
    """Pairs of texts that overlap: a sweep from left to right."""
    ordered = sorted(texts, key=lambda text: text.bounds.left)
    open_: list[tuple[Text, Bounds]] = []
    for text in ordered:
        bounds = text.bounds
        open_ = [(other, known) for other, known in open_ if known.right > bounds.left]
        yield from ((other, text) for other, known in open_ if known.overlaps(bounds, ROOM))
        open_.append((text, bounds))


def _crossed(texts: list[Text], lines: list[Line]) -> Iterator[str]:
    """Texts that a line goes through."""
    segments = [segment for line in lines for segment in zip(line.points, line.points[1:], strict=False)]
    for text in texts:
        bounds = text.bounds
        inner = Bounds(bounds.left + ROOM, bounds.top + ROOM, bounds.right - ROOM, bounds.bottom - ROOM)
        if any(enters(start, end, inner) for start, end in segments):
            yield f"a line goes through {text.text!r}"


def enters(start: Point, end: Point, box: Bounds) -> bool:
    """Whether a segment has a point inside of a rectangle (Liang and Barsky's clipping)."""
    if max(start[0], end[0]) <= box.left or min(start[0], end[0]) >= box.right:
        return False
    if max(start[1], end[1]) <= box.top or min(start[1], end[1]) >= box.bottom:
        return False
    first, last = 0.0, 1.0
    along, down = end[0] - start[0], end[1] - start[1]
    for step, room in (
        (-along, start[0] - box.left),
        (along, box.right - start[0]),
        (-down, start[1] - box.top),
        (down, box.bottom - start[1]),
    ):
        if step == 0:
            if room <= 0:
                return False
        elif step < 0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    return first < last


def bodies(scene: Scene) -> list[tuple[str, Bounds]]:
    """The boxes and circles of a scene with what they are: the first shapes of groups that have the name of a layer."""
    groups = [shape for shape in scene.shapes if isinstance(shape, Group) and shape.name]
    return [(each.name, each.shapes[0].bounds) for each in groups if isinstance(each.shapes[0], (Rectangle, Circle))]


def wires(scene: Scene) -> list[tuple[str, Line, Bounds]]:
    """The wires of a scene, with what they join and where their heads are: groups without a name that begin so."""
    groups = [shape for shape in scene.shapes if isinstance(shape, Group) and not shape.name]
    lines = [(each, each.shapes[0]) for each in groups]
    return [(each.title, line, each.shapes[-1].bounds) for each, line in lines if isinstance(line, Line)]


def faults_of_boxes(scene: Scene) -> list[str]:
    """Boxes that meet others, and wires that go through boxes."""
    found = []
    boxes = sorted(bodies(scene), key=lambda pair: pair[1].left)
    for number, (name, bounds) in enumerate(boxes):
        for other, known in boxes[number + 1 :]:
            if known.left >= bounds.right:
                break
            if bounds.overlaps(known, ROOM):
                found.append(f"{name} meets {other}")
    inner = [
        (name, Bounds(each.left + ROOM, each.top + ROOM, each.right - ROOM, each.bottom - ROOM)) for name, each in boxes
    ]
    for title, line, _ in wires(scene):
        for start, end in zip(line.points, line.points[1:], strict=False):
            found += [f"{title} goes through {name}" for name, bounds in inner if enters(start, end, bounds)]
    return found
