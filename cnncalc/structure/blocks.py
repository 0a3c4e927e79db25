"""Scopes that differ in values alone, as blocks with parameters."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from cnncalc.layers import find
from cnncalc.naming import numbered, residual_name
from cnncalc.structure.keys import Keys, layers
from cnncalc.structure.options import same
from cnncalc.structure.program import ABSENT, REQUIRED, Block, Branches, Call, Group, Loop
from cnncalc.structure.renaming import with_inputs
from cnncalc.structure.series import is_in_series
from cnncalc.structure.sharing import shares_outside
from cnncalc.structure.slots import Mismatch
from cnncalc.structure.unification import unified

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cnncalc.structure.program import Item

FEWEST_LAYERS: Final = 3
"""The layers of a scope below which it is a block only where it is there often."""
OFTEN: Final = 4
"""How often that is."""
ENTRY_KEYS: Final = frozenset(
    {
        "branches",
        "for",
        "from",
        "layers",
        "name",
        "parallel",
        "repeat",
        "residual",
        "share",
        "trainable",
        "type",
        "when",
    }
)
"""Words that are keys of entries, and no names of blocks."""
_WIDTHS: Final = frozenset({"width", "features", "depth"})
"""Parameters that have no usual value."""
_MEANS: Final = ("global_avg_pool", "adaptive_avg_pool", "reduce_mean")
"""How the types begin that take means over a map."""

if TYPE_CHECKING:
    Place = tuple[list[Item], Group, int]
    """A scope, the body in which it stands, and its number in the network."""


class Blocks:
    """The blocks of a network, by name, and of which scopes, by their numbers, each was made.

    None is made of the scopes that are `barred`.
    """

    def __init__(self, barred: Collection[frozenset[int]] = ()) -> None:
        self.known: dict[str, Block] = {}
        self.scopes: dict[str, frozenset[int]] = {}
        self._barred = barred
        self._layers: dict[str, int] = {}

    def replace(self, groups: Sequence[Place]) -> None:
        """Make blocks of those scopes that are alike."""
        for optional in (True, False):
            clusters: dict[int, list[Place]] = {}
            keys = Keys(optional=optional)
            for place in groups:
                body, group, _ = place
                if group.body and not is_in_series(group) and any(item is group for item in body):
                    clusters.setdefault(keys.of_group(group.body), []).append(place)
            for cluster in clusters.values():
                self._replace_all(cluster)

    def _replace_all(self, cluster: Sequence[Place]) -> None:
        """Make a block of scopes that are alike, if that makes the text shorter."""
        bodies = [group.body for _, group, _ in cluster]
        scopes = frozenset(number for _, _, number in cluster)
        number = layers(bodies[0], self._layers)
        if len(cluster) < 2 or number < 2 or scopes in self._barred:
            return
        if (number < FEWEST_LAYERS and len(cluster) < OFTEN) or any(map(shares_outside, bodies)):
            return
        try:
            body, slots = unified(_with_sums(bodies), self.known, numbered=False)
        except Mismatch:
            return
        vectors = slots.vectors
        defaults = {key: REQUIRED if slots.bases[key] in _WIDTHS else _default(vectors[key]) for key in vectors}
        given = sum(default is REQUIRED for default in defaults.values())
        if given + (len(defaults) - given) / 2 > max(4, number):  # to read what is left as it is costs half as much
            return
        name = self._name([group.name or "" for _, group, _ in cluster], body)
        self._layers[name] = number
        self.scopes[name] = scopes
        number = max((len(group.inputs) if group.inputs else 1) for _, group, _ in cluster)
        inputs = () if number == 1 else tuple(f"x{at + 1}" for at in range(number))
        self.known[name] = Block(name, defaults, inputs, body)
        for at, (around, group, _) in enumerate(cluster):
            options = {
                key: vector[at]
                for key, vector in vectors.items()
                if defaults[key] is REQUIRED or not same(vector[at], defaults[key])
            }
            place = next(place for place, item in enumerate(around) if item is group)
            around[place] = Call(
                name, group.name, options, group.inputs, is_block=True, share=group.share, arriving=group.arriving
            )

    def _name(self, scopes: Sequence[str], body: Sequence[Item]) -> str:
        """A name for a block: what its scopes are called, or what it is made of."""
        base = _common_name(scopes) or _content_name(body)
        taken = {*self.known, *ENTRY_KEYS}
        return next(name for name in numbered(base) if name not in taken and find(name) is None)


def _with_sums(bodies: Sequence[list[Item]]) -> list[list[Item]]:
    """The entries of scopes, in which the sum that some consist of is there in all, if only as one that is absent."""
    sums = [body[0] for body in bodies if len(body) == 1 and isinstance(body[0], Branches)]
    if not sums or len(sums) == len(bodies):
        return list(bodies)
    merge = sums[0].merge
    found: list[list[Item]] = []
    for body in bodies:
        if len(body) == 1 and isinstance(body[0], Branches):
            found.append(body)
            continue
        main = [with_inputs(body[0], None), *body[1:]]
        last = Call(merge.type, merge.name, merge.options, merge.inputs, is_counted=True, arriving=_leaving(body))
        found.append([Branches([main, []], last, body[0].inputs, when=ABSENT, arriving=body[0].arriving)])
    return found


def _leaving(body: Sequence[Item]) -> int | None:
    """The channels that leave entries, where the last that sets them says so."""
    for item in reversed(body):
        if isinstance(item, Call) and "out_channels" in item.options:
            value = item.options["out_channels"]
            return value if isinstance(value, int) else None
        if isinstance(item, Group):
            return _leaving(item.body)
        if not isinstance(item, Call):
            return None
    return None


def _default(vector: Sequence[Any]) -> Any:
    """The default of a parameter: the value of most calls, where there is one; of two, one that goes without saying."""
    [(text, often)] = Counter(map(repr, vector)).most_common(1)
    value = next(value for value in vector if repr(value) == text)
    is_usual = isinstance(value, bool) or value in (0, 1, None)
    return value if 2 * often >= len(vector) and (often > 1 or is_usual) else REQUIRED


def _common_name(scopes: Sequence[str]) -> str | None:
    """What numbered scopes have in common: ``denselayer1`` and ``denselayer2`` are of one kind."""
    words = {re.sub(r"[\d_.-]*(?:\d[a-z])?$", "", scope) for scope in scopes}
    word = words.pop() if len(words) == 1 else ""
    word = re.sub(r"\W+|(?<=[a-z])\d+(?=[a-z])", "_", word).lower()
    return word if len(word) > 2 and word.isidentifier() and word not in ("layer", "conv", "features") else None


def _content_name(body: Sequence[Item]) -> str:
    """What a block is called after its entries."""
    kinds = list(_kinds(body))
    if len(set(kinds)) == 1 and all(call.is_block for call in calls(body)):
        return "stage"
    if any(isinstance(item, Loop) and all(map(is_in_series, item.body)) for item in body):
        return "dense_block"
    short = list(dict.fromkeys(re.sub(r"\dd$", "", kind) for kind in kinds))
    return _name_of_paths(body) or ("_".join(short) if len(short) <= 3 else "block")


def _name_of_paths(body: Sequence[Item]) -> str | None:
    """What a block is called after its branches, if it has such."""
    only = next((item for item in body if isinstance(item, Branches)), None)
    if only is not None and only.is_residual:
        convolutions = sum(kind.startswith("conv") for kind in _kinds(only.branches[0]))
        is_depthwise = any("groups" in call.options for call in calls(only.branches[0]))
        return residual_name(convolutions, is_depthwise=is_depthwise and len(body) == 1)
    if only is not None and only.merge.type == "concat":
        return "dense_layer" if [] in only.branches else "branches"
    if only is not None and only.merge.type == "multiply" and [] in only.branches and _is_pooled(only.branches):
        return "se_block"
    return None


def _is_pooled(branches: Iterable[Sequence[Item]]) -> bool:
    """Whether one of the branches begins with a mean over the map."""
    firsts = [branch[0] for branch in branches if branch]
    return any(isinstance(first, Call) and first.type.startswith(_MEANS) for first in firsts)


def _kinds(items: Iterable[Item]) -> Iterator[str]:
    return (call.type for call in calls(items))


def calls(items: Iterable[Item]) -> Iterator[Call]:
    """The layers and blocks in entries."""
    for item in items:
        if isinstance(item, Call):
            yield item
        elif isinstance(item, Branches):
            for branch in item.branches:
                yield from calls(branch)
        elif hasattr(item, "body"):
            yield from calls(item.body)
