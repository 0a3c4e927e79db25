"""Pools by a norm, as PyTorch computes them, and max pools of maps with borders of minus infinity."""

from __future__ import annotations

from math import inf, prod
from typing import TYPE_CHECKING, Any

from cnncalc.models.pytorch.operators.functions import by_channel
from cnncalc.models.pytorch.values import Value
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.pytorch.builder import Builder


def lp_pool(builder: Builder, type_: str, value: Value, options: Mapping[str, Any]) -> Value:
    """The layer ``lp_pool``, or several where PyTorch's numbers are others than the norm's of each window.

    PyTorch takes no absolute values, which matters for p that is not even, and computes the mean of the powers times
    the size of the window: where `ceil_mode` lets a window overhang the end, this counts what is in it for more.
    """
    by_channel(value)
    power, shape = options["norm_type"], builder.result_shape()
    window = {name: each for name, each in options.items() if name != "norm_type"}
    if power in (inf, -inf):
        builder.in_parts = True
        return _of_extremes(builder, type_, value, window, is_least=power < 0)
    overhangs = window.get("ceil_mode") and _overhangs(value.shape[2:], shape[2:], window)
    if power % 2 == 0 and power > 0 and not overhangs:
        window.pop("ceil_mode", None)
        return builder.layer(
            type_, {**window, "norm_type": power}, [builder.operand(value, value.own)], shape, value.batch
        )
    mean = type_.replace("lp", "avg")
    if power == 1 and not overhangs:
        window.pop("ceil_mode", None)
        options = {**window, "divisor_override": 1}
        return builder.layer(mean, options, [builder.operand(value, value.own)], shape, value.batch)
    builder.in_parts = True
    if power != 1:
        value = builder.step(*_power(power), value, value.shape)
    value = builder.step(mean, window, value, shape)
    value = builder.step("multiply", {"value": prod(_each(window["kernel_size"], len(shape) - 2))}, value, shape)
    return value if power == 1 else builder.step(*_power(1 / power), value, shape)


def with_border(value: Value, options: Mapping[str, Any]) -> tuple[Value, dict[str, Any]]:
    """A max pool of a map with borders of minus infinity as one of the map, with more padding."""
    if options.get("ceil_mode"):
        raise UntranslatableError("pads with minus infinity before a pool that rounds up")
    rank = len(value.border)
    own = options.get("padding", 0)
    pairs = [[each, each] if isinstance(each, int) else list(each) for each in _each(own, rank)]
    padding = [[b + more[0], e + more[1]] for (b, e), more in zip(pairs, value.border, strict=True)]
    shape = (*value.shape[:2], *(size - sum(more) for size, more in zip(value.shape[2:], value.border, strict=True)))
    return Value(shape, value.batch, layer=value.layer, laid=value.laid), {**options, "padding": padding}


def _of_extremes(builder: Builder, type_: str, value: Value, window: Mapping[str, Any], *, is_least: bool) -> Value:
    """The largest or the least absolute value of each window, which PyTorch takes for p of plus or minus infinity."""
    shape = builder.result_shape()
    value = builder.step("abs", {}, value, value.shape)
    if is_least:
        value = builder.step("neg", {}, value, value.shape)
    value = builder.step(type_.replace("lp", "max"), window, value, shape)
    return builder.step("neg", {}, value, shape) if is_least else value


def _power(exponent: float) -> tuple[str, dict[str, Any]]:
    """The layer that takes a power.

    >>> _power(2), _power(3)
    (('square', {}), ('power', {'exponent': 3}))
    """
    short = {2: "square", 0.5: "sqrt"}.get(exponent)
    return (short, {}) if short else ("power", {"exponent": exponent})


def _overhangs(before: tuple[int, ...], after: tuple[int, ...], window: Mapping[str, Any]) -> bool:
    """Whether the last window of an axis reaches beyond its end.

    >>> _overhangs((7,), (4,), {"kernel_size": 2}), _overhangs((8, 7), (4, 3), {"kernel_size": 2, "stride": [2, 2]})
    (True, False)
    """
    kernels = _each(window["kernel_size"], len(before))
    strides = _each(window.get("stride", window["kernel_size"]), len(before))
    sizes = zip(before, after, kernels, strides, strict=True)
    return any((count - 1) * stride + kernel > size for size, count, kernel, stride in sizes)


def _each(size: Any, rank: int) -> list[Any]:
    """A size for each axis."""
    return list(size) if isinstance(size, (list, tuple)) else [size] * rank
