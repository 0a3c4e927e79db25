"""What is drawn as one: a box, a scope whose inside is not drawn, or what is left out in the middle."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from cnncalc.drawing.boxes import Box

DEEPEST = 12
"""The parts of a name that count as scopes; names with more of them are not more deeply nested."""

Scope = tuple[str, ...]


class Item(NamedTuple):
    """One thing of the figure, which reads other items by their places.

    `scope` are the parts of the name of what it is in; of a whole scope they are those of its own name. `stands_for` is
    how many boxes it is drawn instead of, 0 for a box that is drawn itself. Two items with the same `mark` look and
    compute alike, but for dilation and the padding that goes with it. `dilations` are those of the boxes that were
    folded into one, if they differ.
    """

    box: Box
    inputs: tuple[int, ...]
    scope: Scope
    mark: Hashable
    stands_for: int = 0
    dilations: tuple[tuple[int, ...], ...] = ()


def items(boxes: Sequence[Box]) -> list[Item]:
    """An item for each box.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> found = items(boxes(cnncalc.load("resnet18").report()))
    >>> found[3].box.name, found[3].scope, found[1].scope
    ('layer1.0.conv1', ('layer1', '0'), ())
    """
    parts = [box.name.split(".")[:DEEPEST] for box in boxes]
    scopes = {tuple(each[:length]) for each in parts for length in range(1, len(each))}
    return [
        Item(box, box.inputs, tuple(each) if tuple(each) in scopes else tuple(each[:-1]), _mark(box))
        for box, each in zip(boxes, parts, strict=True)
    ]


def _mark(box: Box) -> Hashable:
    window = box.window and box.window._replace(dilation=(), padding=())
    return (box.kind, box.type, window, box.behind, box.shape, box.input_shapes, box.parameters)


def to_depth(every: Sequence[Item], depth: int) -> list[Item]:
    """The items with all of a scope whose name has so many parts as one; a scope of a single box stays that box.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> found = to_depth(items(boxes(cnncalc.load("resnet18").report())), 1)
    >>> [(item.box.name, item.stands_for) for item in found][2:5]
    [('maxpool', 0), ('layer1', 6), ('layer2', 7)]
    """
    runs: list[list[int]] = []
    for place, item in enumerate(every):
        key = item.scope[:depth]
        if runs and len(key) == depth and every[runs[-1][0]].scope[:depth] == key:
            runs[-1].append(place)
        else:
            runs.append([place])
    return _joined(every, runs, lambda run: ".".join(every[run[0]].scope[:depth]), depth)


def middle_of(count: int, most: int) -> range:
    """Which of so many items are left out in the middle, so that they and one for those are at most so many.

    >>> middle_of(10, 7)
    range(4, 8)
    """
    first = (most - 1) * 2 // 3
    return range(first, count - (most - 1 - first))


def without_middle(every: Sequence[Item], middle: range) -> list[Item]:
    """The items with one that stands for those in the middle."""
    singles = [[place] for place in range(len(every))]
    runs = [*singles[: middle.start], list(middle), *singles[middle.stop :]]
    return _joined(every, runs, lambda _: "", 0)


def _joined(every: Sequence[Item], runs: list[list[int]], name: Callable[[list[int]], str], depth: int) -> list[Item]:
    """An item for each run of items that follow one another."""
    home = {place: number for number, run in enumerate(runs) for place in run}
    found = []
    for number, run in enumerate(runs):
        if len(run) == 1:
            item = every[run[0]]
            sources: dict[int, int] = {}
            kept = [each for each in item.inputs if sources.setdefault(home[each], each) == each]
            found.append(item._replace(inputs=tuple(home[source] for source in kept)))
            continue
        outside = dict.fromkeys(source for place in run for source in every[place].inputs if home[source] != number)
        order = {source: -1 - position for position, source in enumerate(outside)}
        mark = tuple(
            (every[place].mark, tuple(order.get(source, source - run[0]) for source in every[place].inputs))
            for place in run
        )
        inside = [every[place] for place in run]
        found.append(
            Item(
                box=_whole([item.box for item in inside], name(run)),
                inputs=tuple(dict.fromkeys(home[source] for source in outside)),
                scope=inside[0].scope[:depth],
                mark=mark,
                stands_for=sum(item.stands_for or 1 for item in inside),
            )
        )
    return found


def _whole(inside: Sequence[Box], name: str) -> Box:
    """A box for all of some."""
    return Box(
        name=name,
        kind="other",
        type="scope" if name else "more",
        inputs=(),
        shape=inside[-1].shape,
        input_shapes=inside[0].input_shapes,
        layers=tuple(layer for box in inside for layer in box.layers),
        is_output=any(box.is_output for box in inside),
        parameters=sum(box.parameters for box in inside),
        macs=sum(box.macs for box in inside),
        field=inside[-1].field,
    )
