"""What the expressions of an entry see; imported when the first expression is met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.spec.namespace import Namespace
from cnncalc.spec.operators import ExpressionError
from cnncalc.spec.scopes import UNKNOWN, NameFault
from cnncalc.spec.templates import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.shapes import Layout, Shape
    from cnncalc.spec.scopes import Frame

MOST_NAMES: Final = 5
"""How deep a name with expressions may ask for the sizes of others by names with expressions."""


class Foreseen(Namespace):
    """What can be told of the values that an entry sees before anything arrives there."""

    def value(self, name: str) -> Any:
        """The value of a name; raises `ExpressionError` if it is not known yet."""
        value = super().value(name)
        if value is UNKNOWN:
            raise ExpressionError(f"`{name}` is not known yet")
        return value


class EntryNames(Namespace):
    """The values of an entry's frame, and the tensor that arrives there.

    `arriving` gives the shape of that tensor when it is asked for, `shape_of` that of a named one; `watch` is called
    when a value follows the size of the input.
    """

    def __init__(
        self,
        frame: Frame,
        arriving: Callable[[], Shape],
        layout: Layout,
        shape_of: Callable[[str], Shape],
        watch: Callable[[], None],
    ) -> None:
        super().__init__(frame.values, {"size": self._size, "channels": self._channels})
        self.arriving = arriving
        self.layout = layout
        self.shape_of = shape_of
        self.watch = watch

    def value(self, name: str) -> Any:
        """The value of a name."""
        if name == "in_channels":
            return self._channels_of(self.arriving())
        if name == "in_shape":
            self.watch()
            return list(self.layout.shown(self.arriving()))
        return super().value(name)

    def known(self) -> list[str]:
        """The names that there are."""
        return [*super().known(), "in_channels", "in_shape"]

    def _size(self, name: Any) -> list[int]:
        self.watch()
        return list(self._named(name)[1:])

    def _channels(self, name: Any) -> int:
        return self._channels_of(self._named(name))

    def _channels_of(self, shape: Shape) -> int:
        """The channels, which do not follow the size of the input unless the map is flattened."""
        if len(shape) == 1:
            self.watch()
        return shape[0]

    def _named(self, name: Any) -> Shape:
        if not isinstance(name, str):
            raise ExpressionError("the name of a tensor stands in quotes, as in size('conv1')")
        if self.depth >= MOST_NAMES:
            raise ExpressionError(f"names that ask for names more than {MOST_NAMES} deep: does one ask for itself?")
        self.depth += 1
        try:
            return self.shape_of(filled(name, self))
        except NameFault as fault:
            raise ExpressionError(fault.fact, fault.later) from None
        finally:
            self.depth -= 1
