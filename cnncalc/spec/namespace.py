"""The names that an expression may use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import did_you_mean
from cnncalc.spec.operators import FUNCTIONS, ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Closure = Callable[["Namespace"], Any]
    """What an expression is compiled to."""

CONSTANTS: Final = {"true": True, "false": False, "null": None}

UNSET: Final = object()
"""Stands for the variable of a list by `for` before its first round."""

_OTHER_FUNCTIONS: Final = {
    "sqrt": "a root is `x ** 0.5`",
    "pow": "a power is `x ** y`",
    "divmod": "write `//` and `%`",
    "str": "a value in a text stands in { }: 'stage{index}'",
    "enumerate": "walk the positions: [a[i] * i for i in range(len(a))]",
    "zip": "walk the positions: [a[i] * b[i] for i in range(len(a))]",
    "reversed": "write list[::-1]",
}
"""Functions that operators stand for here."""


class Namespace:
    """The names that an expression may use: values, and functions beside the built-in ones; it counts the steps.

    `bound` are the variables of the lists by `for` that are being made, which hide the others.
    `depth` counts the names with expressions that are being filled in, as one may ask for another.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.bound: dict[str, Any] = {}
        self.steps = 0
        self.depth = 0

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """The functions beside the built-in ones."""
        return {}

    def value(self, name: str) -> Any:
        """The value of a name."""
        bound = self.bound
        if name in bound:
            if bound[name] is UNSET:
                raise ExpressionError(f"`{name}` has no value yet where it is read")
            return bound[name]
        try:
            return self.values[name]
        except KeyError:
            if name in CONSTANTS:
                return CONSTANTS[name]
        raise ExpressionError(
            f"there is no name `{name}`", lambda: did_you_mean(name, [*bound, *self.known()], "names")
        )

    def known(self) -> list[str]:
        """The names that there are."""
        return [*self.values, *CONSTANTS]

    def function(self, name: str) -> Callable[..., Any]:
        """The function of a name."""
        function = self.functions.get(name) or FUNCTIONS.get(name)
        if function is None:
            known = [*FUNCTIONS, *self.functions]
            hint = _OTHER_FUNCTIONS.get(name) or did_you_mean(name, known, "functions")
            raise ExpressionError(f"there is no function `{name}`", hint)
        return function
