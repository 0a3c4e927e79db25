"""The activation arena: one piece of memory in which all tensors of a network lie, each while it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.graph.liveness import releases
from cnncalc.memory.placement import Life, by_breadth, by_size, end_of, needed
from cnncalc.memory.results import Arena, ArenaStep, ArenaTensor, Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Tensor

PLANS: Final[dict[str, Callable[[Sequence[Life]], list[int]]]] = {"size": by_size, "breadth": by_breadth}
"""How tensors can be placed, by name."""

BEST: Final = "best"
"""The plan with which the arena is smallest; of equal ones the first of `PLANS`."""

ALIGN: Final = 16
"""The bytes of which every tensor takes a multiple, as in TensorFlow Lite Micro."""


def arena(network: Graph, *, batch: int = 1, dtype: str = "float32", align: int = ALIGN, plan: str = BEST) -> Arena:
    """The arena of a network for a batch of so many samples, in values of `dtype`.

    A step is the execution of a layer, in the order of the network's. A tensor is there from the layer that gives it
    to the last one that reads it, an input from the first layer on, and an output to the last. Nothing is done in
    place. What no input reaches, such as a learned `parameter`, is no activation and not in the arena.

    >>> import cnncalc
    >>> found = arena(cnncalc.load("lenet"))
    >>> found.size, found.bound, [(tensor.name, tensor.offset) for tensor in found.tensors][:4]
    (23520, 23520, [('input', 18816), ('c1', 0), ('s2', 18816), ('c3', 0)])
    """
    each_bytes = batch * DTYPE_BYTES[dtype]
    found = list(_lifetimes(network))
    lives = [Life(-(-tensor.size * each_bytes // align) * align, first, last) for tensor, first, last in found]
    starts = {name: place(lives) for name, place in PLANS.items() if plan in (BEST, name)}
    plans = [Plan(name, end_of(lives, starts[name])) for name in starts]
    chosen = min(plans, key=lambda one: one.size)
    alive = needed(lives)
    return Arena(
        **network.heading,
        batch_size=batch,
        dtype=dtype,
        align=align,
        plan=chosen.name,
        size=chosen.size,
        bound=max(alive, default=0),
        plans=tuple(plans),
        steps=tuple(map(ArenaStep, [node.name for node in network.nodes], alive)),
        tensors=tuple(
            ArenaTensor(tensor.name, network.layout.external(tensor.shape), tensor.size * each_bytes, *life, offset)
            for (tensor, _, _), life, offset in zip(found, lives, starts[chosen.name], strict=True)
        ),
        notes=tuple(network.notes),
    )


def _lifetimes(network: Graph) -> Iterator[tuple[Tensor, int, int]]:
    """Every activation with the first and the last step at which it is needed, in order."""
    tensors = network.tensors
    steps = {node.output: step for step, node in enumerate(network.nodes)}
    last = dict.fromkeys(network.outputs, len(steps) - 1)
    for made, released in releases(tensors, network.outputs).items():
        last |= dict.fromkeys(released, steps[made])
    for tensor in tensors:
        if tensor.number in last and tensor.sees_input:
            yield tensor, steps.get(tensor.number, 0), last[tensor.number]
