"""What a check of specs found, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.conversion import Convertible

if TYPE_CHECKING:
    from cnncalc.shapes import Shape

BAD_SPEC: Final = "bad-spec"
UNEXPECTED: Final = "unexpected"
OVER_BUDGET: Final = "over-budget"

BUDGETS: Final = ("parameters", "macs", "flops", "weight_bytes", "peak_activation_bytes")
"""The totals that the command line has budgets for."""


class Figure(NamedTuple):
    """A total that was checked: what it is, and what it should equal or be at most."""

    name: str
    found: int
    expected: int | None
    most: int | None

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return self.found == self.expected if self.most is None else self.found <= self.most


class Fault(NamedTuple):
    """What is wrong, its stable code, and where: the file and, where known, line and column from 1 and the layer."""

    code: str
    message: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    layer: str | None = None


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
        return any(fault.code == BAD_SPEC for fault in self.faults)


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
