"""A network explained: the formulas of each layer's shape, counts and receptive field, and the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.errors import CnncalcError
from cnncalc.formulas.field_formulas import own_pixels, recurrence
from cnncalc.formulas.node_formulas import NodeFormulas
from cnncalc.solve.closed_forms import closed_forms, variable_symbol
from cnncalc.solve.limits import MOST_EXPLAINED
from cnncalc.summary.analysis import analyse
from cnncalc.symbolic.formula import Formula

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.receptive_field.figures import ReceptiveField
    from cnncalc.shapes import Shape
    from cnncalc.summary.results import LayerFigures, Report
    from cnncalc.symbolic.floor_forms import FloorForm


class LayerExplanation(NamedTuple):
    """A layer's formulas, in the order of working them out by hand; shapes are in the spec's axis order."""

    name: str
    type: str
    activation: str | None
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    formulas: tuple[Formula, ...]
    receptive_field: dict[str, ReceptiveField]


class SelectedTotals(NamedTuple):
    """Sums over the layers that were asked for."""

    layers: int
    parameters: int
    buffers: int
    macs: int
    flops: int


class Explanation(NamedTuple):
    """The layers that were asked for, and their totals; the report has the network's.

    `layer` is the name that was asked for, of a layer or a scope; None for the whole network.
    """

    report: Report
    layer: str | None
    layers: tuple[LayerExplanation, ...]
    totals: SelectedTotals


_KINDS: Final = 64
"""The kinds of layers whose formulas are kept for equal ones; repeated layers come in blocks, and each takes 25 KB."""


class _Own(NamedTuple):
    """The formulas that follow from a layer and its input shapes alone, and what made them."""

    asked: NodeFormulas
    formulas: list[Formula]


def explain(network: Graph, layer: str | None = None) -> Explanation:
    """The formulas of a layer, of the layers of a scope, or of all.

    Raises `CnncalcError` for an unknown name, and for more layers than there is room for.

    >>> import cnncalc
    >>> [size] = [f for f in explain(cnncalc.load("alexnet"), "conv1").layers[0].formulas if f.left == "H_out"][:1]
    >>> size.numbers, size.result
    ('floor((227 - 11) / 4) + 1', 55)
    """
    chosen = network.layers_of(layer)
    if len(chosen) > MOST_EXPLAINED:
        fact = f"{network.name} has {len(chosen):,} layers to explain, and {MOST_EXPLAINED:,} are explained at once"
        raise CnncalcError(fact, hint="name a layer or a scope")
    report = analyse(network)
    sizes = closed_forms(network).forms
    figures = {found.name: found for found in report.layers}
    own: dict[object, _Own] = {}
    layers = tuple(_explained(network, i, report.layers[i], figures, sizes, own) for i in chosen)
    return Explanation(report, layer, layers, _totals([report.layers[i] for i in chosen]))


def _totals(layers: list[LayerFigures]) -> SelectedTotals:
    sums = (sum(getattr(layer, name) for layer in layers) for name in SelectedTotals._fields[1:])
    return SelectedTotals(len(layers), *sums)


def _explained(
    network: Graph,
    number: int,
    layer: LayerFigures,
    known: dict[str, LayerFigures],
    sizes: list[tuple[FloorForm | None, ...]],
    own: dict[object, _Own],
) -> LayerExplanation:
    """The explanation of a layer; `own` has the formulas of layers that differ in name and wiring only, by `kind`."""
    node = network.nodes[number]
    if node.kind not in own:
        if len(own) >= _KINDS:
            own.clear()
        asked = NodeFormulas(node)
        own[node.kind] = _Own(asked, asked.all(DTYPE_BYTES["float32"]))
    asked, formulas = own[node.kind]
    lines = [
        *formulas,
        *_fields(asked, layer, known),
        *_closed(network, asked, sizes[node.output]),
    ]
    return LayerExplanation(
        name=layer.name,
        type=layer.type,
        activation=layer.activation,
        inputs=layer.inputs,
        input_shapes=layer.input_shapes,
        output_shape=layer.output_shape,
        formulas=tuple(lines),
        receptive_field=layer.receptive_field,
    )


def _fields(asked: NodeFormulas, layer: LayerFigures, known: dict[str, LayerFigures]) -> list[Formula]:
    """Size, stride and padding of the receptive field, where it lies in one input and has a short formula."""
    if len(layer.receptive_field) != 1:
        return []
    [(name, field)] = layer.receptive_field.items()
    arriving = [
        known[source].receptive_field.get(name) if source in known else own_pixels(len(field.size))
        for source in layer.inputs
    ]
    return recurrence(asked.node, asked.windows(), arriving, field)


def _closed(network: Graph, asked: NodeFormulas, sizes: tuple[FloorForm | None, ...]) -> Iterator[Formula]:
    """The size of each spatial axis in the size of the network's input, where it has such a form.

    Axes are written once that have equal forms of the same size of the same input, each of its own axis.
    """
    groups: dict[Hashable, list[int]] = {}
    for axis, form in enumerate(sizes[1:], start=1):
        if form is not None and form.variable is not None:
            name, input_axis = form.variable
            key = (form.steps, name, network.inputs[name][input_axis], input_axis - axis)
            groups.setdefault(key, []).append(axis)
    for first, *others in groups.values():
        form = sizes[first]
        assert form is not None
        assert form.variable is not None
        name, input_axis = form.variable
        tree = form.formula(variable_symbol(network, form.variable), network.inputs[name][input_axis])
        axes = tuple(asked.axes[axis - 1] for axis in (first, *others))
        yield Formula("closed form", f"{asked.letters[first]}_out", tree, axes)
