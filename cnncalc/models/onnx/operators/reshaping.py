"""Other layouts of the same values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.models.onnx.writing import LayerWriting


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
    return w.permuted(w.x, w.layer._order(w.shape), w.shape)


write_reshape = _laid_out
write_unflatten = _laid_out
