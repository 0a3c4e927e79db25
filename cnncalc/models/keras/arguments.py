"""What a call is given: its tensors, and numbers however files write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.keras.translator import Tensor, tensors
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from cnncalc.models.keras.translator import Call


def only_tensor(call: Call) -> Tensor:
    """The one tensor that a call takes, whose shape is known; raises `UntranslatableError`."""
    takes = tensors(call.args)
    if len(takes) != 1:
        raise UntranslatableError(f"takes one input, and {len(takes)} are given")
    if takes[0].shape is None:
        raise UntranslatableError("", is_own=False)
    return takes[0]


def numbers(value: Any) -> Any:
    """A number, or nested lists of them, out of what files wrap arrays in; lists of one number are that number.

    >>> numbers({"class_name": "__numpy__", "config": {"value": [[0.5, 2]], "dtype": "float32"}}), numbers(3)
    ([0.5, 2], 3)
    """
    if isinstance(value, dict):
        inner = value.get("config")
        value = inner.get("value") if isinstance(inner, dict) else value.get("value")
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None or isinstance(value, (int, float, list)):
        return value
    raise UntranslatableError(f"has no number where one belongs: {str(value)[:40]}")


def by_axis(value: Any, rank: int, *, last: bool) -> Any:
    """Numbers of the last axis, nested as NumPy broadcasts them to a shape of ours.

    >>> by_axis([1, 2], 3, last=True), by_axis([1, 2], 3, last=False), by_axis(4, 3, last=True)
    ([[[1]], [[2]]], [1, 2], 4)
    """
    if not isinstance(value, list) or not last:
        return value
    for _ in range(rank - 1):
        value = [[item] for item in value]
    return value
