"""Parts of tensors, borders, and values that are looked up or repeated."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.constants import Constant, Following
from cnncalc.models.onnx.flows import BATCH, Flow, without
from cnncalc.models.onnx.operators.pooling import LOWEST, padded_pool
from cnncalc.models.onnx.operators.windows import pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.reading import Reading


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


_MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def read_pad(node: Reading) -> Flow:
    """`Pad`; what is negative is cut off."""
    x = node.any_flow()
    written = node.integers("paddings") or node.integers_of("pads", 1) or []
    rank = len(x.axes)
    file_axes = node.whole_numbers(3)
    file_axes = list(range(rank)) if file_axes is None else [axis % rank for axis in file_axes]
    if len(written) != 2 * len(file_axes) or len(set(file_axes)) != len(file_axes):
        raise node.refuse(f"it has {len(written)} pads for {len(file_axes)} axes")
    ends = list(zip(written[: len(file_axes)], written[len(file_axes) :], strict=True))
    by_axis = {x.axes[at]: pair for at, pair in zip(file_axes, ends, strict=True) if pair != (0, 0)}
    if BATCH in by_axis:
        raise node.refuse("it pads the batch")
    cuts = [
        (axis, -min(before, 0) or None, min(after, 0) or None, 1)
        for axis, (before, after) in by_axis.items()
        if min(before, after) < 0
    ]
    grows = {axis: (max(before, 0), max(after, 0)) for axis, (before, after) in by_axis.items()}
    grows = {axis: pair for axis, pair in grows.items() if pair != (0, 0)}
    word = node.word("mode", "constant")  # which matters for nothing where nothing is padded
    if not grows:
        return cut(node, x, cuts)
    mode = _MODES.get(word)
    if mode is None or (cuts and mode != "constant") or (0 in grows and mode != "constant"):
        raise node.refuse(f"its mode `{word}` is not for this")
    options = _pad_options(x, grows)
    if mode != "constant":
        options["mode"] = mode
    elif value := node.real("value") if node.has("value") else node.number(2, 0.0):
        if value <= LOWEST and not cuts and 0 not in grows:
            return padded_pool(node, x, [grows.get(axis, (0, 0)) for axis in range(1, len(x.shape))])
        options["value"] = value
    return node.layer("pad", options, [cut(node, x, cuts, tensor="")])


def _pad_options(x: Flow, grows: dict[int, tuple[int, int]]) -> dict[str, Any]:
    """The options of a padding by our axes."""
    options: dict[str, Any] = {}
    spatial = [grows.get(axis, (0, 0)) for axis in range(1, len(x.shape))]
    if any(map(any, spatial)):
        options["padding"] = pairs([*(before for before, _ in spatial), *(after for _, after in spatial)])
    if 0 in grows:
        before, after = grows[0]
        options["channel_padding"] = before if before == after else [before, after]
    return options


def read_tile(node: Reading) -> Flow:
    """`Tile`: the whole tensor several times along each axis."""
    x, repeats = node.any_flow(), node.whole_numbers(1)
    if repeats is None or len(repeats) != len(x.axes) or min(repeats) < 1:
        raise node.refuse(f"its `repeats` are {repeats} for {len(x.axes)} axes")
    own = dict(zip(x.axes, repeats, strict=True))
    if own.pop(BATCH, 1) != 1:
        raise node.refuse("it repeats the batch")
    if set(own.values()) <= {1}:
        return x
    return node.layer("tile", {"repeats": [own[axis] for axis in range(len(x.shape))]}, [x])


def read_expand(node: Reading) -> Flow:
    """`Expand`: axes of size 1 become longer."""
    x, constant = node.any_flow(), node.constant(1)
    numbers = constant.numbers()
    sizes = [int(number) for number in numbers]
    if len(sizes) > len(x.axes):
        raise node.refuse(f"it has {len(sizes)} axes, and {len(x.axes)} arrive")
    sizes = [1] * (len(x.axes) - len(sizes)) + sizes
    if any((1 not in (size, own) and size != own) or size < 1 for size, own in zip(sizes, x.dims, strict=True)):
        raise node.refuse(f"its shape {sizes} does not broadcast with {list(x.dims)}")
    wanted = {axis: size for axis, size, own in zip(x.axes, sizes, x.dims, strict=True) if size > own}
    if BATCH in wanted:
        raise node.refuse("it repeats the batch")
    if not wanted:
        return x
    if any(isinstance(number, Following) for number in numbers):
        node.network.follows_sizes = True
    return node.layer("expand", {"sizes": [wanted.get(axis, -1) for axis in range(len(x.shape))]}, [x])
