"""Other layouts of the same values."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.models.onnx.constants import Constant, DynamicInt
from cnncalc.models.onnx.flows import BATCH, Flow, plain_axes
from cnncalc.models.onnx.operators.slicing import left_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape

MOST_PLACES: Final = 2**16
"""The most places that are compared one by one."""


def read_flatten(node: Reading) -> Flow:
    """`Flatten`, which keeps the axes before one as rows: the batch is all of these, or one sample is."""
    x = node.flow()
    axis = node.integer("axis", 1)
    before = x.dims[: axis % len(x.axes) if axis < 0 else axis]
    if prod(before) != x.batch:
        raise node.refuse("it mixes the batch with other axes")
    return x if len(x.shape) == 1 else node.layer("flatten", {}, [x], axes=(BATCH, 0)).laid_out_of(x)


def read_reshape(node: Reading) -> Flow:
    """`Reshape` to a shape that is known."""
    x = node.any_flow()
    written = node.integers("shape")
    if written is None:
        numbers = node.marked_numbers(1)
        if numbers is None:
            raise node.refuse("its shape is left out")
        written = [int(number) for number in numbers]
        follows = [isinstance(number, DynamicInt) for number in numbers]
    else:
        follows = [False] * len(written)
    if not node.integer("allowzero"):
        if any(size == 0 and at >= len(x.axes) for at, size in enumerate(written)):
            raise node.refuse(f"its shape {written} copies an axis that is not there")
        written = [x.dims[at] if size == 0 else size for at, size in enumerate(written)]
    strided = _as_strided(node, x) if len(written) == 1 and x.batch > 1 else None
    if strided is not None:
        return laid_out(node, x, strided, [False] * len(strided))
    return laid_out(node, x, written, follows)


def _as_strided(node: Reading, x: Flow) -> Sequence[int] | None:
    """The shape that the next node gives values in a row, if it takes each in turn; it is then part of this one.

    So PyTorch's exporter writes `as_strided` of a tensor that lies as it did.
    """
    follower = node.sole_reader()
    if follower is None or follower.op != "Gather" or follower.inputs[:1] != node.node.outputs[:1]:
        return None
    places = node.known(follower.inputs[1]) if len(follower.inputs) == 2 else None
    if not isinstance(places, Constant) or not places.size == prod(x.dims) <= MOST_PLACES:
        return None
    if places.numbers() != list(range(places.size)):
        return None
    node.consume([follower])
    return places.shape


def laid_out(node: Reading, x: Flow, written: Sequence[int], follows: Sequence[bool]) -> Flow:
    """The values of a tensor in the order of the file's axes, in another shape of which one size may be -1.

    `follows` says which sizes follow those of the network's input.
    """
    sizes = _filled(node, written, prod(x.dims))
    if sizes == x.dims:
        return x
    if x.has_batch and x.axes[0] != BATCH:
        return _around_batch(node, x, sizes)
    if x.has_batch or not _in_order(x):
        x = node.plain(x)
    earlier: Flow | None = x
    while earlier is not None:
        if earlier.dims == sizes:
            return earlier
        earlier = earlier.before
    keeps = bool(sizes) and sizes[0] == x.batch
    if not keeps and not (x.batch == 1 and sizes and not node.network.free_batch):
        raise node.refuse(f"it mixes the batch with other axes: {list(x.dims)} to {list(sizes)}")
    first = 1 if keeps else 0  # without a batch axis, one sample is all that there is
    own, target, marks = sizes[first:], list(written[first:]), list(follows[first:])
    if not own:
        raise node.refuse("nothing but the batch stays")
    axes = plain_axes(len(own)) if keeps else tuple(range(len(own)))
    if len(own) == 1 and len(x.shape) > 1:
        return node.layer("flatten", {}, [x], axes=axes).laid_out_of(x)
    if own == x.shape:
        return Flow(x.source, x.shape, axes, x.batch, x)
    if -1 not in target and sum(marks) == 1:
        target[marks.index(True)] = -1
    elif any(marks):
        node.network.follows_sizes = True
    return node.layer("reshape", {"shape": target}, [x], axes=axes).laid_out_of(x)


def _around_batch(node: Reading, x: Flow, sizes: Shape) -> Flow:
    """A tensor whose batch is not its first axis in other sizes: the batch stays an axis, or is of one and goes."""
    own_axes = x.own_axes
    if own_axes != sorted(own_axes):
        moved = tuple(BATCH if axis == BATCH else own_axes.index(axis) for axis in x.axes)
        x = node.layer("permute", {"dims": own_axes}, [x], axes=moved, tensor="")
    before = prod(x.dims[: x.axes.index(BATCH)])
    places = [place for place, size in enumerate(sizes) if size == x.batch and prod(sizes[:place]) == before]
    if not places and (x.batch > 1 or node.network.free_batch):
        raise node.refuse(f"it mixes the batch with other axes: {list(x.dims)} to {list(sizes)}")
    place = places[0] if places else len(sizes)
    own = (*sizes[:place], *sizes[place + 1 :])
    axes = (*range(place), *([BATCH] if places else []), *range(place, len(own)))
    if not own:
        raise node.refuse("nothing but the batch stays")
    if own == x.shape:
        return Flow(x.source, x.shape, axes, x.batch)
    node.network.follows_sizes = True
    return node.layer("reshape", {"shape": list(own)}, [x], axes=axes)


def _in_order(x: Flow) -> bool:
    """Whether a tensor without a batch axis has our axes in our order."""
    return x.axes == tuple(range(len(x.shape)))


def _filled(node: Reading, written: Sequence[int], values: int) -> Shape:
    """The sizes with -1 replaced by what the others leave."""
    known = prod(size for size in written if size != -1)
    free = list(written).count(-1)
    if any(size < -1 for size in written) or free > 1 or known == 0 or values % known or (not free and known != values):
        raise node.refuse(f"{values} values cannot have the shape {list(written)}")
    return tuple(values // known if size == -1 else size for size in written)


def read_squeeze(node: Reading) -> Flow:
    """`Squeeze` of axes of size 1."""
    x = node.any_flow()
    if not x.is_plain:
        return _squeezed(node, x)
    written = node.integers_of("axes", 1)
    axes = {axis % len(x.axes) for axis in written} if written else {at for at, size in enumerate(x.dims) if size == 1}
    if 0 in axes and not written:
        axes.discard(0)
    if 0 in axes:
        raise node.refuse("it leaves out the batch axis")
    if any(x.dims[at] != 1 for at in axes):
        raise node.refuse(f"it leaves out an axis of {list(x.dims)} that is larger than 1")
    left = [size for at, size in enumerate(x.dims) if at not in axes and at]
    if not left:
        raise node.refuse("nothing but the batch stays")
    if len(left) == 1 and len(x.shape) > 1:
        return node.layer("flatten", {}, [x], axes=(BATCH, 0))
    for at in sorted(axes, reverse=True):
        last = at == min(axes)
        x = node.layer("squeeze", {"dim": at - 1}, [x], axes=plain_axes(len(x.shape) - 1), tensor=None if last else "")
    return x


def _squeezed(node: Reading, x: Flow) -> Flow:
    """`Squeeze` of a tensor whose axes the file has in another order; nothing is moved."""
    written = node.integers_of("axes", 1) or [at for at, size in enumerate(x.dims) if size == 1]
    gone = [x.axes[axis % len(x.axes)] for axis in written]
    if BATCH in gone and (x.batch > 1 or node.network.free_batch):
        raise node.refuse("it leaves out the batch axis")
    own = [axis for axis in gone if axis != BATCH]
    if any(x.shape[axis] != 1 for axis in own):
        raise node.refuse(f"it leaves out an axis of {list(x.dims)} that is larger than 1")
    if BATCH in gone:
        x = Flow(x.source, x.shape, tuple(axis for axis in x.axes if axis != BATCH), x.batch)
    return left_out(node, x, own) if own else x


def read_unsqueeze(node: Reading) -> Flow:
    """`Unsqueeze`: new axes of size 1."""
    x = node.any_flow()
    written = node.integers_of("axes", 1) or []
    rank = len(x.axes) + len(written)
    places = sorted(axis % rank for axis in written)
    if not x.is_plain or 0 in places:
        return _unsqueezed(node, x, places)
    for at in places:
        last = at == places[-1]
        axes = plain_axes(len(x.shape) + 1)
        x = node.layer("unsqueeze", {"dim": at - 1}, [x], axes=axes, tensor=None if last else "")
    return x


def _unsqueezed(node: Reading, x: Flow, places: Sequence[int]) -> Flow:
    """New axes of a tensor whose axes the file has in another order: they are the last of ours."""
    for at in places:
        new = len(x.shape)
        named = None if at == places[-1] else ""
        x = node.layer("unsqueeze", {"dim": new}, [x], axes=(*x.axes[:at], new, *x.axes[at:]), tensor=named)
    return x


def read_transpose(node: Reading) -> Flow:
    """`Transpose`: only the file's axes change places; nothing is moved until a layer needs it."""
    x = node.any_flow()
    order = node.integers("perm") or list(range(len(x.axes)))[::-1]
    if sorted(order) != list(range(len(x.axes))):
        raise node.refuse(f"its `perm` is {order} for {len(x.axes)} axes")
    return x.transposed(order)


