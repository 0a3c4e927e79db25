"""The output of one node by its layer, and by those of its last steps, with a record of the arrays that these read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.node import Node, Step
    from cnncalc.kernels import Array


class RecordedWeights(Mapping[str, "Array"]):
    """Arrays by name, with a record in `read` of those that a forward pass reads."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = arrays
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Array:
        array = self.arrays[name]
        self.read.add(name)
        return array

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


class _StepWeights(RecordedWeights):
    """The arrays of one step of a node, which has them under names with the step's prefix."""

    def __init__(self, step: Step, outer: RecordedWeights) -> None:
        own = {k.removeprefix(step.prefix): a for k, a in outer.arrays.items() if k.startswith(step.prefix)}
        super().__init__(own)
        self.prefix = step.prefix
        self.outer = outer

    def __getitem__(self, name: str) -> Array:
        return self.outer[self.prefix + name]


def execute_node(node: Node, inputs: list[Array], weights: RecordedWeights) -> Array:
    """The output of a node after all of its steps.

    A later step works in place, unless the array is one of the node's inputs, as after `identity`: others read those.
    """
    own, *later = node.steps
    with np.errstate(all="ignore"):
        output = own.layer.forward(inputs, weights)
        for step in later:
            arrays = _StepWeights(step, weights)
            shared = any(np.may_share_memory(output, x) for x in inputs)
            output = step.layer.forward([output], arrays) if shared else step.layer.forward_in_place(output, arrays)
        return output
