"""Which layers can be written out, and by what."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError
from cnncalc.steps.convolution import Convolution, Separable
from cnncalc.steps.elementwise import ACTIVATIONS, MERGES, Function, Merge
from cnncalc.steps.linear import FullyConnected
from cnncalc.steps.normalization import Normalization, Softmax
from cnncalc.steps.pooling import Pool
from cnncalc.steps.transposed import Transposed
from cnncalc.steps.units import check_terms

if TYPE_CHECKING:
    from cnncalc.graph.node import Node
    from cnncalc.steps.units import LayerAtHand
    from cnncalc.steps.values import LayerValues

KINDS: Final[dict[str, type[LayerAtHand]]] = {
    "conv": Convolution,
    "depthwise_conv": Convolution,
    "separable_conv": Separable,
    "conv_transpose": Transposed,
    "linear": FullyConnected,
    **dict.fromkeys(("max_pool", "min_pool", "avg_pool"), Pool),
    **dict.fromkeys(("adaptive_avg_pool", "adaptive_max_pool", "global_avg_pool", "global_max_pool"), Pool),
    **dict.fromkeys(("batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm", "l2_norm"), Normalization),
    **dict.fromkeys(("softmax", "log_softmax"), Softmax),
    **dict.fromkeys(MERGES, Merge),
    **dict.fromkeys(ACTIVATIONS, Function),
}
"""By what the values of each type of layer are calculated."""


def at_hand(node: Node, values: LayerValues) -> LayerAtHand:
    """A node whose values can be calculated one by one."""
    return KINDS[node.layer.type_name](node, values)


def check(node: Node) -> None:
    """Raise `CnncalcError` for a layer that has no steps, with the types that have, and for a window of many taps."""
    if node.layer.type_name not in KINDS:
        raise CnncalcError(
            f"`{node.name}` is a {node.type}, whose values are not written out",
            hint=f"those of these are: {', '.join(sorted(KINDS))}",
        )
    check_terms(prod(window.kernel_size for window in node.windows or ()))
