"""A network explained: the formulas of each layer's shape, counts and receptive field, and the totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, overload

from cnncalc.conversion import Convertible
from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.formulas.field_formulas import own_pixels, recurrence
from cnncalc.formulas.node_formulas import NodeFormulas
from cnncalc.graph.node import OWN_ARRAYS
from cnncalc.solve.closed_forms import closed_forms, variable_symbol
from cnncalc.solve.limits import MOST_KEPT_EXPLANATIONS
from cnncalc.summary.analysis import analyse
from cnncalc.symbolic.formula import Formula

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
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
    """Sums over the selected layers."""

    layers: int
    parameters: int
    frozen: int
    buffers: int
    macs: int
    flops: int


class _Explanation(NamedTuple):
    """The fields of the class below."""

    report: Report
    layer: str | None
    layers: Sequence[LayerExplanation]
    totals: SelectedTotals


class Explanation(Convertible, _Explanation):
    """The selected layers, and their totals; the report has the network's.

    `layer` is the name of the layer or scope that was selected; None for the whole network. Of very many `layers`, each
    is worked out when it is asked for.
    """

    __slots__ = ()
    subject = "explanation"


_MOST_KINDS: Final = 64
"""The kinds of layers whose formulas are kept for equal ones; repeated layers come in blocks, and each takes 25 KB."""


class _KindFormulas(NamedTuple):
    """The formulas that follow from a layer and its input shapes alone, and the object that made them."""

    node_formulas: NodeFormulas
    formulas: list[Formula]


def explain(network: Graph, layer: str | None = None) -> Explanation:
    """The formulas of a layer, of the layers of a scope, or of all.

    Raises `CnncalcError` for an unknown name.

    >>> import cnncalc
    >>> [size] = [f for f in explain(cnncalc.load("alexnet"), "conv1").layers[0].formulas if f.left == "H_out"][:1]
    >>> size.numbers, size.result
    ('floor((227 - 11) / 4) + 1', 55)
    """
    chosen = network.layers_of(layer)
    report = analyse(network)
    layers: Sequence[LayerExplanation] = _LayerExplanations(network, report, chosen)
    if len(chosen) <= MOST_KEPT_EXPLANATIONS:
        layers = tuple(layers)
    return Explanation(report, layer, layers, _totals([report.layers[i] for i in chosen]))


def _totals(layers: list[LayerFigures]) -> SelectedTotals:
    """The sums over some layers."""
    sums = (sum(getattr(layer, name) for layer in layers) for name in SelectedTotals._fields[1:])
    return SelectedTotals(len(layers), *sums)


class _LayerExplanations(Sequence[LayerExplanation]):
    """Explanations of the layers whose numbers are `chosen`, each worked out when it is asked for, and not kept.

    Formulas of layers that differ in name and wiring alone are kept, by `Node.kind`.
    """

    def __init__(self, network: Graph, report: Report, chosen: Sequence[int]) -> None:
        self._network = network
        self._report = report
        self._chosen = chosen
        self._sizes = closed_forms(network).forms
        self._figures = {layer.name: layer for layer in report.layers}
        self._by_kind: dict[object, _KindFormulas] = {}

    def __len__(self) -> int:
        return len(self._chosen)

    @overload
    def __getitem__(self, index: int) -> LayerExplanation: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[LayerExplanation, ...]: ...

    def __getitem__(self, index: int | slice) -> LayerExplanation | tuple[LayerExplanation, ...]:
        if isinstance(index, slice):
            return tuple(map(self._explanation, self._chosen[index]))
        return self._explanation(self._chosen[index])

    def _explanation(self, number: int) -> LayerExplanation:
        """The explanation of a layer of the network."""
        node, layer = self._network.nodes[number], self._report.layers[number]
        node_formulas, formulas = self._formulas_of_kind(node)
        lines = [
            *_with_owner(formulas, node),
            *_field_lines(node_formulas, layer, self._figures),
            *_closed_form_lines(self._network, node_formulas, self._sizes[node.output]),
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

    def _formulas_of_kind(self, node: Node) -> _KindFormulas:
        """The formulas of all layers that are like this one."""
        kind = (node.kind, node.sees_input)
        if kind not in self._by_kind:
            if len(self._by_kind) >= _MOST_KINDS:
                self._by_kind.clear()
            node_formulas = NodeFormulas(node)
            self._by_kind[kind] = _KindFormulas(node_formulas, node_formulas.all(DTYPE_BYTES["float32"]))
        return self._by_kind[kind]


def _with_owner(formulas: list[Formula], node: Node) -> list[Formula]:
    """The formulas, with a note at the counts of arrays that are another layer's or are not trained."""
    if node.arrays is OWN_ARRAYS:
        return formulas
    noted = list(formulas)
    for quantity in ("parameters", "buffers"):
        last = max((number for number, line in enumerate(noted) if line.quantity == quantity), default=None)
        if last is not None and (node.shares or quantity == "parameters"):
            noted[last] = noted[last]._replace(note=_ownership(node))
    return noted


def _ownership(node: Node) -> str:
    """Whose the arrays of a node are and whether they are trained, where that is not as usual."""
    whose = f"the arrays of {node.shares}, and counted there" if node.shares else ""
    return ", ".join(filter(None, [whose, "" if node.arrays.is_trained else "frozen"]))


def _field_lines(
    node_formulas: NodeFormulas, layer: LayerFigures, layer_figures: dict[str, LayerFigures]
) -> list[Formula]:
    """The formulas of the receptive field, where there is one input and they are short."""
    if len(layer.receptive_field) != 1 or not node_formulas.node.sees_input:
        return []
    [(name, field)] = layer.receptive_field.items()
    input_fields = [
        layer_figures[source].receptive_field.get(name) if source in layer_figures else own_pixels(len(field.size))
        for source in layer.inputs
    ]
    return recurrence(node_formulas.node, node_formulas.windows(), input_fields, field)


def _closed_form_lines(
    network: Graph, node_formulas: NodeFormulas, sizes: tuple[FloorForm | None, ...]
) -> Iterator[Formula]:
    """The closed form of each spatial axis in the size of the network's input, where it has one.

    Axes whose forms are equal, each in the same axis of the same input, of the same size, are one line.
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
        axes = tuple(node_formulas.axes[axis - 1] for axis in (first, *others))
        yield Formula("closed form", f"{node_formulas.letters[first]}_out", tree, axes)
