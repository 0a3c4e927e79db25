"""Values laid out anew: those that in truth stay where they are, and channels that change places."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.models.onnx.constants import MOST_NUMBERS, Constant
from cnncalc.models.onnx.flows import Flow
from cnncalc.models.onnx.idioms.matching import chain, few_integers, known_ahead
from cnncalc.models.onnx.operators.reshaping import laid_out

if TYPE_CHECKING:
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.records import Node
    from cnncalc.shapes import Shape


def gather_of_all(node: Reading) -> Flow | None:
    """`Gather` of every value of a row in its order, which is how PyTorch's exporter writes `as_strided`."""
    x, indices = node.input(0), node.input(1)
    if not (isinstance(x, Flow) and isinstance(indices, Constant)) or len(x.axes) != 1 or node.integer("axis"):
        return None
    if indices.size != x.dims[0] or indices.size > MOST_NUMBERS or indices.numbers() != list(range(indices.size)):
        return None
    return laid_out(node, x, indices.shape, [False] * len(indices.shape))


def strided(node: Reading) -> Flow | None:
    """All values as a row, of which each is gathered again, in whatever number of samples."""
    x, found = node.input(0), chain(node, node.node, ("Gather",))
    if not isinstance(x, Flow) or found is None or found[0].attributes.get("axis", 0):
        return None
    if target_of(node, node.node, x.dims) != (prod(x.dims),) or found[0].inputs[0] != node.node.outputs[0]:
        return None
    indices = node.known(found[0].inputs[1])
    if not isinstance(indices, Constant) or indices.size != prod(x.dims) or indices.size > MOST_NUMBERS:
        return None
    if indices.numbers() != list(range(indices.size)):
        return None
    node.consume(found)
    return laid_out(node, x, indices.shape, [False] * len(indices.shape))


def channel_shuffle(node: Reading) -> Flow | None:
    """The channels in groups, the two axes of these exchanged, and one axis again (Zhang et al. 2018)."""
    x = node.input(0)
    if not isinstance(x, Flow) or not x.is_plain or len(x.shape) < 2:
        return None
    found = chain(node, node.node, ("Transpose", "Reshape"))
    grouped, last = target_of(node, node.node, x.dims), None if found is None else found[1]
    if found is None or last is None or grouped is None or len(grouped) != len(x.axes) + 1:
        return None
    swapped = [0, 2, 1, *range(3, len(grouped))]
    groups = grouped[1]
    if found[0].attributes.get("perm") != swapped or grouped[0] != x.batch or groups < 2 or x.shape[0] % groups:
        return None
    expected = (x.batch, groups, x.shape[0] // groups, *x.shape[1:])
    moved = tuple(expected[axis] for axis in swapped)
    if grouped != expected or target_of(node, last, moved) != x.dims:
        return None
    node.consume(found)
    return node.layer("channel_shuffle", {"groups": groups}, [x])


def transposed_matrices(node: Reading) -> Flow | None:
    """The last two axes exchanged, with all before them in one for that, the batch too.

    So PyTorch's exporter by dynamo transposes the keys of attention. No value moves: it is a `Transpose` of the file.
    """
    x, found = node.input(0), chain(node, node.node, ("Transpose", "Reshape"))
    if not isinstance(x, Flow) or found is None or len(x.dims) < 3 or found[0].attributes.get("perm") != [0, 2, 1]:
        return None
    *before, rows, columns = x.dims
    if target_of(node, node.node, x.dims) != (prod(before), rows, columns):
        return None
    if target_of(node, found[1], (prod(before), columns, rows)) != (*before, columns, rows):
        return None
    node.consume(found)
    count = len(x.dims)
    return x.transposed([*range(count - 2), count - 1, count - 2])


_BLOCKS: Final = {
    (0, 2, 4, 1, 3): ("pixel_unshuffle", "downscale_factor"),
    (2, 4, 0, 1, 3): ("space_to_depth", "block_size"),
}
"""What goes to the channels of ``(C, H, block, W, block)``, by the order in which the axes come."""
_DEPTHS: Final = {
    (0, 3, 1, 4, 2): ("pixel_shuffle", "upscale_factor"),
    (2, 3, 0, 4, 1): ("depth_to_space", "block_size"),
}
"""What comes of the channels, which are ``(C, block, block)`` in the former and ``(block, block, C)`` in the latter."""


def moved_pixels(node: Reading) -> Flow | None:
    """Blocks of an image that go into its channels or come of them, in the orders that PyTorch and ONNX have.

    The axes are cut up, put into another order, and together again.
    """
    x = node.input(0)
    if not isinstance(x, Flow) or not x.is_plain or len(x.shape) != 3:
        return None
    found = chain(node, node.node, ("Transpose", "Reshape"))
    cut = target_of(node, node.node, x.dims)
    if found is None or cut is None or len(cut) != 6 or cut[0] != x.batch:
        return None
    perm = found[0].attributes.get("perm")
    if not isinstance(perm, list) or sorted(perm) != list(range(6)) or perm[0]:
        return None
    moved = _moved(x.shape, cut[1:], tuple(axis - 1 for axis in perm[1:]))
    if moved is None or target_of(node, found[1], tuple(cut[axis] for axis in perm)) != (x.batch, *moved[3]):
        return None
    node.consume(found)
    return node.layer(moved[0], {moved[1]: moved[2]}, [x])


def _moved(shape: Shape, cut: Shape, order: tuple[int, ...]) -> tuple[str, str, int, Shape] | None:
    """The type that moves pixels so, its option and the size of a block, and the shape that it gives."""
    channels, height, width = shape
    if order in _BLOCKS and cut[0] == channels and cut[2] == cut[4] and cut[1] * cut[2] == height:
        block = cut[2]
        return (*_BLOCKS[order], block, (channels * block**2, *(size // block for size in (height, width))))
    if order in _DEPTHS and cut[3:] == (height, width):
        block = cut[1]
        if cut[0 if order[0] else 2] == block:
            return (*_DEPTHS[order], block, (channels // block**2, height * block, width * block))
    return None


def target_of(node: Reading, reshape: Node, dims: tuple[int, ...]) -> tuple[int, ...] | None:
    """The sizes that a `Reshape` gives a tensor of these; None where they are not known yet."""
    written = reshape.attributes.get("shape")
    if written is None and len(reshape.inputs) > 1:
        written = few_integers(known_ahead(node, reshape.inputs[1]))
    if not isinstance(written, list) or (reshape.attributes.get("allowzero") and 0 in written):
        return None
    sizes = [dims[at] if size == 0 and at < len(dims) else int(size) for at, size in enumerate(written)]
    known = prod(size for size in sizes if size != -1)
    if sizes.count(-1) == 1 and known > 0 and prod(dims) % known == 0:
        sizes[sizes.index(-1)] = prod(dims) // known
    return tuple(sizes) if all(size > 0 for size in sizes) and prod(sizes) == prod(dims) else None
