"""A layer as products of matrices: of kernels and columns of windows (im2col), and of its sparse matrix."""

from __future__ import annotations

from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from cnncalc.errors import CnncalcError
from cnncalc.steps.convolution import Convolution
from cnncalc.steps.kinds import KINDS, at_hand, check
from cnncalc.steps.linear import FullyConnected
from cnncalc.steps.pooling import Pool
from cnncalc.steps.results import LayerMatrices, Matrix
from cnncalc.steps.selection import chosen_node, heading, values_of
from cnncalc.steps.transposed import Transposed
from cnncalc.steps.units import check_terms, indexed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.models.stored_arrays import Store
    from cnncalc.shapes import Shape
    from cnncalc.steps.units import LayerAtHand, Unit

MOST_VALUES: Final = 2**16
"""The values of a matrix up to which all of it is given; of a larger one the first rows and columns."""

CORNER: Final = 16
"""So many of these."""

Row = dict[int, float]
"""A row of a sparse matrix: its values by their columns."""


def matrices_of(
    network: Graph,
    layer: str | None = None,
    *,
    data: Any = None,
    seed: int = 0,
    weights: Store | None = None,
    drawn: str | None = None,
) -> LayerMatrices:
    """The matrices that a layer is the product of; raises `CnncalcError` for one that is no linear map.

    >>> import cnncalc
    >>> found = matrices_of(cnncalc.load("conv2d(1, 2, bias=false)", input="1x3x3"))
    >>> [(matrix.name, matrix.shape) for matrix in found.matrices]
    [('P', (4, 4)), ('K', (1, 4)), ('K P', (1, 4)), ('T', (4, 9)), ('T x', (4, 1))]
    """
    node = chosen_node(network, layer)
    kind = KINDS.get(node.layer.type_name)
    if kind not in _SPARSE or "max" in node.layer.type_name or "min" in node.layer.type_name:
        hint = "these are: convolutions, transposed and depthwise ones too, linear layers, and pools that take a mean"
        raise CnncalcError(f"`{node.name}` is a {node.type}, and no matrix", hint=hint)
    check(node)
    values = values_of(network, node, data, seed=seed, weights=weights, drawn=drawn)
    at = at_hand(node, values)
    return LayerMatrices(
        **heading(network, at, seed, weights),
        matrices=tuple(_matrices(at)),
        notes=tuple(_notes(node, at)),
    )


def _notes(node: Node, at: LayerAtHand) -> Iterator[str]:
    """What the matrices say, and what is not in them."""
    if isinstance(at, Convolution):
        yield "K P, a row each filter, is the output; T is the same on the input as one vector"
        yield "the transpose of T is the matrix of the transposed convolution with this kernel"
    if isinstance(at, Transposed):
        yield "T is the transpose of the matrix of the convolution with this kernel"
    if "bias" in node.weight_shapes:
        yield "the bias of each output channel is added afterwards"
    if len(node.steps) > 1:
        yield f"the activation {node.steps[1].layer.type_name} is applied afterwards"


def _matrices(at: LayerAtHand) -> Iterator[Matrix]:
    """Those of the windows, where there are some, and the sparse one."""
    if isinstance(at, Convolution):
        yield from _by_columns(at)
    rows, stored = _SPARSE[type(at)](at)
    outputs, inputs = _Axis(at.output_shape, "Y"), _Axis(at.input_shape, "X")
    yield _matrix("T", "the layer's matrix", outputs, inputs, rows, stored)
    if len(rows) == outputs.size:
        vector = [at.read(index) for index in _indices(at.input_shape)]
        products = [{0: sum(value * vector[column] for column, value in row.items())} for row in rows]
        yield _matrix("T x", "its product with the input", outputs, _Axis((1,), ""), products, outputs.size)


