"""An imported model, executed by ONNX Runtime as it is, against the network that was made of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.engines.results import ImportCheck, LayerCheck
from cnncalc.engines.runtime import ProfiledModel, version, with_outputs
from cnncalc.errors import CnncalcError
from cnncalc.execution import executor
from cnncalc.execution.differences import TOLERANCE, difference
from cnncalc.execution.resources import check_memory
from cnncalc.execution.tensors import random_inputs
from cnncalc.models.onnx.onnx_model import OnnxModel
from cnncalc.models.onnx.operators import whole_numbers
from cnncalc.spec.model_specs import ModelSpec
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from cnncalc.engines.runtime import Input
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.models.imported import FileTensor, Imported
    from cnncalc.models.stored_arrays import Store
    from cnncalc.watching import Watch

HALF_TOLERANCE: Final = 0.05
"""The largest difference that is taken for rounding where the file computes in 16 bits, of which 11 are a number's."""

QUANTISED_TOLERANCE: Final = 0.5
"""That where it rounds values between layers to whole numbers of 8 bits, which adds up: it finds gross faults."""


def check_import(network: Any, weights: Store | None, *, seed: int = 0, watch: Watch = unwatched) -> ImportCheck:
    """Execute the file of a network and the network, and hold every layer against its tensor.

    `network` was loaded from an ONNX file, of which `weights` are the arrays; random samples are drawn from `seed`,
    as many as the file takes. Raises `CnncalcError` for any other network, where ONNX Runtime is not installed or does
    not take the file.
    """
    spec = network.blueprint.choice.at(network.inputs).spec
    if not isinstance(spec, ModelSpec) or not isinstance(spec.model, OnnxModel) or spec.imported is None:
        fact = f"{network.name} was not read from an ONNX file, and ONNX Runtime executes no other"
        raise CnncalcError(fact, hint="`run --engine onnxruntime` executes any network as it is exported")
    engine = version()
    model, imported = spec.model, spec.imported
    _check_infers(model)
    tensors = _tensors(imported, {name for node in model.file.graph.nodes for name in node.outputs})
    own = {info.name for info in model.file.graph.outputs}
    names = list(dict.fromkeys(tensor.name for tensor in tensors.values()))
    whole = with_outputs(_read(model.path), [name for name in names if name not in own])
    with ProfiledModel(whole, names, model.path, os.path.dirname(model.path)) as session:
        del whole
        taken = session.inputs
        batch = _batch(taken, imported)
        check_memory(network, batch, "float32", [node.output for node in network.nodes])
        data = random_inputs(network, seed, batch, "float32")
        outcome = session.run(_as_in_file(taken, imported, data))
    differences = _Differences(tensors, outcome.tensors)
    executor.run(network, data, watch=watch, weights=weights, observe=differences.observe)
    return ImportCheck(
        name=network.name,
        path=model.path,
        engine=engine,
        inputs=network.heading["inputs"],
        batch_size=batch,
        seed=seed,
        tolerance=_tolerance(taken, imported),
        outputs=tuple(network.tensors[number].name for number in network.outputs if network.tensors[number].producer),
        layers=tuple(differences.of(node) for node in network.nodes),
    )


def _tolerance(taken: Sequence[Input], imported: Imported) -> float:
    """The largest difference of a layer that is taken for rounding."""
    if whole_numbers.NOTE in imported.notes:
        return QUANTISED_TOLERANCE
    return HALF_TOLERANCE if any(each.dtype in ("float16", "bfloat16") for each in taken) else TOLERANCE


def _check_infers(model: OnnxModel) -> None:
    """Raise `CnncalcError` for a file that trains: its values follow from the batch, and are drawn."""
    for node in model.file.graph.nodes:
        if node.op == "BatchNormalization" and node.attributes.get("training_mode"):
            raise CnncalcError(
                f"{model.path} trains: its batch norms take the statistics of the batch, and ours the running ones",
                hint="`model.eval()` before it is exported, or in torch.onnx.export `training=TrainingMode.PRESERVE`",
            )


def _tensors(imported: Imported, made: set[str]) -> dict[str, FileTensor]:
    """The tensor of the file by the name of each layer that has one, of those that nodes make."""
    return {
        layer.name: layer.tensor for layer in imported.layers if layer.tensor is not None and layer.tensor.name in made
    }


def _read(path: str) -> bytes:
    """The bytes of a file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise CnncalcError(f"cannot read {path}: {error.strerror}", code="unreadable") from None


def _batch(taken: Sequence[Input], imported: Imported) -> int:
    """The number of samples that the file takes; 1 where it takes any."""
    sizes = {each.name: each.sizes for each in taken}
    for tensor in imported.input_tensors.values():
        along = sizes.get(tensor.name, ())
        at = 0 if tensor.axes is None else tensor.axes[0]
        if at < len(along) and isinstance(along[at], int):
            return int(along[at] or 1)
    return 1


def _as_in_file(taken: Sequence[Input], imported: Imported, data: Mapping[str, Array]) -> dict[str, Array]:
    """The samples under the names, and with the axes, that the file has."""
    found: dict[str, Array] = {}
    for name, array in data.items():
        tensor = imported.input_tensors[name]
        turned = array if tensor.axes is None else np.ascontiguousarray(array.transpose(np.argsort(tensor.axes)))
        found[tensor.name] = turned
    missing = [each.name for each in taken if each.name not in found]
    if missing:
        raise CnncalcError(f"the file takes `{missing[0]}`, of which the network knows nothing")
    ranks = {each.name: len(each.sizes) for each in taken}
    return {
        name: array[0] if array.ndim == ranks.get(name, array.ndim) + 1 and len(array) == 1 else array
        for name, array in found.items()
    }


class _Differences:
    """The difference of each layer, as our engine executes them one by one on the file's own values of their inputs."""

    def __init__(self, tensors: Mapping[str, FileTensor], values: dict[str, Array]) -> None:
        self.tensors = tensors
        self.values = values
        self.found: dict[str, float] = {}

    def observe(self, node: Node, output: Array) -> Array:
        """Hold an output against the file's tensor, which goes on where there is one."""
        tensor = self.tensors.get(node.name)
        theirs = None if tensor is None else _as_ours(self.values[tensor.name], tensor, output.shape)
        if theirs is None:
            return output
        self.found[node.name] = difference(output, theirs, node.type)
        return theirs.astype(output.dtype, copy=False)

    def of(self, node: Node) -> LayerCheck:
        """What is known of a layer."""
        tensor = self.tensors.get(node.name)
        return LayerCheck(node.name, node.type, tensor and tensor.name, self.found.get(node.name))


def _as_ours(values: Array, tensor: FileTensor, shape: tuple[int, ...]) -> Array | None:
    """A tensor of the file with our axes; None where these are not its own, whatever axes of size 1 there are.

    >>> from cnncalc.models.imported import FileTensor
    >>> _as_ours(np.zeros((1, 5, 6, 2)), FileTensor("x", (0, 3, 1, 2)), (1, 2, 5, 6)).shape
    (1, 2, 5, 6)
    >>> _as_ours(np.zeros((5, 6)), FileTensor("x"), (1, 5, 6)).shape
    (1, 5, 6)
    """
    if values.dtype.kind not in "fiub":
        return None
    if tensor.axes is not None and values.ndim == len(tensor.axes):
        values = values.transpose(tensor.axes)
    if [size for size in values.shape if size > 1] != [size for size in shape if size > 1]:
        return None
    return values.reshape(shape)
