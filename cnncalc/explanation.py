"""A network explained: each layer's formulas, from what it computes to what it sees, and the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnncalc.analysis import DTYPE_BYTES
from cnncalc.arithmetic import named
from cnncalc.closed import closed, root_name
from cnncalc.formulas import NodeFormulas
from cnncalc.tracing import Formula, formula, given
from cnncalc.window import AXIS_NAMES, Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.forms import Form
    from cnncalc.layout import Shape
    from cnncalc.network import Network, Node
    from cnncalc.report import LayerFigures, ReceptiveField, Report


class LayerExplanation(NamedTuple):
    """A layer's formulas in the order in which one would work them out; shapes are as the spec orders axes."""

    name: str
    type: str
    activation: str | None
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    formulas: tuple[Formula, ...]
    receptive_field: dict[str, ReceptiveField]


class Explanation(NamedTuple):
    """The layers that were asked for; the report has the network's totals."""

    report: Report
    layers: tuple[LayerExplanation, ...]


def explain(network: Network, layer: str | None = None) -> Explanation:
    """The formulas of a layer, of the layers of a scope, or of all; raises `CnncalcError` for an unknown name.

    >>> import cnncalc
    >>> [size] = [f for f in explain(cnncalc.load("alexnet"), "conv1").layers[0].formulas if f.left == "H_out"][:1]
    >>> print(size.numbers, "=", size.result)
    floor((227 + 0 + 0 - 11) / 4) + 1 = 55
    """
    chosen = selected(network, layer)
    report = network.report()
    sizes = closed(network).forms
    figures = {found.name: found for found in report.layers}
    return Explanation(report, tuple(_explained(network, i, report.layers[i], figures, sizes) for i in chosen))


def selected(network: Network, name: str | None) -> list[int]:
    """The numbers of the layers that a full name or a scope means, or of all; raises `CnncalcError`."""
    names = [node.name for node in network.nodes]
    found = [i for i, known in enumerate(names) if name is None or known == name or known.startswith(f"{name}.")]
    if not found:
        raise network.unknown(name or "")
    return found


def _explained(
    network: Network,
    number: int,
    layer: LayerFigures,
    known: dict[str, LayerFigures],
    sizes: list[tuple[Form | None, ...]],
) -> LayerExplanation:
    node = network.nodes[number]
    asked = NodeFormulas(node)
    lines = [
        *asked.all(DTYPE_BYTES["float32"]),
        *_recurrence(network, node, layer, known),
        *_closed(network, asked, sizes[len(network.inputs) + number]),
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


def _closed(network: Network, asked: NodeFormulas, sizes: tuple[Form | None, ...]) -> Iterator[Formula]:
    """The size of each spatial axis in the size of the network's input, where it has such a form."""
    lots: dict[str, list[Formula]] = {}
    for axis, form in enumerate(sizes[1:]):
        if form is None or form.root is None:
            continue
        name, input_axis = form.root
        start = given(network.inputs[name][input_axis], root_name(network, form.root))
        line = formula(
            "closed form", f"{asked.letters[1 + axis]}_out", form.at(start), axes=(asked.axes[axis],), names={}
        )
        lots.setdefault(line.numbers, []).append(line)
    for alike in lots.values():
        yield alike[0]._replace(axes=tuple(line.axes[0] for line in alike))


_START = (1, (1, 1), 0)
"""Size, stride and padding of the field of an input's own pixel."""


def _recurrence(network: Network, node: Node, layer: LayerFigures, known: dict[str, LayerFigures]) -> Iterator[Formula]:
    """Size, stride and padding of the receptive field from those of the input, for a window over one path.

    What the steps do not give, as behind several paths, is not claimed: a line must come to the computed figure.
    """
    shape = node.input_shapes[0]
    windows = node.layer.windows(shape)
    if windows is None or len(node.inputs) > 1 or len(layer.receptive_field) > 1:
        return
    lots: dict[tuple[str, ...], list[Formula]] = {}
    [(name, field)] = layer.receptive_field.items()
    before = known[layer.inputs[0]].receptive_field[name] if layer.inputs[0] in known else None
    rank = len(network.inputs[name]) - 1
    for axis, window in enumerate(windows if len(windows) == rank else ()):
        arriving = _START if before is None else (before.size[axis], before.stride[axis], before.padding[axis])
        lines = _axis_recurrence(window, shape[axis + 1], arriving) if isinstance(window, Window) else []
        leaving = (field.size[axis], field.stride[axis], field.padding[axis])
        if tuple(line.result for line in lines) != (leaving[0], leaving[1] and leaving[1][0], leaving[2]):
            return
        for line in lines:
            lots.setdefault((line.left, line.numbers), []).append(line._replace(axes=(AXIS_NAMES[rank][axis],)))
    for alike in lots.values():
        yield alike[0]._replace(axes=tuple(line.axes[0] for line in alike))


def _axis_recurrence(
    window: Window, size: int, arriving: tuple[int, tuple[int, int] | None, int | None]
) -> list[Formula]:
    """The three lines of one axis; none where the field of the input has no whole stride."""
    seen, stride, padding = arriving
    if stride is None or stride[1] != 1 or padding is None:
        return []
    jump = given(stride[0], "stride_in")
    extent, moves = given(window.extent, "extent"), given(window.stride, "stride")
    values = (
        ("size", given(seen, "size_in") + (extent - 1) * jump),
        ("stride", jump * moves),
        ("padding", given(padding, "padding_in") + given(window.pads(size)[0], "before") * jump),
    )
    return [formula("receptive field", left, named(value, left), names={}) for left, value in values]
