"""Parts of tensors, and rows of tables that are looked up."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.constants import Constant
from cnncalc.models.onnx.flows import BATCH, Flow, without

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape


def read_slice(node: Reading) -> Flow:
    """`Slice`, whose bounds are attributes before opset 10 and inputs since."""
    x = node.any_flow()
    starts, ends = node.integers_of("starts", 1), node.integers_of("ends", 2)
    if starts is None or ends is None or len(starts) != len(ends):
        raise node.refuse("its `starts` and `ends` are not one for each axis")
    axes = node.integers_of("axes", 3)
    axes = list(range(len(starts))) if axes is None else axes
    steps = node.integers_of("steps", 4) or [1] * len(starts)
    if not len(axes) == len(steps) == len(starts) or any(not -len(x.axes) <= axis < len(x.axes) for axis in axes):
        raise node.refuse(f"its `axes` are {axes} for {len(x.axes)} axes")
    cuts: list[tuple[int, int | None, int | None, int]] = []
    for file_axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        axis = x.axes[file_axis]
        places = _places(node, x.dims[file_axis], start, end, step)
        if len(places) == x.dims[file_axis] and step > 0:
            continue
        if axis == BATCH:
            raise node.refuse("it takes a part of the batch")
        if not places:
            raise node.refuse("nothing is left")
        cuts.append((axis, *_bounds(x.shape[axis], start, end, step), step))
    return cut(node, x, cuts)


def _places(node: Reading, size: int, start: int, end: int, step: int) -> range:
    """The positions that a slice takes along an axis."""
    if not step:
        raise node.refuse("its step is 0")
    return range(size)[start:end:step] if step > 0 or end >= -size else range(size)[start::step]


def _bounds(size: int, start: int, end: int, step: int) -> tuple[int | None, int | None]:
    """Where a slice starts and ends, as a spec has it: None for the ends of the axis, and from the end where it was."""
    if step > 0:
        return None if start == 0 or start < -size else start, None if end >= size else end
    first = None if start >= size - 1 or start == -1 else start
    return first, None if end < -size else end


def cut(
    node: Reading,
    x: Flow,
    cuts: Sequence[tuple[int, int | None, int | None, int]],
    *,
    tensor: str | None = None,
) -> Flow:
    """The parts of a tensor along some axes of ours: axis, start, end and step of each."""
    if not cuts:
        return x
    columns = dict(zip(("dim", "start", "end", "step"), map(list, zip(*cuts, strict=True)), strict=True))
    defaults = {"dim": 0, "start": None, "end": None, "step": 1}
    options = {
        name: values[0] if len(values) == 1 else values
        for name, values in columns.items()
        if set(values) != {defaults[name]} or (name == "dim" and len(values) > 1)
    }
    return node.layer("slice", options, [x], tensor=tensor)


def read_split(node: Reading) -> list[Flow | None]:
    """`Split`: a slice for each part that is read; its sizes are an attribute before opset 13 and an input since."""
    x = node.any_flow()
    file_axis = node.integer("axis", 0)
    if not -len(x.axes) <= file_axis < len(x.axes):
        raise node.refuse(f"its `axis` is {file_axis} for {len(x.axes)} axes")
    axis, size = x.axes[file_axis], x.dims[file_axis]
    names = node.node.outputs
    sizes = node.integers_of("split", 1)
    if sizes is None:
        count = node.integer("num_outputs", len(names))
        if not 0 < count <= size:
            raise node.refuse(f"it has {count} parts of {size}")
        each = -(-size // count)
        sizes = [min(each, size - each * at) for at in range(count)]
    if len(sizes) < len(names) or sum(sizes) != size or min(sizes) < 1:
        raise node.refuse(f"its parts are {sizes} of {size}")
    if len(sizes) == 1:
        return [x]
    if axis == BATCH:
        raise node.refuse("it takes parts of the batch")
    found: list[Flow | None] = []
    start = 0
    for name, part in zip(names, sizes, strict=False):
        wanted = name and (node.readers(name) or name in node.network.outputs)
        cuts = [(axis, start or None, None if start + part == size else start + part, 1)]
        found.append(cut(node, x, cuts, tensor=name) if wanted else None)
        start += part
    return found


def read_gather(node: Reading) -> Flow:
    """`Gather`: a slice where the places are constant and evenly apart; of a constant table, an embedding."""
    if isinstance(node.input(0), Constant):
        return _embedding(node)
    x, places = node.any_flow(), node.constant(1)
    file_axis = node.integer("axis", 0)
    if not -len(x.axes) <= file_axis < len(x.axes):
        raise node.refuse(f"its `axis` is {file_axis} for {len(x.axes)} axes")
    file_axis %= len(x.axes)
    axis, size = x.axes[file_axis], x.dims[file_axis]
    numbers = [number % size if -size <= number < size else size for number in node.whole_numbers(1) or []]
    if not numbers or max(numbers) >= size or len(places.shape) > 1:
        raise node.refuse("its places are no row of numbers within the axis")
    if axis == BATCH:
        if numbers == list(range(size)) and places.shape:
            return x
        raise node.refuse("it takes samples of the batch")
    steps = {after - before for before, after in pairwise(numbers)} or {1}
    if len(steps) > 1 or 0 in steps:
        raise node.refuse("its places are not evenly apart")
    step, last = steps.pop(), numbers[-1]
    end = last + (1 if step > 0 else -1)
    cuts = [(axis, numbers[0] or None, None if end in (-1, size) else end, step)]
    whole = numbers == list(range(size))
    if places.shape:
        return x if whole else cut(node, x, cuts)
    part = x if whole else cut(node, x, cuts, tensor="")
    return left_out(node, part, [axis])


def left_out(node: Reading, x: Flow, axes: Sequence[int], *, tensor: str | None = None) -> Flow:
    """A tensor without some axes of ours, which have size 1."""
    if len(axes) >= len(x.shape):
        if len(x.shape) == 1:
            return Flow(x.source, x.shape, tuple(axis for axis in x.axes if axis == BATCH), x.batch)
        return node.layer("flatten", {}, [x], axes=tuple(axis for axis in x.axes if axis == BATCH), tensor=tensor)
    for axis in sorted(axes, reverse=True):
        named = tensor if axis == min(axes) else ""
        x = node.layer("squeeze", {"dim": axis}, [x], axes=without(x, {axis}), tensor=named)
    return x


def _embedding(node: Reading) -> Flow:
    """Rows of a constant table by the numbers that arrive."""
    table, x = node.constant(0), node.flow(1)
    if len(table.shape) != 2 or node.integer("axis", 0) != 0 or not table.is_float:
        raise node.refuse(f"its table has the shape {list(table.shape)}")
    options: dict[str, Any] = {"num_embeddings": table.shape[0], "embedding_dim": table.shape[1], "dim": -1}
    return node.layer("embedding", options, [x], {"weight": table}, axes=(*x.axes, len(x.shape)))


def sliced(w: LayerWriting, x: str, parts: Sequence[tuple[int, int, int, int]], shape: Shape) -> str:
    """Slice to (axis, start, end, step), axes counted without the batch."""
    axes, starts, ends, steps = zip(*((1 + axis, *bounds) for axis, *bounds in parts), strict=True)
    inputs = [x, w.integers(starts), w.integers(ends), w.integers(axes)]
    return w.node("Slice", [*inputs, w.integers(steps)] if set(steps) != {1} else inputs, shape)


LOWEST = -(2**31)
"""Before the first position, where a part goes backwards to it."""


def write_slice(w: LayerWriting) -> str:
    """Slice of the axes that are cut, with bounds within them."""
    parts = []
    for axis, bounds in w.layer.bounds_by_axis(w.shape):
        kept = bounds.kept(w.shape[axis])
        last = kept[-1] + (1 if kept.step > 0 else -1)
        parts.append((axis, kept[0], LOWEST if last < 0 else last, kept.step))
    return sliced(w, w.x, parts, w.output_shape)


def write_embedding(w: LayerWriting) -> str:
    """Gather of the rows of the table, whose features then move to their axis."""
    shape, features = w.shape, w.layer.embedding_dim
    indices = w.node("Cast", w.x, shape, element_type="int64", to=7)
    rows = w.node("Gather", [w.weight("weight"), indices], (*shape, features), axis=0)
    return w.permuted(rows, w.layer.axis_order(shape), (*shape, features))
