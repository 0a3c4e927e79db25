"""What a live module says of itself: its class, the arguments that its class was made with, its own arrays."""

from __future__ import annotations

from typing import Any, Final

from cnncalc.frameworks.pytorch import PYTORCH

IN_TRAINING: Final = {"StochasticDepth": {"p": "p"}, "DropPath": {"p": "drop_prob"}}
"""Modules of torchvision and timm that drop whole branches in training, with our names of their attributes."""

_UNSAID: Final = frozenset(
    ("device", "dtype", "inplace", "process_group", "init", "min_value", "max_value", "num_classes")
) | {"norm_type_", "scale_grad_by_freq", "sparse", "_weight", "_freeze", "_random_samples"}
"""Parameters of classes that are not kept, or that change no number."""
_NORMS: Final = {"WeightNorm": "weight_norm", "_WeightNorm": "weight_norm"} | dict.fromkeys(
    ("SpectralNorm", "_SpectralNorm"), "spectral_norm"
)
_PARAMETRIZED: Final = {
    "weight_norm": {"original0": "weight_g", "original1": "weight_v"},
    "spectral_norm": {"original": "weight_orig", "0._u": "weight_u", "0._v": "weight_v"},
}
"""What `torch.nn.utils.parametrizations` calls the arrays that were called otherwise before."""


def leaf_class(module: Any) -> str | None:
    """The class of `torch.nn` that a module is, with that class's own `forward`; None where it is to be looked into.

    A subclass with a `forward` of its own, as timm has of batch norm, is what it calls.
    """
    kind = type(module)
    for base in kind.__mro__:
        if base.__module__.startswith("torch.nn.") and base.__name__ in PYTORCH.rows:
            own = getattr(kind, "forward", None)
            return base.__name__ if own is getattr(base, "forward", None) else None
    return kind.__name__ if kind.__name__ in IN_TRAINING and not module._parameters else None


def settings(module: Any, name: str) -> dict[str, Any]:
    """The arguments of a module's class, as far as they are kept."""
    if name in IN_TRAINING:
        return {ours: getattr(module, theirs, 0.0) or 0.0 for ours, theirs in IN_TRAINING[name].items()}
    found: dict[str, Any] = {}
    for parameter in PYTORCH.rows[name].positions:
        if parameter not in _UNSAID and hasattr(module, parameter):
            found[parameter] = _plain(parameter, getattr(module, parameter))
    if name == "MultiheadAttention":
        found["bias"] = module.in_proj_bias is not None
        found["add_bias_kv"] = module.bias_k is not None
    return found


def _plain(parameter: str, value: Any) -> Any:
    """An attribute as plain Python."""
    if parameter == "bias" and not isinstance(value, bool):
        return value is not None
    if isinstance(value, (tuple, list)):
        return [_plain("", item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def own_arrays(module: Any) -> dict[str, Any]:
    """The parameters and buffers that are a layer's, by the names that its weights have in PyTorch."""
    found = {name: each for name, each in {**module._parameters, **module._buffers}.items() if each is not None}
    found.pop("num_batches_tracked", None)
    for child, inner in module._modules.items():
        if child == "parametrizations":
            found |= _parametrized(inner)
        elif inner is not None:  # the last layer of attention
            found |= {f"{child}.{name}": each for name, each in own_arrays(inner).items()}
    return found


def normalisation(module: Any) -> str | None:
    """The option of ours by which the weight is normalised, ``?Name`` for a way that has none, None where it is not."""
    kinds = [type(hook).__name__ for hook in module._forward_pre_hooks.values() if hasattr(hook, "name")]
    parametrizations = module._modules.get("parametrizations")
    if parametrizations is not None:
        kinds += [type(each).__name__ for held in parametrizations.values() for each in held]
        if set(parametrizations) != {"weight"}:
            return f"?{' and '.join(parametrizations)}"
    if not kinds:
        return None
    return _NORMS.get(kinds[0], f"?{kinds[0]}") if len(kinds) == 1 else f"?{' and '.join(kinds)}"


def _parametrized(lists: Any) -> dict[str, Any]:
    """The arrays of a parametrized weight, under the names that they had as hooks."""
    found: dict[str, Any] = {}
    for name, held in lists.items():
        names = _PARAMETRIZED.get(_NORMS.get(type(held[0]).__name__, ""), {})
        arrays = {**dict(held.named_parameters()), **dict(held.named_buffers())}
        found |= {names.get(inner, f"{name}.{inner}"): each for inner, each in arrays.items()}
    return found
