"""What a layer is in PyTorch: a module, a function, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.exporting.source.expressions import Attribute, Call, Expression, call

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Written(NamedTuple):
    """A layer in PyTorch.

    `module` is what makes the module, None for a layer that is none; `call` the forward pass of it, for the module and
    the inputs, None where it is called with these alone. `function` is the forward pass of a layer without state.
    `after` are attributes that are set once the module is made: names and values. `helpers` are the classes and
    functions, of those in `helpers`, that it needs; `is_parameter` says that the `module` is a parameter or buffer.
    """

    module: Expression | None = None
    call: Callable[..., Expression] | None = None
    function: Callable[..., Expression] | None = None
    after: tuple[tuple[str, Expression], ...] = ()
    helpers: tuple[str, ...] = ()
    is_parameter: bool = False

    @property
    def has_plain_module(self) -> bool:
        """Whether it is a module that is called with the input alone."""
        return self.module is not None and self.call is None and not self.after and not self.is_parameter

    def applied(self, module: Expression, inputs: Sequence[Expression]) -> Expression:
        """The forward pass, where `module` is how the module can be had."""
        if self.function is not None:
            return self.function(*inputs)
        return call(module, *inputs) if self.call is None else self.call(module, *inputs)


def module(name: str, *positional: Any, after: Any = (), helpers: Any = (), **named: Any) -> Written:
    """A layer that is a module."""
    return Written(call(name, *positional, **named), after=tuple(after), helpers=tuple(helpers))


def either(module_: str, function: str, *positional: Any, helpers: Any = (), **named: Any) -> Written:
    """A layer without state that is a module and a function with the same arguments after the input."""
    return Written(
        call(module_, *positional, **named),
        function=lambda x: call(function, x, *positional, **named),
        helpers=tuple(helpers),
    )


def function(written: Callable[..., Expression], helpers: Any = ()) -> Written:
    """A layer that is an expression."""
    return Written(function=written, helpers=tuple(helpers))


def around(found: Written, before: Callable[[Expression], Expression] | None, helpers: Any = ()) -> Written:
    """A layer whose input is changed before it arrives."""
    if before is None:
        return found
    helpers = (*found.helpers, *helpers)
    if found.function is not None:
        inner = found.function
        return Written(function=lambda x: inner(before(x)), helpers=helpers)
    return found._replace(call=lambda own, x: call(own, before(x)), helpers=helpers)


def method(owner: Expression, name: str, *positional: Any, **named: Any) -> Call:
    """A call of a method."""
    return call(Attribute(owner, name), *positional, **named)