def _by_columns(at: Convolution) -> Iterator[Matrix]:
    """The windows as columns, the kernels as rows, and the product; of large ones the first rows and columns."""
    kernel_shape = (at.input_shape[0], *(window.kernel_size for window in at.windows))
    taps, places, filters = _Axis(kernel_shape, ""), _Axis(at.output_shape[1:], "Y"), _Axis((at.output_shape[0],), "K")
    check_terms(taps.size)
    whole = taps.size * max(places.size, filters.size) <= MOST_VALUES
    every = range(at.input_shape[0])
    positions = islice(_indices(places.shape), None if whole else CORNER)
    windows = np.array([at.gathered(every, at.taps(place)).reshape(-1) for place in positions]).T
    patches = [dict(enumerate(row)) for row in windows[: None if whole else CORNER].tolist()]
    yield _matrix("P", "the windows, one a column", taps, places, patches, taps.size * places.size)
    kernels: list[Row] = []
    for filter_ in range(filters.size if whole else min(filters.size, CORNER)):
        channels = at.channels_of(filter_)
        flat = at.kernels(filter_).reshape(-1).tolist()
        kernels.append(dict(enumerate(flat, channels[0] * len(flat) // len(channels))))
    stored = filters.size * taps.size // at.groups
    yield _matrix("K", "the kernels, one a row", filters, taps, kernels, stored)
    if whole:
        matrix = np.zeros((filters.size, taps.size))
        for number, row in enumerate(kernels):
            matrix[number, list(row)] = list(row.values())
        products = [dict(enumerate(row)) for row in (matrix @ windows).tolist()]
        yield _matrix("K P", "their product", _Axis(filters.shape, "Y"), places, products, filters.size * places.size)


class _Axis(NamedTuple):
    """What the rows or the columns of a matrix are: the values of an array of that shape and name."""

    shape: Shape
    name: str

    @property
    def size(self) -> int:
        """How many there are."""
        return prod(self.shape)

    def labels(self, count: int) -> tuple[str, ...]:
        """The indices of the first ones, without the channel where there is one."""
        sizes = self.shape[1:] if len(self.shape) > 1 and self.shape[0] == 1 else self.shape
        found = islice(_indices(sizes), count)
        if self.shape == (1,):
            return (self.name,)
        return tuple(indexed(self.name, index) if self.name else ",".join(map(str, index)) for index in found)


def _matrix(name: str, title: str, down: _Axis, across: _Axis, rows: Sequence[Row], stored: int) -> Matrix:
    """A matrix whose rows are given, whole or its corner."""
    width = across.size if len(rows) == down.size else min(across.size, CORNER)
    return Matrix(
        name,
        title,
        (down.size, across.size),
        tuple(tuple(row.get(column) for column in range(width)) for row in rows),
        down.labels(len(rows)),
        across.labels(width),
        stored,
    )


def _indices(shape: Shape) -> Iterator[tuple[int, ...]]:
    return product(*map(range, shape))


def _units(at: LayerAtHand) -> Iterator[Unit]:
    """The units whose rows are given."""
    whole = prod(at.output_shape) * prod(at.input_shape) <= MOST_VALUES
    return islice(_indices(at.output_shape), None if whole else CORNER)


def _column(shape: Shape, index: Sequence[int]) -> int:
    """The place of a value in its map as one vector."""
    place = 0
    for size, at in zip(shape, index, strict=True):
        place = place * size + at
    return place


def _of_convolution(at: Convolution) -> tuple[list[Row], int]:
    """The rows, a kernel in each, and how many of all their values are those of kernels."""
    rows = []
    for channel, *position in _units(at):
        row: Row = {}
        taps = at.taps(position)
        for read, kernel in zip(at.channels_of(channel), at.kernels(channel), strict=True):
            for pair in product(*taps):
                if all(tap.source is not None for tap in pair):
                    column = _column(at.input_shape, (read, *(tap.source or 0 for tap in pair)))
                    row[column] = row.get(column, 0.0) + float(kernel[tuple(tap.number for tap in pair)])
        rows.append(row)
    return rows, _stored(at, len(at.channels_of(0)))


def _of_transposed(at: Transposed) -> tuple[list[Row], int]:
    """The rows, the values of kernels that land on a place in each."""
    rows = []
    for channel, *position in _units(at):
        row: Row = {}
        for read, kernel in zip(at.channels_of(channel), at.kernels(channel), strict=True):
            for pair in product(*at.taps(position)):
                column = _column(at.input_shape, (read, *(tap.place for tap in pair)))
                row[column] = float(kernel[tuple(tap.number for tap in pair)])
        rows.append(row)
    return rows, _stored(at, len(at.channels_of(0)))


def _of_mean(at: Pool) -> tuple[list[Row], int]:
    """The rows, a share in each place of the window."""
    rows = []
    for channel, *position in _units(at):
        taps = at.taps(position)
        share = 1.0 / at.divisor(taps)[0]
        inside = product(*([tap for tap in along if tap.source is not None] for along in taps))
        rows.append({_column(at.input_shape, (channel, *(tap.place for tap in pair))): share for pair in inside})
    return rows, _stored(at, 1)


def _of_linear(at: FullyConnected) -> tuple[list[Row], int]:
    """The rows of the weight."""
    if len(at.input_shape) > 1:
        raise CnncalcError(f"`{at.node.name}` works along one axis of a map, and is written out for vectors alone")
    count = at.input_shape[0]
    rows = [dict(enumerate(at.values.weight(unit[0]).reshape(-1).tolist())) for unit in _units(at)]
    return rows, at.output_shape[0] * count


def _stored(at: Convolution | Transposed | Pool, channels: int) -> int:
    """The places of a sparse matrix that have a value: those of taps on the map, position by position."""
    along = 1
    for axis, size in enumerate(at.output_shape[1:]):
        place = [0] * (len(at.output_shape) - 1)
        found = 0
        for position in range(size):
            place[axis] = position
            found += sum(tap.source is not None for tap in at.taps(place)[axis])
        along *= found
    return along * at.output_shape[0] * channels


_SPARSE: Final[dict[type[LayerAtHand], Callable[[Any], tuple[list[Row], int]]]] = {
    Convolution: _of_convolution,
    Transposed: _of_transposed,
    FullyConnected: _of_linear,
    Pool: _of_mean,
}
"""What makes the sparse matrix of each kind."""
