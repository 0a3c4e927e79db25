"""Hints for tensors that cannot be merged: what would bring them to one shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.shapes import AXIS_NAMES
from cnncalc.spec.advice.writing import entry, flow
from cnncalc.spec.entries import Residual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.shapes import Shape
    from cnncalc.spec.entries import Entry


def paths_hint(at: Entry, kind: str, shapes: Sequence[Shape]) -> str | None:
    """What to do where a layer of that type cannot merge tensors of these shapes, which have as many axes each."""
    if len({len(shape) for shape in shapes}) > 1:
        return None
    first, second = shapes[0], next((shape for shape in shapes if shape[1:] != shapes[0][1:]), shapes[-1])
    if isinstance(at, Residual):
        return _shortcut_hint(first, second, written=at.shortcut != [])
    if first[1:] != second[1:]:
        return _sizes_hint(first, second)
    rank = len(first) - 1
    layer = f"a conv{rank}d with `kernel_size: 1` and" if rank else "a `linear` with"
    return f"{layer} `out_{'channels' if rank else 'features'}` brings them to one number" if kind != "concat" else None


def _shortcut_hint(made: Shape, taken: Shape, *, written: bool) -> str:
    """What a shortcut has to do, where the layers of a `residual` make another shape than it takes to the sum."""
    steps = [_step(large, small) for large, small in zip(taken[1:], made[1:], strict=True)]
    if None in steps:
        return "`padding: same` keeps the size of a map in the layers of a `residual`, so that both can be added"
    if written:
        return "its layers and its shortcut have to end with one shape"
    rank = len(made) - 1
    options: dict[str, Any] = {"out_channels" if rank else "out_features": made[0]}
    if rank:
        options["kernel_size"] = 1
    if any(step != 1 for step in steps):
        options["stride"] = steps[0] if len(set(steps)) == 1 else steps
    layer = entry(f"conv{rank}d" if rank else "linear", options)
    return f"its shortcut is the input as it is; give it one that fits: shortcut: [{{{layer}}}]"


def _step(large: int, small: int) -> int | None:
    """The stride that makes one size of another, if one does."""
    step = -(-large // small)
    return step if -(-large // step) == small and (step == 1) == (large == small) else None


def _sizes_hint(one: Shape, other: Shape) -> str:
    """What brings two maps to one size."""
    large, small = max(one[1:], other[1:]), min(one[1:], other[1:])
    factors = {a // b if a % b == 0 else None for a, b in zip(large, small, strict=True)}
    factor = factors.pop()
    if not factors and factor not in (None, 1):
        return f"`upsample: {{scale_factor: {factor}}}` enlarges the smaller, a stride of {factor} reduces the larger"
    size = flow(list(small)) if len(set(small)) > 1 else str(small[0])
    what = "map" if len(AXIS_NAMES[len(small)]) > 1 else "sequence"
    return f"`padding: same` keeps the size of a {what}; `crop: {{size: {size}}}` cuts the larger to the smaller"
