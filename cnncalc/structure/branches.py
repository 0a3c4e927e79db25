"""Paths that leave one tensor and come together again: residual sums and parallel branches, each in one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.structure.program import PREVIOUS, Branches, Call, Group
from cnncalc.structure.renaming import with_inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.structure.program import Item, Ref

MERGES: Final = frozenset({"add", "multiply", "maximum", "average", "concat"})
"""The layers that a `parallel` may end with."""
COMMUTATIVE: Final = MERGES - {"concat"}
LONGEST: Final = 400
"""The entries between a fork and its merge, beyond which it is not looked for."""
DEEPEST: Final = 16
"""The branches in each other, beyond which merges stay as they are; nobody reads further, and specs have a limit."""


def with_branches(body: Sequence[Item]) -> list[Item]:
    """The entries of a scope, and of the scopes in it, with merged paths as one entry each."""
    return _Search().entries(body)


class _Search:
    """A search through the entries of one scope.

    `found` are those so far, `depths` how many branches stand in each other in them, `places` where names stand.
    """

    def __init__(self) -> None:
        self.found: list[Item] = []
        self.depths: list[int] = []
        self.places: dict[str, int] = {}

    def entries(self, body: Sequence[Item]) -> list[Item]:
        """The entries, with merged paths as one entry each."""
        for item in body:
            if isinstance(item, Group):
                item.body = with_branches(item.body)
            if not (isinstance(item, Call) and _is_merge(item) and self._merge(item)):
                self._add(item, depth=0)
        return self.found

    def _add(self, item: Item, *, depth: int) -> None:
        if item.name is not None:
            self.places[item.name] = len(self.found)
        self.found.append(item)
        self.depths.append(depth)

    def _merge(self, merge: Call) -> bool:
        """Put the entry that a merge ends in place of its paths in `found`; False where they are no such paths."""
        refs = self._resolved(merge, len(self.found))
        if len(set(refs)) < len(refs):
            return False
        ends = [self._place(ref) for ref in refs]
        if max(ends) != len(self.found) - 1:
            return False
        start = min(ends)
        fork: Ref | None = refs[ends.index(start)]
        branches = self._paths(fork, start + 1, refs, ends, merge)
        if branches is None:
            fork = self._common_source(sorted(ends))
            start = -1 if fork is None else self._place(fork)
            branches = None if fork is None else self._paths(fork, start + 1, refs, ends, merge)
        if branches is None or fork is None:
            return False
        depth = 1 + max(self.depths[start + 1 :])
        arriving = next(branch[0].arriving for branch in branches if branch)
        del self.found[start + 1 :], self.depths[start + 1 :]
        inputs = None if fork == self._name_before(start + 1) else (fork,)
        self._add(Branches(branches, with_inputs(merge, None), inputs, arriving=arriving), depth=depth)
        return True

    def _paths(
        self, fork: Ref | None, start: int, refs: Sequence[Ref], ends: Sequence[int], merge: Call
    ) -> list[list[Item]] | None:
        """The paths from a fork to a merge, of the entries from `start` on; None where these are something else."""
        if fork is None or start == len(self.found) or self._is_too_much(start):
            return None
        order = [at for at in range(len(refs)) if refs[at] != fork]
        if sorted(order, key=lambda at: ends[at]) != order:
            if merge.type not in COMMUTATIVE or len(refs) != 2:
                return None
            order.sort(key=lambda at: ends[at])
        paths: dict[int, list[Item]] = {}
        first = start
        for at in order:
            path = self._path(fork, first, ends[at], refs[at])
            if path is None:
                return None
            paths[at] = path
            first = ends[at] + 1
        if merge.type in COMMUTATIVE and len(refs) == 2:
            return [*(paths[at] for at in order), *([[]] * (2 - len(order)))]
        return [paths.get(at, []) for at in range(len(refs))]

    def _is_too_much(self, start: int) -> bool:
        """Whether the entries from `start` on are too many, or branches in them too deep, for paths of one entry."""
        return len(self.found) - start > LONGEST or max(self.depths[start:], default=0) >= DEEPEST

    def _path(self, fork: Ref, first: int, last: int, ref: Ref) -> list[Item] | None:
        """The entries of a path, which take nothing from outside it but the fork, and end with what is merged."""
        path = self.found[first : last + 1]
        if not path or path[-1].name != ref or path[-1].inputs == () or path[0].inputs == ():
            return None
        for at in range(first, last + 1):
            for taken in self._resolved(self.found[at], at):
                if taken != fork and not first <= self._place(taken) < at:
                    return None
        own = tuple(PREVIOUS if taken == fork else taken for taken in self._resolved(path[0], first))
        path[0] = with_inputs(path[0], None if own == (PREVIOUS,) else own)
        return path

    def _common_source(self, ends: Sequence[int]) -> Ref | None:
        """What the last path takes from outside, if that is one tensor."""
        start = ends[-2] + 1
        if self._is_too_much(start):
            return None
        outside = {
            taken
            for at in range(start, ends[-1] + 1)
            for taken in self._resolved(self.found[at], at)
            if self._place(taken) < start
        }
        return outside.pop() if len(outside) == 1 and start > 0 else None

    def _resolved(self, item: Item, at: int) -> tuple[Ref, ...]:
        """What an entry takes, by name or number, where it stands at `at`."""
        refs = (PREVIOUS,) if item.inputs is None else item.inputs
        before = self._name_before(at)
        return tuple(before if ref == PREVIOUS and before is not None else ref for ref in refs)

    def _name_before(self, at: int) -> str | None:
        """The name of what comes before the entry at `at`."""
        while at > 0 and self.found[at - 1].inputs == ():
            at -= 1
        return self.found[at - 1].name if at > 0 else None

    def _place(self, ref: Ref) -> int:
        """Where the entry stands that gives a tensor; -1 for one from outside."""
        while isinstance(ref, str):
            place = self.places.get(ref)
            if place is not None:
                return place
            ref, dot, _ = ref.rpartition(".")
            if not dot:
                break
        return -1


def _is_merge(item: Call) -> bool:
    """Whether a layer can be the end of branches: a name of its own would make a scope of them."""
    return (
        item.type in MERGES
        and item.is_counted
        and item.inputs is not None
        and len(item.inputs) > 1
        and item.options.keys() <= {"activation"}
        and item.share is None
    )
