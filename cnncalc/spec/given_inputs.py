"""Builds a network at the input shapes that a user gives, with hints where it cannot be built there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.shapes import Shape, parse_shape
from cnncalc.spec.layer_factory import TooSmallError
from cnncalc.spec.mistakes import SeveralErrors, UnknowableError

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.spec.blueprint import Blueprint
    from cnncalc.spec.document import Spec


def build_at(blueprint: Blueprint, override: Any = None) -> Graph:
    """The network of a blueprint at its own input shapes or, instead of them, at those of `override`, as written.

    Raises `CnncalcError`: for an input that is too small, with a hint that names the smallest.
    """
    try:
        blueprint = blueprint.with_inputs(given_inputs(blueprint, override))
        return blueprint.at(blueprint.inputs)
    except CnncalcError as error:
        if not blueprint.spec.source.text:  # a model is not written by hand: one mistake tells of the others
            raise axes_error(blueprint) or _with_hints(blueprint, error) from None
        from cnncalc.spec.survey import every_mistake

        raise axes_error(blueprint) or _with_hints(blueprint, every_mistake(blueprint, error)) from None


def axes_error(blueprint: Blueprint) -> CnncalcError | None:
    """The error for an input that was given with more or fewer axes than the spec has it, which cannot be built."""
    layout, own = blueprint.spec.layout, blueprint.own_inputs
    for name, shape in blueprint.override.items():
        if name in own and len(shape) != len(own[name]):
            fact = f"the shape of `{name}` is {layout.text(shape)}, and {blueprint.name} takes {layout.text(own[name])}"
            from cnncalc.spec.advice.shapes import axes_hint

            return CnncalcError(fact, hint=axes_hint(shape, own[name], layout))
    return None


def _with_hints(blueprint: Blueprint, error: CnncalcError) -> CnncalcError:
    """An error with what the input's size or order of axes may have to do with it."""
    first, *others = error.parts
    if all(isinstance(part, TooSmallError) for part in error.parts):
        assert isinstance(first, TooSmallError)
        hint = _order_hint(blueprint) or _smallest(blueprint)
        first = first if hint is None else first.with_hint(hint)
        return SeveralErrors([first, *others]) if others else first
    is_model = not blueprint.spec.source.text
    for doubt in blueprint.spec.layout.order_doubts(blueprint.inputs, blueprint.choice.inputs, is_fixed=is_model):
        hints = [part.hint for part in error.parts if part.hint]
        if not any(doubt.endswith(hint) or (is_model and hint.startswith("channels come first")) for hint in hints):
            error.append_note(doubt)
    return error


def _order_hint(blueprint: Blueprint) -> str | None:
    """The hint for an input whose channels seem to stand at the wrong end; None if none does."""
    layout, own = blueprint.spec.layout, blueprint.choice.inputs
    shapes = (layout.likely_meant(shape, own.get(name)) for name, shape in blueprint.inputs.items())
    return next((layout.order_hint(meant) for meant in shapes if meant is not None), None)


def _smallest(blueprint: Blueprint) -> str | None:
    """The hint that names the smallest input; None if it is not found."""
    from cnncalc.spec.smallest import smallest_input

    smallest = smallest_input(blueprint, blueprint.inputs)
    if smallest is None:
        return None
    return f"with this network the smallest input is {', '.join(map(blueprint.spec.layout.text, smallest.values()))}"


def given_inputs(blueprint: Blueprint, override: Any) -> dict[str, Shape]:
    """The shapes of `override` by the names of inputs, internal.

    Raises `CnncalcError` for an unknown input, for what is no shape, and where the spec has no input either.
    """
    spec, inputs = blueprint.spec, blueprint.inputs
    names = dict.fromkeys((*inputs, *spec.input_names))
    if (
        not names
        and blueprint.choice.inputs_are_read
        and (override is None or (isinstance(override, dict) and not override))
    ):
        if spec.has_unknown_keys:
            raise UnknowableError("an unknown key may be meant")
        if spec.in_one_line:
            raise CnncalcError(
                "layers in one line have no `input`", hint="say which, as by --input 3x224x224", code="missing"
            )
        hint = "write input: 3x224x224 into it, or give it, as by --input 3x224x224"
        raise CnncalcError(f"{spec.source.name} has no `input`", hint=hint, code="missing")
    if override is None:
        override = {}
    if not isinstance(override, dict):
        if len(names) > 1:
            hint = f"give each by its name, as NAME=SHAPE or in a dict: {', '.join(names)}"
            raise CnncalcError(f"{spec.name} has several inputs", hint=hint)
        override = {next(iter(names), "input"): override}
    shapes_by_name: dict[str, Shape] = {}
    for name, shape in ((str(name), shape) for name, shape in override.items()):
        if names and name not in names:
            nearest = did_you_mean(name, names, "inputs")
            raise CnncalcError(f"{spec.name} has no input `{name}`", hint=nearest, code="not-found")
        shapes_by_name[name] = _parsed(name, shape, spec, inputs.get(name))
    if not names.keys() <= {*inputs, *shapes_by_name}:
        raise spec.sizes_error()
    return shapes_by_name


def _parsed(name: str, shape: Any, spec: Spec, own: Shape | None) -> Shape:
    """The internal shape of an input from one as written."""
    try:
        return spec.layout.internal(parse_shape(shape))
    except ValueError as error:
        from cnncalc.spec.advice.shapes import shape_hint

        hint = shape_hint(shape, spec.layout, own)
        raise CnncalcError(f"the shape of `{name}` {error}", hint=hint) from None
