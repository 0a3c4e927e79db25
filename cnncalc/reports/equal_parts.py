"""Siblings that are equal: in types, windows, shapes, figures and wiring, whatever they see of the input.

Their names are numbered in even steps, so that a reader can tell which they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.reports.parts import Part
    from cnncalc.summary.results import Report

_PLACED: Final = 1
_SAME: Final = 2
"""How siblings read alike: what stands at the same place before each, or one and the same tensor."""


class Grown(NamedTuple):
    """A part, and a number that is the same for parts of the same structure."""

    part: Part
    structure: int


class EqualParts:
    """Knows of the parts of a report which are equal, and makes one part of those that follow each other."""

    def __init__(self, report: Report) -> None:
        self.layers = report.layers
        # An output that is simply the last layer's is no difference between siblings.
        self.outputs = frozenset(report.outputs) if report.outputs != (report.layers[-1].name,) else frozenset()
        numbers = {name: -1 - number for number, name in enumerate(report.inputs)}
        self.sources: list[list[int]] = []
        for number, layer in enumerate(self.layers):
            self.sources.append([numbers[name] for name in layer.inputs])
            numbers[layer.name] = number
        self.structures: dict[object, int] = {}

    def number(self, structure: object) -> int:
        """The number of a structure."""
        return self.structures.setdefault(structure, len(self.structures))

    def figures(self, chain: Part) -> int:
        """The structure of a chain: what its layers have in common with those of an equal one."""
        layers = self.layers[chain.start : chain.stop]
        return self.number(
            tuple(
                (
                    *(layer.type, layer.activation, layer.window, layer.input_shapes, layer.output_shape),
                    *(
                        layer.parameters,
                        layer.frozen,
                        layer.shares is None,
                        layer.buffers,
                        layer.macs,
                        layer.flops,
                        layer.name in self.outputs,
                    ),
                )
                for layer in layers
            )
        )

    def folded(self, siblings: list[Grown]) -> list[Grown]:
        """The siblings, equal ones that follow each other as one."""
        folded = []
        start = 0
        while start < len(siblings):
            stop = self._end_of_equals(siblings, start)
            folded.append(_of_copies(siblings[start:stop]))
            start = stop
        return folded

    def _end_of_equals(self, siblings: list[Grown], start: int) -> int:
        """Where the siblings end that are equal to one, and numbered in even steps."""
        first = siblings[start]
        steps = set()
        ways = [_PLACED | _SAME] * sum(map(len, self.sources[first.part.start : first.part.stop]))
        for stop in range(start + 1, len(siblings)):
            other = siblings[stop]
            if other.structure != first.structure:
                return stop
            steps.add(numbered_apart(siblings[stop - 1].part.label, other.part.label))
            ways = [known & way for known, way in zip(ways, self._ways(first.part, other.part), strict=True)]
            if 0 in steps or len(steps) > 1 or not all(ways):
                return stop
        return len(siblings)

    def _ways(self, one: Part, other: Part) -> Iterator[int]:
        """How each tensor that the layers of two parts read is alike: by its place, as the same, both or neither."""
        shift = other.start - one.start
        for sources, others in zip(
            self.sources[one.start : one.stop], self.sources[other.start : other.stop], strict=True
        ):
            for here, there in zip(sources, others, strict=True):
                yield _PLACED * (there - here == shift) | _SAME * (there == here < one.start)


def _of_copies(equal: list[Grown]) -> Grown:
    """One part for all of several equal ones."""
    first, last = equal[0].part, equal[-1].part
    if len(equal) == 1:
        return equal[0]
    label = spanned(first.label, last.label)
    name = first.name.removesuffix(first.label) + label
    return Grown(first._replace(name=name, label=label, stop=last.stop, copies=len(equal)), equal[0].structure)


def numbered_apart(one: str, other: str) -> int:
    """By how much a number in the other name is larger, where they differ in that alone; 0 otherwise.

    >>> numbered_apart("conv3_1", "conv3_2"), numbered_apart("5", "8"), numbered_apart("left", "right")
    (1, 3, 0)
    """
    ours, theirs = (re.split("([0-9]+)", name) for name in (one, other))
    apart = [(a, b) for a, b in zip(ours, theirs, strict=False) if a != b]
    if len(ours) != len(theirs) or len(apart) != 1 or not all(map(str.isdigit, apart[0])):
        return 0
    here, there = apart[0]
    return max(int(there) - int(here), 0) if max(len(here), len(there)) < 10 else 0


def spanned(first: str, last: str) -> str:
    """The name of a run of siblings.

    >>> spanned("denselayer1", "denselayer6"), spanned("1_add", "2_add")
    ('denselayer1 to 6', '1_add to 2_add')
    """
    number = re.search("[0-9]+$", last)
    same = number and first.rstrip("0123456789") == last[: number.start()]
    return f"{first} to {number[0] if number and same else last}"
