"""The parts of an explanation in which all documents have it: sections of a layer, and the equations in them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.reports import number_text
from cnncalc.reports.summary_totals import totals
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.formula import Formula
from cnncalc.symbolic.traced import Traced
from cnncalc.symbolic.trees import is_symbol, with_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.formulas.explanation import Explanation, LayerExplanation
    from cnncalc.receptive_field.figures import ReceptiveField
    from cnncalc.symbolic.trees import Tree

_LAST: Final = ("receptive field", "closed form")
"""The quantities that depend on the network around a layer; they come last."""


class Equation(NamedTuple):
    """What is equal: the names on the left, the same for each, the computation as trees, and what it comes to.

    Of a tree the symbols are written; with numbers is another tree. `note` is what is remarkable about it.
    """

    left: tuple[str, ...]
    sides: tuple[Tree, ...]
    result: int
    note: str = ""


class Figure(NamedTuple):
    """A number that no formula gives, or a fraction as text, and its name; without a name, a sentence."""

    left: str
    value: int | str


class Section(NamedTuple):
    """What belongs to one quantity, and along which axes: its title, equations or else figures, and remarks."""

    title: str
    equations: tuple[Equation, ...]
    figures: tuple[Figure, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is said in words: notes of the equations, what is no figure, and the remarks."""
        notes = (one.note for one in self.equations if one.note)
        said = (str(value) for left, value in self.figures if not left)
        return tuple(dict.fromkeys((*notes, *said, *self.remarks)))


def is_whole(found: Explanation) -> bool:
    """Whether a network of several layers is explained: of each only the `steps` are told, and the network's totals."""
    return found.layer is None and len(found.layers) > 1


def equation(line: Formula) -> Equation:
    """A formula with symbols and with numbers, each where it is not the same as what follows it.

    >>> from cnncalc.symbolic.traced import as_symbol
    >>> equation(Formula("output", "C_out", as_symbol(6, "C_in") * 4)).sides
    (24, 24)
    >>> equation(Formula("output", "C_out", as_symbol(6, "C_in"))).sides
    (6,)
    """
    numbers = [with_numbers(line.tree)] if line.numbers != str(line.result) else []
    symbols = [line.tree] if line.symbols not in (line.numbers, str(line.result)) else []
    return Equation((line.left,), (*symbols, *numbers), line.result, line.note)


def sections(layer: LayerExplanation, *, several_inputs: bool) -> Iterator[Section]:
    """All that is told of a layer, in the order of working it out by hand."""
    vector = len(layer.output_shape) == 1
    yield from _formula_sections([line for line in layer.formulas if line.quantity not in _LAST], vector=vector)
    for name, field in layer.receptive_field.items():
        yield from _field_sections(layer, f"receptive field{f' of {name}' if several_inputs else ''}", field)
    yield from _formula_sections([line for line in layer.formulas if line.quantity == "closed form"])


def _formula_sections(lines: Sequence[Formula], title: str = "", *, vector: bool = False) -> Iterator[Section]:
    """Lines under the name of their quantity, or a title, and of the axes along which they hold."""
    for (quantity, axes), group in groupby(lines, key=lambda line: (line.quantity, line.axes)):
        heading = title or quantity
        if axes:
            heading += f"{' ' if quantity == 'output' else ', '}{' and '.join(axes)}"
        elif quantity == "output" and not vector:
            heading = "output channels"
        yield Section(heading, tuple(map(equation, group)))


def _field_sections(layer: LayerExplanation, title: str, field: ReceptiveField) -> list[Section]:
    """The receptive field by its formulas or, where there are none, by its figures."""
    found = list(_formula_sections([line for line in layer.formulas if line.quantity == "receptive field"], title))
    if not found:
        found = [Section(f"{title}, {axes}", (), figures) for axes, figures in _figures(field).items()]
    remarks = tuple(_field_remarks(field))
    if remarks:
        last = found.pop() if found else Section("", ())
        found.append(last._replace(remarks=remarks))
    return found


