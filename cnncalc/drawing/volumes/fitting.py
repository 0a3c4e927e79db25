"""Fitting: rows that are no wider than the page, with volumes as large as there is room for."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from cnncalc.drawing.scene import MARGIN
from cnncalc.drawing.text_metrics import SIZE, text_width
from cnncalc.drawing.volumes.chains import Chain, Volume
from cnncalc.drawing.volumes.groups import MOST, SOME, UNFOLDED, LabelGroup, groups_of
from cnncalc.drawing.volumes.labels import Words, label_of
from cnncalc.drawing.volumes.naming import short_name
from cnncalc.drawing.volumes.rows import Row, RowMaker, RowRules
from cnncalc.drawing.volumes.solids import Scale, rows_and_columns

TURN: Final = 12.0
"""The room beside rows for the way from the end of one to the start of the next."""
USUAL_WIDTH: Final = 720.0
"""The widest figure in points, where nobody asks for a width: ten inches."""
LEAST_SQUEEZE: Final = 0.5
"""How small volumes may become, as a part of their usual depth and thickness."""
HALVINGS: Final = 4
"""How often the room between that and the usual size is halved."""
MOST_ROWS: Final = 24
MOST_VOLUMES: Final = 150
"""The most rows of a chain, and volumes of a figure: more are no figure to be looked at."""
BETWEEN_AFTER: Final = 4.0

Labelled: TypeAlias = tuple[LabelGroup, tuple[Words, ...]]


class Layout(NamedTuple):
    """The rows of each chain, where each begins, and what the labels say."""

    chains: tuple[tuple[Row, ...], ...]
    starts: tuple[str | None, ...]
    labels: tuple[str, ...] = ()

    @property
    def content(self) -> float:
        """The width of the widest row, with what stands before and behind it."""
        return max(
            (start_width(start) if number == 0 else 0.0)
            + max(row.width, row.right + after_width(row.placed[-1].volume))
            for rows, start in zip(self.chains, self.starts, strict=True)
            for number, row in enumerate(rows)
        )

    @property
    def has_turns(self) -> bool:
        """Whether a chain goes on in another row."""
        return any(len(rows) > 1 for rows in self.chains)


def after_width(volume: Volume) -> float:
    """The room that words beside the last volume take."""
    return BETWEEN_AFTER + text_width(", ".join(volume.after)) if volume.after else 0.0


def start_text(start: str | None) -> str:
    """What stands before the first volume of a chain that begins within another."""
    return f"from {short_name(start)}" if start else ""


def start_width(start: str | None) -> float:
    """The room for that, and for an arrow."""
    return text_width(start_text(start), SIZE) + 16 if start else 0.0


def scale_of(chains: Sequence[Chain]) -> Scale:
    """The largest map and most channels of all chains."""
    boxes = [volume.box for chain in chains for volume in chain.volumes if volume.box.sizes]
    largest = max((max(rows_and_columns(box)) for box in boxes), default=1)
    channels = max((box.channels for box in boxes), default=1)
    return Scale(largest, channels, has_rows=not boxes or any(rows_and_columns(box)[0] > 1 for box in boxes))


def fitted(chains: Sequence[Chain], wanted: tuple[str, ...], width: float | None, *, unfold: bool) -> Layout | None:
    """The layout for a width, or of ten inches at most; None where nothing fits.

    What repeats itself is folded more, and then labels say less, where there is no other way.
    """
    brief = tuple(word for word in wanted if word in ("name", "shape")) or wanted[:1]
    for folding in (UNFOLDED,) if unfold else (SOME, MOST):
        grouped = [groups_of(chain.volumes, folding) for chain in chains]
        if volumes_in(grouped) > MOST_VOLUMES:
            continue
        for words in dict.fromkeys((wanted, brief, brief[-1:])):
            found = _first(chains, grouped, words, width)
            if found is not None:
                return found._replace(labels=words)
    return None


def volumes_in(grouped: Sequence[Sequence[LabelGroup]]) -> int:
    """How many volumes are drawn of groups."""
    return sum(len(group.volumes) + len(group.pools) for groups in grouped for group in groups)


def _first(
    chains: Sequence[Chain], grouped: Sequence[Sequence[LabelGroup]], wanted: tuple[str, ...], width: float | None
) -> Layout | None:
    """The first layout of those that are tried."""
    starts = tuple(chain.start for chain in chains)
    scale = scale_of(chains)
    for least, largest, staggered, rows in _attempts(width):
        room = (width or USUAL_WIDTH) - 2 * (MARGIN + (TURN if rows > 1 else 0.0))
        labelled = [[(group, label_of(group, wanted, room)) for group in groups] for groups in grouped]
        found = _tried(starts, labelled, RowRules(scale, room, staggered), (least, largest), rows)
        if found is not None:
            return found
    return None


def _attempts(width: float | None) -> Iterator[tuple[float, float, bool, int]]:
    """The most and the least squeeze to try, whether labels go to two levels, and the most rows of a chain."""
    if width is None:
        yield 1.0, 1.0, False, 1
        yield 0.8, 1.0, False, 3
        yield 0.8, 0.8, False, MOST_ROWS
        return
    yield LEAST_SQUEEZE, 1.0, False, 1
    yield LEAST_SQUEEZE, 1.0, True, 1
    for rows in range(2, 7):
        yield 0.7, 1.0, False, rows
        if rows > 2:
            yield 0.7, 1.0, True, rows
    yield 0.7, 0.7, False, MOST_ROWS
    yield LEAST_SQUEEZE, LEAST_SQUEEZE, True, MOST_ROWS


def _tried(
    starts: tuple[str | None, ...],
    labelled: Sequence[Sequence[Labelled]],
    rules: RowRules,
    squeezes: tuple[float, float],
    most: int,
) -> Layout | None:
    """The layout with volumes as large as they can be that has no more rows than that."""

    def at(squeeze: float) -> Layout | None:
        squeezed = rules._replace(scale=rules.scale._replace(squeeze=squeeze))
        found = []
        for start, groups in zip(starts, labelled, strict=True):
            rows = _rows(groups, squeezed, start_width(start), most)
            if rows is None:
                return None
            found.append(rows)
        return Layout(tuple(found), starts)

    least, largest = squeezes
    best = at(largest)
    if best is not None or least == largest:
        return best
    best = at(least)
    if best is None:
        return None
    for _ in range(HALVINGS):
        middle = (least + largest) / 2
        found = at(middle)
        least, largest = (middle, largest) if found else (least, middle)
        best = found or best
    return best


def _rows(groups: Sequence[Labelled], rules: RowRules, start: float, most: int) -> tuple[Row, ...] | None:
    """The fewest rows, and of these the most even, by the best way to break each beginning; None where they are more.

    `start` is the room that is taken at the left of the first.
    """
    unreached = (MOST_ROWS + 1, 0.0)
    best: list[tuple[int, float]] = [(0, 0.0), *([unreached] * len(groups))]
    last: list[Row | None] = [None] * (len(groups) + 1)
    begins = [0] * (len(groups) + 1)
    for first in range(len(groups)):
        if best[first] >= unreached:
            continue
        rows, cost = best[first]
        before = last[first]
        maker = RowMaker(rules, before.placed[-1] if before else None)
        for end, unevenness in _ends(groups, first, maker, start if first == 0 else 0.0):
            reached = (rows + 1, cost + unevenness)
            if reached < best[end]:
                best[end], last[end], begins[end] = reached, maker.row(), first
    if best[-1][0] > most:
        return None
    found: list[Row] = []
    end = len(groups)
    while (row := last[end]) is not None:
        found.append(row)
        end = begins[end]
    return tuple(reversed(found))


def _ends(groups: Sequence[Labelled], first: int, maker: RowMaker, start: float) -> Iterator[tuple[int, float]]:
    """Where a row can end that begins with a group, and how bad that is; it has grown to there when that is told."""
    room = maker.rules.room - start
    for end in range(first + 1, len(groups) + 1):
        group, lines = groups[end - 1]
        maker.add(group, lines)
        if maker.width > room:
            return
        is_last = end == len(groups)
        if is_last and maker.right + after_width(maker.placed[-1].volume) > room:
            return
        splits = not is_last and group.series is not None and groups[end][0].series == group.series
        yield end, ((room - maker.width) / maker.rules.room) ** 2 + splits
