"""What every tensor of a network sees of its inputs, layer by layer from the inputs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.receptive import IDENTITY, Field

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer
    from cnncalc.layout import Shape
    from cnncalc.network import Network, Node
    from cnncalc.receptive import AxisMap

REFINED: Final = 100_000
"""The most layers that are walked back for what is seen of a whole axis."""

Fields = dict[str, tuple[Field, ...]]
"""What a tensor sees of each input that it depends on: one field per spatial axis of that input."""


def receptive_fields(network: Network) -> list[Fields]:
    """What each tensor, by number, sees of the inputs."""
    tensors: list[Fields] = [
        {name: tuple(Field(IDENTITY, (0, size - 1), axis) for axis, size in enumerate(shape[1:]))}
        for name, shape in network.inputs.items()
    ]
    passages: dict[object, list[_Passage]] = {}
    for node in network.nodes:
        passed = passages.get(node.kind)
        if passed is None:
            passed = passages[node.kind] = _passages(node)
        fields = passed[0].behind([tensors[number] for number in node.inputs])
        tensors.append(passed[1].behind([fields]) if len(passed) > 1 else fields)
    loose = [
        number
        for number, fields in enumerate(tensors)
        if any(field.local is None and not field.exact for of_input in fields.values() for field in of_input)
    ]
    return _refined(network, tensors, loose) if loose else tensors


def _refined(network: Network, tensors: list[Fields], loose: list[int]) -> list[Fields]:
    """The fields with what is seen along axes that every path sees whole, exactly; of the first in huge networks."""
    from cnncalc.influence import seen
    from cnncalc.pieces import IrregularError

    for number in loose[: max(REFINED // len(network.nodes), 8)]:
        try:
            pixels = seen(network, number, None)
        except IrregularError:
            continue
        tensors[number] = {
            name: tuple(
                field._replace(seen=(place.first, place.last) if place else (0, -1)) if field.local is None else field
                for field, place in zip(fields, pixels[name], strict=True)
            )
            for name, fields in tensors[number].items()
        }
    return tensors


def _passages(node: Node) -> list[_Passage]:
    """The ways through a layer, and through the activation that is its last step."""
    own = _Passage(node.layer, node.input_shapes, node.output_shape)
    last = node.layer.last_step
    return [own] if last is None else [own, _Passage(last, [node.output_shape], node.output_shape)]


class _Passage:
    """The way through a layer, for inputs of these shapes: what its output reads of each of them."""

    def __init__(self, layer: Layer, inputs: list[Shape], output: Shape) -> None:
        self.layer = layer
        self.inputs = inputs
        self.output = output
        self.reads = layer.reads(inputs, output)
        self.skips = [
            [self._skips(reads, axis, shape) for axis, reads in enumerate(axes)]
            for axes, shape in zip(self.reads, inputs, strict=True)
        ]
        self.passes = len(inputs) == 1 and not layer.gathers(inputs[0]) and self._leaves_axes()

    def _skips(self, reads: AxisMap | None, axis: int, shape: Shape) -> bool:
        """Whether positions at the borders of an axis may be left out, as windows with gaps begin in the padding."""
        if reads is None or reads is IDENTITY or not reads.skips:
            return False
        first, last = reads.span(0, self.output[1 + self.layer.output_axis(axis, shape)] - 1)
        return not reads.ordered or first < 0 or last >= shape[1 + axis]

    def _leaves_axes(self) -> bool:
        """Whether each position of the only input becomes the same position of the output; all of them, of a vector."""
        axes, shape = self.reads[0], self.inputs[0]
        if self.layer.selects and not axes:
            return False
        return all(read is IDENTITY and self.layer.output_axis(axis, shape) == axis for axis, read in enumerate(axes))

    def behind(self, arriving: list[Fields]) -> Fields:
        """What the output sees, over all of the inputs."""
        if self.passes:
            return arriving[0]
        first, *others = self.apart(arriving)
        for other in others:
            for name, fields in other.items():
                known = first.get(name)
                first[name] = fields if known is None else _merged(known, fields, self.output)
        return first

    def apart(self, arriving: list[Fields]) -> list[Fields]:
        """What the output sees by each of the inputs alone."""
        return [
            {name: tuple([self._through(field, number) for field in of_input]) for name, of_input in fields.items()}
            for number, fields in enumerate(arriving)
        ]

    def _through(self, field: Field, number: int) -> Field:
        """The field of one axis behind the layer, by its input of that number."""
        axes, shape = self.reads[number], self.inputs[number]
        reads = axes[field.axis] if field.local else None
        if reads is None:
            behind = field.through(None, 1, 1)
            return behind._replace(exact=False) if self.layer.selects else behind
        axis = self.layer.output_axis(field.axis, shape)
        behind = field.through(reads, shape[field.axis + 1], self.output[axis + 1])
        if field.axis in self.layer.gathers(shape):
            behind = behind._replace(is_global=True)
        if self.skips[number][field.axis] or self.layer.mirrors:
            behind = behind._replace(exact=False)
        return behind if axis == field.axis else behind._replace(axis=axis)


def arrived(node: Node, arriving: list[Fields]) -> list[Fields]:
    """What a node's output sees by each of its inputs alone."""
    own, *steps = _passages(node)
    apart = own.apart(arriving)
    for step in steps:
        apart = [step.behind([fields]) for fields in apart]
    return apart


def _merged(known: tuple[Field, ...], other: tuple[Field, ...], output: Shape) -> tuple[Field, ...]:
    return tuple(a.merged(b, output[a.axis + 1] if a.local else 1) for a, b in zip(known, other, strict=True))
