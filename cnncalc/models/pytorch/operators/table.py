"""Which function is what, by the name that PyTorch calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.models.pytorch.operators import (
    arithmetic,
    attention,
    classes,
    indexing,
    layout,
    masking,
    matrices,
    reducing,
    sampling,
    weighted,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.pytorch.operators.functions import Function

FUNCTIONS: Final[Mapping[str, Function]] = {
    **classes.FUNCTIONS,
    **weighted.FUNCTIONS,
    **arithmetic.FUNCTIONS,
    **layout.FUNCTIONS,
    **indexing.FUNCTIONS,
    **matrices.FUNCTIONS,
    **attention.FUNCTIONS,
    **masking.FUNCTIONS,
    **reducing.FUNCTIONS,
    **sampling.FUNCTIONS,
}
_COMMUTE: Final = {"radd": "add", "rmul": "mul"}


def find(name: str) -> Function | None:
    """What is known of a function, of an operator, or of either in place; None where it has no counterpart.

    >>> find("add_") is find("__iadd__") is find("__radd__") is find("add"), find("nonzero")
    (True, None)
    """
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    bare = name.strip("_")
    if name.startswith("__"):
        bare = _COMMUTE.get(bare, bare)
        if bare.startswith("i") and bare[1:] in FUNCTIONS:
            bare = bare[1:]
    return FUNCTIONS.get(bare)
