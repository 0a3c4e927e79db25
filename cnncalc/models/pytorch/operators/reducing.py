"""Sums, means and norms along axes, and softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.pytorch.batches import FIRST
from cnncalc.models.pytorch.operators.arithmetic import larger
from cnncalc.models.pytorch.operators.functions import Function, function, is_on, tensor
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.pytorch.builder import Builder
    from cnncalc.models.pytorch.operators.functions import Given
    from cnncalc.models.pytorch.values import Value


def along_axis(type_: str) -> Any:
    """``softmax``, ``log_softmax`` and ``glu``."""

    def make(builder: Builder, given: Given) -> Value:
        value, dim = tensor(given), given.get("dim", -1)
        if dim is None:
            raise UntranslatableError("names no axis")
        own = value.axis(dim)
        inputs = [builder.operand(value, value.own)]
        shape = builder.result_shape()
        return builder.layer(type_, {"dim": own} if own else {}, inputs, shape, value.batch)

    return make


def _dims(given: Given) -> list[int] | None:
    dim = given.get("dim", given.get("axis"))
    if dim is None:
        return None
    return list(dim) if isinstance(dim, (list, tuple)) else [dim]


def reduced(type_: str, **more: Any) -> Any:
    """One value of many along some axes."""

    def make(builder: Builder, given: Given) -> Value:
        value, dims = tensor(given), _dims(given)
        keepdim = is_on(given, "keepdim")
        if not dims:
            if value.batch is not None:
                raise UntranslatableError("reduces over the batch")
            dims = list(range(value.rank))
        own = sorted(value.axis(dim) for dim in dims)
        inputs = [builder.operand(value, value.own)]
        batch, shape = value.batch, builder.result_shape()
        if batch is not None and not keepdim:
            before = sum(dim % value.rank < batch.axis for dim in dims)
            batch = batch._replace(axis=batch.axis - before)
        rank = len(value.own)
        if type_ == "reduce_mean" and rank > 1 and own == list(range(1, rank)) and value.batch == FIRST:
            options: dict[str, Any] = {} if keepdim else {"keepdim": False}
            return builder.layer("global_avg_pool", options, inputs, shape, batch)
        options = {"dim": own if len(own) > 1 else own[0]} if len(own) < rank else {}
        if not keepdim:
            options["keepdim"] = False
        if "correction" in more:
            correction = given.get("correction", 1 if given.get("unbiased", True) else 0)
            if correction != 1:
                options["correction"] = correction
        return builder.layer(type_, options, inputs, shape, batch)

    return make


def _norm(builder: Builder, given: Given) -> Any:
    order = given.get("p", given.get("ord", 2))
    type_ = {2: "reduce_l2", 1: "reduce_l1", "fro": "reduce_l2", None: "reduce_l2"}.get(order)
    if type_ is None:
        raise UntranslatableError(f"takes the norm of order {order}")
    return reduced(type_)(builder, given)


def _normalize(builder: Builder, given: Given) -> Value:
    """``F.normalize``."""
    value = tensor(given)
    if given.get("p", 2) != 2:
        raise UntranslatableError("divides by another norm than the Euclidean")
    dims = [value.axis(dim) for dim in (_dims(given) or [1])]
    options: dict[str, Any] = {} if dims == [0] else {"dims": dims}
    if given.get("eps", 1e-12) != 1e-12:
        options["eps"] = given["eps"]
    return builder.layer("l2_norm", options, [builder.operand(value, value.own)], value.shape, value.batch)


_ALONG: Final = "input dim keepdim"
FUNCTIONS: Final[Mapping[str, Function]] = {
    "softmax": function(along_axis("softmax"), "input dim"),
    "log_softmax": function(along_axis("log_softmax"), "input dim"),
    "glu": function(along_axis("glu"), "input dim"),
    "mean": function(reduced("reduce_mean"), _ALONG),
    "sum": function(reduced("reduce_sum"), _ALONG),
    "amax": function(reduced("reduce_max"), _ALONG),
    "amin": function(reduced("reduce_min"), _ALONG),
    "max": function(larger("maximum", reduced("reduce_max")), _ALONG),
    "min": function(larger("minimum", reduced("reduce_min")), _ALONG),
    "prod": function(reduced("reduce_prod"), _ALONG),
    "logsumexp": function(reduced("reduce_logsumexp"), _ALONG),
    "var": function(reduced("reduce_var", correction=1), "input dim unbiased keepdim"),
    "std": function(reduced("reduce_std", correction=1), "input dim unbiased keepdim"),
    "norm": function(_norm, "input p dim keepdim"),
    "linalg_vector_norm": function(_norm, "input ord dim keepdim"),
    "vector_norm": function(_norm, "input ord dim keepdim"),
    "linalg_norm": function(_norm, "input ord dim keepdim"),
    "normalize": function(_normalize, "input p dim eps"),
}