def _laid_out(w: LayerWriting) -> str:
    """The values in the order in which the spec writes the axes, as the output's shape, and that channels first."""
    layout = w.layer.layout
    written = layout.external(tuple(range(len(w.shape))))
    x = w.permuted(w.x, written, w.shape)
    sizes = layout.external(w.output_shape)
    back = layout.internal(tuple(range(len(sizes))))
    return w.permuted(w.reshaped(x, sizes), back, sizes)


def write_flatten(w: LayerWriting) -> str:
    """Flatten where all becomes one vector, else Reshape."""
    plain = not w.layer.layout.channels_last or len(w.shape) == 1
    if len(w.output_shape) == 1 and plain:
        return w.node("Flatten", w.x, axis=1)
    return _laid_out(w)


def write_squeeze(w: LayerWriting) -> str:
    """Squeeze of the axes that are left out; with channels last they are laid out in that order."""
    layout, dim = w.layer.layout, w.layer.dim
    if layout.channels_last or len(w.shape) == len(w.output_shape):
        return _laid_out(w)
    axes = [axis for axis, size in enumerate(w.shape) if size == 1] if dim is None else [dim % len(w.shape)]
    axes = axes[1:] if len(axes) == len(w.shape) else axes
    return w.node("Squeeze", [w.x, w.integers([1 + axis for axis in axes])])


def write_unsqueeze(w: LayerWriting) -> str:
    """Unsqueeze at the axis."""
    if w.layer.layout.channels_last:
        return _laid_out(w)
    return w.node("Unsqueeze", [w.x, w.integers([1 + w.layer.dim % len(w.output_shape)])])


def write_permute(w: LayerWriting) -> str:
    """Transpose."""
    return w.permuted(w.x, w.layer.axis_order(w.shape), w.shape)


write_reshape = _laid_out
write_unflatten = _laid_out
