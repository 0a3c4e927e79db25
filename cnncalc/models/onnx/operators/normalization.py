"""Normalisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.flows import BATCH

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading


def read_batch_norm(node: Reading) -> Flow:
    """`BatchNormalization`, in its form for training too, of which only the first output is meant."""
    x = node.flow()
    arrays = {"weight": 1, "bias": 2, "running_mean": 3, "running_var": 4}
    constants = {name: node.constant(at) for name, at in arrays.items()}
    for name, constant in constants.items():
        if constant.shape != x.shape[:1]:
            raise node.refuse(f"its {name} has the shape {constant.shape} for {x.shape[0]} channels")
    eps = node.real("epsilon", 1e-5)
    return node.layer("batch_norm", {} if eps == 1e-5 else {"eps": eps}, [x], constants)


def read_layer_norm(node: Reading) -> Flow:
    """`LayerNormalization` over the last axes in the file."""
    x = node.any_flow()
    first = node.integer("axis", -1) % len(x.axes)
    dims = list(x.axes[first:])
    if BATCH in dims:
        raise node.refuse("it normalises over the batch")
    options: dict[str, Any] = {} if dims == [0] and len(x.shape) == 1 else {"dims": dims}
    eps = node.real("epsilon", 1e-5)
    if eps != 1e-5:
        options["eps"] = eps
    weight, bias = node.constant(1), node.optional_constant(2)
    arrays = {"weight": weight}
    if bias is None:
        options["bias"] = False
    else:
        arrays["bias"] = bias
    return node.layer("layer_norm", options, [x], arrays)


def read_lrn(node: Reading) -> Flow:
    """`LRN`, across channels."""
    options: dict[str, Any] = {"size": node.integer("size")}
    for ours, theirs, default in (("alpha", "alpha", 1e-4), ("beta", "beta", 0.75), ("k", "bias", 1.0)):
        value = node.real(theirs, default)
        if value != default:
            options[ours] = value
    return node.layer("local_response_norm", options, [node.flow()])
