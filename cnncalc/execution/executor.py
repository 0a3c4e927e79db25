"""The forward pass: executes every layer with NumPy and holds what comes out against what was computed.

The check is independent: the shapes are read off the arrays that came out, and a layer is never asked here what shape
it should produce.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from math import isfinite, prod
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncalc.dtypes import EXECUTED_DTYPES, check_batch
from cnncalc.errors import CnncalcError, LayerError, shape_text
from cnncalc.execution.resources import MOST_TOLD, available, check_work
from cnncalc.execution.results import Execution, LayerRun, RunReport
from cnncalc.execution.tensors import arranged, not_finite, random_inputs, shown, statistics
from cnncalc.execution.weights import WeightDraw
from cnncalc.graph.liveness import peak_elements, releases
from cnncalc.layers.activations_axiswise import AlongAxis
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node, Step
    from cnncalc.kernels import Array
    from cnncalc.watching import Watch


def run(
    network: Graph,
    data: Mapping[str, Array] | None = None,
    *,
    seed: int = 0,
    batch: int = 1,
    dtype: str = "float32",
    watch: Watch = unwatched,
) -> tuple[RunReport, dict[str, Array]]:
    """Execute a network, and return the report and the outputs by name, batch first and channels first.

    `data` holds the inputs by name, batch first and channels first; without it they are drawn from `seed`. `watch` is
    told of each layer.
    """
    started = perf_counter()
    samples = batch if data is None else len(next(iter(data.values())))
    check_memory(network, samples, dtype)
    hint = "try a smaller --input or --batch; `cnncalc summary` counts without executing"
    check_work(network.name, samples * network.flops, hint)
    pass_ = _Pass(network, seed, dtype)
    layers: list[LayerRun] = []
    watch("", 0, len(network.nodes))
    for layer in pass_.layers(random_inputs(network, seed, batch, dtype) if data is None else dict(data)):
        layers.append(layer)
        watch(layer.name, len(layers), len(network.nodes))
    report = RunReport(
        **network.heading,
        seed=seed,
        batch_size=pass_.batch,
        dtype=dtype,
        seconds=perf_counter() - started,
        parameters=pass_.parameters,
        layers=tuple(layers),
        notes=(*network.notes, *pass_.notes),
    )
    return report, pass_.outputs


def execute(
    network: Graph,
    array: Any = None,
    *,
    batch: int = 1,
    seed: int = 0,
    dtype: str = "float32",
    watch: Watch = unwatched,
) -> Execution:
    """Execute a network on an array, with or without a batch axis, or on several by name, or on a drawn batch."""
    check_batch(batch, dtype, EXECUTED_DTYPES)
    fits = partial(check_memory, network, dtype=dtype)
    data, batched = (None, True) if array is None else arranged(network, array, dtype, fits)
    report, outputs = run(network, data, seed=seed, batch=batch, dtype=dtype, watch=watch)
    ordered = {name: shown(output, network.layout, batched=batched) for name, output in outputs.items()}
    return Execution(report, ordered)


def forward(network: Graph, array: Any, seed: int) -> Array | dict[str, Array]:
    """What `Network.forward` returns: the output, or the outputs by name where there are several."""
    report, outputs = execute(network, array, seed=seed)
    if len(outputs) < len(set(network.outputs)):
        failed = next(layer for layer in report.layers if layer.actual_shape is None)
        raise CnncalcError(f"`{failed.name}` {failed.faults[0]}")
    return outputs if len(outputs) > 1 else next(iter(outputs.values()))


def check_memory(network: Graph, batch: int, dtype: str) -> None:
    """Raise `CnncalcError` if weights and the peak of live tensors do not fit in memory together.

    What the kernels take beside those is small, whatever the sizes; but an activation that is a last step along an
    axis makes its output beside that of the layer.
    """
    value = np.dtype(dtype).itemsize
    weights = (network.parameters + network.buffers) * value
    later = ((node, step.layer) for node in network.nodes for step in node.steps[1:])
    twice = (prod(node.output_shape) for node, layer in later if isinstance(layer, AlongAxis))
    tensors = (peak_elements(network.tensors, network.outputs) + max(twice, default=0)) * batch * value
    known = available()
    room = sys.maxsize if known is None else known  # NumPy cannot make more, whatever there is
    if weights + tensors > room:
        raise CnncalcError(
            f"{network.name} does not fit in memory: its weights take {_gigabytes(weights)} and its tensors up to "
            f"{_gigabytes(tensors)}, and {_gigabytes(room)} are free",
            hint="try a smaller --input or --batch; `cnncalc summary` needs no memory for tensors",
        )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count < MOST_TOLD else f"more than {MOST_TOLD // 10**9:,} GB"


class _Pass:
    """One walk over the graph, which owns the tensors and lets go of each when its last reader is done."""

    def __init__(self, network: Graph, seed: int, dtype: str) -> None:
        self.network = network
        self.drawer = WeightDraw(network, seed, dtype)
        self.releases = releases(network.tensors, network.outputs)
        self.parameters = 0
        self.batch = 0
        self.outputs: dict[str, Array] = {}
        self.infinite: set[int] = set()
        self.notes: list[str] = []

    def layers(self, inputs: dict[str, Array]) -> Iterator[LayerRun]:
        """Execute each layer in turn; after one that cannot be executed, those that need it are not either."""
        tensors: dict[int, Array] = dict(enumerate(inputs.values()))
        self.batch = len(tensors[0])
        self._look_at(inputs)
        inputs.clear()
        for node in self.network.nodes:
            taken = [tensors[number] for number in node.inputs if number in tensors]
            for number in self.releases[node.output]:
                tensors.pop(number, None)
            started = perf_counter()
            faults: list[str] = []
            output = self._output(node, taken, faults)
            seconds = perf_counter() - started
            taken.clear()
            if output is not None and node.output not in self.releases[node.output]:
                tensors[node.output] = output
            yield self._checked(node, output, seconds, faults)
            del output
        outputs = (self.network.tensors[number] for number in self.network.outputs)
        self.outputs = {tensor.name: tensors[tensor.number] for tensor in outputs if tensor.number in tensors}

    def _look_at(self, inputs: dict[str, Array]) -> None:
        """Note the values of the inputs that are not finite: those are no layer's fault."""
        for number, (name, values) in enumerate(inputs.items()):
            count = not_finite(values)
            if count:
                self.infinite.add(number)
                what = "1 value that is" if count == 1 else f"{count:,} values that are"
                self.notes.append(f"`{name}` has {what} not finite; what follows from it is no fault of a layer")

    def _output(self, node: Node, taken: list[Array], faults: list[str]) -> Array | None:
        """What the layer makes of its inputs with newly drawn weights; None, and why, where that fails."""
        if len(taken) < len(node.inputs):
            faults.append("could not be executed without its inputs")
            return None
        try:
            weights = _Watched(self.drawer.arrays(node))
        except MemoryError:
            raise _no_memory(node) from None
        expected = {**node.weight_shapes, **node.buffer_shapes}
        self.parameters += sum(weights.arrays[name].size for name in node.weight_shapes)
        wrong = [name for name, shape in expected.items() if weights.arrays[name].shape != shape]
        faults += [f"has a `{name}` that is not {shape_text(expected[name])}" for name in wrong]
        try:
            output = _executed(node, taken, weights)
        except MemoryError:
            raise _no_memory(node) from None
        except (ValueError, IndexError, KeyError, LayerError) as error:
            faults.append(f"could not be executed: {error}")
            return None
        unread = [name for name in expected if name not in weights.read]
        faults += [f"counts a `{name}` that its forward pass does not read" for name in unread]
        return output

    def _checked(self, node: Node, output: Array | None, seconds: float, faults: list[str]) -> LayerRun:
        """The row of an executed layer, with whatever is wrong with it.

        Values that are not finite are a fault of the layer that makes them of finite ones, and of none behind it.
        """
        mean, std, actual = float("nan"), float("nan"), None
        shown = self.network.layout.shown
        if output is not None:
            mean, std = statistics(output)
            actual = shown(output.shape[1:])
            if actual != shown(node.output_shape) or len(output) != self.batch:
                faults.append(f"came out as {shape_text(actual)}")
            if not isfinite(mean + std):
                if self.infinite.isdisjoint(node.inputs):
                    faults.append("has values that are not finite")
                self.infinite.add(node.output)
        finite = isfinite(mean + std)
        return LayerRun(
            name=node.name,
            type=node.type,
            expected_shape=shown(node.output_shape),
            actual_shape=actual,
            seconds=seconds,
            mean=mean if finite else None,
            std=std if finite else None,
            finite=finite,
            faults=tuple(faults),
        )


