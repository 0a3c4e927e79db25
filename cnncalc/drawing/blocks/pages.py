"""A page: columns beside each other with the ways from one to the next, and the tints of stages in them."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from cnncalc.drawing.blocks.columns import EDGE, Trunk
from cnncalc.drawing.blocks.detail import Detail
from cnncalc.drawing.blocks.frames import TIMES_SIZE, loose_frames, times_text
from cnncalc.drawing.blocks.geometry import Body, Way
from cnncalc.drawing.blocks.legend import legend_height
from cnncalc.drawing.blocks.looks import RADIUS, Habits, Look, Measures, habits, look
from cnncalc.drawing.blocks.placing import Placing
from cnncalc.drawing.blocks.series_parallel import plan
from cnncalc.drawing.blocks.stages import Stage, groups
from cnncalc.drawing.options import Options
from cnncalc.drawing.scene import MARGIN
from cnncalc.drawing.text_metrics import SIZE, SMALLEST, text_width

GUTTER: Final = 14.0
"""Between columns: in its middle is the way from one to the next."""

HEAD: Final = 16.0
"""Room at the start of a column for the way that comes from the one before."""

TAIL: Final = 9.0
"""How far behind the end of a column that way turns."""

TINT: Final = 5.0
"""How far a stage's tint reaches beyond the boxes at its sides, and how far its label is from it."""

LINE: Final = 8.5
"""From one line of a label to the next."""

ASPECT: Final = {True: 1.5, False: 2.5}
"""The width over the height that a figure has, down or to the right, where no width is asked for."""

LEAST: Final = {True: 260.0, False: 190.0}
"""The height up to which no more columns (to the right: rows) are worth it, where no width is asked for."""

LOOSE: Final = 2.6
"""How much wider than what is in it a column may be for a tint to be as wide as the column."""

WORTH: Final = 0.08
"""How much shorter the page must become for another column to be worth it."""

TALLEST: Final = 640.0
"""The height that paper has for a figure, in points: what is higher counts twice more."""


class Tint(NamedTuple):
    """The part of a stage that is in one column: its rectangle across and along."""

    before: float
    start: float
    after: float
    stop: float
    stage: int


class Page(NamedTuple):
    """A figure in points across and along; `width` and `height` are those of the page that it needs."""

    placing: Placing
    looks: tuple[Look, ...]
    habit: Habits
    measures: Measures
    stages: tuple[Stage, ...]
    tints: tuple[Tint, ...]
    width: float
    height: float
    is_down: bool
    cost: float


class _Column(NamedTuple):
    """Some groups: the room before the axis and behind it, its length, and how far behind its edge labels reach."""

    first: int
    stop: int
    before: float
    after: float
    length: float
    labels: float

    @property
    def across(self) -> float:
        """All of its room."""
        return self.before + self.after + self.labels


def page(detail: Detail, options: Options, measures: Measures) -> Page:
    """The page of a figure, with boxes of some measures."""
    is_down = options.direction != "right"
    habit = habits(detail.items)
    folds = detail.folds
    times: dict[int, int] = {}
    while True:
        looks = tuple(
            look(item, habit, measures, options, times.get(place, 1)) for place, item in enumerate(detail.items)
        )
        room = max((text_width(times_text(fold), TIMES_SIZE, bold=True) + 5 for fold in folds), default=0.0)
        trunk, loose = plan(detail.items, folds)
        placing = Placing(detail.items, [_body(each, is_down) for each in looks], room if is_down else min(room, 10.0))
        placing.loose.update(place for fold in loose for place in range(fold.start, fold.stop))
        pieces, stages = groups(trunk, detail.items)
        made = _Layout(Trunk(placing, pieces), placing, stages, looks, measures, is_down)
        columns, cost = made.best(options.width)
        tints = made.place(columns)
        frames, failed = loose_frames(placing, loose)
        if not failed:
            break
        folds = tuple(fold for fold in folds if fold not in failed)
        for fold in failed:
            times.update({place: times.get(place, 1) * fold.times for place in range(fold.start, fold.stop)})
    placing.frames += frames
    width, height = made.size(columns)
    height += legend_height(looks, habit, options.width or width)
    return Page(placing, looks, habit, measures, tuple(stages), tuple(tints), width, height, is_down, cost)


def _body(each: Look, is_down: bool) -> Body:
    """The size of a look, turned to where the data flows to."""
    across, along = (each.width, each.height) if is_down else (each.height, each.width)
    before = 0.0
    if each.sign:
        before = RADIUS + 4 + text_width(each.aside, SMALLEST) if is_down else RADIUS + SMALLEST + 2
        before = before if each.aside else 0.0
    return Body(across / 2, along, before)


