"""Several nodes that together are one layer, because their exporter had no operator for it.

An idiom is recognised at its first node, and only if nothing else reads what lies between. `activations` has gelu,
silu, hardswish and the like, `reshaping` what moves no value, the channel shuffle and blocks of pixels that become
channels, `normalization` layer and group norm, `pooling` windows that are gathered; `matching` has what they ask of
nodes.

To add one: a function of a `Reading` that returns the tensor, or None where the nodes are not the idiom, and its
operator in `_IDIOMS`. It calls `node.consume([...])` with the nodes after the first, in their order, before it makes
the layer: the last one's output is the layer's.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cnncalc.models.onnx.reading import Reading

_IDIOMS: Final = {
    "Sigmoid": ("activations.silu",),
    "Div": ("activations.gelu",),
    "Mul": ("activations.gelu",),
    "Add": ("activations.hardswish",),
    "HardSigmoid": ("activations.hardswish_by_sigmoid",),
    "GatherND": ("pooling.adaptive_average",),
    "Gather": ("reshaping.gather_of_all",),
    "Reshape": (
        *("reshaping.strided", "reshaping.channel_shuffle", "reshaping.moved_pixels", "reshaping.transposed_matrices"),
        "normalization.group_norm",
    ),
    "ReduceMean": ("normalization.layer_norm",),
}
"""The functions that look for an idiom which begins with an operator."""


def recognised(node: Reading) -> Any:
    """What the idiom gives that begins with a node; None where none does."""
    for home in _IDIOMS.get(node.op, ()):
        module, _, name = home.partition(".")
        found = getattr(import_module(f"{__name__}.{module}"), name)(node)
        if found is not None:
            return found
    return None
