"""The inputs that a caller gives for a module: shapes without the batch, or tensors with one."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.shapes import parse_shape

if TYPE_CHECKING:
    from cnncalc.shapes import Shape


class GivenInput(NamedTuple):
    """The shape of a sample, the type of its values, and the parameter of `forward` that takes it; "" is a position."""

    shape: Shape
    dtype: str
    parameter: str


def given_inputs(module: Any, given: Any) -> dict[str, GivenInput]:
    """The inputs by the names that they have here: those of `forward`'s parameters. Raises `CnncalcError`.

    `given` is a shape as text or sizes, or a tensor; a dict of such by name, or a list of them by position.
    """
    parameters = _parameters(module)
    if isinstance(given, dict):
        for name in given:
            if parameters and name not in parameters:
                fact = f"forward() of {type(module).__name__} has no parameter `{name}`"
                raise CnncalcError(fact, hint=did_you_mean(str(name), parameters, "parameters"), code="not-found")
        by_name = list(map(str, given))
        return {
            _free(name, module): _given(name, each, "" if by_name == parameters[: len(by_name)] else str(name))
            for name, each in given.items()
        }
    several = list(given) if _is_several(given) else [given]
    found: dict[str, GivenInput] = {}
    for at, each in enumerate(several):
        name = parameters[at] if at < len(parameters) else "input" if not at else f"input_{at + 1}"
        found[_free(name, module)] = _given(name, each, "")
    return found


def _parameters(module: Any) -> list[str]:
    """The names of what `forward` takes."""
    try:
        known = inspect.signature(module.forward).parameters.values()
    except (TypeError, ValueError):
        return []
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [each.name for each in known if each.kind in kinds]


def _free(name: str, module: Any) -> str:
    """A name that no module has."""
    taken = dict(module.named_children())
    return f"{name}_input" if name in taken else str(name)


def _is_several(given: Any) -> bool:
    """Whether a list is one of inputs, and not of sizes."""
    return isinstance(given, (list, tuple)) and any(
        isinstance(each, (str, list, tuple)) or _is_tensor(each) for each in given
    )


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "shape") and hasattr(value, "dtype")


def _given(name: str, value: Any, parameter: str) -> GivenInput:
    """One input."""
    if _is_tensor(value):
        shape = tuple(int(size) for size in value.shape)
        if len(shape) < 2:
            fact = f"`{name}` is a tensor of {len(shape)} axes"
            raise CnncalcError(fact, hint="the first axis is the batch, and one is wanted behind it", code="shape")
        dtype = str(value.dtype).removeprefix("torch.")
        value = shape[1:]
    else:
        dtype = "float32"
    try:
        return GivenInput(parse_shape(list(value) if isinstance(value, tuple) else value), dtype, parameter)
    except ValueError as error:
        hint = "a shape has no batch: 3x224x224; a tensor has one"
        raise CnncalcError(f"the shape of `{name}` {error}", hint=hint, code="shape") from None
