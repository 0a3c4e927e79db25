"""Steps one after the other as one, by rules that take more and more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.drawing.boxes import deepest_scope
from cnncalc.drawing.levels.maps import Map, Maps, absorbed, by_reading, maps
from cnncalc.drawing.levels.steps import BLOCK, Step, joined
from cnncalc.drawing.levels.units import units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cnncalc.drawing.boxes import Box

    Rule = Callable[[Maps, Map, Map], bool]


def foldings(every: Sequence[Box], *, unfold: bool = False, depth: int | None = None) -> Iterator[Maps]:
    """The maps of a network, folded more and more; not at all where it is to `unfold`.

    Scopes whose names have more than `depth` parts are one step in any case.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> [len(found) for found in foldings(boxes(cnncalc.load("unet").report()))]
    [28, 28, 19, 19, 18, 14]
    """
    found = by_reading(absorbed(units(maps(every))))
    if unfold:
        yield found
        return
    found = folded(found, equal_units)
    deepest = deepest_scope(every)
    if depth is not None:
        found = folded(found, of_scope(depth, arriving=True))
        deepest = min(deepest, depth)
    yield found
    for rule in (equal, same_kind, *(of_scope(number) for number in range(deepest, 0, -1)), stays, arrives):
        found = folded(found, rule)
        yield found


def all_chains_are_one(found: Maps) -> bool:
    """Whether no chain of steps on a level is left that is not folded."""
    return len(folded(found, stays)) == len(found)


def folded(found: Maps, rule: Rule) -> Maps:
    """The maps without those that only the next one reads, where the rule lets them be one step with it."""
    kept = dict(found)
    steps: dict[int, list[Step]] = {}
    for each in found.values():
        if len(each.arrivals) != 1 or each.merge:
            continue
        [arrival] = each.arrivals
        before = kept.get(arrival.source)
        steps[each.place] = [arrival.step]
        if before is None or before.merge or len(before.arrivals) != 1 or not found.is_alone(before.place):
            continue
        if rule(found, found[before.place], each):
            steps[each.place] = [*steps.pop(before.place), arrival.step]
            del kept[before.place]
            kept[each.place] = each._replace(arrivals=(before.arrivals[0]._replace(step=Step(BLOCK)),))
    for place, several in steps.items():
        if place in kept and len(several) > 1:
            [arrival] = kept[place].arrivals
            kept[place] = kept[place]._replace(arrivals=(arrival._replace(step=_together(found, several)),))
    return Maps(found.every, kept.values())


def equal_units(found: Maps, before: Map, after: Map) -> bool:
    """Whether two steps are equal, and not single layers."""
    return _step(before).kind == _step(after).kind == BLOCK and equal(found, before, after)


def equal(found: Maps, before: Map, after: Map) -> bool:
    """Whether two steps within a level are of equal layers, and give equal maps."""
    return (
        stays(found, before, after)
        and len(_step(before).places) == len(_step(after).places)
        and signature(found, _step(before)) == signature(found, _step(after))
    )


def same_kind(found: Maps, before: Map, after: Map) -> bool:
    """Whether two steps within a level are single layers of one kind."""
    return stays(found, before, after) and _step(before).kind == _step(after).kind != BLOCK


def of_scope(depth: int, *, arriving: bool = False) -> Rule:
    """The rule that steps of one scope on a level, which has so many parts in its name, are one.

    Where they may be `arriving`, the step that comes down to the level is one of them.
    """

    def rule(found: Maps, before: Map, after: Map) -> bool:
        one, other = _scope(found.box(before.place), depth), _scope(found.box(after.place), depth)
        on_level = arrives if arriving else stays
        return on_level(found, before, after) and one is not None and one == other

    return rule


def stays(found: Maps, before: Map, after: Map) -> bool:
    """Whether two maps and what they are made of are on one level."""
    return before.row == after.row == found[before.arrivals[0].source].row


def arrives(found: Maps, before: Map, after: Map) -> bool:
    """Whether two maps are on one level, which the first may come down to."""
    return before.row == after.row >= found[before.arrivals[0].source].row


def signature(found: Maps, step: Step) -> tuple[object, ...]:
    """What is equal of equal steps."""
    first = min(step.places)
    return tuple(
        (box.type, box.behind, box.window, box.shape, tuple(max(source - first, -1) for source in box.inputs))
        for box in map(found.box, step.places)
    )


def _step(each: Map) -> Step:
    return each.arrivals[0].step


def _scope(box: Box, depth: int) -> tuple[str, ...] | None:
    """The first parts of a box's name; None where it has no more than these."""
    parts = box.layers[0].split(".") if box.layers else []
    return tuple(parts[:depth]) if len(parts) > depth else None


def _together(found: Maps, steps: list[Step]) -> Step:
    """Several steps as one, counted where they are equal blocks."""
    if steps[0].kind == BLOCK and len({signature(found, step) for step in steps}) == 1:
        places = tuple(place for step in steps for place in step.places)
        return Step(BLOCK, places, sum(step.repeats for step in steps))
    return joined(steps)
