"""Weights of darknet: a `.weights` file, which has numbers without names, in the order of the sections of a `.cfg`.

A header of three int32 (major, minor, revision) and the number of images seen: int64 from version 0.2 on, before that
int32, though programs differ, so that the length of the file decides. Then float32. A convolution has its biases, with
batch norm its scales, means and variances, and then its weights; a fully connected layer its biases, its weights and
then what its batch norm has. From darknet's `parser.c`.
"""

from __future__ import annotations

import os
import struct
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import CnncalcError, first_of
from cnncalc.models.stored_arrays import Store, StoredArray
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.errors import Place
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

ENDING: Final = ".weights"
_CONVOLUTIONS: Final = ("conv2d", "conv_transpose2d")
_WIDE: Final = 1000
"""Versions beyond which the weights of fully connected layers stand with their inputs first."""
_SHOWN: Final = 3
_HINT: Final = "it belongs to the .cfg that it was trained with, whose order of layers it has"


class _Part(NamedTuple):
    """An array of the file, in its order: our name of it, our shape, and whether inputs may come first."""

    name: str
    shape: Shape
    is_matrix: bool = False


def is_one(path: object) -> bool:
    """Whether a path is that of weights of darknet, by its ending.

    >>> is_one("yolov3-tiny.weights"), is_one("net.npz"), is_one({})
    (True, False, False)
    """
    return isinstance(path, (str, os.PathLike)) and os.fspath(path).lower().endswith(ENDING)


def opened(path: str | os.PathLike[str], network: Graph, place: Place | None = None) -> Store:
    """The arrays of a file for a network whose layers stand in darknet's order; raises `CnncalcError`."""
    name = os.fspath(path)
    shown = printable(name)
    parts = list(_parts(network, shown, place))
    try:
        with open(name, "rb") as file:
            header = file.read(20)
            length = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise CnncalcError(f"there is no file {shown}", place=place, code="not-found") from None
    except OSError as error:
        raise CnncalcError(f"cannot read {shown}: {error.strerror or error}", place=place, code="unreadable") from None
    if len(header) < 16:
        raise CnncalcError(f"{shown} is too short for weights of darknet", place=place, code="unreadable")
    major, minor = struct.unpack_from("<2i", header)
    starts = [20, 16] if major * 10 + minor >= 2 and major < _WIDE and minor < _WIDE else [16, 20]
    wanted = sum(prod(part.shape) for part in parts)
    start = next((each for each in starts if length - each == 4 * wanted), None)
    if start is None:
        values, rest = divmod(length - starts[0], 4)
        there = f"{values:,} numbers{' and a part of one' if rest else ''}"
        fact = f"{shown} has {there}, and {network.name} has {wanted:,}"
        raise CnncalcError(fact, hint=_HINT, place=place, code="unreadable")
    arrays: dict[str, StoredArray] = {}
    for part in parts:
        turned = part.is_matrix and (major > _WIDE or minor > _WIDE)
        arrays[part.name] = _Stretch(part.shape, name, start, is_turned=turned)
        start += 4 * prod(part.shape)
    return Store(shown, arrays, place)


def _parts(network: Graph, shown: str, place: Place | None) -> Iterator[_Part]:
    """The arrays of the network in the file's order; raises `CnncalcError` for layers that such files have none of."""
    nodes = [node for node in network.nodes if node.weight_shapes or node.buffer_shapes]
    norms = {node.inputs[0]: node for node in nodes if node.type == "batch_norm"}
    taken: set[str] = set()
    others = []
    for node in nodes:
        shapes = node.weight_shapes
        known = node.type in (*_CONVOLUTIONS, "linear") and shapes.keys() <= {"weight", "bias"}
        norm = None if "bias" in shapes else norms.get(node.output)
        if known and (norm is not None or "bias" in shapes):
            yield from _layer(node, norm)
            taken |= {node.name, norm.name if norm is not None else node.name}
        elif node.name not in taken:
            others.append(f"`{node.name}` ({node.type})")
    if others:
        fact = f"{shown}: weights of darknet are not read for {first_of(others, _SHOWN)}"
        hint = "of convolutions and linear layers they are, with a bias or with a batch norm behind them"
        raise CnncalcError(fact, hint=hint, place=place, code="unreadable")


def _layer(node: Node, norm: Node | None) -> Iterator[_Part]:
    """The arrays of a layer with weights, and of the batch norm behind it, whose shift is the bias in the file."""
    weight = _Part(f"{node.name}.weight", node.weight_shapes["weight"], node.type == "linear")
    if norm is None:
        yield _Part(f"{node.name}.bias", node.weight_shapes["bias"])
        yield weight
        return
    shapes = {**norm.weight_shapes, **norm.buffer_shapes}
    yield _Part(f"{norm.name}.bias", shapes["bias"])
    if weight.is_matrix:
        yield weight
    for name in ("weight", "running_mean", "running_var"):
        yield _Part(f"{norm.name}.{name}", shapes[name])
    if not weight.is_matrix:
        yield weight


class _Stretch(StoredArray):
    """So many float32 from a place in the file."""

    __slots__ = ("is_turned", "path", "start")

    def __init__(self, shape: Shape, path: str, start: int, *, is_turned: bool) -> None:
        super().__init__(shape, "float32")
        self.path = path
        self.start = start
        self.is_turned = is_turned

    def values(self, dtype: str) -> Array:
        """The values, read and converted in parts."""
        from cnncalc.models.float_values import read_floats

        try:
            with open(self.path, "rb") as file:
                file.seek(self.start)
                found = read_floats(file, prod(self.shape), "float32", dtype)
        except (OSError, EOFError) as error:
            raise CnncalcError(f"cannot read {printable(self.path)}: {error}", code="unreadable") from None
        return found.reshape(self.shape[::-1]).T if self.is_turned else found.reshape(self.shape)
