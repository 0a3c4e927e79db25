"""Values laid out anew: those that in truth stay where they are, and channels that change places."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc.models.onnx.constants import MOST_NUMBERS, Constant
from cnncalc.models.onnx.flows import Flow
from cnncalc.models.onnx.idioms.matching import chain, few_integers
from cnncalc.models.onnx.operators.reshaping import laid_out

if TYPE_CHECKING:
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.records import Node


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


def target_of(node: Reading, reshape: Node, dims: tuple[int, ...]) -> tuple[int, ...] | None:
    """The sizes that a `Reshape` gives a tensor of these; None where they are not known yet."""
    written = reshape.attributes.get("shape")
    if written is None and len(reshape.inputs) > 1:
        written = few_integers(node.known(reshape.inputs[1]))
    if not isinstance(written, list) or reshape.attributes.get("allowzero"):
        return None
    sizes = [dims[at] if size == 0 and at < len(dims) else int(size) for at, size in enumerate(written)]
    known = prod(size for size in sizes if size != -1)
    if sizes.count(-1) == 1 and known > 0 and prod(dims) % known == 0:
        sizes[sizes.index(-1)] = prod(dims) // known
    return tuple(sizes) if all(size > 0 for size in sizes) and prod(sizes) == prod(dims) else None
