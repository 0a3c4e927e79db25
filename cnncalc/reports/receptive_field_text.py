"""Receptive fields for a person: all layers as a table, or one of them in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.medium import PLAIN, Medium
from cnncalc.reports.summary_rows import notes
from cnncalc.reports.table_layout import Form, fitted, left_out
from cnncalc.shapes import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.receptive_field.figures import ReceptiveField
    from cnncalc.receptive_field.proof import Mismatch, Proof
    from cnncalc.receptive_field.results import FieldFigures, UnitFigures

SHOWN: Final = 8
"""How many wrong pixels are named."""


def render(network: Graph, layers: list[FieldFigures], *, width: int | None = None, styled: Medium = PLAIN) -> str:
    """The table: one row a layer and, where there are several, input."""
    canvas = _canvas(network, width, styled=styled)
    columns = _columns(layers, several=len(network.inputs) > 1)
    form = fitted(_forms(columns), width, styled)
    canvas.form(form, right=("output",))
    for note in (*notes(columns["stride"] + columns.get("", [])), *left_out(form, columns)):
        canvas.note(note)
    for merge in dict.fromkeys(merge for layer in layers for merge in layer.merges.values()):
        canvas.line(f"paths with different centres merge in {merge.layer}: {merge.paths[0]} and {merge.paths[1]}")
    return canvas.text()


def _columns(layers: list[FieldFigures], *, several: bool) -> dict[str, list[str]]:
    """The texts by heading; the marks have none, and are left out where there are none."""
    rows = [(layer, name, field) for layer in layers for name, field in layer.receptive_field.items()]
    steps = [number_text.steps(field) if field.size else ("", "") for _, _, field in rows]
    marks = [number_text.marks(field) if field.size else "" for _, _, field in rows]
    return {
        "layer": [layer.name for layer, _, _ in rows],
        "output": [number_text.tight(layer.output_shape) for layer, _, _ in rows],
        **({"of": [name for _, name, _ in rows]} if several else {}),
        "size": [number_text.per_axis(field.size) if field.size else "" for _, _, field in rows],
        "stride": [stride for stride, _ in steps],
        "padding": [padding for _, padding in steps],
        **({"": marks} if any(marks) else {}),
    }


def _forms(columns: dict[str, list[str]]) -> Iterator[Form]:
    """From the widest to the narrowest: less between columns, names cut, and at last no output shapes."""
    whole = Form(columns)
    yield whole
    yield whole._replace(gap=1, least={"layer": 24})
    rest = whole.without("output")._replace(gap=1, least={"layer": 16})
    yield rest
    yield rest._replace(least={"of": 6, "layer": 8})


def render_one(
    network: Graph,
    layer: FieldFigures,
    unit: UnitFigures | None,
    proof: Proof | None,
    *,
    width: int | None = None,
    styled: Medium = PLAIN,
) -> str:
    """One layer in words, and what a unit of it sees, with the verdict of its proof."""
    canvas = _canvas(network, width, styled=styled)
    canvas.line(f"{layer.name}, {layer.type}, {number_text.spaced(layer.output_shape)}")
    for line in (*_field(layer, network), *_recurrence(layer)):
        canvas.line(line)
    if unit is not None:
        canvas.line()
        for line in _unit(unit, network):
            canvas.line(line)
    if proof is not None:
        canvas.line()
        for line in _proof(proof, network, "any unit" if unit is None or unit.unit is None else "the unit"):
            canvas.line(line)
    return canvas.text()


def _canvas(network: Graph, width: int | None, *, styled: Medium) -> Canvas:
    canvas = Canvas(width, styled=styled)
    canvas.title(
        number_text.name(network),
        number_text.inputs(network.inputs_shown),
    )
    return canvas


def _field(layer: FieldFigures, network: Graph) -> Iterator[str]:
    """Size, stride and padding, and where paths merge that are not aligned."""
    for name, field in layer.receptive_field.items():
        of = f" of {name}" if len(network.inputs) > 1 else ""
        for axis, name_of_axis in enumerate(AXIS_NAMES.get(len(field.size), ())):
            figures_of_axis = _axis(field, axis, layer.patterns[name][axis], is_map=len(layer.output_shape) > 1)
            yield f"  {name_of_axis}{of}: {figures_of_axis}"
        if number_text.some_path(field):
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


def _unit(unit: UnitFigures, network: Graph) -> Iterator[str]:
    """The first and last pixel along each axis, and how many of them count."""
    what = "all units together" if unit.unit is None else f"unit {','.join(map(str, unit.unit))}"
    for name, axes in unit.interval.items():
        of = f" of {name}" if len(network.inputs) > 1 else ""
        if not axes:
            yield f"{what} can be changed by the whole input{of}: a vector has no spatial axis"
            continue
        if all(interval is None for interval in axes):
            yield f"{what} sees padding only{of}: no pixel can change it"
            continue
        yield f"{what} can be changed by these pixels{of}:"
        for axis, interval, count in zip(AXIS_NAMES.get(len(axes), ()), axes, unit.pixels[name], strict=True):
            assert interval is not None
            length = interval[1] - interval[0] + 1
            holes = "" if count == length else f", of which {count:,} count"
            yield f"  {axis}: {interval[0]} to {interval[1]}, {_pixels(length)}{holes}"


def _proof(proof: Proof, network: Graph, unit: str) -> Iterator[str]:
    if not proof.perturbed:
        yield "nothing to prove: the input has no spatial axis"
        return
    if proof.ok:
        yield f"✓ proven by execution: of {proof.perturbed:,} positions perturbed exactly these change {unit}"
        return
    yield f"✗ not as claimed: {len(proof.mismatches):,} of {proof.perturbed:,} positions perturbed"
    for wrong in proof.mismatches[:SHOWN]:
        yield f"  {_mismatch(wrong, network)}"
    if len(proof.mismatches) > SHOWN:
        yield f"  and {len(proof.mismatches) - SHOWN:,} more"


def _mismatch(wrong: Mismatch, network: Graph) -> str:
    of = f" of {wrong.input}" if len(network.inputs) > 1 else ""
    axis = AXIS_NAMES[len(network.inputs[wrong.input]) - 1][wrong.axis]
    known = "claimed, and does not change the unit" if wrong.claimed else "not claimed, and changes the unit"
    return f"{axis}{of}, pixel {wrong.pixel}: {known}"


def _pixels(count: int) -> str:
    return f"{count:,} pixel{'s' * (count != 1)}"
