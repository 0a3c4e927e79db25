"""The types of values that memory is counted in and networks are executed in, and the size of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

DTYPE_BYTES: Final = {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2, "int8": 1}
"""The types that memory can be counted in, and the bytes of a value."""

EXECUTED_DTYPES: Final = ("float32", "float64")
"""The types that a network can be executed in."""


def check_batch(batch: int, dtype: str, dtypes: Iterable[str]) -> None:
    """Raise `CnncalcError` unless a batch has a sample at least, and its values are of one of the `dtypes`.

    >>> check_batch(8, "float16", DTYPE_BYTES)
    """
    if dtype not in dtypes:
        raise CnncalcError(f"unknown dtype `{dtype}`", hint=did_you_mean(dtype, dtypes, "dtypes"))
    if batch < 1:
        raise CnncalcError(f"a batch has at least 1 sample, not {batch}")
