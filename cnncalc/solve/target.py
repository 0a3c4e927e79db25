"""What is solved for: the layer, and the sizes that its output is to have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.graph.liveness import dependencies_of
from cnncalc.shapes import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.shapes import Shape
    from cnncalc.solve.domain import Domain
    from cnncalc.symbolic.floor_forms import FloorForm


class Target(NamedTuple):
    """The tensor that is solved for: its number, the name of what makes it, its shape and the forms of its axes."""

    tensor: int
    name: str
    shape: Shape
    forms: tuple[FloorForm | None, ...]

    def axis(self, axis: int) -> str:
        """The name of one of its axes, the channels being axis 0."""
        return AXIS_NAMES[len(self.shape) - 1][axis - 1]


def find_target(domain: Domain, name: str | None) -> Target:
    """What a name means; without one the last map whose size follows the input's, on the way to the first output."""
    network, tensors = domain.network, domain.network.tensors

    def target(tensor: int) -> Target:
        return Target(tensor, tensors[tensor].name, tensors[tensor].shape, domain.forms[tensor])

    main = [number for number in dependencies_of(tensors, network.outputs[0]) if tensors[number].producer]
    following = [tensor for tensor in main if any(not form or form.variable for form in domain.forms[tensor][1:])]
    spatial = following or [tensor for tensor in main if len(tensors[tensor].shape) > 1]
    if name is not None:
        found = target(network.tensor(name))
        if len(found.shape) > 1:
            return found
        before = f"name one before the map is flattened, such as `{target(spatial[-1]).name}`" if spatial else None
        raise CnncalcError(f"`{found.name}` has no spatial axis: its output is a vector", hint=before)
    if not spatial:
        raise CnncalcError(f"{network.name} has no layer with a spatial axis", hint="a vector's size is not solved for")
    return target(spatial[-1])


def sizes_wanted(target: Target, output: Sequence[int] | None) -> tuple[int, ...] | None:
    """The output size that is asked for, for each axis; raises `CnncalcError` for too few or too many sizes."""
    rank = len(target.shape) - 1
    if output is None:
        return None
    if len(output) not in (1, rank):
        axes = f"{rank} spatial ax{'i' if rank == 1 else 'e'}s"
        fact = f"the output has {len(output)} sizes, and `{target.name}` has {axes}"
        raise CnncalcError(fact, hint="give one size for all axes, or one for each, such as 55 or 55x55")
    return tuple(output) if len(output) == rank else tuple(output) * rank
