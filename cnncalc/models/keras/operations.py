"""Functions of `keras.ops` and of TensorFlow, called on tensors of a model.

Keras 3 keeps the class of a function with what it was made with; Keras 2 keeps TensorFlow's name of it, and all
arguments but the first by name. Both are the same rows here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.keras import shaping
from cnncalc.models.keras.elementwise import ELEMENTWISE, one_tensor, operands_of
from cnncalc.models.keras.options import laid_out
from cnncalc.models.keras.translator import Tensor, tensors
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.models.keras.translator import Call, Translator

_PREFIXES: Final = ("tf.", "compat.v1.", "__operators__.", "math.", "nn.", "linalg.", "image.", "keras.", "raw_ops.")
_WITHOUT_VALUES: Final = frozenset(("name", "dtype", "training", "data_format"))


def operation(translator: Translator, call: Call) -> list[Tensor]:
    """The outputs of a function; raises `UntranslatableError`."""
    if call.steps:
        raise UntranslatableError("at each step of a sequence has no counterpart here")
    word = _word(call)
    given = _arguments(call)
    if any(tensor.shape is None for tensor in tensors([call.args, dict(call.kwargs)])):
        raise UntranslatableError("", is_own=False)
    several = _SEVERAL.get(word)
    if several is not None:
        return several(translator, call, given)
    function = _FUNCTIONS.get(word)
    if function is None:
        raise UntranslatableError(f"the function {word[:40]} has no counterpart here")
    return [function(translator, call, given)]


def _word(call: Call) -> str:
    """What the function is called, in small letters and without underscores.

    >>> from cnncalc.models.keras.translator import Call
    >>> _word(Call("TFOpLambda", "", "a", "a", {"function": "math.reduce_mean"}, [], {}))
    'reducemean'
    """
    word = call.class_name
    if word == "SlicingOpLambda":
        return "getitem"
    if word == "TFOpLambda":
        word = str(call.config.get("function"))
        for prefix in _PREFIXES:
            word = word.removeprefix(prefix)
    return word.replace("_", "").lower()


def _arguments(call: Call) -> dict[str, Any]:
    """All that the function is given by name: what it was made with, and what it is called with."""
    own = {} if call.class_name == "TFOpLambda" else dict(call.config)
    given = {**own, **call.kwargs}
    return {name: value for name, value in given.items() if name not in _WITHOUT_VALUES}


def _matmul(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    takes = tensors(operands_of(call, given, ("x", "x1", "a", "y", "x2", "b")))
    turned = [name for name in ("transpose_a", "transpose_b", "adjoint_a", "adjoint_b") if given.get(name)]
    if len(takes) != 2 or turned or len({len(tensor.shape or ()) for tensor in takes}) != 1:
        raise UntranslatableError("of other than two stacks of matrices, or turned, has no counterpart here")
    options = {"data_format": "channels_last"} if translator.channels_last else {}
    return translator.emit(call, "matmul", options, takes)


def _reduction(type_: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    # Keras and TensorFlow divide squared differences by the number of values, PyTorch and this program by one less.
    more = {"correction": 0} if type_ in ("reduce_var", "reduce_std") else {}

    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        x = one_tensor(call, given)
        return translator.emit(call, type_, {**shaping.reduced(given, x, translator), **more}, [x])

    return function


def _identity(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    return translator.emit(call, "identity", {}, [one_tensor(call, given)])


def _concatenated(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    takes = tensors(operands_of(call, given, ("xs", "values", "arrays", "x1", "x2")))
    if not takes:
        raise UntranslatableError("takes tensors")
    axis = given.get("axis", -1 if call.class_name == "TFOpLambda" else 0)
    return translator.emit(call, "concat", shaping.axis_options("concat", axis, takes[0], translator), takes)


def _stacked(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    takes = tensors(operands_of(call, given, ("x", "values", "arrays")))
    options: dict[str, Any] = {"dim": shaping.behind_batch(given.get("axis", 0)), "data_format": "channels_last"}
    rank = len(takes[0].shape or ()) + 1 if takes else 1
    return translator.emit(call, "stack", laid_out("stack", options, rank, translator.layout), takes)


def _reshaped(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = operands_of(call, given, ("x", "tensor"))
    shape = given.get("newshape", given.get("shape", operands[1] if len(operands) > 1 else None))
    return shaping.reshaped(translator, call, tensors(operands)[0], shape)


def _transposed(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = operands_of(call, given, ("x", "a"))
    axes = given.get("axes", given.get("perm", operands[1] if len(operands) > 1 else None))
    return shaping.transposed(translator, call, tensors(operands)[0], axes)


def _expanded(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    return shaping.expanded(translator, call, one_tensor(call, given), given.get("axis"))


def _squeezed(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    return shaping.squeezed(translator, call, one_tensor(call, given), given.get("axis"))


def _item(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = operands_of(call, given, ("x", "tensor"))
    keys = given.get("slice_spec", given.get("key", operands[1] if len(operands) > 1 else None))
    return shaping.item(translator, call, tensors(operands[:1])[0], keys)


def _resized(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    """An image of another size, by pixels whose centres are moved."""
    mode = given.get("interpolation", given.get("method", "bilinear"))
    size = given.get("size")
    if mode not in ("bilinear", "nearest") or given.get("antialias") or not isinstance(size, list):
        raise UntranslatableError("with this interpolation has no counterpart here")
    if given.get("crop_to_aspect_ratio") or given.get("pad_to_aspect_ratio") or given.get("preserve_aspect_ratio"):
        raise UntranslatableError("with the aspect ratio kept has no counterpart here")
    options = {"size": size, "mode": "bilinear" if mode == "bilinear" else "nearest-exact"}
    return translator.emit(call, "upsample", options, [one_tensor(call, given)])


def _blocks(type_: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        return translator.emit(call, type_, {"block_size": given.get("block_size")}, [one_tensor(call, given)])

    return function


def _padded(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = operands_of(call, given, ("x", "tensor"))
    widths = given.get("pad_width", given.get("paddings", operands[1] if len(operands) > 1 else None))
    mode = str(given.get("mode", "constant")).lower()
    value = given.get("constant_values") or 0
    return shaping.padded(translator, call, tensors(operands)[0], widths, mode, value)


def _split(translator: Translator, call: Call, given: Mapping[str, Any]) -> list[Tensor]:
    operands = operands_of(call, given, ("x", "value"))
    parts = given.get("indices_or_sections", given.get("num_or_size_splits"))
    if parts is None and len(operands) > 1:
        parts = operands[1]
    by_sizes = "num_or_size_splits" in given
    return shaping.split(translator, call, tensors(operands)[0], parts, given.get("axis", 0), by_sizes=by_sizes)


_FUNCTIONS: Final[Mapping[str, Callable[[Translator, Call, Mapping[str, Any]], Tensor]]] = {
    **ELEMENTWISE,
    "matmul": _matmul,
    **{
        word: _reduction(f"reduce_{ours}")
        for ours in ("mean", "sum", "max", "min", "prod", "var", "std")
        for word in (ours, f"reduce{ours}", {"var": "reducevariance"}.get(ours, f"reduce{ours}"))
    },
    "identity": _identity,
    "cast": _identity,
    "stopgradient": _identity,
    "concatenate": _concatenated,
    "concat": _concatenated,
    "stack": _stacked,
    "reshape": _reshaped,
    "transpose": _transposed,
    "expanddims": _expanded,
    "squeeze": _squeezed,
    "getitem": _item,
    "resize": _resized,
    "depthtospace": _blocks("depth_to_space"),
    "spacetodepth": _blocks("space_to_depth"),
    "pad": _padded,
}
"""The functions of one output, by their names without underscores and capitals."""

_SEVERAL: Final = {"split": _split}
"""Those of several."""
