"""What a check of specs found, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.conversion import Convertible

if TYPE_CHECKING:
    from cnncalc.shapes import Shape

UNEXPECTED: Final = "unexpected"
OVER_BUDGET: Final = "over-budget"

BUDGETS: Final = ("parameters", "macs", "flops", "weight_bytes", "peak_activation_bytes")
"""The totals that the command line has budgets for."""


class Figure(NamedTuple):
    """A figure that was checked: what it is, and what it should equal or be at most.

    It is a total unless it is that of a `layer` or scope, or of an `output` and what it needs. Shapes are as the spec
    orders axes. Bytes are those of values of `dtype`. `written` is what it was held against, as it was given.
    """

    name: str
    found: int | Shape
    expected: int | Shape | None
    most: int | None
    layer: str | None = None
    output: str | None = None
    dtype: str | None = None
    written: int | float | str | None = None

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        if self.most is None:
            return self.found == self.expected
        return isinstance(self.found, int) and self.found <= self.most


class Fault(NamedTuple):
    """What is wrong, its stable code of `cnncalc.error_codes`, and where.

    That is the file and, where known, line and column from 1 and the layer. `hint` says what to do, if that is known.
    """

    code: str
    message: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    layer: str | None = None
    hint: str | None = None

    @property
    def is_bad(self) -> bool:
        """Whether it leaves no network to check, as no figure does that does not hold."""
        return self.code not in (UNEXPECTED, OVER_BUDGET)


class Checked(NamedTuple):
    """One network, the totals that were checked, and what is wrong. `spec` is how the caller addressed it.

    Of a spec that cannot be read or built there are no figures, and `name` is its address.
    """

    spec: str
    name: str
    variant: str | None
    settings: dict[str, Any]
    input_shape: Shape | None
    figures: tuple[Figure, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    @property
    def is_bad(self) -> bool:
        """Whether there is no network to check."""
        return any(fault.is_bad for fault in self.faults)


class _CheckReport(NamedTuple):
    """The fields of the class below."""

    networks: tuple[Checked, ...]
    notes: tuple[str, ...]
    errors: tuple[str, ...]


class CheckReport(Convertible, _CheckReport):
    """The networks that were checked, notes on them, and the whole text of each error of a spec that is bad."""

    __slots__ = ()
    subject = "check"

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with any of them."""
        return all(network.ok for network in self.networks)

    @property
    def is_bad(self) -> bool:
        """Whether a spec cannot be read or built."""
        return any(network.is_bad for network in self.networks)
