"""A network at the input shapes that a user gives, and what to tell them where it cannot be built there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.shapes import Shape, parse_shape
from cnncalc.spec.layer_factory import TooSmallError

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.spec.blueprint import Blueprint
    from cnncalc.spec.document import Spec


def at_given(blueprint: Blueprint, override: Any = None) -> Graph:
    """The network of a blueprint, with the input sizes that it has or with others given."""
    blueprint = blueprint.with_inputs(_given_inputs(blueprint, override))
    try:
        return blueprint.at(blueprint.inputs)
    except TooSmallError as error:
        hint = _turned(blueprint) or _smallest(blueprint)
        raise (error if hint is None else error.with_hint(hint)) from None
    except CnncalcError as error:
        doubts = blueprint.spec.layout.doubts(blueprint.inputs, blueprint.choice.inputs)
        error.notes = (*error.notes, *((doubt, None) for doubt in doubts))
        raise


def _turned(blueprint: Blueprint) -> str | None:
    """The hint for an input whose channels seem to stand at the wrong end."""
    layout, own = blueprint.spec.layout, blueprint.choice.inputs
    turned = (layout.turned(shape, own.get(name)) for name, shape in blueprint.inputs.items())
    return next((layout.order_hint(meant) for meant in turned if meant is not None), None)


def _smallest(blueprint: Blueprint) -> str | None:
    """The hint that names the smallest input, if it is found."""
    from cnncalc.spec.smallest import smallest_input

    smallest = smallest_input(blueprint, blueprint.inputs)
    if smallest is None:
        return None
    return f"with this network the smallest input is {', '.join(map(blueprint.spec.layout.text, smallest.values()))}"


def _given_inputs(blueprint: Blueprint, override: Any) -> dict[str, Shape]:
    """The shapes that replace those of the blueprint's inputs, each of an input that there is."""
    spec, inputs = blueprint.spec, blueprint.inputs
    if not inputs and not override:
        hint = "write input: 3x224x224 into it, or give --input 3x224x224"
        raise CnncalcError(f"{spec.source.name} has no `input`", hint=hint)
    if override is None:
        return {}
    if not isinstance(override, dict):
        if len(inputs) > 1:
            names = ", ".join(inputs)
            raise CnncalcError(f"{spec.name} has several inputs", hint=f"say which with NAME=SHAPE: {names}")
        override = {next(iter(inputs), "input"): override}
    given: dict[str, Shape] = {}
    for name, shape in ((str(name), shape) for name, shape in override.items()):
        if inputs and name not in inputs:
            raise CnncalcError(f"{spec.name} has no input `{name}`", hint=did_you_mean(name, inputs, "inputs"))
        given[name] = _given(name, shape, spec)
    return given


def _given(name: str, shape: Any, spec: Spec) -> Shape:
    try:
        return spec.layout.internal(parse_shape(list(shape) if isinstance(shape, tuple) else shape))
    except ValueError as error:
        raise CnncalcError(f"the shape of `{name}` {error}") from None