def _field_remarks(field: ReceptiveField) -> Iterator[str]:
    if number_text.has_global_path(field):
        yield "some path sees the whole map; the figures are those of the others"
    if not field.exact:
        yield "at most this: paths are too many or too irregular, or lead through opaque layers"
    if not field.aligned:
        yield "not aligned: paths with different centres merge"


def _figures(field: ReceptiveField) -> dict[str, tuple[Figure, ...]]:
    """Size, stride and padding by axes, those that agree together.

    >>> from cnncalc.receptive_field.figures import ReceptiveField
    >>> field = ReceptiveField((14, 14), ((1, 2), (1, 2)), (4, 4), aligned=True, is_global=False)
    >>> [(axes, *map(tuple, figures)) for axes, figures in _figures(field).items()]
    [('height and width', ('size_out', 14), ('stride_out', '1/2'), ('padding_out', 4))]
    """
    groups: dict[tuple[Figure, ...], list[str]] = {}
    for axis, name in enumerate(AXIS_NAMES.get(len(field.size), ())):
        groups.setdefault(tuple(_along(field, axis)), []).append(name)
    return {" and ".join(axes): figures for figures, axes in groups.items()}


def _along(field: ReceptiveField, axis: int) -> Iterator[Figure]:
    """The figures along one axis."""
    size, stride, padding = field.size[axis], field.stride[axis], field.padding[axis]
    if padding is None and not size:
        yield Figure("", "it sees nothing of the input")
        return
    if padding is None:
        pixels = f"{number_text.exact(size)} pixel{'s' * (size != 1)}"
        yield Figure("", f"every path sees the whole map: {pixels} of the input")
        return
    yield Figure("size_out", size)
    if stride is None:
        yield Figure("", "neighbours do not advance evenly")
    else:
        yield Figure("stride_out", stride[0] if stride[1] == 1 else number_text.fraction(stride))
    yield Figure("padding_out", padding)


def steps(layer: LayerExplanation) -> Iterator[Equation]:
    """Sizes, parameters and MACs of a layer with numbers alone, where there is something to say.

    The note at the parameters says whose arrays they are and whether they are trained, where that is not as usual.
    """
    for line in layer.formulas:
        if line.quantity == "output" and line.left.endswith("_out") and _is_informative(line):
            letters = [axis[0].upper() for axis in line.axes] or ["C" if len(layer.output_shape) > 1 else "features"]
            side = with_numbers(line.tree) if line.numbers != str(line.result) else line.tree
            yield Equation(tuple(letters), (side,), line.result)
    whose = {line.note: None for line in layer.formulas if line.quantity in ("parameters", "buffers") and line.note}
    arrays = [line for line in layer.formulas if line.quantity == "parameters" and line.left != "parameters"]
    if arrays:
        trees = tuple(line.tree for line in arrays)
        total = Traced(sum(map(int, trees)), "+", trees) if len(trees) > 1 else trees[0]
        yield _numbers("parameters", total, "; ".join(whose))
    yield from (_numbers("MACs", line.tree) for line in layer.formulas if line.left == "MACs")


def _numbers(left: str, tree: int, note: str = "") -> Equation:
    """The computation with numbers, where they do not only repeat the result."""
    line = Formula(left, left, tree)
    return equation(line)._replace(
        sides=equation(line).sides[-1:] if line.numbers != str(line.result) else (), note=note
    )


def _is_informative(line: Formula) -> bool:
    """Whether a size of the output is worked out, or is along a spatial axis another than the input's own."""
    own = line.left.replace("_out", "_in")
    return line.numbers != str(line.result) or (bool(line.axes) and is_symbol(line.tree) and line.symbols != own)


def sums(found: Explanation) -> tuple[str, list[tuple[str, str]]]:
    """What the layers come to together, each with its name, and what stands above; none of a single layer."""
    if is_whole(found):
        return "", [(label, exact) for label, exact, _, _ in totals(found.report)]
    if len(found.layers) == 1:
        return "", []
    selected = found.totals
    frozen = [("frozen parameters", selected.frozen)] if selected.frozen else []
    counts = [("parameters", selected.parameters), *frozen, ("MACs", selected.macs), ("FLOPs", selected.flops)]
    title = f"these {selected.layers} layers together"
    return title, [(label, number_text.exact(count)) for label, count in counts]
