"""Values that are repeated, turned along axes, or laid side by side along a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.models.onnx.constants import DynamicInt
from cnncalc.models.onnx.flows import BATCH

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape

TO_THE_START: Final = -(2**63) + 1
"""The end of a slice that goes backwards over all there is."""


def write_expand(w: LayerWriting) -> str:
    """The batch stays as it is."""
    return w.node("Expand", [w.x, w.integers([1, *w.output_shape])])


def write_tile(w: LayerWriting) -> str:
    """Along the batch once."""
    times = [after // size for size, after in zip(w.shape, w.output_shape, strict=True)]
    return w.node("Tile", [w.x, w.integers([1, *times])])


def write_stack(w: LayerWriting) -> str:
    """Each input with a new axis of size 1, and all of them joined along it."""
    new = w.layer.new_axis(w.shape)
    written = w.layer.layout.external(tuple(range(len(w.shape))))
    back = w.layer.layout.internal(tuple(range(len(w.output_shape))))
    place = back.index(new)
    joined: list[str] = []
    for x in w.inputs:
        turned = w.permuted(x, written, w.shape)
        sizes = tuple(w.shape[axis] for axis in written)
        cut: Shape = (*sizes[:new], 1, *sizes[new:])
        joined.append(w.permuted(w.reshaped(turned, cut), back, cut))
    return w.node("Concat", joined, axis=1 + place)


def write_roll(w: LayerWriting) -> str:
    """Along each axis the end before the beginning."""
    x = w.x
    for axis, shift in w.layer.shift_by_axis(w.shape).items():
        size = w.shape[axis]
        cut = (size - shift) % size
        if cut:
            parts = [sliced(w, x, axis, cut, size), sliced(w, x, axis, 0, cut)]
            x = w.node("Concat", parts, axis=1 + axis)
    return x


def write_flip(w: LayerWriting) -> str:
    """Slices that go backwards."""
    axes = [1 + axis for axis in w.layer.dim_axes("dim", w.layer.dim, w.shape)]
    starts, ends, steps = ([number] * len(axes) for number in (-1, TO_THE_START, -1))
    return w.node("Slice", [w.x, *map(w.integers, (starts, ends, axes, steps))])


def sliced(w: LayerWriting, x: str, axis: int, start: int, end: int) -> str:
    """A part along an axis, counted without the batch, of a tensor that otherwise has the input's shape."""
    shape = (*w.shape[:axis], end - start, *w.shape[axis + 1 :])
    return w.node("Slice", [x, *map(w.integers, ([start], [end], [1 + axis]))], shape)


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
    x, numbers = node.any_flow(), node.marked_numbers(1)
    if numbers is None:
        raise node.refuse("its shape is left out")
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
    if any(isinstance(number, DynamicInt) for number in numbers):
        node.network.follows_sizes = True
    return node.layer("expand", {"sizes": [wanted.get(axis, -1) for axis in range(len(x.shape))]}, [x])
