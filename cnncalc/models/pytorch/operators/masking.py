"""Values chosen by masks that are constant: what is kept, replaced, or left out of attention."""

from __future__ import annotations

from math import inf, isfinite, prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.pytorch.operators.arithmetic import LOWEST, aligned, combined, with_constant
from cnncalc.models.pytorch.operators.functions import Function, function, tensor
from cnncalc.models.pytorch.values import Value, flat, nested
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.pytorch.builder import Builder
    from cnncalc.models.pytorch.operators.functions import Given


def own_mask(builder: Builder, mask: Value, beside: Value) -> list[Any]:
    """The numbers of a constant mask as it broadcasts to a tensor, nested; raises `UntranslatableError`."""
    if mask.constant is None or mask.layer is not None:
        raise UntranslatableError("chooses by what is computed of the input")
    owns, _ = aligned([mask, beside])
    found: list[Any] = builder.numbers(mask, owns[0])
    return found


def scores_with(builder: Builder, scores: Value, mask: Value, *, keeps: bool) -> Value:
    """Scores of attention with a mask: numbers that are added, or truth values, where `keeps` is what true means.

    What is left out gets a number so low that nothing is left of it behind softmax.
    """
    if not builder.is_true_or_false(mask):
        return combined(builder, "add", [scores, mask])
    own = own_mask(builder, mask, scores)
    return with_constant(builder, "add", scores, _mapped(own, lambda each: 0.0 if bool(each) == keeps else LOWEST))


def is_causal(builder: Builder, mask: Value | None, *, keeps: bool) -> bool:
    """Whether a constant mask leaves to each position itself and those before."""
    if mask is None or mask.constant is None or mask.layer is not None or mask.rank < 2:
        return False
    rows, columns = mask.shape[-2:]
    if rows != columns or rows < 2 or any(size != 1 for size in mask.shape[:-2]):
        return False
    numbers = builder.arrays.numbers(mask.constant)
    if not isinstance(numbers, list):
        return False
    kept, out = (keeps, not keeps) if builder.is_true_or_false(mask) else (0, -inf)
    found = nested(list(flat(numbers)), (rows, columns))
    return all(
        each == (kept if column <= row else out) for row, line in enumerate(found) for column, each in enumerate(line)
    )


def _mapped(numbers: Any, change: Any) -> Any:
    """Nested numbers, each of them changed."""
    return [_mapped(each, change) for each in numbers] if isinstance(numbers, list) else change(numbers)


def _masked_fill(builder: Builder, given: Given) -> Value:
    """``masked_fill`` with a constant mask and a number."""
    value, number = tensor(given), given.get("value")
    if isinstance(number, Value):
        raise UntranslatableError("fills with what is computed")
    return _chosen(builder, tensor(given, "mask"), number, value)


def _where(builder: Builder, given: Given) -> Value:
    """``where`` with a constant condition; the method of tensors has the condition second."""
    condition, one, other = tensor(given, "condition"), given.get("input"), given.get("other")
    if one is None or other is None:
        raise UntranslatableError("gives the places of values, whose number hangs on them")
    return _chosen(builder, condition, one, other)


def _chosen(builder: Builder, mask: Value, one: Any, other: Any) -> Value:
    """What is `one` where a mask is true, and `other` elsewhere: the sum of both, of which one is multiplied by 0."""
    one, other = _as_number(builder, one), _as_number(builder, other)
    if isinstance(one, Value) and isinstance(other, Value):
        beside = one if one.layer is not None else other
        parts = [_part(builder, mask, each, beside, keeps=keeps) for each, keeps in ((one, True), (other, False))]
        return combined(builder, "add", parts)
    value, number, keeps = (one, other, True) if isinstance(one, Value) else (other, one, False)
    if not isinstance(value, Value) or not isinstance(number, (int, float)):
        raise UntranslatableError("chooses between numbers alone")
    numbers = own_mask(builder, mask, value)
    if number == -inf:
        return with_constant(builder, "add", value, _mapped(numbers, lambda m: 0.0 if bool(m) == keeps else LOWEST))
    if not isfinite(number):
        raise UntranslatableError(f"fills with {number}")
    kept = _part(builder, mask, value, value, keeps=keeps)
    if number == 0:
        return kept
    filled = _mapped(numbers, lambda each: 0.0 if bool(each) == keeps else float(number))
    return with_constant(builder, "add", kept, filled)


def _as_number(builder: Builder, value: Any) -> Any:
    """A constant of one value as that number."""
    if not isinstance(value, Value) or value.constant is None or value.layer is not None or prod(value.shape) != 1:
        return value
    return next(flat(builder.arrays.numbers(value.constant)))


def _part(builder: Builder, mask: Value, value: Value, beside: Value, *, keeps: bool) -> Value:
    """A tensor with zeros where a mask does not keep it."""
    if value.layer is None:
        raise UntranslatableError("chooses between tensors that hang on no input")
    numbers = own_mask(builder, mask, beside)
    return with_constant(builder, "multiply", value, _mapped(numbers, lambda each: float(bool(each) == keeps)))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "masked_fill": function(_masked_fill, "input mask value"),
    "where": function(_where, "condition input other"),
}
