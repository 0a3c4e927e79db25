"""Attention as one operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading


def read_attention(node: Reading) -> list[Flow]:
    """`Attention`, without a mask and what was before."""
    query, key, value = (node.flow(at) for at in range(3))
    for at, what in ((3, "a mask"), (4, "keys of before"), (5, "values of before"), (6, "lengths of its own")):
        if node.input(at) is not None:
            raise node.refuse(f"it has {what}")
    if any(name and node.readers(name) for name in node.node.outputs[1:]):
        raise node.refuse("more than what it gives first is read")
    if node.real("softcap"):
        raise node.refuse("it has a `softcap`")
    options: dict[str, Any] = {"dim": -1}
    if len(query.shape) == 3:
        if len({each.shape[0] for each in (query, key, value)}) > 1:
            raise node.refuse("its key and value have fewer heads")
        options["attention_axes"] = 1
    elif len(query.shape) == 2:
        heads, shared = node.integer("q_num_heads"), node.integer("kv_num_heads")
        if heads < 1:
            raise node.refuse("it has no `q_num_heads`")
        options["num_heads"] = heads
        if shared != heads:
            options["enable_gqa"] = True
    else:
        raise node.refuse(f"its query has {len(query.axes)} axes")
    if node.integer("is_causal"):
        options["is_causal"] = True
    if node.has("scale"):
        options["scale"] = node.real("scale")
    return [node.layer("scaled_dot_product_attention", options, [query, key, value])]
