"""The forward pass with NumPy, which checks every computed shape and weight count against the real arrays.

The check is independent: real shapes are read off the arrays that came out, and a layer is never asked here what shape
it should produce.
"""

from __future__ import annotations

from functools import partial
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from cnncalc.errors import CnncalcError, LayerError, shape_text
from cnncalc.execution.indices import check_indices
from cnncalc.execution.nodes import RecordedWeights, execute_node
from cnncalc.execution.resources import check_memory, check_work
from cnncalc.execution.results import Execution, LayerRun, RunReport, TensorValues
from cnncalc.execution.stored_weights import StoredWeights
from cnncalc.execution.tensors import (
    in_spec_order,
    not_finite,
    one_or_by_name,
    prepared_inputs,
    random_inputs,
    statistics,
)
from cnncalc.execution.threads import kernel_threads
from cnncalc.execution.values import tensor_values
from cnncalc.execution.weights import WeightDraw
from cnncalc.graph.liveness import releases
from cnncalc.graph.opaque import refuse_opaque
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.models.stored_arrays import Store
    from cnncalc.watching import Watch

    Observe = Callable[[Node, Array], Array]

NOTHING: Final[Mapping[str, int]] = {}


def unobserved(node: Node, output: Array) -> Array:
    """Look at nothing, and let the output go on."""
    del node
    return output


def run(
    network: Graph,
    data: Mapping[str, Array] | None = None,
    *,
    seed: int = 0,
    batch: int = 1,
    dtype: str = "float32",
    watch: Watch = unwatched,
    kept: Mapping[str, int] = NOTHING,
    read: Collection[int] = (),
    weights: Store | None = None,
    observe: Observe = unobserved,
    threads: int | None = None,
) -> tuple[RunReport, dict[str, Array]]:
    """Execute a network; returns the report, and the outputs by name as ``(N, C, ...)``.

    `data` holds the inputs by name as ``(N, C, ...)``; without it `batch` samples are drawn from `seed`. `watch` is
    called after each layer. Beside the outputs the tensors `kept` are returned, by their names there; the report has
    the values of the tensors `read`. `weights` are read instead of drawn. `observe` is called with each layer and its
    output, which it may not change, and returns what the layers behind it are given: that, or another's values of it.
    `threads` compute, by default as many as there are processors.
    """
    started = perf_counter()
    refuse_opaque(network, "what it computes")
    samples = batch if data is None else len(next(iter(data.values())))
    check_memory(network, samples, dtype, kept.values())
    check_runs(network, samples)
    arrays = WeightDraw(network, seed, dtype, threads) if weights is None else StoredWeights(network, weights, dtype)
    forward_pass = _ForwardPass(network, arrays, kept, read, observe)
    layers: list[LayerRun] = []
    watch("", 0, len(network.nodes))
    with kernel_threads(threads):
        for layer in forward_pass.layers(random_inputs(network, seed, batch, dtype) if data is None else dict(data)):
            layers.append(layer)
            watch(layer.name, len(layers), len(network.nodes))
    report = RunReport(
        **network.heading,
        seed=seed,
        batch_size=forward_pass.batch,
        dtype=dtype,
        weights=None if weights is None else weights.name,
        seconds=perf_counter() - started,
        parameters=forward_pass.parameters,
        frozen=forward_pass.frozen,
        layers=tuple(layers),
        notes=(*network.notes, *forward_pass.notes, *arrays.notes),
        input_values=forward_pass.input_values,
    )
    return report, forward_pass.outputs


def check_runs(network: Graph, samples: int) -> None:
    """Raise `CnncalcError` for what takes hours, and where an embedding looks up what a layer computes."""
    hint = "try a smaller input or batch; a summary counts without executing"
    check_work(network.name, samples * network.flops, hint)
    check_indices(network)


def execute(
    network: Graph,
    array: Any = None,
    *,
    batch: int = 1,
    seed: int = 0,
    dtype: str = "float32",
    watch: Watch = unwatched,
    layer: str | None = None,
    values: bool = False,
    weights: Store | None = None,
    threads: int | None = None,
) -> Execution:
    """Execute a network on an array, on several by the names of inputs, or on `batch` samples drawn from `seed`.

    The output of `layer`, the name of a layer or a scope, is returned beside those of the network. With `values` the
    report has the values of that layer, or without one of the inputs and all layers. `weights` are read instead of
    drawn.

    An array has the input's shape as the spec orders axes, with or without a batch axis before it, and outputs are
    alike. `dtype` is the name of one of `EXECUTED_DTYPES`. Raises `CnncalcError` for arrays that do not fit the inputs,
    and for what does not fit in memory or takes hours.
    """
    kept = {} if layer is None else {layer: network.tensor(layer)}
    read = (kept.values() or range(len(network.tensors))) if values else ()
    check_fits = partial(check_memory, network, dtype=dtype, kept=kept.values())
    data, batched = (None, True) if array is None else prepared_inputs(network, array, dtype, check_fits)
    report, outputs = run(
        network,
        data,
        seed=seed,
        batch=batch,
        dtype=dtype,
        watch=watch,
        kept=kept,
        read=frozenset(read),
        weights=weights,
        threads=threads,
    )
    ordered: dict[str, Array] = {}
    for name, output in outputs.items():
        has_batch = batched and network.tensors[network.tensor(name)].sees_input
        ordered[name] = in_spec_order(output, network.layout, batched=has_batch)
    return Execution(report, ordered)


