"""A model of another program, before the sizes of its inputs are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import CnncalcError
from cnncalc.shapes import CHANNELS_FIRST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.imported import Imported
    from cnncalc.shapes import Shape

FreeShape = tuple[int | str, ...]
"""A shape, channels first and without the batch, in which free sizes are words: the model's own, or ``?``."""


class Model:
    """What a reader makes of a file: `inputs` by name, and the network at given sizes of them.

    A subclass translates in `translated`. `name` is what the network is called, `path` the file in messages, and
    `medium` what it is, where a number stands in it.
    """

    medium = "the file"

    def __init__(self, name: str, path: str, inputs: Mapping[str, FreeShape]) -> None:
        self.name = name
        self.path = path
        self.inputs = dict(inputs)
        self.keeps_opaque = False
        """Whether what cannot be translated may be layers of type `opaque`."""
        self.is_in_file = True
        """Whether another process can read it once more from `path`."""

    def translated(self, inputs: Mapping[str, Shape]) -> Imported:
        """The network at these sizes, one for each input; raises `CnncalcError`."""
        raise NotImplementedError

    def at(self, inputs: Mapping[str, Shape]) -> Imported:
        """As `translated`, with the sizes held against those that the model fixes; raises `CnncalcError`."""
        self.check(inputs)
        return self.translated(inputs)

    def check(self, inputs: Mapping[str, Shape]) -> None:
        """Raise `CnncalcError` where inputs have other channels, or other numbers of axes, than the model takes."""
        for name, shape in inputs.items():
            own = self.inputs[name]
            if len(own) != len(shape) or (isinstance(own[0], int) and own[0] != shape[0]):
                fact = f"the shape of `{name}` is {CHANNELS_FIRST.text(shape)}, and {self.path} takes {free_text(own)}"
                raise CnncalcError(fact, hint=_shape_hint(own, shape), code="shape")

    @property
    def own_inputs(self) -> dict[str, Shape]:
        """The shapes of the inputs that are not free."""
        return {
            name: tuple(size for size in shape if isinstance(size, int))
            for name, shape in self.inputs.items()
            if all(isinstance(size, int) for size in shape)
        }

    @property
    def free_inputs(self) -> list[str]:
        """The names of the inputs of free sizes."""
        return [name for name in self.inputs if name not in self.own_inputs]

    def free_error(self) -> CnncalcError:
        """The error that sizes must be given; the hint can be pasted."""
        names = self.free_inputs
        facts = (f"`{name}` has free sizes: {free_text(self.inputs[name])}" for name in names)
        several = len(self.inputs) > 1
        given = " ".join(f"--input {f'{name}=' * several}{_example(self.inputs[name])}" for name in names)
        return CnncalcError(f"{self.path}: {'; '.join(facts)}", hint=f"say which, such as {given}", code="missing")


def free_text(shape: FreeShape) -> str:
    """A shape with its free sizes, for messages.

    >>> free_text((3, "height", "?"))
    '3 x height x ?'
    """
    return " x ".join(map(str, shape))


def _shape_hint(own: FreeShape, given: Shape) -> str:
    """The hint for a shape that the model does not take: what was probably meant.

    >>> _shape_hint((3, "h", "w"), (225, 225, 3)), _shape_hint((3, "h", "w"), (1, 3, 64, 48))
    ('channels come first, in whatever order the model has them: --input 3x225x225', 'such as --input 3x64x48')
    """
    if len(own) == len(given) and given[-1] == own[0]:
        meant = CHANNELS_FIRST.text((given[-1], *given[:-1])).replace(" ", "")
        return f"channels come first, in whatever order the model has them: --input {meant}"
    sizes = given[-(len(own) - 1) :] if len(given) >= len(own) - 1 else given * (len(own) - 1)
    fits = len(own) > 1 and len(sizes) == len(own) - 1
    return f"such as --input {_example((own[0], *sizes) if fits else own)}"


def _example(shape: FreeShape) -> str:
    """A shape that could be given: 3 channels, 224 of all else that is free."""
    return "x".join(str(size if isinstance(size, int) else 224 if at else 3) for at, size in enumerate(shape))
