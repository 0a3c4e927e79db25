"""The window of a layer as plain data."""
# No postponed annotations here: named tuples compile each one that is a string, which takes half of the import.

from typing import NamedTuple

from cnncalc.graph.node import Node


class WindowFigures(NamedTuple):
    """The window of a layer, per spatial axis; `padding` is what is applied before and after at this input size."""

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    groups: int | None


def window_figures(node: Node) -> WindowFigures | None:
    """The window of a node along each axis; None for a layer without one."""
    windows = node.windows
    if windows is None:
        return None
    return WindowFigures(
        kernel_size=tuple(window.kernel_size for window in windows),
        stride=tuple(window.stride for window in windows),
        padding=tuple(w.pads(size) for w, size in zip(windows, node.input_shapes[0][1:], strict=True)),
        dilation=tuple(window.dilation for window in windows),
        groups=node.layer.window_groups(node.input_shapes[0]),
    )
