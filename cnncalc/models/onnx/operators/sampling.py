"""Values looked up at computed places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.flows import BATCH

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


def write_grid_sample(w: LayerWriting) -> str:
    """Maps with two axes since opset 16, with three since 20; one with one axis is a map of height 1."""
    x, grid = w.inputs
    shape, grid_shape = w.input_shapes
    rank = len(shape) - 1
    turned = (*grid_shape[1:], grid_shape[0])
    grid = w.permuted(grid, (*range(1, rank + 1), 0), grid_shape)
    output = w.output_shape
    if rank == 1:
        length = turned[0]
        x = w.reshaped(x, (shape[0], 1, shape[1]))
        grid = w.node("Pad", [w.reshaped(grid, (1, length, 1)), w.integers([0] * 7 + [1])], (1, length, 2))
        output = (shape[0], 1, length)
    w.needs(16 if rank < 3 else 20, f"grid_sample of a map with {rank} axes" if rank > 2 else "grid_sample")
    modes = {"bilinear": "linear", "bicubic": "cubic"} if w.opset >= 20 else {}
    y = w.node(
        "GridSample",
        [x, grid],
        output,
        mode=modes.get(w.layer.mode, w.layer.mode),
        padding_mode=w.layer.padding_mode,
        align_corners=int(w.layer.align_corners),
    )
    return w.reshaped(y, w.output_shape) if rank == 1 else y


def write_affine_grid(w: LayerWriting) -> str:
    """The matrix times all places of a plain grid, which are a constant."""
    from math import prod

    from numpy import eye

    from cnncalc.kernels.grid_sampling import affine_grid

    rank, *sizes = w.output_shape
    # The first row of a matrix makes the first coordinate of each place: one row for each number in it.
    rows = eye(rank + 1, rank * (rank + 1))
    plain = affine_grid(rows, sizes, align_corners=w.layer.align_corners)[:, 0]
    matrix = w.reshaped(w.x, (rank, rank + 1))
    places = prod(sizes)
    grid = w.node("MatMul", [matrix, w.numbers(plain.reshape(rank + 1, places))], (rank, places))
    return w.reshaped(grid, w.output_shape)


def read_grid_sample(node: Reading) -> Flow:
    """`GridSample`, whose grid has the coordinates last, and ours first."""
    x, grid = node.flow(0), node.any_flow(1)
    if len(grid.axes) != len(x.axes) or grid.axes[0] != BATCH or len(x.shape) < 2:
        raise node.refuse(f"its grid has {len(grid.axes)} axes, and its input {len(x.axes)}")
    order = [grid.axes[-1], *grid.axes[1:-1]]
    if order != list(range(len(order))):
        grid = node.layer("permute", {"dims": order}, [grid], axes=(BATCH, *range(1, len(order)), 0), tensor="")
    options: dict[str, Any] = {}
    mode = {"nearest": "nearest", "cubic": "bicubic", "bicubic": "bicubic"}.get(node.word("mode", "linear"))
    if mode:
        options["mode"] = mode
    padding = node.word("padding_mode", "zeros")
    if padding != "zeros":
        options["padding_mode"] = padding
    if node.integer("align_corners"):
        options["align_corners"] = True
    return node.layer("grid_sample", options, [x, grid], axes=x.axes)


def read_affine_grid(node: Reading) -> Flow:
    """`AffineGrid`: matrices as rows of numbers, of which grids are made that have the coordinates first here."""
    theta, size = node.flow(0), node.whole_numbers(1) or []
    if len(theta.shape) != 2 or len(size) != theta.shape[1] + 1 or size[0] != theta.batch:
        raise node.refuse(f"its matrices are {list(theta.dims)} for the size {size}")
    rank = theta.shape[0]
    flat = node.layer("flatten", {}, [theta], axes=(BATCH, 0), tensor="")
    options: dict[str, Any] = {"size": size[2:]}
    if node.integer("align_corners"):
        options["align_corners"] = True
    return node.layer("affine_grid", options, [flat], axes=(BATCH, *range(1, rank + 1), 0))
