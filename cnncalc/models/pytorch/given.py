"""The inputs that a caller gives for a module: shapes without the batch, or tensors with one."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.shapes import parse_shape

if TYPE_CHECKING:
    from cnncalc.shapes import Shape


class GivenInput(NamedTuple):
    """The shape of a sample, the type of its values, and the parameter of `forward` that takes it; "" is a position.

    A parameter that takes a dict has the input under a `key`.
    """

    shape: Shape
    dtype: str
    parameter: str
    key: str = ""


def given_inputs(module: Any, given: Any) -> dict[str, GivenInput]:
    """The inputs by the names that they have here: those of `forward`'s parameters. Raises `CnncalcError`.

    `given` is a shape as text or sizes, or a tensor; a dict of such by name, or a list of them by position. What a
    parameter takes as a dict is a dict in that dict. Shapes have values of the type that the module has.
    """
    parameters, dtype = _parameters(module), _dtype(module)
    if given is None or (isinstance(given, (dict, list, tuple)) and not given):
        raise CnncalcError("`input` has no shape", hint="such as '3x224x224', without the batch", code="missing")
    if isinstance(given, dict):
        for name in given:
            if parameters and name not in parameters:
                fact = f"forward() of {type(module).__name__} has no parameter `{name}`"
                raise CnncalcError(fact, hint=did_you_mean(str(name), parameters, "parameters"), code="not-found")
        by_name = list(map(str, given))
        in_order = by_name == parameters[: len(by_name)] and not any(isinstance(each, dict) for each in given.values())
        found: dict[str, GivenInput] = {}
        for name, each in given.items():
            if isinstance(each, dict):
                inner = {str(key): _given(str(key), value, str(name), dtype) for key, value in each.items()}
                found |= {_free(key, module): value._replace(key=key) for key, value in inner.items()}
            else:
                found[_free(name, module)] = _given(name, each, "" if in_order else str(name), dtype)
        return found
    several = list(given) if _is_several(given) else [given]
    found = {}
    for at, each in enumerate(several):
        name = parameters[at] if at < len(parameters) else "input" if not at else f"input_{at + 1}"
        found[_free(name, module)] = _given(name, each, "", dtype)
    return found


def _dtype(module: Any) -> str:
    """The type of the first floating-point parameter: what a module of half precision takes."""
    parameters = module.parameters() if hasattr(module, "parameters") else ()
    kinds = (str(each.dtype).removeprefix("torch.") for each in parameters)
    return next((kind for kind in kinds if "float" in kind), "float32")


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


def _given(name: str, value: Any, parameter: str, dtype: str) -> GivenInput:
    """One input."""
    if _is_tensor(value):
        shape = tuple(int(size) for size in value.shape)
        if len(shape) < 2:
            fact = f"`{name}` is a tensor of {len(shape)} axes"
            raise CnncalcError(fact, hint="the first axis is the batch, and one is wanted behind it", code="shape")
        dtype = str(value.dtype).removeprefix("torch.")
        value = shape[1:]
    try:
        return GivenInput(parse_shape(list(value) if isinstance(value, tuple) else value), dtype, parameter)
    except ValueError as error:
        hint = "a shape has no batch: 3x224x224; a tensor has one"
        raise CnncalcError(f"the shape of `{name}` {error}", hint=hint, code="shape") from None
