"""The receptive field of a layer in words for a person, and what a unit of it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import shape_text
from cnncalc.reports import number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import PLAIN, Style
from cnncalc.shapes import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.receptive_field.figures import ReceptiveField
    from cnncalc.receptive_field.results import FieldFigures, LayerFieldReport, Mismatch, Proof, UnitFigures

SHOWN: Final = 8
"""How many wrong pixels are named."""


def render(report: LayerFieldReport, style: Style = PLAIN) -> str:
    """One layer in words, and what a unit of it sees, with the verdict of its proof."""
    canvas = Canvas(style)
    canvas.title(number_text.name(report), number_text.inputs(report.inputs))
    layer, seen, proof = report.layer, report.seen, report.proof
    canvas.line(f"{layer.name}, {layer.type}, {shape_text(layer.output_shape)}")
    for line in (*_field(report), *_recurrence(layer)):
        canvas.line(line)
    if seen is not None:
        canvas.line()
        for line in _unit(seen, report):
            canvas.line(line)
    if proof is not None:
        canvas.line()
        for line in _proof(proof, report, "any unit" if seen is None or seen.unit is None else "the unit"):
            canvas.line(line)
    return canvas.text()


def _field(report: LayerFieldReport) -> Iterator[str]:
    """Size, stride and padding, and where paths merge that are not aligned."""
    layer = report.layer
    for name, field in layer.receptive_field.items():
        of = f" of {name}" if len(report.inputs) > 1 else ""
        for axis, name_of_axis in enumerate(AXIS_NAMES.get(len(field.size), ())):
            figures_of_axis = _axis(field, axis, layer.patterns[name][axis], is_map=len(layer.output_shape) > 1)
            yield f"  {name_of_axis}{of}: {figures_of_axis}"
        if number_text.has_global_path(field):
            yield f"  some path sees the whole map{of}"
        if not field.exact:
            yield f"  a unit may see less{of}: there are too many paths, or too irregular ones, to follow each"
        merge = layer.merges.get(name)
        if merge is not None:
            first, second = merge.paths
            yield f"  not aligned{of}: in {merge.layer} paths with different centres merge, by {first} and by {second}"


def _axis(field: ReceptiveField, axis: int, pattern: tuple[int, int] | None, *, is_map: bool) -> str:
    """The figures along one axis."""
    size, padding = _pixels(field.size[axis]), field.padding[axis]
    if pattern is None and not field.size[axis]:
        return "no path leads to it"
    if pattern is None:
        return f"{'every path sees the whole map,' if is_map else 'all units together see'} {size} of the input"
    period, step = pattern
    if not period:
        uneven = "neighbours do not advance evenly"
        which = "the first that sees any" if step else "unit 0"
        return f"a unit sees up to {size}, by its place; {uneven}; {which} begins at {-(padding or 0)}"
    if period == 1:
        return f"a unit sees {size}, the next begins {step} further; unit 0 begins at {-(padding or 0)}"
    return (
        f"a unit sees up to {size}, by its place; the one {period} further begins {step} further; "
        f"unit 0 begins at {-(padding or 0)}"
    )


def _recurrence(layer: FieldFigures) -> Iterator[str]:
    """What the field is made of: the window, and the fields of the layer's inputs."""
    if layer.window is not None:
        yield f"  window (kernel/stride/padding): {number_text.window(layer.window)}"
    for name, fields in layer.arriving.items():
        arriving = ", ".join(number_text.field(field) for field in fields.values())
        if arriving:
            yield f"  from {name} (size/stride/padding): {arriving}"


def _unit(unit: UnitFigures, report: LayerFieldReport) -> Iterator[str]:
    """The first and last pixel along each axis, and how many of them count."""
    what = "all units together" if unit.unit is None else f"unit {','.join(map(str, unit.unit))}"
    sizes = [field.size for field in report.layer.receptive_field.values()]
    for name, axes in unit.interval.items():
        of = f" of {name}" if len(report.inputs) > 1 else ""
        if not axes:
            yield f"{what} can be changed by the whole input{of}: a vector has no spatial axis"
            continue
        if all(interval is None for interval in axes):
            see = "see" if unit.unit is None else "sees"
            seen = "padding only" if any(map(any, sizes)) else "nothing"
            yield f"{what} {see} {seen}{of}: no pixel can change it"
            continue
        yield f"{what} can be changed by these pixels{of}:"
        for axis, interval, count in zip(AXIS_NAMES.get(len(axes), ()), axes, unit.pixels[name], strict=True):
            assert interval is not None
            length = interval[1] - interval[0] + 1
            holes = "" if count == length else f", of which {count:,} count"
            yield f"  {axis}: {interval[0]} to {interval[1]}, {_pixels(length)}{holes}"


def _proof(proof: Proof, report: LayerFieldReport, unit: str) -> Iterator[str]:
    """The verdict, and the pixels that are not as claimed."""
    if not proof.perturbed:
        yield "nothing to prove: the input has no spatial axis"
        return
    if proof.ok:
        yield f"✓ proven by execution: of {proof.perturbed:,} positions perturbed exactly these change {unit}"
        return
    yield f"✗ not as claimed: {len(proof.mismatches):,} of {proof.perturbed:,} positions perturbed"
    for wrong in proof.mismatches[:SHOWN]:
        yield f"  {_mismatch(wrong, report)}"
    if len(proof.mismatches) > SHOWN:
        yield f"  and {len(proof.mismatches) - SHOWN:,} more"


def _mismatch(wrong: Mismatch, report: LayerFieldReport) -> str:
    """A pixel that is not as claimed, in words."""
    of = f" of {wrong.input}" if len(report.inputs) > 1 else ""
    axis = AXIS_NAMES[len(report.inputs[wrong.input]) - 1][wrong.axis]
    known = "claimed, and does not change the unit" if wrong.claimed else "not claimed, and changes the unit"
    return f"{axis}{of}, pixel {wrong.pixel}: {known}"


def _pixels(count: int) -> str:
    return f"{count:,} pixel{'s' * (count != 1)}"
