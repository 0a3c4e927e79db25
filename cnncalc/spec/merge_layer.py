"""The layer that ends a `residual` or `parallel` group: its type, and the group's activation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import LayerError, did_you_mean, value_text
from cnncalc.spec.entries import MERGES, Parallel, Residual

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer
    from cnncalc.spec.graph_builder import GraphBuilder
    from cnncalc.spec.scopes import Frame, Tensors


def merge_layer(graph: GraphBuilder, entry: Residual | Parallel, frame: Frame, inputs: Tensors) -> Layer:
    """The layer that merges the paths of a group; raises `CnncalcError` for a type or activation that cannot be."""
    kind = "add" if isinstance(entry, Residual) else _merge_type(graph, entry, frame, inputs)
    if entry.activation is None:
        return graph.factory.plain(kind)
    activation = graph.value(entry.activation, frame, inputs)
    try:
        return graph.factory.plain(kind, activation=activation)
    except LayerError as error:
        group = "residual" if isinstance(entry, Residual) else "parallel"
        raise graph.factory.located(error, entry, f"`{group}`: {error.fact}") from None


def _merge_type(graph: GraphBuilder, entry: Parallel, frame: Frame, inputs: Tensors) -> str:
    """The layer type that `merge` names, or the default."""
    if entry.merge is None:
        return MERGES[0]
    merge = str(graph.value(entry.merge, frame, inputs))
    if merge not in MERGES:
        hint = did_you_mean(merge, MERGES, "merges")
        raise graph.source.error(
            entry.merge, f"`merge` must be one of {', '.join(MERGES)}, not {value_text(merge)}", hint
        )
    return merge
