"""The activation arena as plain data."""
# No postponed annotations here: named tuples compile each one that is a string, which takes half of the import.

from typing import Any, NamedTuple

from cnncalc.conversion import Convertible
from cnncalc.shapes import Shape


class ArenaTensor(NamedTuple):
    """A tensor in the arena: the name of the layer or input that gives it, and where it lies when.

    `size` is `bytes` rounded up to the alignment. It is there from the step `first` to the step `last`, in the bytes
    from `offset` on.
    """

    name: str
    shape: Shape
    bytes: int
    size: int
    first: int
    last: int
    offset: int


class ArenaStep(NamedTuple):
    """The execution of a layer: its name, and how many bytes are alive meanwhile, its inputs and output together."""

    layer: str
    alive: int


class Plan(NamedTuple):
    """A way to place the tensors: its name, and how large the arena is with it."""

    name: str
    size: int


class _Arena(NamedTuple):
    """The fields of the class below."""

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    batch_size: int
    dtype: str
    align: int
    plan: str
    size: int
    bound: int
    plans: tuple[Plan, ...]
    steps: tuple[ArenaStep, ...]
    tensors: tuple[ArenaTensor, ...]
    notes: tuple[str, ...]

    @property
    def fullest(self) -> ArenaStep:
        """The first step at which most is alive."""
        return max(self.steps, key=lambda step: step.alive)


class Arena(Convertible, _Arena):
    """The activations of a network in one piece of memory, in order of execution; all figures are bytes.

    `size` is what the arena takes, and `bound` the most that is alive at one step, with sizes rounded up to `align`: no
    arena takes less. `plans` has the sizes of all plans that were made; `plan` is the name of the one by which the
    tensors lie.
    """

    __slots__ = ()
    subject = "memory"
