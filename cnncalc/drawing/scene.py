"""A scene: plain shapes on a page, in points of 1/72 inch, with y growing downwards.

There are as few kinds of shapes as figures need, and no styles, markers, filters or transformations but a turned text,
so that every notation and every program shows the same. Colours are ``#rrggbb``; None is no filling or no line.
"""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Iterator
from math import hypot
from typing import Final, NamedTuple, TypeAlias

from cnncalc.drawing.text_metrics import text_width

Point: TypeAlias = tuple[float, float]

PAPER: Final = "#ffffff"
"""What a scene without a background lies on, in notations that must have some."""


class Bounds(NamedTuple):
    """The rectangle that a shape takes up."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Bounds", by: float = 0.0) -> bool:
        """Whether two share more than an edge, or more than a strip of that width.

        >>> Bounds(0, 0, 2, 2).overlaps(Bounds(2, 0, 3, 2)), Bounds(0, 0, 2, 2).overlaps(Bounds(1, 1, 3, 3))
        (False, True)
        """
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > by and down > by


class Rectangle(NamedTuple):
    """A rectangle, its corners rounded by `radius`; `dash` is the length of dashes and of gaps of its line."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    line: float = 0.6
    radius: float = 0.0
    dash: tuple[float, float] | None = None

    @property
    def bounds(self) -> Bounds:
        """The rectangle itself."""
        return Bounds(self.x, self.y, self.x + self.width, self.y + self.height)


class Polygon(NamedTuple):
    """A closed polygon."""

    points: tuple[Point, ...]
    fill: str | None = None
    stroke: str | None = None
    line: float = 0.6

    @property
    def bounds(self) -> Bounds:
        """The least rectangle around its points."""
        return _around(self.points)


class Line(NamedTuple):
    """Straight lines from point to point, with corners rounded by at most `radius`."""

    points: tuple[Point, ...]
    stroke: str
    line: float = 0.8
    radius: float = 0.0
    dash: tuple[float, float] | None = None

    @property
    def bounds(self) -> Bounds:
        """The least rectangle around its points."""
        return _around(self.points)


class Circle(NamedTuple):
    """A circle around a centre."""

    x: float
    y: float
    radius: float
    fill: str | None = None
    stroke: str | None = None
    line: float = 0.6
    dash: tuple[float, float] | None = None

    @property
    def bounds(self) -> Bounds:
        """The square around it."""
        return Bounds(self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)


class Text(NamedTuple):
    """A line of text whose baseline begins, is centred or ends at a point; `anchor` is start, middle or end.

    A text that is `turned` reads upwards, around that point.
    """

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: str = "start"
    bold: bool = False
    turned: bool = False

    @property
    def width(self) -> float:
        """How long the line is."""
        return text_width(self.text, self.size, bold=self.bold)

    @property
    def bounds(self) -> Bounds:
        """From the top of its capitals to the bottom of its descenders."""
        before = {"start": 0.0, "middle": self.width / 2, "end": self.width}[self.anchor]
        up, down = self.size * CAPITALS, self.size * DESCENDERS
        if self.turned:
            return Bounds(self.x - up, self.y + before - self.width, self.x + down, self.y + before)
        return Bounds(self.x - before, self.y - up, self.x - before + self.width, self.y + down)


MARGIN = 6.0
"""Around all that is drawn on a page."""

CAPITALS = 0.72
"""The height of capitals above the baseline, as a part of the size; Helvetica's are 0.718."""

DESCENDERS = 0.21
"""The depth of descenders below the baseline, as a part of the size."""


class Picture(NamedTuple):
    """An image of pixels, the bytes of a PNG or JPEG file: as much around its middle as has a rectangle's shape."""

    x: float
    y: float
    width: float
    height: float
    data: bytes
    media_type: str

    @property
    def bounds(self) -> Bounds:
        """The rectangle that it fills."""
        return Bounds(self.x, self.y, self.x + self.width, self.y + self.height)


class Group(NamedTuple):
    """Shapes that belong together: those of a layer, whose full `name` it has, or of several.

    `title` is what a reader is told who points at it.
    """

    shapes: tuple["Shape", ...]
    name: str = ""
    title: str = ""

    @property
    def bounds(self) -> Bounds:
        """The least rectangle around all of its shapes."""
        every = [shape.bounds for shape in self.shapes]
        return Bounds(
            min(each.left for each in every),
            min(each.top for each in every),
            max(each.right for each in every),
            max(each.bottom for each in every),
        )


Shape: TypeAlias = Rectangle | Polygon | Line | Circle | Text | Picture | Group


class Scene(NamedTuple):
    """A page of `width` times `height` points, and the shapes on it, those behind first.

    `title` and `description` are what somebody hears who does not see it. `background` is None where the page is to
    show through. `notes` say what of the subject is not drawn, to who asked for the figure.
    """

    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]
    background: str | None = None
    notes: tuple[str, ...] = ()

    def all_shapes(self) -> Iterator[Shape]:
        """Every shape that is no group, those behind first."""
        yield from _ungrouped(self.shapes)


def _ungrouped(shapes: tuple[Shape, ...]) -> Iterator[Shape]:
    for shape in shapes:
        if isinstance(shape, Group):
            yield from _ungrouped(shape.shapes)
        else:
            yield shape


def _around(points: tuple[Point, ...]) -> Bounds:
    across, down = zip(*points, strict=True)
    return Bounds(min(across), min(down), max(across), max(down))


def arrow(
    points: tuple[Point, ...],
    stroke: str,
    line: float = 0.8,
    *,
    head: float = 3.6,
    radius: float = 4.0,
    dash: tuple[float, float] | None = None,
) -> tuple[Line, Polygon]:
    """A line that ends in a head, which is a polygon: programs draw markers in their own ways, or not at all.

    >>> line, head = arrow(((0, 0), (10, 0)), "#000000", head=4)
    >>> line.points, head.points
    (((0, 0), (6.8, 0.0)), ((10, 0), (6.0, 1.8), (6.0, -1.8)))
    """
    (x, y), (tip_x, tip_y) = points[-2:]
    length = hypot(tip_x - x, tip_y - y) or 1.0
    along, across = (tip_x - x) / length, (tip_y - y) / length
    base_x, base_y = tip_x - along * head, tip_y - across * head
    half = head * 0.45
    corners = (
        (tip_x, tip_y),
        (base_x - across * half, base_y + along * half),
        (base_x + across * half, base_y - along * half),
    )
    end = (tip_x - along * head * 0.8, tip_y - across * head * 0.8)
    return Line((*points[:-1], end), stroke, line, radius, dash), Polygon(corners, fill=stroke)
