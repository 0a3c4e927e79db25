"""What a layer is in ONNX: the nodes that a writing function makes of it, and what it is given for that.

A writing function of `operators` takes a `LayerWriting`, makes nodes with `node`, and returns the name of the tensor
that is the layer's output. Tensors have the batch first and the channels next, whatever order the spec has.
"""

from __future__ import annotations

import struct
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError
from cnncalc.models.onnx.operators.table import REASONS, can_write, writer_of
from cnncalc.models.onnx.target import Initialiser, NodeRecord, Rows, packed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.layers.base import Layer
    from cnncalc.models.onnx.target import Dims, Make, Restores, Target
    from cnncalc.shapes import Shape


class LayerWriting:
    """A layer, or a step of one, that is written as nodes: what a writing function is given.

    `inputs` are the names of the tensors that arrive and `input_shapes` their shapes, `output_shape` is that of the
    output, all without the batch. `batch` is that of the output: 1 where no input of the network reaches the layer.
    """

    def __init__(
        self,
        target: Target,
        name: str,
        layer: Layer,
        inputs: Sequence[str],
        input_shapes: Sequence[Shape],
        output_shape: Shape,
        *,
        batch: int | str | None = None,
        storage: str | None = None,
    ) -> None:
        self.target = target
        self.name = name
        self.layer: Any = layer
        self.inputs = list(inputs)
        self.input_shapes = list(input_shapes)
        self.output_shape = output_shape
        self.batch = target.batch if batch is None else batch
        self.storage = storage or name
        self.element_type = target.element_type
        self.prefix = ""
        self.nodes: list[NodeRecord] = []
        self.initialisers: list[Initialiser] = []

    @property
    def opset(self) -> int:
        """The version of the operators."""
        return self.target.opset

    @property
    def x(self) -> str:
        """The first input."""
        return self.inputs[0]

    @property
    def shape(self) -> Shape:
        """The shape of the first input."""
        return self.input_shapes[0]

    def weight_shape(self, name: str) -> Shape | None:
        """The shape of an array of the layer, trained or not; None where the layer has none of that name."""
        shapes = {**self.layer.weight_shapes(self.input_shapes), **self.layer.buffer_shapes(self.input_shapes)}
        found: Shape | None = shapes.get(name)
        return found

    def node(
        self,
        operator: str,
        inputs: Sequence[str] | str,
        shape: Shape | None = None,
        *,
        dims: Dims | None = None,
        element_type: str | None = None,
        **attributes: Any,
    ) -> str:
        """Add a node with one output, and return the name of that.

        `shape` is that of the output without the batch, by default the layer's; `dims` has all of its sizes instead.
        An attribute that is None is left out.
        """
        whole = dims if dims is not None else (self.batch, *(self.output_shape if shape is None else shape))
        return self.several(operator, inputs, [whole], element_type=element_type, **attributes)[0]

    def several(
        self,
        operator: str,
        inputs: Sequence[str] | str,
        dims: Sequence[Dims],
        *,
        element_type: str | None = None,
        **attributes: Any,
    ) -> list[str]:
        """Add a node with as many outputs as there are `dims`, and return their names."""
        base = f"{self.name}/{self.prefix.replace('.', '/')}{operator}"
        outputs = [self.target.unused(base if not at else f"{base}_output_{at}") for at in range(len(dims))]
        given = {name: value for name, value in attributes.items() if value is not None}
        arriving = [inputs] if isinstance(inputs, str) else list(inputs)
        kind = element_type or self.element_type
        record = NodeRecord(operator, arriving, outputs, list(dims), given, kind)
        record.name = outputs[0]
        self.nodes.append(record)
        if operator == "MaxPool":
            self.target.max_pools.append(record)
        return outputs

    def weight(
        self,
        name: str,
        dims: Shape | None = None,
        make: Make | None = None,
        *,
        variant: str = "",
        restore: Restores | None = None,
    ) -> str:
        """The initialiser of an array of the layer, and of `dims` instead of its own shape.

        `make` makes it of the layer's arrays by their names, if it is not one of them as it is; `variant` is then what
        is added to its name, and `restore` has what makes arrays of it again, or rows of them, where that can be.
        """
        prefix, array = self.prefix, name
        shape = dims if dims is not None else self.weight_shape(name)
        assert shape is not None
        full = f"{self.storage}.{prefix}{name}{variant}"
        if full not in self.target.constants:
            sizes = shape

            def made(arrays: Mapping[str, Array]) -> Array:
                own = {key.removeprefix(prefix): each for key, each in arrays.items() if key.startswith(prefix)}
                return (own[array] if make is None else make(own)).reshape(sizes)

            own_shape = self.weight_shape(name)
            if restore is None and make is None and own_shape is not None:
                restore = {name: partial(_reshaped, shape=own_shape)}
            known = None if restore is None else {_prefixed(prefix, part): back for part, back in restore.items()}
            self._add(Initialiser(full, shape, self.target.element_type, make=made, restore=known))
        return full

    def used_weight(self, dims: Shape | None = None) -> str:
        """The initialiser of the weight as the forward pass takes it: normalised, where the layer says so."""
        if self.layer.normalization is None:
            return self.weight("weight", dims)
        shape = self.layer.kernel_shape(self.shape)
        back: Restores = {"weight": partial(_reshaped, shape=shape)}
        return self.weight("weight", dims or shape, self.layer.used_weight, restore=back)

    def optional_weight(self, name: str) -> list[str]:
        """The initialiser of an array that the layer may have: in a list, which is empty where it has none."""
        return [] if self.weight_shape(name) is None else [self.weight(name)]

    def integers(self, values: Sequence[int]) -> str:
        """An initialiser of whole numbers, one axis of them."""
        text = "_".join(map(str, values)).replace("-", "m") or "none"
        data = struct.pack(f"<{len(values)}q", *values)
        return self._constant(
            f"int64_{text}" if len(text) < 40 else f"{self.name}/int64", (len(values),), "int64", data
        )

    def integer(self, value: int) -> str:
        """An initialiser of one whole number, without axes."""
        text = str(value).replace("-", "m")
        return self._constant(f"int64_scalar_{text}", (), "int64", struct.pack("<q", value))

    def number(self, value: float) -> str:
        """An initialiser of one number, without axes."""
        kind = self.target.element_type
        return self._constant(f"{kind}_{value!r}".replace("-", "m"), (), kind, packed(value, kind))

    def numbers(self, values: Array, shape: Shape | None = None) -> str:
        """An initialiser of given numbers."""
        from numpy import ascontiguousarray

        kind = self.target.element_type
        data = ascontiguousarray(values, kind)
        return self._constant(f"{self.name}/value", data.shape if shape is None else shape, kind, data.tobytes())

    def floats(self, values: Sequence[float]) -> str:
        """An initialiser of numbers in single precision, whatever the type of the values is, one axis of them."""
        data = struct.pack(f"<{len(values)}f", *values)
        return self._constant(f"{self.name}/float32", (len(values),), "float32", data)

    def filled(self, value: float, shape: Shape) -> str:
        """An initialiser with one number in all places, for what an operator needs and the layer does not have."""
        kind = self.target.element_type
        name = f"{kind}_{value!r}_{'x'.join(map(str, shape))}".replace("-", "m")
        if name in self.target.constants:
            return name
        return self._constant(name, shape, kind, packed(value, kind) * prod(shape))

    def _constant(self, name: str, dims: Shape, element_type: str, data: bytes) -> str:
        known = self.target.constants.get(name)
        if known is not None and (known.dims, known.data) == (dims, data):
            return name
        initialiser = Initialiser(self.target.unused(name), dims, element_type, data=data)
        self.target.constants[initialiser.name] = initialiser
        self.initialisers.append(initialiser)
        return initialiser.name

    def _add(self, initialiser: Initialiser) -> None:
        self.target.names.add(initialiser.name)
        self.target.constants[initialiser.name] = initialiser
        self.initialisers.append(initialiser)

    def reshaped(self, x: str, shape: Shape) -> str:
        """The values of a tensor laid out anew, its batch kept whatever it is."""
        return self.node("Reshape", [x, self.integers([0, *shape])], shape)

    def permuted(self, x: str, order: Sequence[int], shape: Shape) -> str:
        """The axes of a tensor of this shape, counted without the batch, in another order."""
        if list(order) == list(range(len(shape))):
            return x
        perm = [0, *(1 + axis for axis in order)]
        return self.node("Transpose", x, tuple(shape[axis] for axis in order), perm=perm)

    def reduced(self, operator: str, x: str, axes: Sequence[int], shape: Shape, *, keepdims: bool = True) -> str:
        """A reduction of a tensor of this shape over axes, counted without the batch."""
        if keepdims:
            left = tuple(1 if axis in axes else size for axis, size in enumerate(shape))
        else:
            left = tuple(size for axis, size in enumerate(shape) if axis not in axes)
        places = [1 + axis for axis in axes]
        if self.opset >= (13 if operator == "ReduceSum" else 18):
            return self.node(operator, [x, self.integers(places)], left, keepdims=int(keepdims))
        return self.node(operator, x, left, axes=places, keepdims=int(keepdims))

    def whole_shape(self, x: str, shape: Shape) -> str:
        """A tensor of whole numbers: the batch of `x`, and a shape behind it."""
        if isinstance(self.batch, int):
            return self.integers([self.batch, *shape])
        if self.opset >= 15:
            batch = self.node("Shape", x, dims=(1,), element_type="int64", end=1)
        else:
            sizes = self.node("Shape", x, dims=(1 + len(shape),), element_type="int64")
            batch = self.node("Slice", [sizes, self.integers([0]), self.integers([1])], dims=(1,), element_type="int64")
        both = [batch, self.integers(shape)]
        return self.node("Concat", both, dims=(1 + len(shape),), element_type="int64", axis=0)

    def indices_of(self, source: str, attributes: Mapping[str, Any], pooled: Shape) -> str:
        """The indices of a max pool of `source`: a second output of its node, or of one of its own."""
        for record in self.target.max_pools:
            if record.inputs == [source] and record.attributes == attributes:
                break
        else:
            self.node("MaxPool", source, pooled, **attributes)
            record = self.nodes[-1]
        if len(record.outputs) == 1:
            record.outputs.append(self.target.unused(f"{record.outputs[0]}/indices"))
            record.dims.append(record.dims[0])
            record.types.append("int64")
        return record.outputs[1]

    def scalar(self, operator: str, x: str, value: float, shape: Shape | None = None) -> str:
        """A tensor and a number, by an operator that takes two."""
        return self.node(operator, [x, self.number(value)], shape)

    def written(self) -> str:
        """Write the layer, and return the name of the tensor that is its output; raises `CnncalcError`."""
        type_ = self.layer.type_name
        if not can_write(type_):
            raise self.refusal(REASONS.get(type_, "its type is not known there"))
        return writer_of(type_)(self)

    def inner(self, layer: Layer, prefix: str, x: str, shape: Shape) -> str:
        """Another layer, written within this one: it takes a tensor, and its arrays are named with the prefix."""
        outer = self.layer, self.prefix, self.inputs, self.input_shapes, self.output_shape
        self.layer, self.prefix = layer, self.prefix + prefix
        self.inputs, self.input_shapes, self.output_shape = [x], [shape], layer.output_shape([shape])
        try:
            return self.written()
        finally:
            self.layer, self.prefix, self.inputs, self.input_shapes, self.output_shape = outer

    def needs(self, opset: int, what: str) -> None:
        """Raise `CnncalcError` where the operators are of an older version than something needs."""
        if self.opset < opset:
            raise self.refusal(f"{what} needs opset {opset}, and {self.opset} is asked for", f"try --opset {opset}")

    def refusal(self, fact: str, hint: str | None = None) -> CnncalcError:
        """The error that the layer cannot be written."""
        return CnncalcError(f"`{self.name}` ({self.layer.type_name}) cannot be written as ONNX: {fact}", hint=hint)

    def finish(self, output: str) -> None:
        """Give the output its name, that of the layer; a layer that has no node of its own gets one."""
        if output in self.inputs or not any(output in record.outputs for record in self.nodes):
            output = self.node("Identity", output)
        self.target.names.add(self.name)
        for record in self.nodes:
            record.inputs = [self.name if each == output else each for each in record.inputs]
            record.outputs = [self.name if each == output else each for each in record.outputs]
        if len(self.nodes) == 1:
            self.nodes[0].name = self.name

    @property
    def values(self) -> int:
        """The values of a sample of the output."""
        return prod(self.output_shape)


def _prefixed(prefix: str, part: str | Rows) -> str | Rows:
    """The full name of an array, or the rows of one with that."""
    return part._replace(array=prefix + part.array) if isinstance(part, Rows) else prefix + part


def _reshaped(constant: Any, shape: Shape) -> Any:
    """The values of an initialiser in the shape of the array that it is."""
    return constant.reshaped(shape)
