"""The calculation of single output values of a layer, as plain data."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.conversion import Convertible
from cnncalc.errors import enumerated

if TYPE_CHECKING:
    from cnncalc.shapes import Shape
    from cnncalc.steps.expressions import Expression


class DrawableResult(Convertible):
    """A result that can be drawn, too."""

    __slots__ = ()

    def to_svg(self, theme: str = "blue") -> str:
        """The figure as SVG; of several units one that goes from unit to unit by itself.

        The `theme` is blue, amber, grey or dark.

        >>> import cnncalc
        >>> cnncalc.load("max_pool2d(2)", input="1x2x2").steps().to_svg()[:4]
        '<svg'
        """
        return self._rendered("svg", theme)

    def to_tikz(self, theme: str = "blue") -> str:
        """The figure as a picture of TikZ, for LaTeX, or a picture for each unit."""
        return self._rendered("tikz", theme)

    def to_html(self) -> str:
        """The figure on a page of its own; of several units with buttons to go from one to another."""
        return self._rendered("html", "blue")

    def _rendered(self, form: str, theme: str) -> str:
        themes = import_module("cnncalc.drawing.themes").THEMES
        if theme not in themes:
            raise import_module("cnncalc.arguments").wrong("theme", enumerated(list(themes), "or"), theme)
        view = import_module("cnncalc.reports.view").View(theme=theme)
        style = import_module("cnncalc.reports.style").Style(wishes=view)
        text: str = import_module("cnncalc.reports.registry").render(self.subject, form, self, style)
        return text


Cell = tuple[int, int]
"""A row and a column of a plane; in the padding before a map they are below 0."""


class Equation(NamedTuple):
    """A line of a calculation: what it is called, the expression, and its result.

    The expression is None of a line that stands for others which are left out; `note` then says how many.
    """

    left: str
    expression: Expression | None
    result: float
    note: str = ""


class Formula(NamedTuple):
    """What is calculated, as an index formula: its left side, with symbols and with the numbers of the unit."""

    left: str
    symbols: str
    numbers: str


class Plane(NamedTuple):
    """A part of one channel of a map, or of a kernel, as a grid of values; None where a value is not calculated.

    `size` is that of the whole map, which begins in cell (0, 0), and `first` the cell in which the grid begins: what
    lies outside of the map is padding. `window` has the cells that the unit reads, each with its factor where there
    are any; `marked` is the cell that stands out: of an output the unit, of a maximum pool the largest value.
    """

    role: str
    title: str
    size: Cell
    first: Cell
    values: tuple[tuple[float | None, ...], ...]
    window: tuple[Cell, ...] = ()
    factors: tuple[float, ...] = ()
    marked: Cell | None = None

    @property
    def is_whole(self) -> bool:
        """Whether no row and no column of the map is left out."""
        rows, columns = len(self.values), len(self.values[0]) if self.values else 0
        (top, left), (height, width) = self.first, self.size
        return top <= 0 and left <= 0 and top + rows >= height and left + columns >= width


class UnitSteps(NamedTuple):
    """How one value of the output comes about.

    `unit` is its index, channel first. The last equation gives its value; the others give what it is made of. `planes`
    has, channel by channel, what is read and what it is multiplied with; `output` is the output's channel so far. There
    are `channels` planes of which not all are drawn. `turned` is the same with the kernel turned by 180 degrees.
    """

    unit: tuple[int, ...]
    formula: Formula
    equations: tuple[Equation, ...]
    planes: tuple[tuple[Plane, ...], ...]
    output: Plane | None
    channels: int
    notes: tuple[str, ...] = ()
    turned: UnitSteps | None = None

    @property
    def name(self) -> str:
        """The value of the output as its formula calls it, with the numbers of the unit."""
        start = self.formula.left.partition("[")[0] + "["
        return next(line.left for line in self.equations if line.left.startswith(start))

    @property
    def result(self) -> float:
        """The value of the output."""
        return self.equations[-1].result


class _Steps(NamedTuple):
    """The fields of the class below."""

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    layer: str
    type: str
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    summary: str
    input_source: str
    weight_source: str
    seed: int
    weights: str | None
    units: int
    steps: tuple[UnitSteps, ...]
    notes: tuple[str, ...]


class Steps(DrawableResult, _Steps):
    """The calculation of some values of a layer's output.

    `summary` says what the layer is set to. `input_source` says where the input comes from: `small` whole numbers drawn
    for this layer alone, or what the network makes of `data`, or of values `drawn` as `run` draws them. So does
    `weight_source` of the weights: `small`, `drawn`, `given` by the spec, `stored` in the file `weights`, or `none`.
    There are `units` values in the output's chosen channels, of which `steps` has some or all. Shapes are as the spec
    orders axes; the index of a unit has its channel first.
    """

    __slots__ = ()
    subject = "steps"


class Matrix(NamedTuple):
    """A matrix by its shape; `rows` are its values, or the first of them where there are too many.

    None stands where the layer has no value, but a zero: in all but `stored` places. The labels say what the rows and
    the columns are.
    """

    name: str
    title: str
    shape: tuple[int, int]
    rows: tuple[tuple[float | None, ...], ...]
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    stored: int

    @property
    def is_whole(self) -> bool:
        """Whether all values are there."""
        return self.shape == (len(self.rows), len(self.rows[0]) if self.rows else 0)


class _LayerMatrices(NamedTuple):
    """The fields of the class below."""

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    layer: str
    type: str
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    summary: str
    input_source: str
    weight_source: str
    seed: int
    weights: str | None
    matrices: tuple[Matrix, ...]
    notes: tuple[str, ...]


class LayerMatrices(DrawableResult, _LayerMatrices):
    """A layer as products of matrices: of columns of windows (im2col), and of its sparse matrix."""

    __slots__ = ()
    subject = "matrices"
