"""Boxes: what a figure draws as one, which is a layer with the norms, activations and dropouts right behind it."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Sequence
from typing import Final, NamedTuple

from cnncalc.drawing.kinds import is_silent, kind_of
from cnncalc.graph.window_figures import WindowFigures
from cnncalc.receptive_field.figures import ReceptiveField
from cnncalc.shapes import LAYOUTS, Shape
from cnncalc.summary.results import LayerFigures, Report


class Box(NamedTuple):
    """One or more layers, drawn as one; or an input, which has no layers.

    `inputs` are the places of other boxes in their list, in the order in which the first layer takes them. `type`,
    `kind`, `window` and `input_shapes` are the first layer's, `shape` and `field` the last one's; shapes are channels
    first. `behind` are the types of what is joined to the first layer, in order; `norm` and `activation` are the
    one of these among them, None where there is none. `features` are how many a linear layer makes, along whichever
    axis; None of other layers.
    """

    name: str
    kind: str
    type: str
    inputs: tuple[int, ...]
    shape: Shape
    input_shapes: tuple[Shape, ...] = ()
    layers: tuple[str, ...] = ()
    window: WindowFigures | None = None
    behind: tuple[str, ...] = ()
    norm: str | None = None
    activation: str | None = None
    is_output: bool = False
    features: int | None = None
    parameters: int = 0
    macs: int = 0
    field: dict[str, ReceptiveField] = {}  # noqa: RUF012 - a named tuple's, which nobody changes

    @property
    def channels(self) -> int:
        """The channels, or features of a vector."""
        return self.shape[0]

    @property
    def sizes(self) -> Shape:
        """The spatial sizes; none of a vector."""
        return self.shape[1:]


_HEADS: Final = ("convolution", "depthwise", "upsampling", "linear", "norm", "merge", "pooling", "other")
"""The kinds behind which a norm, an activation or a dropout is part of the box."""


def boxes(report: Report) -> tuple[Box, ...]:
    """The boxes of a network: its inputs, and then its layers in the order of execution.

    A norm, an activation and a dropout that alone read what a box gives are parts of it.

    >>> import cnncalc
    >>> [(box.name, box.norm, box.activation) for box in boxes(cnncalc.load("resnet18").report())[1:3]]
    [('conv1', 'batch_norm', 'relu'), ('maxpool', None, None)]
    >>> boxes(cnncalc.load("alexnet").report())[1].behind
    ('relu', 'local_response_norm')
    """
    return _Boxes(report).all()


def deepest_scope(every: Sequence[Box]) -> int:
    """The most parts that the name of a scope has, which layers are in or would be by their names.

    >>> import cnncalc
    >>> deepest_scope(boxes(cnncalc.load("resnet18").report())), deepest_scope(boxes(cnncalc.load("lenet").report()))
    (3, 0)
    """
    return max((box.name.count(".") for box in every), default=0)


class _Boxes:
    """The boxes so far; `places` says in which box the tensor of a name comes out."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.layout = LAYOUTS[report.data_format]
        self.outputs = set(report.outputs)
        self.readers: dict[str, int] = {}
        for layer in report.layers:
            for name in layer.inputs:
                self.readers[name] = self.readers.get(name, 0) + 1
        self.found = [
            Box(name, "input", "input", (), self.layout.internal(shape), is_output=name in self.outputs)
            for name, shape in report.inputs.items()
        ]
        self.places = {box.name: place for place, box in enumerate(self.found)}

    def all(self) -> tuple[Box, ...]:
        """Every box, when all layers have been looked at."""
        for layer in self.report.layers:
            place = self._joined(layer)
            if place is None:
                place = len(self.found)
                self.found.append(self._new(layer))
            self.places[layer.name] = place
        return tuple(self.found)

    def _new(self, layer: LayerFigures) -> Box:
        """A box that begins with a layer."""
        kind = kind_of(layer)
        return Box(
            name=layer.name,
            kind=kind,
            type=layer.type,
            inputs=tuple(self.places[name] for name in layer.inputs),
            shape=self.layout.internal(layer.output_shape),
            input_shapes=tuple(map(self.layout.internal, layer.input_shapes)),
            layers=(layer.name,),
            window=layer.window,
            behind=(layer.activation,) if layer.activation else (),
            activation=layer.activation,
            features=next(iter(layer.weights.get("weight", ())), None) if kind == "linear" else None,
            is_output=layer.name in self.outputs,
            parameters=layer.parameters,
            macs=layer.macs,
            field=layer.receptive_field,
        )

    def _joined(self, layer: LayerFigures) -> int | None:
        """The place of the box that a layer is a part of; None where it begins one."""
        if len(layer.inputs) != 1:
            return None
        [source] = layer.inputs
        place = self.places[source]
        box = self.found[place]
        if self.readers[source] > 1 or source in self.outputs or box.kind not in _HEADS:
            return None
        kind = kind_of(layer)
        activation = layer.type if kind == "activation" else layer.activation
        if activation and box.activation:
            return None
        if kind == "norm" and box.norm is None and box.kind not in ("norm", "pooling"):
            box = box._replace(norm=layer.type)
        elif kind != "activation" and not is_silent(layer.type):
            return None
        own = (layer.activation,) if layer.activation else ()
        self.found[place] = box._replace(
            activation=activation or box.activation,
            layers=(*box.layers, layer.name),
            behind=(*box.behind, layer.type, *own),
            shape=self.layout.internal(layer.output_shape),
            is_output=layer.name in self.outputs,
            parameters=box.parameters + layer.parameters,
            macs=box.macs + layer.macs,
            field=layer.receptive_field,
        )
        return place