def _no_memory(node: Node) -> CnncalcError:
    return CnncalcError(f"`{node.name}` does not fit in memory", hint="try a smaller --input or --batch")


class _Watched(Mapping[str, "Array"]):
    """Arrays by name, which remembers those that were read."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = arrays
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Array:
        array = self.arrays[name]
        self.read.add(name)
        return array

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


class _OfStep(_Watched):
    """The arrays of one step, which the node has under names with the step's prefix."""

    def __init__(self, step: Step, outer: _Watched) -> None:
        own = {k.removeprefix(step.prefix): a for k, a in outer.arrays.items() if k.startswith(step.prefix)}
        super().__init__(own)
        self.prefix = step.prefix
        self.outer = outer

    def __getitem__(self, name: str) -> Array:
        return self.outer[self.prefix + name]


def _executed(node: Node, taken: list[Array], weights: _Watched) -> Array:
    """The output of all steps of a node. What none of the inputs shares, a later step may write to."""
    own, *later = node.steps
    with np.errstate(all="ignore"):
        output = own.layer.forward(taken, weights)
        for step in later:
            arrays = _OfStep(step, weights)
            shared = any(np.may_share_memory(output, x) for x in taken)
            output = step.layer.forward([output], arrays) if shared else step.layer.onto(output, arrays)
        return output
