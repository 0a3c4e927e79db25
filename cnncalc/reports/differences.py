"""How far the values of two engines are apart, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    class Compared(Protocol):
        """A layer whose values were compared."""

        @property
        def name(self) -> str:
            """Its full name."""

        @property
        def difference(self) -> float | None:
            """The largest difference, as a share of the largest value; None where there was none to be had."""


def difference(share: float | None) -> str:
    """A difference as tables have it; nothing where none is known.

    >>> difference(3.14159e-07), difference(0.0), difference(float("inf")), difference(None)
    ('3.1e-07', '0', 'infinite', '')
    """
    if share is None:
        return ""
    return "infinite" if share == float("inf") else f"{share:.2g}"


def most_different(layers: Sequence[Compared]) -> str:
    """The largest difference, and of which layer.

    >>> from types import SimpleNamespace
    >>> most_different([SimpleNamespace(name="c1", difference=0.0), SimpleNamespace(name="f6", difference=2e-07)])
    'values differ by at most 2e-07 (f6)'
    >>> most_different([SimpleNamespace(name="c1", difference=0.0)])
    'no value differs'
    """
    known = [(layer.difference, layer.name) for layer in layers if layer.difference is not None]
    share, name = max(known, key=lambda each: each[0], default=(0.0, ""))
    return f"values differ by at most {difference(share)} ({name})" if share else "no value differs"
