"""The solution of a size equation, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from cnncalc.conversion import Convertible
from cnncalc.shapes import MAX_SIZE

if TYPE_CHECKING:
    from cnncalc.shapes import Shape
    from cnncalc.solve.intervals import Intervals
    from cnncalc.symbolic.floor_forms import FloorForm


CongruenceKind = Literal["no_pixel_dropped", "nothing_left_over"]
CONGRUENCE_KINDS: Final[tuple[CongruenceKind, ...]] = ("no_pixel_dropped", "nothing_left_over")


class Congruence(NamedTuple):
    """The sizes of an axis of an input that are congruent to one of `residues`, by `modulus`, from `least` on.

    By its `kind` either no layer drops a pixel of its input at these sizes (`no_pixel_dropped`), or no layer leaves
    anything over, not even padding (`nothing_left_over`). Without residues there are no such sizes; `modulus` is 0
    where they are not known: some layer's size has no closed form, or options follow the size by an expression, or they
    are no congruence, too many, or too much would have to be built. Pixels between windows, where the stride is larger
    than what the window spans, do not count.
    """

    symbol: str
    kind: CongruenceKind
    modulus: int
    residues: tuple[int, ...]
    least: int

    def sizes(self, count: int = 5) -> list[int]:
        """The first few sizes.

        >>> Congruence("H", "no_pixel_dropped", 32, (3,), 67).sizes(3)
        [67, 99, 131]
        """
        if not self.residues:
            return []
        start = self.least - self.least % self.modulus
        rounds = range(count + 1)
        found = (start + turn * self.modulus + residue for turn in rounds for residue in self.residues)
        return [size for size in found if self.least <= size <= MAX_SIZE][:count]

    def holds(self, size: int) -> bool:
        """Whether a size is among them."""
        return size >= self.least and bool(self.modulus) and size % self.modulus in self.residues


class FittingShape(NamedTuple):
    """A shape of the map before a linear layer, and the input sizes of each axis that give it; none if all do."""

    map_shape: Shape
    inputs: tuple[Intervals, ...]


class Fit(NamedTuple):
    """A linear layer with fixed `in_features`, and the maps before it with so many values; the squarest first.

    `shapes` is None where they are not known: an axis of the map has no closed form, or too much would have to be
    built. Not `complete`, there may be others than those, which were too many to look at.
    """

    layer: str
    in_features: int
    shapes: tuple[FittingShape, ...] | None
    complete: bool = True


class Following(NamedTuple):
    """Input sizes, first and last, with which other axes have to change too, and the sizes these may have."""

    inputs: tuple[int, int]
    others: dict[str, Intervals]


class AxisSolution(NamedTuple):
    """The input sizes that give an axis of the output a size.

    `closed_form`, None if there is none, is the size as a function of the input's, and `symbol` is what its `formula`
    calls the size of the input's axis. `size` is that of the network at hand, `output` the one that was asked for;
    without it `inputs` is None too. `enumerated` is the range that was tried, where sizes were found by building the
    network. Where not all of many `inputs` will do, it is those that are congruent to one of `residues` by `modulus`.
    Other axes stay as they are, but for those of `following`; where sizes depend on each other and there is no end of
    them, `inputs` are some.
    """

    axis: str
    input_axis: str | None
    symbol: str
    closed_form: FloorForm | None
    size: int
    output: int | None = None
    inputs: Intervals | None = None
    enumerated: tuple[int, int] | None = None
    modulus: int = 1
    residues: tuple[int, ...] = (0,)
    following: tuple[Following, ...] = ()

    @property
    def formula(self) -> int | None:
        """The closed form as the tree of a formula in `symbol`, which stands for no number."""
        return None if self.closed_form is None else self.closed_form.formula(self.symbol)


class _Solution(NamedTuple):
    """The fields of the class below."""

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    layer: str
    output_shape: Shape
    axes: tuple[AxisSolution, ...]
    smallest: dict[str, Shape] | None
    congruences: tuple[Congruence, ...]
    equal_sizes: tuple[dict[str, FloorForm], ...]
    fits: tuple[Fit, ...]
    follows_sizes: bool
    notes: tuple[str, ...]


class Solution(Convertible, _Solution):
    """What `solve` found; shapes are as the spec orders axes. `smallest` is None where none was found.

    With `follows_sizes` options follow the size of the input by expressions: all sizes in the solution are right, but
    there may be more, at which the options are others. What is said of an axis in `congruences` holds where
    `equal_sizes` are equal too, each a form in the size of the axis of its symbol.
    """

    __slots__ = ()
    subject = "solution"
