"""Options as the table of Keras's classes gives them, with the axes of this network and as short as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.layers import ACTIVATIONS, find
from cnncalc.models.untranslatable import UntranslatableError
from cnncalc.shapes import CHANNELS_LAST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.shapes import Layout

_OVER_CHANNELS: Final = frozenset(("softmax", "log_softmax", "concat", "layer_norm", "rms_norm", "l2_norm"))
"""The types that work along the channels unless they are told an axis."""
_BY_AXIS: Final = ("kernel_size", "stride", "dilation", "padding", "scale_factor", "output_size", "size")
_ALIKE_AT_STEPS: Final = frozenset(("linear", "batch_norm", "dropout", "identity", "scale"))
_WINDOWED: Final = ("kernel_size", "stride", "dilation")


def laid_out(type_: str, options: Mapping[str, Any], rank: int, layout: Layout) -> dict[str, Any]:
    """The options in a network with its channels first, of an input with so many axes.

    >>> laid_out("concat", {"dim": 2, "data_format": "channels_last"}, 3, CHANNELS_LAST)
    {}
    >>> laid_out("conv2d", {"kernel_size": [3, 3], "padding": "valid", "bias": True}, 3, CHANNELS_LAST)
    {'kernel_size': 3}
    """
    found = {name: _collapsed(name, value) for name, value in options.items() if not _is_default(type_, name, value)}
    if type_ == "linear" and "dim" in found and (rank == 1 or layout is not CHANNELS_LAST):
        del found["dim"]
        if rank > 1:
            found["dim"] = -1
    if layout is not CHANNELS_LAST:
        found.pop("data_format", None)
    elif "data_format" in found:
        _to_channels_first(type_, found, rank, layout)
    if type_ in _OVER_CHANNELS:
        for name in ("dim", "dims"):
            if found.get(name) in (0, [0]):
                del found[name]
    return found


def _to_channels_first(type_: str, options: dict[str, Any], rank: int, layout: Layout) -> None:
    """Count axes with the channels first, where options name axes and not an order of them."""
    if type_ in ("reshape", "permute", "matmul", "unsqueeze", "stack", "flatten") or "shared_axes" in options:
        if rank == 1 and type_ == "flatten":
            del options["data_format"]
        return
    del options["data_format"]
    for name in ("dim", "dims"):
        value = options.get(name)
        try:
            if isinstance(value, list):
                options[name] = [layout.axis(dim, rank) for dim in value]
            elif isinstance(value, int):
                options[name] = layout.axis(value, rank)
        except ValueError as error:
            raise UntranslatableError(f"`axis` {error}") from None


def _is_default(type_: str, name: str, value: Any) -> bool:
    """Whether an option says what holds without it."""
    found = find(type_)
    known = found[0].options.get(name) if found else None
    if known is None or known.required:
        return False
    if name == "padding" and value in ("valid", 0):
        return True
    same: bool = _collapsed(name, value) == known.default and type(_collapsed(name, value)) is type(known.default)
    return same or (value is None and known.default is None)


def _collapsed(name: str, value: Any) -> Any:
    """One number for several equal ones, where either is read."""
    if name in _BY_AXIS and isinstance(value, list) and value and all(item == value[0] for item in value):
        first = value[0]
        return first if isinstance(first, (int, float)) and not isinstance(first, bool) else value
    return value


def over_steps(type_: str, options: Mapping[str, Any], rank: int, steps: int) -> tuple[str, dict[str, Any]]:
    """The layer that does the same at each step of a sequence, whose axis is the first behind the batch.

    `rank` counts the axes of the input, the channels and the steps among them. Raises `UntranslatableError`.

    >>> over_steps("conv2d", {"out_channels": 4, "kernel_size": 3}, 4, 1)
    ('conv3d', {'out_channels': 4, 'kernel_size': [1, 3, 3]})
    """
    found = dict(options)
    inner = rank - 1 - steps
    if type_.startswith("adaptive_") or "output_size" in found:
        raise UntranslatableError(f"as {type_} at each step of a sequence has no counterpart here")
    if type_[-2:-1].isdigit() and type_.endswith("d"):
        if type_.startswith("global_"):
            pooled = list(range(1 + steps, rank))
            kind = "reduce_mean" if "avg" in type_ else "reduce_max"
            return kind, {"dim": pooled, "keepdim": bool(found.get("keepdim"))}
        found |= {name: _raised(found[name], 1, inner, steps) for name in _WINDOWED if name in found}
        if found.get("output_padding") is not None:
            found["output_padding"] = _raised(found["output_padding"], 0, inner, steps)
        if not isinstance(found.get("padding", "valid"), str):
            found["padding"] = _raised(found["padding"], 0, inner, steps)
        if "pool" in type_ and "stride" not in found:
            found["stride"] = found["kernel_size"]
        return f"{type_[:-2]}{inner + steps}d", found
    if type_ in ("pad", "crop") and "padding" in found:
        return type_, {**found, "padding": _raised(found["padding"], 0, inner, steps)}
    if type_ == "upsample" and "scale_factor" in found and found.get("mode", "nearest") == "nearest":
        return type_, {**found, "scale_factor": _raised(found["scale_factor"], 1, inner, steps)}
    alike = type_ in _ALIKE_AT_STEPS or (type_ in ACTIVATIONS and type_ != "prelu")
    alike = alike and (type_ == "linear" or found.get("dim", -1) == -1)
    if alike or (type_ in ("layer_norm", "rms_norm") and found.get("dims") == -1):
        return type_, found
    raise UntranslatableError(f"as {type_} at each step of a sequence has no counterpart here")


def _raised(value: Any, other: int, inner: int, steps: int) -> Any:
    """A value a spatial axis, with those of the steps before them."""
    values = list(value) if isinstance(value, list) else [value] * inner
    pairs = any(isinstance(item, list) for item in values)
    return [[other, other] if pairs else other] * steps + values