def forward(
    network: Graph, array: Any, *, seed: int, dtype: str, weights: Store | None = None, threads: int | None = None
) -> Array | dict[str, Array]:
    """What `Network.forward` returns: the output, or the outputs by name where there are several."""
    report, outputs = execute(network, array, seed=seed, dtype=dtype, weights=weights, threads=threads)
    if len(outputs) < len(set(network.outputs)):
        failed = next(layer for layer in report.layers if layer.actual_shape is None)
        raise CnncalcError(f"`{failed.name}` {failed.faults[0]}")
    return one_or_by_name(outputs)


class Captured(NamedTuple):
    """What a node calculates with: its inputs ``(N, C, ...)``, and its arrays by name."""

    inputs: list[Array]
    arrays: dict[str, Array]


def capture(
    network: Graph,
    node: Node,
    inputs: Mapping[str, Array],
    *,
    seed: int = 0,
    dtype: str = "float32",
    weights: Store | None = None,
) -> Captured:
    """The inputs and the arrays of one node, as a run of the network has them; no layer behind it is executed.

    `inputs` are those of the network by name. Raises `CnncalcError` where a layer cannot be executed.

    >>> import cnncalc
    >>> network = cnncalc.load("lenet")
    >>> found = capture(network, network.nodes[2], {"input": np.zeros((1, 1, 28, 28), "float32")})
    >>> [array.shape for array in found.inputs], found.arrays["bias"].shape
    ([(1, 6, 14, 14)], (16,))
    """
    refuse_opaque(network, "what it computes")
    arrays = WeightDraw(network, seed, dtype) if weights is None else StoredWeights(network, weights, dtype)
    found = dict(enumerate(inputs.values()))

    def observe(made: Node, output: Array) -> Array:
        if made.output in node.inputs:
            found[made.output] = output
        return output

    layers = _ForwardPass(network, arrays, observe=observe).layers(dict(inputs))
    with kernel_threads(None):
        for before in network.nodes[: network.nodes.index(node)]:
            layer = next(layers)
            if layer.actual_shape is None:
                raise CnncalcError(f"`{before.name}` {layer.faults[0]}")
    return Captured([found[number] for number in node.inputs], arrays.arrays(node))


