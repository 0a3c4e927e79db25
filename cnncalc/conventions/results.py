"""The counts of a tool beside ours, as plain data."""
# No postponed annotations here: named tuples compile each one that is a string, which takes half of the import.

from typing import Any, NamedTuple

from cnncalc.conversion import Convertible
from cnncalc.shapes import Shape


class KindCount(NamedTuple):
    """The operations of one kind that a tool counts by one rule: how many there are, our figure and the tool's.

    `known` is false where it is not known what the tool does with the kind, and 0 is taken.
    """

    kind: str
    layers: int
    ours: int
    theirs: int
    rule: str
    known: bool

    @property
    def difference(self) -> int:
        """By how much the tool counts more than we do."""
        return self.theirs - self.ours


class QuantityCount(NamedTuple):
    """A number that the tool prints, under its own name, beside the figure of ours that is named `compared_with`."""

    name: str
    compared_with: str
    meaning: str
    kinds: tuple[KindCount, ...]
    ours: int
    theirs: int

    @property
    def difference(self) -> int:
        """By how much the tool counts more than we do."""
        return self.theirs - self.ours


class ParameterCount(NamedTuple):
    """The parameters as we count them and as the tool does, and what those are."""

    ours: int
    theirs: int
    rule: str

    @property
    def difference(self) -> int:
        """By how much the tool counts more than we do."""
        return self.theirs - self.ours


class _ConventionReport(NamedTuple):
    """The fields of the class below."""

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    convention: str
    tool: str
    version: str
    quantities: tuple[QuantityCount, ...]
    parameters: ParameterCount | None
    notes: tuple[str, ...]


class ConventionReport(Convertible, _ConventionReport):
    """A network as a tool counts it, one sample of this input; `convention` is our name of the tool.

    `parameters` is None where the tool counts none. `notes` has what was assumed where the graph does not tell.
    """

    __slots__ = ()
    subject = "convention"
