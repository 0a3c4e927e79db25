"""Stages: the scopes that a figure names, which are what follows one another on its trunk."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnncalc.drawing.blocks.items import Item, Scope
from cnncalc.drawing.blocks.plan import Frame, Ladder, Leaf, Parallel, Plan, Series
from cnncalc.drawing.wording import sizes_text
from cnncalc.text import printable

WIDE = 0.6
"""A scope that holds so much of a network is no stage: what is in it may be."""

DASH = "\N{EN DASH}"


class Stage(NamedTuple):
    """A scope, or several that are numbered and give maps of the same shape."""

    name: str
    shape: str


class TrunkGroup(NamedTuple):
    """What is never torn apart by a break: branches and the item behind them. `stage` is the number of its stage."""

    parts: tuple[Plan, ...]
    stage: int | None


def groups(trunk: Series, every: Sequence[Item]) -> tuple[list[TrunkGroup], list[Stage]]:
    """The groups of a trunk, and the stages that they are in.

    >>> import cnncalc
    >>> from cnncalc.drawing.blocks.items import items
    >>> from cnncalc.drawing.blocks.series_parallel import plan
    >>> from cnncalc.drawing.boxes import boxes
    >>> every = items(boxes(cnncalc.load("resnet18").report()))
    >>> [stage.name for stage in groups(plan(every, ())[0], every)[1]]
    ['layer1', 'layer2', 'layer3', 'layer4']
    """
    pieces = list(_pieces(trunk))
    wide = _wide_scopes(every)
    keys = [_key([every[place].scope for place in leaves(Series(piece))], wide) for piece in pieces]
    keys = [None if _is_lone(piece, key, keys) else key for piece, key in zip(pieces, keys, strict=True)]
    shapes = [every[max(leaves(Series(piece)))].box.shape for piece in pieces]
    found: list[TrunkGroup] = []
    stages: list[tuple[Scope, Scope, tuple[int, ...]]] = []
    before: Scope | None = None
    for piece, key, shape in zip(pieces, keys, shapes, strict=True):
        if key is None:
            found.append(TrunkGroup(piece, None))
        else:
            last = _last(piece, len(key)) or key
            if (before is not None and key == before) or (
                before is not None and _are_numbered(before, key) and stages[-1][2] == shape
            ):
                stages[-1] = (stages[-1][0], last, shape)
            else:
                stages.append((key, last, shape))
            found.append(TrunkGroup(piece, len(stages) - 1))
        before = key
    return found, [Stage(_named(first, last), sizes_text(shape)) for first, last, shape in stages]


def leaves(plan: Plan) -> Iterator[int]:
    """The places of all items of a plan."""
    if isinstance(plan, Leaf):
        yield plan.place
    elif isinstance(plan, Frame):
        yield from leaves(plan.inner)
    elif isinstance(plan, Series):
        for part in plan.parts:
            yield from leaves(part)
    elif isinstance(plan, Parallel):
        for branch in plan.branches:
            yield from leaves(branch.series)
    elif isinstance(plan, Ladder):
        for row in plan.rows:
            yield from leaves(row.plan)


def _pieces(trunk: Series) -> Iterator[tuple[Plan, ...]]:
    """The parts of a trunk up to and with each item that all ways pass."""
    piece: list[Plan] = []
    for part in trunk.parts:
        piece.append(part)
        if isinstance(part, (Leaf, Frame)):
            yield tuple(piece)
            piece = []
    if piece and any(True for _ in leaves(Series(tuple(piece)))):
        yield tuple(piece)


def _wide_scopes(every: Sequence[Item]) -> set[Scope]:
    """The scopes that hold most of a network."""
    counts: dict[Scope, int] = {}
    for item in every:
        for length in range(1, len(item.scope) + 1):
            counts[item.scope[:length]] = counts.get(item.scope[:length], 0) + 1
    return {scope for scope, count in counts.items() if count > WIDE * len(every)}


def _key(scopes: Sequence[Scope], wide: set[Scope]) -> Scope | None:
    """The stage of items with these scopes."""
    least, most = min(scopes), max(scopes)
    same = [one == other for one, other in zip(least, most, strict=False)]
    shared = least[: (*same, False).index(False)]
    length = 1
    while length <= len(shared) and shared[:length] in wide:
        length += 1
    return shared[:length] if len(shared) >= length else None


def _last(piece: Sequence[Plan], length: int) -> Scope | None:
    """The scope of the last of several that are drawn as one."""
    folds = [part.fold for part in piece if isinstance(part, Frame)]
    parts = folds[-1].last.split(".") if folds else []
    return tuple(parts[:length]) if len(parts) >= length else None


def _is_lone(piece: Sequence[Plan], key: Scope | None, keys: Sequence[Scope | None]) -> bool:
    """Whether a piece is all of its stage and a single box, whose words say enough unless scopes are numbered."""
    is_single = len(piece) == 1 and isinstance(piece[0], Leaf)
    return is_single and key is not None and not key[-1].isdecimal() and keys.count(key) == 1


def _are_numbered(one: Scope, other: Scope) -> bool:
    """Whether two scopes are numbers in the same one."""
    return one[:-1] == other[:-1] and one[-1].isdecimal() and other[-1].isdecimal()


def short_name(parts: Sequence[str]) -> str:
    """The name of a scope without those that it is in, but for that of one which is a number.

    >>> short_name(["features", "denseblock1"]), short_name(["backbone", "layer1", "0"])
    ('denseblock1', 'layer1.0')
    """
    return printable(".".join(parts[-2:] if parts[-1].isdecimal() else parts[-1:]))


def _named(first: Scope, last: Scope) -> str:
    """What one or several scopes are called."""
    return short_name(first) if first == last else f"{short_name(first)}{DASH}{printable(last[-1])}"
