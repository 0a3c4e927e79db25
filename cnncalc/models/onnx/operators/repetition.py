"""Values that are repeated, turned along axes, or laid side by side along a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
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
    new = w.layer._new_axis(w.shape)
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
    for axis, shift in w.layer._shift_by_axis(w.shape).items():
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
