"""The layers of a report as a tree of scopes, in which chains of layers are one part and equal siblings another.

A convolution, its norm and its activation are one part where each is read by the next alone; `equal_parts` says which
siblings are.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final

from cnncalc.reports.equal_parts import EqualParts, Grown
from cnncalc.reports.parts import Part

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from cnncalc.summary.results import Report

    class Chained(Protocol):
        """A layer of a result that tells how it is wired."""

        @property
        def name(self) -> str:
            """The full name."""

        @property
        def role(self) -> str:
            """What it is in a chain of layers."""

        @property
        def inputs(self) -> tuple[str, ...]:
            """The names of the tensors that it reads."""


MOST_LEVELS: Final = 50
"""Names are not split into more parts; there is a recursion for each."""

_FOLLOWERS: Final = {
    "weighted": ("norm", "activation"),
    "merge": ("norm", "activation"),
    "norm": ("activation",),
    "activation": (),
    "": (),
}
"""The roles of the layers that may follow in a chain, by that of the layer before."""


def tree(report: Report) -> tuple[Part, ...]:
    """The parts of a whole network.

    >>> import cnncalc
    >>> [(part.label, part.copies) for part in tree(cnncalc.load("resnet50").report())[2].parts]
    [('0', 1), ('1 to 2', 2)]
    """
    grower = _Grower(EqualParts(report))
    return tuple(grown.part for grown in grower.siblings(chains(report.layers, report.outputs), 1))


def scope_tree(layers: Sequence[Chained], outputs: Sequence[str] = ()) -> tuple[Part, ...]:
    """The parts of a whole network where no two are equal: scopes and chains.

    >>> import cnncalc
    >>> [part.label for part in scope_tree(cnncalc.load("resnet50").report().layers)[2].parts]
    ['0', '1', '2']
    """
    return tuple(grown.part for grown in _Grower().siblings(chains(layers, outputs), 1))


def chains(layers: Sequence[Chained], outputs: Sequence[str] = ()) -> list[Part]:
    """Every layer, those that are drawn together as one part, named as the first of them."""
    links = _Links(layers, outputs)
    found = []
    start = 0
    while start < len(layers):
        stop = start + 1
        while stop < len(layers) and links.joins(layers[stop - 1], layers[stop]):
            stop += 1
        name = layers[start].name
        parts = _parts(name)
        found.append(Part(name, parts[-1], len(parts), start, stop))
        start = stop
    return found


class _Links:
    """Which layers belong together."""

    def __init__(self, layers: Sequence[Chained], outputs: Sequence[str]) -> None:
        self.readers = Counter(name for layer in layers for name in layer.inputs)
        self.readers.update(outputs)
        # A sum may bear the name of the scope that it is the end of; what follows is outside.
        scopes = {layer.name.rpartition(".")[0] for layer in layers}
        self.scopes = {".".join(parts[:depth]) for parts in map(_parts, scopes) for depth in range(1, len(parts) + 1)}

    def joins(self, before: Chained, layer: Chained) -> bool:
        """Whether a layer goes on with the chain in which the layer before it is."""
        return (
            layer.role in _FOLLOWERS.get(before.role, ())
            and layer.inputs == (before.name,)
            and self.readers[before.name] == 1
            and before.name not in self.scopes
            and layer.name.rpartition(".")[0] == before.name.rpartition(".")[0]
        )


def _parts(name: str) -> list[str]:
    return name.split(".", MOST_LEVELS)


class _Grower:
    """Makes scopes of chains and, where it knows what `equals` are, one part of equal siblings."""

    def __init__(self, equals: EqualParts | None = None) -> None:
        self.equals = equals

    def siblings(self, chains: Sequence[Part], level: int) -> list[Grown]:
        """The parts of a scope whose names have `level` parts, of the chains in it."""
        inside = groupby(chains, lambda chain: _parts(chain.name)[:level])
        found = [self._grown(list(of_one), level) for _, of_one in inside]
        return self.equals.folded(found) if self.equals else found

    def _grown(self, chains: list[Part], level: int) -> Grown:
        """The part that chains make whose names share `level` parts."""
        first, last = chains[0], chains[-1]
        if len(chains) == 1 and first.depth <= level:
            return Grown(first, self.equals.figures(first) if self.equals else 0)
        name = ".".join(_parts(first.name)[:level])
        scope = Part(name, name.rpartition(".")[2], level, first.start, last.stop)
        inside = self.siblings(chains, level + 1)
        if len(inside) == 1:
            return self._joined(inside[0], scope)
        # A sum that bears the name of its scope has another name in each sibling.
        structure = [(g.part.label if g.part.name != name else "", g.structure, g.part.copies) for g in inside]
        return Grown(scope._replace(parts=tuple(grown.part for grown in inside)), self._number(tuple(structure)))

    def _joined(self, only: Grown, scope: Part) -> Grown:
        """A scope with one part alone: that part, under both names or, where it is a chain, under the scope's."""
        part = only.part
        is_chain = not part.parts and part.copies == 1 and part.stop - part.start > 1
        joined = scope if is_chain else part._replace(label=f"{scope.label}.{part.label}", joined=part.joined + 1)
        return Grown(joined, self._number((part.label, only.structure)))

    def _number(self, structure: object) -> int:
        return self.equals.number(structure) if self.equals else 0
