"""From a network, a layer and a unit to the lines by which its value is calculated."""

from __future__ import annotations

from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError
from cnncalc.steps.convolution import Convolution
from cnncalc.steps.expressions import numbers_of
from cnncalc.steps.kinds import at_hand, check
from cnncalc.steps.outputs import Outputs, with_last_step
from cnncalc.steps.results import Steps, UnitSteps
from cnncalc.steps.selection import chosen_node, heading, values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.models.stored_arrays import Store
    from cnncalc.steps.units import LayerAtHand, Unit

MOST_UNITS: Final = 36
"""The units that are written out at once."""

MOST_NUMBERS: Final = 2**18
"""The numbers that are written out at once."""

ALL: Final = "all"
"""Asks for all units of the channels."""


def steps_of(
    network: Graph,
    layer: str | None = None,
    unit: tuple[int, ...] | str | None = None,
    *,
    channels: Sequence[int] = (0,),
    data: Any = None,
    seed: int = 0,
    weights: Store | None = None,
    drawn: str | None = None,
    turned: bool = False,
) -> Steps:
    """The calculation of the values of one unit, or of all, in some channels of a layer's output.

    Raises `CnncalcError` for a layer or a unit that there is not, for a layer that has no steps, and for too many.

    >>> import cnncalc
    >>> network = cnncalc.load("conv2d(1, 2, bias=false, weight=[[[[1, 0], [0, -1]]]])", input="1x3x3")
    >>> steps_of(network, unit=(0, 1)).steps[0].formula.numbers
    'sum over a, b of X[0+a, 1+b]*K[a,b]'
    """
    node = chosen_node(network, layer)
    check(node)
    if turned and node.layer.type_name not in TURNABLE:
        hint = f"these have: {', '.join(TURNABLE)}"
        raise CnncalcError(f"`{node.name}` is a {node.type}, and has no kernel to turn", hint=hint)
    values = values_of(network, node, data, seed=seed, weights=weights, drawn=drawn)
    at = at_hand(node, values)
    units = _units(node, at, unit, channels)
    found: list[UnitSteps] = []
    numbers = 0
    outputs = Outputs(at)
    for each in units:
        step = _unit_steps(at, each, outputs, turned=turned)
        numbers += sum(_count(line.expression) for line in step.equations)
        if numbers > MOST_NUMBERS and found:
            if unit != ALL:
                fact = f"these {len(units)} units are made of more than {MOST_NUMBERS:,} numbers"
                raise CnncalcError(fact, hint="name fewer channels")
            break
        found.append(step)
    count = prod(node.output_shape[1:]) * len(channels) if len(node.output_shape) > 1 else node.output_shape[0]
    return Steps(
        **heading(network, at, seed, weights),
        units=count,
        steps=tuple(found),
        notes=_notes(network, node, len(found), count, unit),
    )


TURNABLE: Final = ("conv", "depthwise_conv", "separable_conv")
"""The layers whose kernel can be turned by 180 degrees."""


def _count(expression: Any) -> int:
    return 0 if expression is None else sum(1 for _ in numbers_of(expression))


def _units(node: Node, at: LayerAtHand, unit: tuple[int, ...] | str | None, channels: Sequence[int]) -> list[Unit]:
    """The indices that are asked for, channel first."""
    shape = node.output_shape
    for channel in channels:
        if not 0 <= channel < shape[0]:
            raise CnncalcError(f"`{node.name}` has channels 0 to {shape[0] - 1}, and no channel {channel}")
    if len(shape) == 1:
        return _features(node, unit, channels)
    if isinstance(unit, str):
        everywhere = ((channel, *place) for channel in channels for place in product(*map(range, shape[1:])))
        return list(islice(everywhere, MOST_UNITS))
    place = at.first_whole() if unit is None else unit
    if len(place) != len(shape) - 1:
        words = "number" if len(shape) == 2 else "numbers"
        raise CnncalcError(f"a unit of `{node.name}` has {len(shape) - 1} {words}, not {len(place)}")
    if any(not 0 <= number < size for number, size in zip(place, shape[1:], strict=True)):
        last = ",".join(str(size - 1) for size in shape[1:])
        given = ",".join(map(str, place))
        raise CnncalcError(f"`{node.name}` has units {','.join('0' for _ in place)} to {last}, and no unit {given}")
    return [(channel, *place) for channel in channels]


def _features(node: Node, unit: tuple[int, ...] | str | None, channels: Sequence[int]) -> list[Unit]:
    """Those of a vector, whose units are its features."""
    count = node.output_shape[0]
    if isinstance(unit, str):
        return [(number,) for number in range(min(count, MOST_UNITS))]
    if unit is None:
        return [(channel,) for channel in channels]
    if len(unit) != 1:
        raise CnncalcError(f"`{node.name}` gives a vector: its unit is one number, the feature's")
    if not 0 <= unit[0] < count:
        raise CnncalcError(f"`{node.name}` has units 0 to {count - 1}, and no unit {unit[0]}")
    return [unit]


def _notes(network: Graph, node: Node, shown: int, units: int, unit: object) -> tuple[str, ...]:
    """Which units there are of many, and in which order their indices are."""
    first = f"the first {shown} of {units:,} units; name another with --unit"
    return (
        *([first] if unit == ALL and shown < units else []),
        *(["indices have the channel first"] if network.layout.channels_last and len(node.output_shape) > 1 else []),
    )


def _unit_steps(at: LayerAtHand, unit: Unit, outputs: Outputs, *, turned: bool) -> UnitSteps:
    """All lines of one unit, the activation's among them."""
    own = at.calculation(unit)
    lines = with_last_step(own.equations, at, unit)
    other = None
    if turned:
        assert isinstance(at, Convolution)
        mathematical = at.calculation(unit, turned=True)
        turned_lines = with_last_step(mathematical.equations, at, unit)
        other = UnitSteps(
            unit,
            mathematical.formula,
            tuple(turned_lines),
            tuple(mathematical.planes),
            outputs.plane(unit, turned_lines[-1].result, alone=True),
            mathematical.channels,
        )
    return UnitSteps(
        unit,
        own.formula,
        tuple(lines),
        tuple(own.planes),
        outputs.plane(unit, lines[-1].result),
        own.channels,
        own.notes,
        other,
    )
