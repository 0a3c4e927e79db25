"""The names that expressions of an entry may use: the values around it, and the shapes of tensors.

Imported only when there is an expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.spec.namespace import Namespace
from cnncalc.spec.operators import ExpressionError
from cnncalc.spec.scopes import UNKNOWN, NameFault
from cnncalc.spec.templates import filled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.shapes import Layout, Shape
    from cnncalc.spec.scopes import Frame

MOST_NAMES: Final = 5
"""How deep a name with expressions may ask for the sizes of others by names with expressions."""


class StaticNames(Namespace):
    """The values that are known before the expansion, as far as they are; a tensor's shape is not."""

    def value(self, name: str) -> Any:
        """The value of a name; raises `ExpressionError` if it is not known yet."""
        value = super().value(name)
        if value is UNKNOWN:
            raise ExpressionError(f"`{name}` is not known yet")
        return value


class EntryNames(Namespace):
    """The values of an entry's frame, and the shapes of its input and of earlier tensors.

    `input_shape` returns that of the entry's first input, `shape_of` that of a tensor by name. `note_size_use` is
    called where an expression reads a size, as its value may then be another at another input size.
    """

    def __init__(
        self,
        frame: Frame,
        input_shape: Callable[[], Shape],
        layout: Layout,
        shape_of: Callable[[str], Shape],
        note_size_use: Callable[[], None],
    ) -> None:
        super().__init__(frame.values)
        self.input_shape = input_shape
        self.layout = layout
        self.shape_of = shape_of
        self.note_size_use = note_size_use

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """`size` and `channels`, made when they are called: kept here, they would hold this in a circle."""
        return {"size": self._size, "channels": self._channels}

    def value(self, name: str) -> Any:
        """The value of a name."""
        if name == "in_channels":
            return self._channels_of(self.input_shape())
        if name == "in_shape":
            self.note_size_use()
            return list(self.layout.external(self.input_shape()))
        try:
            return super().value(name)
        except ExpressionError as error:
            raise self._unquoted(name) or error from None

    def _unquoted(self, name: str) -> ExpressionError | None:
        """The error for a tensor's name without quotes; None where there is no such tensor."""
        try:
            self.shape_of(name)
        except (ExpressionError, NameFault):
            return None
        hint = f"a tensor's name stands in quotes: size('{name}'), channels('{name}')"
        return ExpressionError(f"there is no name `{name}`", hint)

    def known(self) -> list[str]:
        """The names that there are."""
        return [*super().known(), "in_channels", "in_shape"]

    def _size(self, name: Any) -> list[int]:
        self.note_size_use()
        return list(self._named_shape(name)[1:])

    def _channels(self, name: Any) -> int:
        return self._channels_of(self._named_shape(name))

    def _channels_of(self, shape: Shape) -> int:
        """The channels, which do not follow the size of the input unless the map is flattened."""
        if len(shape) == 1:
            self.note_size_use()
        return shape[0]

    def _named_shape(self, name: Any) -> Shape:
        """The shape of a tensor by its name, in which `{expressions}` are filled in."""
        if not isinstance(name, str):
            raise ExpressionError("the name of a tensor stands in quotes, as in size('conv1')")
        if self.depth >= MOST_NAMES:
            raise ExpressionError(f"names that ask for names more than {MOST_NAMES} deep: does one ask for itself?")
        self.depth += 1
        try:
            return self.shape_of(filled(name, self))
        except NameFault as fault:
            raise ExpressionError(fault.fact, fault.lazy_hint) from None
        finally:
            self.depth -= 1
