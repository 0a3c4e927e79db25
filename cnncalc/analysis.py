"""From a network to a report: every figure of every layer and the totals."""

from __future__ import annotations

from math import gcd, prod
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.receptive import IDENTITY, Field
from cnncalc.report import LayerFigures, ReceptiveField, Report, Totals, WindowFigures

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer
    from cnncalc.layout import Layout, Shape
    from cnncalc.network import Network, Node
    from cnncalc.receptive import AxisMap

DTYPE_BYTES: Final = {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2, "int8": 1}
"""The types that memory can be counted in, and the bytes of a value."""


def analyse(network: Network, *, batch: int = 1, dtype: str = "float32") -> Report:
    """The report of a network for a batch of so many samples, in values of `dtype`.

    >>> import cnncalc
    >>> analyse(cnncalc.load("lenet")).layers[0].macs
    117600
    """
    if dtype not in DTYPE_BYTES:
        raise CnncalcError(f"unknown dtype `{dtype}`", hint=did_you_mean(dtype, DTYPE_BYTES, "dtypes"))
    if batch < 1:
        raise CnncalcError(f"a batch has at least 1 sample, not {batch}")
    names = network.tensor_names
    facts: dict[object, _Facts] = {}
    for node in network.nodes:
        if node.kind not in facts:
            facts[node.kind] = _Facts(node, network.layout)
    fields = _Receptive(receptive_fields(network))
    first = len(network.inputs)
    value_bytes = batch * DTYPE_BYTES[dtype]
    layers = tuple(
        facts[node.kind].figures(node, names, fields.of(first + index), value_bytes)
        for index, node in enumerate(network.nodes)
    )
    return Report(
        name=network.name,
        variant=network.variant,
        inputs={name: network.layout.shown(shape) for name, shape in network.inputs.items()},
        data_format=network.layout.name,
        batch_size=batch,
        dtype=dtype,
        layers=layers,
        outputs=tuple(names[tensor] for tensor in network.outputs),
        totals=_totals(network, layers, batch, DTYPE_BYTES[dtype]),
    )


class _Facts:
    """What follows from a layer and the shapes of its inputs alone, and is the same wherever they occur again."""

    def __init__(self, node: Node, layout: Layout) -> None:
        self.type = node.type
        self.input_shapes = tuple(map(layout.shown, node.input_shapes))
        self.output_shape = layout.shown(node.output_shape)
        self.window = window_figures(node)
        self.activation = None if node.layer.last_step is None else node.layer.last_step.type_name
        self.weights = node.weight_shapes
        self.parameters = sum(map(prod, self.weights.values()))
        self.buffers = sum(map(prod, node.buffer_shapes.values()))
        self.macs = node.macs
        self.flops = node.flops
        self.values = prod(node.output_shape)

    def figures(
        self, node: Node, names: list[str], fields: dict[str, ReceptiveField], value_bytes: int
    ) -> LayerFigures:
        """The figures of a node of this kind."""
        return LayerFigures(
            node.name,
            self.type,
            tuple([names[tensor] for tensor in node.inputs]),
            self.input_shapes,
            self.output_shape,
            self.window,
            self.activation,
            self.parameters,
            self.buffers,
            self.weights,
            self.macs,
            self.flops,
            self.values * value_bytes,
            fields,
        )


def window_figures(node: Node) -> WindowFigures | None:
    """The window of a node along each axis; None for a layer without one."""
    windows = node.layer.windows(node.input_shapes[0])
    if windows is None:
        return None
    return WindowFigures(
        kernel_size=tuple(window.kernel_size for window in windows),
        stride=tuple(window.stride for window in windows),
        padding=tuple(w.pads(size) for w, size in zip(windows, node.input_shapes[0][1:], strict=True)),
        dilation=tuple(window.dilation for window in windows),
        groups=node.layer.window_groups(node.input_shapes[0]),
    )


def _totals(network: Network, layers: tuple[LayerFigures, ...], batch: int, value_bytes: int) -> Totals:
    parameters = sum(layer.parameters for layer in layers)
    buffers = sum(layer.buffers for layer in layers)
    return Totals(
        layers=len(layers),
        parameters=parameters,
        buffers=buffers,
        macs=sum(layer.macs for layer in layers),
        flops=sum(layer.flops for layer in layers),
        weight_bytes=(parameters + buffers) * value_bytes,
        output_bytes=sum(layer.output_bytes for layer in layers),
        peak_activation_bytes=network.peak_elements() * batch * value_bytes,
    )


# Receptive fields

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

    for number in loose[: max(REFINED // len(network.nodes), 8)]:
        pixels = seen(network, number, None)
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
    return _passages(node)[0].apart(arriving)


def _merged(known: tuple[Field, ...], other: tuple[Field, ...], output: Shape) -> tuple[Field, ...]:
    return tuple(a.merged(b, output[a.axis + 1] if a.local else 1) for a, b in zip(known, other, strict=True))


class _Receptive:
    """The fields of all tensors as a report has them; tensors that share their fields share those too."""

    def __init__(self, tensors: list[Fields]) -> None:
        self.tensors = tensors
        self.known: dict[int, dict[str, ReceptiveField]] = {}

    def of(self, tensor: int) -> dict[str, ReceptiveField]:
        """What a tensor sees of each input."""
        fields = self.tensors[tensor]
        known = self.known.get(id(fields))
        if known is None:
            known = {name: receptive(of_input) for name, of_input in fields.items()}
            self.known[id(fields)] = known
        return known


def receptive(fields: tuple[Field, ...]) -> ReceptiveField:
    """The figures of a field along each axis of an input."""
    return ReceptiveField(
        size=tuple([field.size for field in fields]),
        stride=tuple([_stride(field) for field in fields]),
        padding=tuple([-field.local.firsts[0] if field.local else None for field in fields]),
        aligned=all(field.aligned for field in fields),
        is_global=any(field.is_global for field in fields),
    )


def _stride(field: Field) -> tuple[int, int] | None:
    if field.local is None:
        return None
    step, period = field.local.step, len(field.local.firsts)
    common = gcd(step, period)
    return step // common, period // common
