"""The way back from an output size, for a person."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from cnncalc.errors import shape_text
from cnncalc.reports import number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import PLAIN, Style
from cnncalc.solve.intervals import intervals, intervals_text
from cnncalc.symbolic.rendering import PLAIN_TEXT

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from cnncalc.solve.intervals import Intervals
    from cnncalc.solve.results import AxisSolution, Congruence, CongruenceKind, Solution
    from cnncalc.symbolic.floor_forms import FloorForm

_SHOWN = 8
"""The most residues and fitting shapes that are written out; JSON has all."""


def render(found: Solution, style: Style = PLAIN) -> str:
    """The answer in a few lines."""
    canvas = Canvas(style)
    canvas.title(number_text.name(found), number_text.inputs(found.inputs))
    canvas.line()
    canvas.title(found.layer, f"output {shape_text(found.output_shape)}")
    lines = [*_axis_lines(found), "", *_domain_lines(found), *_fit_lines(found)]
    for line in lines:
        canvas.line(line, hang=4 - (len(line) - len(line.lstrip())))
    return canvas.text()


def _axis_lines(found: Solution) -> Iterator[str]:
    """The closed form and the inputs of each axis, axes with the same answer once."""
    groups: dict[Hashable, list[AxisSolution]] = {}
    for number, axis in enumerate(found.axes, start=1):
        groups.setdefault((_offset(axis, number), _answer(axis), number if _go_together(axis) else 0), []).append(axis)
    for axes in groups.values():
        yield from _lines(axes)


def _offset(axis: AxisSolution, number: int) -> Hashable:
    """The input that an axis follows, and how many axes apart: they are alike where each follows its own."""
    variable = axis.closed_form and axis.closed_form.variable
    return variable and (variable[0], variable[1] - number)


def _go_together(axis: AxisSolution) -> bool:
    """Whether axes of one input change together, so that to say it of several at once would mix them up."""
    name, _, _ = axis.symbol.rpartition(".")
    return any(symbol.rpartition(".")[0] == name for following in axis.following for symbol in following.others)


def _answer(axis: AxisSolution) -> Hashable:
    """All that is said of an axis but for its name and symbol."""
    return (
        axis.closed_form and axis.closed_form.steps,
        *(axis.size, axis.output, axis.inputs, axis.enumerated, axis.modulus, axis.residues),
        *((following.inputs, *following.others.values()) for following in axis.following),
    )


def _lines(axes: list[AxisSolution]) -> Iterator[str]:
    """The lines of axes with the same answer."""
    first, *others = axes
    rest = f", and {' and '.join(axis.axis for axis in others)} alike" if others else ""
    if first.formula is None:
        tried = f"; built at each size from {first.enumerated[0]} to {first.enumerated[1]}" if first.enumerated else ""
        yield f"  {first.axis} has no closed form{rest}{tried}"
    else:
        yield f"  {first.axis} = {PLAIN_TEXT.symbols(first.formula)}{rest}"
    if first.inputs is None:
        return
    symbols = " and ".join(axis.symbol for axis in axes)
    for number, following in enumerate(first.following):
        names = zip(*(axis.following[number].others for axis in axes), strict=True)
        sizes = zip(names, following.others.values(), strict=True)
        rest = ", ".join(f"{' and '.join(equal)} = {intervals_text(found)}" for equal, found in sizes)
        yield f"  {first.output} at {symbols} = {intervals_text((following.inputs,))}, with {rest}"
    alone = _sizes_alone(first)
    if alone:
        where = f"{symbols} = {intervals_text(alone)}" if first.symbol else "any input"
        only = f", where it is {_congruent(first.modulus, first.residues)}" if first.modulus > 1 else ""
        yield f"  {first.output} at {where}{only}"


def _sizes_alone(axis: AxisSolution) -> Intervals:
    """The sizes with which no other input changes."""
    if not axis.following:
        return axis.inputs or ()
    with_others = {size for following in axis.following for size in range(following.inputs[0], following.inputs[1] + 1)}
    sizes = (size for first, last in axis.inputs or () for size in range(first, last + 1))
    return intervals(size for size in sizes if size not in with_others)


def _domain_lines(found: Solution) -> Iterator[str]:
    """The smallest input, and the sizes at which no layer drops a pixel."""
    if found.smallest is None:
        yield "smallest input: not found"
    else:
        yield f"smallest {number_text.inputs(found.smallest, ':')}"
    claims: dict[str, list[str]] = {}
    for symbol, group in groupby(found.congruences, key=attrgetter("symbol")):
        kinds: dict[str, list[CongruenceKind]] = {}
        for congruence in group:
            kinds.setdefault(_sizes(congruence), []).append(congruence.kind)
        for text, known in kinds.items():
            padding = ", not even of padding" if "nothing_left_over" in known else ""
            claims.setdefault(f"no layer drops a pixel{padding}: {text}", []).append(symbol)
    for text, symbols in claims.items():
        yield text.format(" and ".join(symbols), where=_where_equal(found, symbols))
    if found.follows_sizes:
        yield "options follow the input's size by expressions: sizes at which they are others may do too"


def _where_equal(found: Solution, symbols: list[str]) -> str:
    """The sizes that have to be equal, of those that follow the axes of some symbols."""
    related = {frozenset(forms.items()): forms for forms in found.equal_sizes if forms.keys() & set(symbols)}
    equations = [" = ".join(_formula(form, symbol) for symbol, form in forms.items()) for forms in related.values()]
    return f", where {' and '.join(equations)}" if equations else ""


def _formula(form: FloorForm, symbol: str) -> str:
    """A closed form in the size of that symbol."""
    return PLAIN_TEXT.symbols(form.formula(symbol))


def _sizes(found: Congruence) -> str:
    """The sizes, with {} for the symbols of the axes that they are of and {where} for what has to be equal there."""
    if not found.modulus:
        return "not worked out for {}, as no simple congruence was confirmed"
    if not found.residues:
        return "at no {}"
    first = ", ".join(map(str, found.sizes()))
    if found.modulus == 1:
        return f"at every {{}} from {found.least}{{where}}"
    return f"{{}} = {_congruent(found.modulus, found.residues)}: {first}, ...{{where}}"


def _congruent(modulus: int, residues: tuple[int, ...]) -> str:
    """A congruence, such as 32 k + 1 to 4."""
    spans = intervals(_unbroken(modulus, residues))
    more = ", ..." if len(spans) > _SHOWN else ""
    rest = f" + {intervals_text(spans[:_SHOWN])}{more}" if residues != (0,) else ""
    return f"{modulus} k{rest}"


def _unbroken(modulus: int, found: tuple[int, ...]) -> list[int]:
    """The residues, of which those that continue the last ones across the modulus come after them."""
    residues = list(found)
    while residues[-1] - residues[0] == modulus - 1:
        residues = [*residues[1:], residues[0] + modulus]
    return residues


def _fit_lines(found: Solution) -> Iterator[str]:
    """The inputs that fit linear layers with fixed `in_features`."""
    for fit in found.fits:
        if fit.shapes is None:
            why = "of a map without a closed form" if fit.complete else "in more ways than are looked at"
            yield f"{fit.layer} takes {fit.in_features} features, {why}: --input tries a size"
            continue
        none = "" if fit.shapes else " and no input gives so many"
        yield f"{fit.layer} takes {fit.in_features} features{none}"
        for shape in fit.shapes[:_SHOWN]:
            sizes = " by ".join(map(intervals_text, shape.inputs)) or "any size"
            yield f"  {shape_text(shape.map_shape)}: input of {sizes}"
        if len(fit.shapes) > _SHOWN:
            yield f"  and {len(fit.shapes) - _SHOWN} more shapes, which --json has"
        if not fit.complete:
            yield "  and maybe others: there are more ways to write it as sizes than are looked at"