class _ForwardPass:
    """One walk over the graph, which owns the tensors and releases each after its last reader.

    `infinite` are the numbers of tensors with values that are not finite.
    """

    def __init__(
        self,
        network: Graph,
        weights: WeightDraw | StoredWeights,
        kept: Mapping[str, int] = NOTHING,
        read: Collection[int] = (),
        observe: Observe = unobserved,
    ) -> None:
        self.network = network
        self.observe = observe
        self.weights = weights
        self.kept = {**{network.tensors[number].name: number for number in network.outputs}, **kept}
        self.read = read
        self.releases = releases(network.tensors, self.kept.values())
        self.parameters = 0
        self.frozen = 0
        self.batch = 0
        self.outputs: dict[str, Array] = {}
        self.infinite: set[int] = set()
        self.notes: list[str] = []
        self.input_values: dict[str, TensorValues] = {}

    def layers(self, network_inputs: dict[str, Array]) -> Iterator[LayerRun]:
        """Execute each layer in turn; after one that cannot be executed, those that need it are not either.

        The inputs are taken out of `network_inputs`, which would otherwise keep them in memory to the end.
        """
        tensors: dict[int, Array] = dict(enumerate(network_inputs.values()))
        self.batch = len(tensors[0])
        self._note_infinite_inputs(network_inputs)
        for number, (name, values) in enumerate(network_inputs.items()):
            if number in self.read:
                self.input_values[name] = tensor_values(values, self.network.layout)
        network_inputs.clear()
        for node in self.network.nodes:
            inputs = self._inputs(node, tensors)
            for number in self.releases[node.output]:
                tensors.pop(number, None)
            started = perf_counter()
            faults: list[str] = []
            output = self._try(node, inputs, faults)
            seconds = perf_counter() - started
            inputs.clear()
            if output is not None:
                given_on = self.observe(node, output)
                if node.output not in self.releases[node.output]:
                    tensors[node.output] = given_on
                del given_on
            yield self._layer_run(node, output, seconds, faults)
            del output
        self.outputs = {name: tensors[number] for name, number in self.kept.items() if number in tensors}

    def _inputs(self, node: Node, tensors: dict[int, Array]) -> list[Array]:
        """The inputs of a node that are there; one that no input of the network reaches is the same for each sample."""
        inputs = [tensors[number] for number in node.inputs if number in tensors]
        if node.sees_input and any(len(x) < self.batch for x in inputs):
            return [np.broadcast_to(x, (self.batch, *x.shape[1:])) for x in inputs]
        return inputs

    def _note_infinite_inputs(self, inputs: dict[str, Array]) -> None:
        """Note inputs with values that are not finite: what follows from them is no layer's fault."""
        for number, (name, values) in enumerate(inputs.items()):
            count = not_finite(values)
            if count:
                self.infinite.add(number)
                what = "1 value that is" if count == 1 else f"{count:,} values that are"
                self.notes.append(f"`{name}` has {what} not finite; what follows from it is no fault of a layer")

    def _try(self, node: Node, inputs: list[Array], faults: list[str]) -> Array | None:
        """The output of a layer, its weights drawn or read; None, and why in `faults`, where it cannot be executed."""
        if len(inputs) < len(node.inputs):
            faults.append("could not be executed without its inputs")
            return None
        try:
            weights = RecordedWeights(self.weights.arrays(node))
        except MemoryError:
            raise _no_memory(node) from None
        expected = {**node.weight_shapes, **node.buffer_shapes}
        if node.shares is None:
            size = sum(weights.arrays[name].size for name in node.weight_shapes)
            self.parameters += size * node.arrays.is_trained
            self.frozen += size * (not node.arrays.is_trained)
        wrong = [name for name, shape in expected.items() if weights.arrays[name].shape != shape]
        faults += [f"has a `{name}` that is not {shape_text(expected[name])}" for name in wrong]
        try:
            output = execute_node(node, inputs, weights)
        except MemoryError:
            raise _no_memory(node) from None
        except (ValueError, IndexError, KeyError, LayerError) as error:
            # What NumPy and a layer raise for arrays that do not fit: the finding of this check, not a fault of ours.
            faults.append(f"could not be executed: {error}")
            return None
        if not inputs:  # nothing has told a layer that takes nothing in which type to compute
            output = output.astype(self.weights.dtype, copy=False)
        unread = [name for name in expected if name not in weights.read]
        faults += [f"counts a `{name}` that its forward pass does not read" for name in unread]
        return output

    def _layer_run(self, node: Node, output: Array | None, seconds: float, faults: list[str]) -> LayerRun:
        """The result of one layer: its real shape beside the computed one, and every fault.

        Values that are not finite are a fault of the layer that makes them of finite ones, and of none behind it.
        """
        mean, std, actual = float("nan"), float("nan"), None
        external = self.network.layout.external
        if output is not None:
            mean, std = statistics(output)
            actual = external(output.shape[1:])
            if actual != external(node.output_shape) or len(output) != (self.batch if node.sees_input else 1):
                faults.append(f"came out as {shape_text(actual)}")
            if not isfinite(mean + std):
                if self.infinite.isdisjoint(node.inputs) and node.storage not in self.weights.not_finite:
                    faults.append("has values that are not finite" + _domains(node))
                self.infinite.add(node.output)
        finite = isfinite(mean + std)
        output_values = None
        if output is not None and node.output in self.read:
            output_values = tensor_values(output, self.network.layout, node.steps[-1].layer.type_name)
        return LayerRun(
            name=node.name,
            type=node.type,
            expected_shape=external(node.output_shape),
            actual_shape=actual,
            seconds=seconds,
            mean=mean if finite else None,
            std=std if finite else None,
            finite=finite,
            faults=tuple(faults),
            output=output_values,
        )


def _domains(node: Node) -> str:
    """What the functions of a node take, for the fault that one of them may have been given other values."""
    known = (f"`{step.layer.type_name}` takes {step.layer.domain}" for step in node.steps if step.layer.domain)
    return "".join(f"; {domain}" for domain in known)


def _no_memory(node: Node) -> CnncalcError:
    return CnncalcError(f"`{node.name}` does not fit in memory", hint="try a smaller input or batch")
