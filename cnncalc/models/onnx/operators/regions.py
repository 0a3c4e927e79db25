"""Regions of maps under boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.models.onnx.target import Dims
    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape


def write_roi_align(w: LayerWriting) -> str:
    """Boxes of all samples behind one another, each with the number of its sample."""
    boxes, dims = _boxes(w)
    number = w.node("Reshape", [_numbers(w), w.integers([-1])], dims=dims[:1], element_type="int64")
    aligned = w.layer.aligned
    if w.opset < 16 and aligned:
        w.needs(16, "roi_align with `aligned`")
    regions = w.node(
        "RoiAlign",
        [w.x, boxes, number],
        dims=(*dims[:1], *_region(w)),
        output_height=w.output_shape[2],
        output_width=w.output_shape[3],
        sampling_ratio=max(w.layer.sampling_ratio, 0),
        spatial_scale=float(w.layer.spatial_scale),
        coordinate_transformation_mode=("half_pixel" if aligned else "output_half_pixel") if w.opset >= 16 else None,
    )
    return _by_sample(w, regions)


def write_roi_pool(w: LayerWriting) -> str:
    """As `roi_align`, but the number of its sample stands before the coordinates of a box."""
    boxes, dims = _boxes(w)
    number = w.node("Cast", _numbers(w), dims=(w.batch, w.output_shape[1]), to=1)
    column = w.node("Reshape", [number, w.integers([-1, 1])], dims=(*dims[:1], 1))
    rows = w.node("Concat", [column, boxes], dims=(*dims[:1], 5), axis=1)
    regions = w.node(
        "MaxRoiPool",
        [w.x, rows],
        dims=(*dims[:1], *_region(w)),
        pooled_shape=list(w.output_shape[2:]),
        spatial_scale=float(w.layer.spatial_scale),
    )
    return _by_sample(w, regions)


def _boxes(w: LayerWriting) -> tuple[str, Dims]:
    """The boxes as rows of four coordinates, and the sizes of that."""
    _, boxes = w.inputs
    count = w.output_shape[1]
    rows = w.permuted(boxes, (1, 0), (4, count))
    total = w.batch * count if isinstance(w.batch, int) else f"{w.batch}_regions"
    dims: Dims = (total, 4)
    return w.node("Reshape", [rows, w.integers([-1, 4])], dims=dims), dims


def _numbers(w: LayerWriting) -> str:
    """The number of the sample of each box, a row a sample."""
    batch, count = w.batch, w.output_shape[1]
    if isinstance(batch, int):
        plain = w.integers(range(batch))
    else:
        size = w.node("Shape", w.x, dims=(len(w.shape) + 1,), element_type="int64")
        first = w.node("Gather", [size, w.integer(0)], dims=(), element_type="int64", axis=0)
        plain = w.node("Range", [w.integer(0), first, w.integer(1)], dims=(batch,), element_type="int64")
    column = w.node("Reshape", [plain, w.integers([-1, 1])], dims=(batch, 1), element_type="int64")
    return w.node("Expand", [column, w.integers([1, count])], dims=(batch, count), element_type="int64")


def _region(w: LayerWriting) -> Shape:
    """The shape of one region."""
    return (w.output_shape[0], *w.output_shape[2:])


def _by_sample(w: LayerWriting, regions: str) -> str:
    """The regions of each sample side by side, behind the channels."""
    channels, count, *sizes = w.output_shape
    cut = (count, channels, *sizes)
    whole = w.node("Reshape", [regions, w.integers([-1, *cut])], cut)
    return w.permuted(whole, (1, 0, 2, 3), cut)
