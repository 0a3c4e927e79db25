"""The types of values that memory is counted in and networks are executed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import Any, Protocol

    class _Named(Protocol):
        """One of NumPy's `dtype`s."""

        @property
        def name(self) -> str:
            """The name of the type."""

    DType = str | type[Any] | _Named
    """A type of values: its name, or what NumPy has for it."""

DTYPE_BYTES: Final = {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2, "int8": 1}
"""The types that memory can be counted in, and the bytes of a value."""

EXECUTED_DTYPES: Final = ("float32", "float64")
"""The types that a network can be executed in."""
