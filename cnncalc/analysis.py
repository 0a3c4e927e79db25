"""From a network to a report: every figure of every layer and the totals."""

from __future__ import annotations

from math import gcd, prod
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.receptive import IDENTITY, Field
from cnncalc.report import LayerFigures, ReceptiveField, Report, Totals, WindowFigures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.layers.base import Layer
    from cnncalc.layout import Shape
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
    fields = receptive_fields(network)
    layers = tuple(
        _layer(node, network, names, fields[len(network.inputs) + index], batch * DTYPE_BYTES[dtype])
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


def _layer(node: Node, network: Network, names: list[str], fields: Fields, value_bytes: int) -> LayerFigures:
    shown = network.layout.shown
    weights = node.weight_shapes
    buffers = node.buffer_shapes
    activation = node.layer.last_step
    return LayerFigures(
        name=node.name,
        type=node.type,
        inputs=tuple(names[tensor] for tensor in node.inputs),
        input_shapes=tuple(map(shown, node.input_shapes)),
        output_shape=shown(node.output_shape),
        window=window_figures(node),
        activation=None if activation is None else activation.type_name,
        parameters=sum(map(prod, weights.values())),
        buffers=sum(map(prod, buffers.values())) if buffers else 0,
        weights=weights,
        macs=node.macs,
        flops=node.flops,
        output_bytes=prod(node.output_shape) * value_bytes,
        receptive_field={name: receptive(of_input) for name, of_input in fields.items()},
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

Fields = dict[str, tuple[Field, ...]]
"""What a tensor sees of each input that it depends on: one field per spatial axis of that input."""


def receptive_fields(network: Network) -> list[Fields]:
    """What each tensor, by number, sees of the inputs."""
    tensors: list[Fields] = [
        {name: tuple(Field(IDENTITY, (0, size - 1), axis) for axis, size in enumerate(shape[1:]))}
        for name, shape in network.inputs.items()
    ]
    for node in network.nodes:
        tensors.append(_behind(node, [tensors[number] for number in node.inputs]))
    return tensors


def _behind(node: Node, arriving: list[Fields]) -> Fields:
    """What a node's output sees, over all of its inputs."""
    fields = _behind_layer(node.layer, node.input_shapes, node.output_shape, arriving)
    last = node.layer.last_step
    return fields if last is None else _behind_layer(last, [node.output_shape], node.output_shape, [fields])


def _behind_layer(layer: Layer, inputs: list[Shape], output: Shape, arriving: list[Fields]) -> Fields:
    result: Fields = {}
    for fields, shape, axes in zip(arriving, inputs, layer.reads(inputs, output), strict=True):
        if len(arriving) == 1 and _passes(layer, shape, axes):
            return fields
        for name, of_input in fields.items():
            through = tuple(_through(field, layer, axes, shape, output) for field in of_input)
            known = result.get(name)
            result[name] = through if known is None else _merged(known, through, output)
    return result


def arrived(node: Node, arriving: list[Fields]) -> list[Fields]:
    """What a node's output sees by each of its inputs alone."""
    inputs, output = node.input_shapes, node.output_shape
    reads = node.layer.reads(inputs, output)
    return [
        {
            name: tuple(_through(f, node.layer, axes, shape, output) for f in of_input)
            for name, of_input in fields.items()
        }
        for fields, shape, axes in zip(arriving, inputs, reads, strict=True)
    ]


def _passes(layer: Layer, shape: Shape, axes: Sequence[AxisMap | None]) -> bool:
    """Whether the layer leaves the receptive field as it arrives."""
    return not layer.gathers(shape) and all(
        read is IDENTITY and layer.output_axis(axis, shape) == axis for axis, read in enumerate(axes)
    )


def _through(field: Field, layer: Layer, axes: Sequence[AxisMap | None], shape: Shape, output: Shape) -> Field:
    """The field of one axis behind a layer, which reads an input of this shape by `axes`."""
    reads = axes[field.axis] if field.local else None
    if reads is None:
        return field.through(None, 1, 1)
    axis = layer.output_axis(field.axis, shape)
    behind = field.through(reads, shape[field.axis + 1], output[axis + 1])
    whole = field.axis in layer.gathers(shape)
    return behind._replace(axis=axis, is_global=True) if whole else behind._replace(axis=axis)


def _merged(known: tuple[Field, ...], other: tuple[Field, ...], output: Shape) -> tuple[Field, ...]:
    return tuple(a.merged(b, output[a.axis + 1] if a.local else 1) for a, b in zip(known, other, strict=True))


def receptive(fields: tuple[Field, ...]) -> ReceptiveField:
    """The figures of a field along each axis of an input."""
    return ReceptiveField(
        size=tuple(field.size for field in fields),
        stride=tuple(_stride(field) for field in fields),
        padding=tuple(-field.local.firsts[0] if field.local else None for field in fields),
        aligned=all(field.aligned for field in fields),
        is_global=any(field.is_global for field in fields),
    )


def _stride(field: Field) -> tuple[int, int] | None:
    if field.local is None:
        return None
    step, period = field.local.step, field.local.period
    common = gcd(step, period)
    return step // common, period // common
