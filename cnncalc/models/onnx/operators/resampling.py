"""Maps made larger or smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.layers.windowed import per_axis
from cnncalc.models.onnx.operators.pooling import averaged_to

if TYPE_CHECKING:
    from cnncalc.models.onnx.writing import LayerWriting

MODES = {"nearest": "nearest", "linear": "linear", "cubic": "cubic"}


def write_upsample(w: LayerWriting) -> str:
    """Resize, with the coordinates as PyTorch has them; `area` is adaptive average pooling."""
    layer, rank = w.layer, len(w.shape) - 1
    if layer.mode == "area":
        return averaged_to(w, w.output_shape[1:])
    attributes: dict[str, Any] = {"mode": MODES[layer._interpolation], **_coordinates(w)}
    if layer.scale_factor is not None:
        from numpy import array, float32

        factors = array([1, 1, *per_axis(layer.scale_factor, rank, "scale_factor")], float32)
        return w.node("Resize", [w.x, "", w.floats(factors)], **attributes)
    return w.node("Resize", [w.x, "", "", w.whole_shape(w.x, w.output_shape)], **attributes)


def _coordinates(w: LayerWriting) -> dict[str, Any]:
    """Where the values of the output lie in the input, and how they are rounded or weighed."""
    layer = w.layer
    if layer.mode == "nearest":
        return {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    if layer.mode == "nearest-exact":
        return {"coordinate_transformation_mode": "half_pixel", "nearest_mode": "round_prefer_ceil"}
    found: dict[str, Any] = {"coordinate_transformation_mode": "align_corners" if layer.align_corners else "half_pixel"}
    if layer.antialias:
        w.needs(18, "`antialias`")
        if layer.align_corners:
            raise w.refusal("`antialias` with `align_corners` has no operator there", "leave `align_corners` out")
        found |= {"antialias": 1, "exclude_outside": 1}
    if layer._interpolation == "cubic":
        found["cubic_coeff_a"] = -0.5 if layer.antialias else -0.75
    return found
