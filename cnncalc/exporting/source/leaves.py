"""A layer at its place, as the translations of layer types take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from cnncalc.errors import CnncalcError, first_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.graph.node import Node
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Shape

T = TypeVar("T")


class UnwritableError(CnncalcError):
    """What a framework has no word for; `layer` is the layer's full name."""


class Leaf:
    """A layer or, of one with an activation, one of its two steps: with the shapes that it works on, channels first.

    `has_batch` says of each input whether there is one of it for each sample.
    """

    __slots__ = ("has_batch", "layer", "name", "output", "shapes")

    def __init__(
        self, name: str, layer: Layer, shapes: Sequence[Shape], output: Shape, has_batch: Sequence[bool]
    ) -> None:
        self.name = name
        self.layer: Any = layer
        self.shapes = list(shapes)
        self.output = output
        self.has_batch = list(has_batch)

    @property
    def shape(self) -> Shape:
        """That of the first input."""
        return self.shapes[0]

    @property
    def rank(self) -> int:
        """The spatial axes of the first input."""
        return len(self.shapes[0]) - 1

    @property
    def windows(self) -> tuple[Any, ...]:
        """The window along each spatial axis."""
        return tuple(self.layer.windows(self.shape))

    def axis(self, option: str, absent: int = 0) -> int:
        """The axis that an option means, without the batch: `absent` where it is not given."""
        dim = getattr(self.layer, option)
        return absent if dim is None else self.layer.dim_axis(option, dim, self.shape)

    def axis_set(self, option: str) -> set[int]:
        """The axes that an option names, without the batch."""
        return set(self.layer.dim_axes(option, getattr(self.layer, option), self.shape))

    def refusal(self, fact: str, hint: str = "") -> UnwritableError:
        """The error that the layer cannot be written."""
        return UnwritableError(f"`{self.name}` ({self.layer.type_name}): {fact}", hint=hint or None, layer=self.name)


def leaves(node: Node, has_batch: Sequence[bool]) -> list[Leaf]:
    """The steps of a node: the layer and, where it has one, its activation."""
    first, *rest = node.steps
    found = [Leaf(node.name, first.layer, first.input_shapes, first.output_shape, has_batch)]
    found += [Leaf(node.name, step.layer, step.input_shapes, step.output_shape, [node.sees_input]) for step in rest]
    return found


def collapsed(values: Sequence[T]) -> T | tuple[T, ...]:
    """One value where all are equal, or else a tuple.

    >>> collapsed([3, 3]), collapsed([3, 5])
    (3, (3, 5))
    """
    return values[0] if all(value == values[0] for value in values) else tuple(values)


def all_at_once(faults: Sequence[UnwritableError], framework: str) -> CnncalcError:
    """One error for all layers that a framework has no word for, grouped by what is wrong with them."""
    reasons: dict[str, list[UnwritableError]] = {}
    for fault in faults:
        reasons.setdefault(fault.message.partition(": ")[2], []).append(fault)
    if len(faults) == 1:
        return CnncalcError(f"{framework}: {faults[0].message}", hint=faults[0].hint, layer=faults[0].layer)
    parts = []
    for reason, alike in reasons.items():
        names = [fault.message.partition(": ")[0] for fault in alike]
        parts.append(f"{first_of(names, 3)}: {reason}")
    hint = next(iter(reasons.values()))[0].hint
    return CnncalcError(
        f"{len(faults)} layers cannot be written in {framework}: {'; '.join(parts)}", hint=hint, layer=faults[0].layer
    )
