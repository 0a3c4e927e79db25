"""Pools, of windows and of whole maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.operators.windows import window

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading


def read_max_pool(node: Reading) -> Any:
    """`MaxPool`; one whose second output is read gives the places of its maxima too."""
    x, options = _pool(node)
    if len(node.node.outputs) > 1 and node.node.outputs[1] and node.readers(node.node.outputs[1]):
        raise node.refuse("the places of its maxima are read")
    if node.integer("storage_order"):
        raise node.refuse("its `storage_order` is 1")
    return node.layer(f"max_pool{len(x.shape) - 1}d", options, [x])


def read_avg_pool(node: Reading) -> Flow:
    """`AveragePool`, which leaves padding out of its means unless it says otherwise."""
    x, options = _pool(node)
    if "dilation" in options:
        raise node.refuse("it is dilated")
    counted = bool(node.integer("count_include_pad"))
    padding = options.get("padding")
    if padding and counted != (not isinstance(padding, str)):
        options["count_include_pad"] = counted
    return node.layer(f"avg_pool{len(x.shape) - 1}d", options, [x])


def _pool(node: Reading) -> tuple[Flow, dict[str, Any]]:
    """The input, and the options of the window."""
    x, kernel = node.flow(), node.integers("kernel_shape")
    if not kernel or len(kernel) != len(x.shape) - 1:
        raise node.refuse(f"its `kernel_shape` is {kernel} for {len(x.shape) - 1} spatial axes")
    options = window(node, kernel, stride_is_kernel=True)
    if node.integer("ceil_mode"):
        options["ceil_mode"] = True
    return x, options


def read_global(node: Reading) -> Flow:
    """`GlobalAveragePool` and `GlobalMaxPool`."""
    x = node.flow()
    kind = "global_avg_pool" if node.op == "GlobalAveragePool" else "global_max_pool"
    return node.layer(f"{kind}{len(x.shape) - 1}d" if len(x.shape) > 1 else kind, {}, [x])
