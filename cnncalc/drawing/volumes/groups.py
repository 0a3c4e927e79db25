"""Groups: equal volumes in a row, which share a label, with the pools behind them; and folding what repeats itself."""
# No postponed annotations here: named tuples compile each one that is a string.

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from cnncalc.drawing.volumes.chains import Volume
from cnncalc.drawing.volumes.naming import plain_names

LONGEST_PERIOD: Final = 6
"""The most volumes that repeat themselves together."""


class Folding(NamedTuple):
    """What is drawn once: runs of more than `run` equal volumes, and series of volumes that come `times` times."""

    run: int
    times: int


UNFOLDED: Final = Folding(10**9, 10**9)
SOME: Final = Folding(4, 3)
MOST: Final = Folding(1, 2)


class LabelGroup(NamedTuple):
    """Equal volumes and the pools behind them.

    `names` are those of all the volumes that it stands for, of which `volumes` are drawn, and `parameters` are of all
    of them. `times` is how often it comes together with its neighbours of the same `series`, a number, or None where
    it does not repeat itself.
    """

    volumes: tuple[Volume, ...]
    pools: tuple[Volume, ...] = ()
    names: tuple[str, ...] = ()
    parameters: int = 0
    times: int = 1
    series: int | None = None

    @property
    def many(self) -> int:
        """For how many equal volumes it stands."""
        return len(self.names)


def signature(volume: Volume) -> Any:
    """What equal volumes have in common: all that a figure shows of them."""
    box = volume.box
    window = box.window and (box.window.kernel_size, box.window.stride, box.window.dilation, box.window.groups)
    return box.kind, box.type, box.shape, window, box.activation, volume.held


def groups_of(volumes: Sequence[Volume], folding: Folding) -> list[LabelGroup]:
    """The groups of a chain.

    >>> import cnncalc
    >>> from cnncalc.drawing.options import Options
    >>> from cnncalc.drawing.volumes.chains import chains_of
    >>> [chain] = chains_of(cnncalc.load("mobilenet").report(), Options())
    >>> [(group.names[0], group.times) for group in groups_of(chain.volumes, SOME) if group.times > 1]
    [('block7.conv_dw', 5), ('block7.conv_pw', 5)]
    """
    pieces, marks = _pieces(volumes)
    ids = {mark: number for number, mark in enumerate(dict.fromkeys(marks))}
    numbers = [ids[mark] for mark in marks]
    plain = plain_names([volume.box.name for volume in volumes])
    found: list[LabelGroup] = []
    place = 0
    while place < len(pieces):
        period, times = _repeats(numbers, place, folding)
        if times > 1 and _begins_late(pieces, numbers, place, period, times):
            period, times = 1, 1
        for run, pools in pieces[place : place + period]:
            shown = run if len(run) <= folding.run else [run[0]._replace(alike=len(run))]
            if times > 1:
                shown = [volume._replace(alike=times) for volume in shown]
            behind = [volume._replace(alike=times) for volume in pools] if times > 1 else pools
            names = tuple(plain[volume.box.name] for volume in run)
            parameters = sum(volume.box.parameters for volume in run)
            found.append(
                LabelGroup(tuple(shown), tuple(behind), names, parameters, times, place if times > 1 else None)
            )
        place += period * times
    return found


_Piece: TypeAlias = tuple[list[Volume], list[Volume]]


def _pieces(volumes: Sequence[Volume]) -> tuple[list[_Piece], list[Any]]:
    """Runs of equal volumes, each with the pools behind it; and of each what equal ones have in common."""
    found: list[_Piece] = []
    marks: list[Any] = []
    last: Any = None
    for volume in volumes:
        mark = signature(volume)
        if volume.box.kind == "pooling" and found:
            found[-1][1].append(volume)
            marks[-1] = (marks[-1], mark)
            last = None
        elif mark == last and volume.box.kind != "input":
            found[-1][0].append(volume)
            marks[-1] = (mark, len(found[-1][0]))
        else:
            found.append(([volume], []))
            marks.append((mark, 1))
            last = mark
    return found, marks


def _repeats(numbers: Sequence[int], place: int, folding: Folding) -> tuple[int, int]:
    """How many groups from a place on come how often, one after the other."""
    best = (1, 1)
    if folding == UNFOLDED:
        return best
    for period in range(1, LONGEST_PERIOD + 1):
        times = 1
        series = numbers[place : place + period]
        while numbers[place + times * period : place + (times + 1) * period] == series and len(series) == period:
            times += 1
        if times >= folding.times and period * times > best[0] * best[1]:
            best = (period, times)
    return best


def _begins_late(pieces: Sequence[_Piece], numbers: Sequence[int], place: int, period: int, times: int) -> bool:
    """Whether a series is one of whole blocks if it begins with a later group: their names have the same numbers."""
    blocks = _blocks(pieces[place : place + period])
    for later in range(place + 1, place + period):
        is_series = numbers[later : later + period * times - period] == numbers[later + period : later + period * times]
        if is_series and later + period * times <= len(pieces) and _blocks(pieces[later : later + period]) < blocks:
            return True
    return False


def _blocks(pieces: Sequence[_Piece]) -> int:
    """How many different numbers the names of layers have."""
    return len({tuple(re.findall(r"\d+", run[0].box.name)) for run, _ in pieces})
