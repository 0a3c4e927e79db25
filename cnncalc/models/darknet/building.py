"""The layers so far, by darknet's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from cnncalc.errors import CnncalcError, LayerError
from cnncalc.layers import find
from cnncalc.models.imported import ImportedLayer
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.layers.base import Layer
    from cnncalc.models.darknet.sections import Section
    from cnncalc.shapes import Shape


class Tensor(NamedTuple):
    """A tensor: the name of the layer or input that it comes of, and its shape."""

    name: str
    shape: Shape


class Building:
    """What the sections have become.

    `outputs` are the tensors of the sections so far, by darknet's numbers, None where one has no translation.
    """

    def __init__(self, path: str, entrance: Tensor) -> None:
        self.path = path
        self.current: Tensor | None = entrance
        self.layers: list[ImportedLayer] = []
        self.outputs: list[Tensor | None] = []
        self.heads: list[str] = []
        self.notes: dict[str, None] = {}
        self.follows_sizes = False
        self._section: Section | None = None

    def begin(self, section: Section) -> None:
        """Let the layers that follow be those of a section."""
        self._section = section

    @property
    def name(self) -> str:
        """What the layer of the section at hand is called: its kind, and darknet's number of it."""
        kind = self._section.kind if self._section else "layer"
        return f"{kind}_{len(self.outputs)}"

    def note(self, text: str) -> None:
        """Tell something about the network, once."""
        self.notes[text] = None

    def input(self) -> Tensor:
        """What arrives at the section at hand."""
        if self.current is None:
            raise UntranslatableError("", is_own=False)
        return self.current

    def output(self, section: Section, number: int, option: str) -> Tensor:
        """The output of another section: by its number or, below 0, as many before; raises `CnncalcError`."""
        at = number + len(self.outputs) if number < 0 else number
        if not 0 <= at < len(self.outputs):
            fact = f"`{option}` is {number}, and there are {len(self.outputs)} layers before"
            raise section.error(fact, option, "layers are numbered from 0, and [net] is none; -1 is the one before")
        found = self.outputs[at]
        if found is None:
            raise UntranslatableError("", is_own=False)
        return found

    def emit(self, type_: str, options: Mapping[str, Any], inputs: Sequence[Tensor], part: str = "") -> Tensor:
        """A layer of the section at hand; raises `CnncalcError` where it cannot be."""
        section = self._section
        name = f"{self.name}.{part}" if part else self.name
        given = {key: value for key, value in options.items() if value is not None}
        kind, _ = cast("tuple[type[Layer], int | None]", find(type_))
        try:
            shape = kind(**given).output_shape([tensor.shape for tensor in inputs])
        except LayerError as error:
            if section is None:
                raise
            raise CnncalcError(
                f"{self.path}:{section.line}: [{section.kind}] {error.fact}",
                hint=error.hint,
                code=error.code,
                layer=name,
            ) from None
        origin = f"[{section.kind}] at line {section.line}" if section else ""
        self.layers.append(ImportedLayer(name, type_, given, [tensor.name for tensor in inputs], origin=origin))
        return Tensor(name, tuple(shape))