class _Layout:
    """How groups become columns."""

    def __init__(
        self,
        trunk: Trunk,
        placing: Placing,
        stages: Sequence[Stage],
        looks: Sequence[Look],
        measures: Measures,
        is_down: bool,
    ) -> None:
        self.trunk = trunk
        self.placing = placing
        self.stages = stages
        self.looks = looks
        self.measures = measures
        self.is_down = is_down

    def best(self, width: float | None) -> tuple[list[_Column], float]:
        """The columns of the best page, and its cost: the shortest that fits, or that of the best proportions."""
        best: list[_Column] = []
        least = float("inf")
        for count, columns in enumerate(self.trunk.columns()):
            bounds = [*columns.starts, len(self.trunk.groups)]
            found = [self._column(first, stop) for first, stop in pairwise(bounds)]
            own, height = self.size(found)
            if width is None:
                cost = max(own / ASPECT[self.is_down], height, LEAST[self.is_down]) * (1 + WORTH * count)
            else:
                cost = height * (1 + WORTH * count) + 2 * max(0.0, height - TALLEST)
                cost = 1e6 * own if own > width else cost
            if cost < least:
                best, least = found, cost
        return best, least

    def size(self, columns: Sequence[_Column]) -> tuple[float, float]:
        """The width and height of a page of some columns."""
        across = 2 * MARGIN + sum(column.across for column in columns) + GUTTER * (len(columns) - 1)
        along = 2 * MARGIN + max(column.length for column in columns)
        return (across, along) if self.is_down else (along, across)

    def _column(self, first: int, stop: int) -> _Column:
        """The column of some groups."""
        before, after, length = self.trunk.width(first, stop)
        present = {group.stage for group in self.trunk.groups[first:stop]} - {None}
        length += self._overhang() + self._head(first) + EDGE + (TAIL - EDGE if stop < len(self.trunk.groups) else 0.0)
        if not present:
            return _Column(first, stop, before, after, length, 0.0)
        labels = TINT + max(self._label(self.stages[stage]) for stage in present if stage is not None)
        return _Column(first, stop, before + TINT, after + TINT, length, labels)

    def _overhang(self) -> float:
        """How far the words above a circle reach beyond it."""
        if self.is_down:
            return 0.0
        longest = max((text_width(each.aside, SMALLEST) for each in self.looks), default=0.0)
        return max(0.0, longest / 2 - RADIUS - EDGE)

    def _label(self, stage: Stage) -> float:
        """How much room the label of a stage takes across."""
        if not self.is_down or self.measures.is_tight:
            return 2 * LINE
        return max(text_width(stage.name, SIZE, bold=True), text_width(stage.shape, SIZE))

    def _head(self, first: int) -> float:
        """The room before the first group of a column."""
        return self.trunk.lead(first) + (HEAD - EDGE if first else 0.0)

    def place(self, columns: Sequence[_Column]) -> list[Tint]:
        """Put everything in its place; the tints of the stages."""
        ways: list[Way] = []
        tints: list[Tint] = []
        edge, stop = MARGIN, 0.0
        for column in columns:
            axis = edge + column.before
            begin = MARGIN + self._head(column.first)
            if ways:
                gutter = edge - GUTTER / 2
                ways = [_led_over(way, stop + TAIL, gutter, axis) for way in ways]
            for number in range(column.first, column.stop):
                start = begin + self.trunk.starts[number] - self.trunk.starts[column.first]
                stop = start + self.trunk.extents[number].along
                ways = self.placing.place(self.trunk.series[number], axis, start, ways)
                stage = self.trunk.groups[number].stage
                if stage is None:
                    continue
                own = self.trunk.extents[number]
                tint = Tint(axis - own.before, start - self.trunk.lead(number), axis + own.after, stop + EDGE, stage)
                if tints and tints[-1].stage == stage and number > column.first:
                    before, start, after, _, _ = tints.pop()
                    tint = Tint(min(before, tint.before), start, max(after, tint.after), tint.stop, stage)
                tints.append(tint)
            tints = [_widened(tint, edge, axis + column.after) for tint in tints]
            edge += column.across + GUTTER
        return tints


def _widened(tint: Tint, edge: float, end: float) -> Tint:
    """A tint of the last column as wide as the column, unless that is far wider than what is in it."""
    if tint.before < edge:
        return tint
    if (tint.after - tint.before) * LOOSE < end - edge:
        return tint._replace(before=tint.before - TINT, after=tint.after + TINT)
    return tint._replace(before=edge, after=end)


def _led_over(way: Way, turn: float, gutter: float, axis: float) -> Way:
    """The way from behind the end of a column to the start of the next."""
    across, start = way.points[-1][0], MARGIN + 2
    return Way(way.source, (*way.points, (across, turn), (gutter, turn), (gutter, start), (axis, start)))
