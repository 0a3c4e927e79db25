"""Rows: volumes side by side along an axis, their labels below without one touching another."""
# No postponed annotations here: named tuples compile each one that is a string.

from typing import Final, NamedTuple

from cnncalc.drawing.volumes.chains import Volume
from cnncalc.drawing.volumes.groups import LabelGroup, signature
from cnncalc.drawing.volumes.labels import Words
from cnncalc.drawing.volumes.solids import Scale, Solid

GAP: Final = 9.0
GAP_TO_EQUAL: Final = 3.5
GAP_TO_POOL: Final = 2.6
ARROW: Final = 13.0
"""The room that an arrow takes between two volumes."""
BETWEEN_LABELS: Final = 5.0
BESIDE_LEADER: Final = 2.5
LEAST_SIDE: Final = 2.5
"""The least depth of a side that a window is drawn on."""


class Placed(NamedTuple):
    """A volume whose front begins at `x`; `link` is what comes to it from the one before: window, arrow, or nothing."""

    volume: Volume
    solid: Solid
    x: float
    link: str = ""

    @property
    def right(self) -> float:
        """Where its side ends."""
        return self.x + self.solid.width


class Label(NamedTuple):
    """Lines centred at `x`, on the first or second `level`; the front faces go from `first` to `last`."""

    x: float
    lines: tuple[Words, ...]
    level: int
    first: float
    last: float
    is_shared: bool

    @property
    def half(self) -> float:
        """Half of its width."""
        return max((words.width for words in self.lines), default=0.0) / 2


class Repeat(NamedTuple):
    """From where to where volumes stand that come `times` times."""

    first: float
    last: float
    times: int


class Row(NamedTuple):
    """What stands along one axis; `x` is from its left."""

    placed: tuple[Placed, ...]
    labels: tuple[Label, ...]
    repeats: tuple[Repeat, ...]
    width: float

    @property
    def right(self) -> float:
        """Where the sides end: a pool's may end before that of its convolution."""
        return max(each.right for each in self.placed)

    def moved(self, by: float) -> "Row":
        """The same row further to the right."""
        return self._replace(
            placed=tuple(each._replace(x=each.x + by) for each in self.placed),
            labels=tuple(
                each._replace(x=each.x + by, first=each.first + by, last=each.last + by) for each in self.labels
            ),
            repeats=tuple(each._replace(first=each.first + by, last=each.last + by) for each in self.repeats),
        )


class RowRules(NamedTuple):
    """How a row is laid out: how wide it may be, and whether labels may go to a second level."""

    scale: Scale
    room: float
    staggered: bool = False


class RowMaker:
    """A row that grows by a group at a time, as far to the left as labels let it."""

    def __init__(self, rules: RowRules, before: Placed | None = None) -> None:
        self.rules = rules
        self.before = before
        self.placed: list[Placed] = []
        self.labels: list[Label] = []
        self.repeats: list[Repeat] = []
        self.right = 0.0
        self._series: int | None = None
        self._ends = [-BETWEEN_LABELS, -BETWEEN_LABELS]
        self._leader = -BESIDE_LEADER

    @property
    def width(self) -> float:
        """From the left to whatever goes furthest to the right: what stands before a side may end before it."""
        return max(self.right, *self._ends)

    def row(self) -> Row:
        """The row as it is now."""
        return Row(tuple(self.placed), tuple(self.labels), tuple(self.repeats), self.width)

    def add(self, group: LabelGroup, lines: tuple[Words, ...]) -> None:
        """The next group, and its label."""
        first = self._placed(group.volumes[0], self.placed[-1] if self.placed else None)
        run = [first]
        for volume in group.volumes[1:]:
            run.append(self._placed(volume, run[-1]))
        left, right = run[0].x, run[-1].x + run[-1].solid.thickness
        half = max((words.width for words in lines), default=0.0) / 2
        level, shift = self._level((left + right) / 2, half)
        run = [each._replace(x=each.x + shift) for each in run]
        left, right = left + shift, right + shift
        if lines:
            label = Label((left + right) / 2, lines, level, left, right, group.many > 1 and len(run) > 1)
            self.labels.append(label)
            self._ends[level] = label.x + half
            self._leader = label.x if level else self._leader
        for pool in group.pools:
            run.append(self._placed(pool, run[-1]))
        right = max(each.right for each in run)
        self.placed += run
        self.right = max(self.right, right)
        self._repeat(group, left, right)

    def _repeat(self, group: LabelGroup, left: float, right: float) -> None:
        """Widen what comes several times, or begin it."""
        if group.series is None:
            self._series = None
            if len(group.volumes) < group.many:
                self.repeats.append(Repeat(left, right, group.many))
            return
        if self._series == group.series:
            left = self.repeats.pop().first
        self._series = group.series
        self.repeats.append(Repeat(left, right, group.times))

    def _level(self, middle: float, half: float) -> tuple[int, float]:
        """The level for a label, and how far its group must go to the right for it."""
        if not half:
            return 0, 0.0
        upper = max(self._ends[0] + BETWEEN_LABELS, self._leader + BESIDE_LEADER) - (middle - half)
        if upper <= 0.01 or not self.rules.staggered:
            return 0, max(upper, 0.0)
        lower = max(self._ends[1] + BETWEEN_LABELS - (middle - half), self._ends[0] + BESIDE_LEADER - middle)
        return (1, max(lower, 0.0)) if lower < upper else (0, upper)

    def _placed(self, volume: Volume, before: Placed | None) -> Placed:
        """A volume as near to the one before as what is between them lets it."""
        solid = self.rules.scale.solid(volume.box)
        link = self._link(volume, before or self.before)
        if before is None:
            return Placed(volume, solid, 0.0, link)
        squeeze = self.rules.scale.squeeze
        across = before.solid.across
        if link == "arrow":
            right = max(before.right, self.right)
            return Placed(volume, solid, right + ARROW * max(squeeze, 0.8), link)
        if volume.box.kind == "pooling":
            gap = GAP_TO_POOL * squeeze + self._inwards(before.solid, solid)
        elif signature(volume) == signature(before.volume):
            gap = GAP_TO_EQUAL + 0.5 * across
        else:
            gap = GAP * squeeze + 0.75 * across
        return Placed(volume, solid, before.x + before.solid.thickness + gap, link)

    def _inwards(self, before: Solid, solid: Solid) -> float:
        """How far a pool moves for standing at the middle of a sequence, which has no height to cover it."""
        return 0.0 if self.rules.scale.has_rows else max(0.0, before.across - solid.across) / 2

    def _link(self, volume: Volume, before: Placed | None) -> str:
        """What leads to a volume: the window of a convolution, or an arrow; a pool stands at the one before it."""
        if before is None:
            return ""
        box = volume.box
        if box.kind == "pooling" and not before.solid.is_vector:
            return ""
        has_window = box.kind in ("convolution", "depthwise") and box.window is not None
        return "window" if has_window and before.solid.across >= LEAST_SIDE else "arrow"
