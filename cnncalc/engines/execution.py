"""A network executed by ONNX Runtime: written as ONNX in memory, and every tensor looked at."""

from __future__ import annotations

from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.engines.runtime import ProfiledModel, version, with_outputs
from cnncalc.errors import shape_text
from cnncalc.execution import executor
from cnncalc.execution.differences import TOLERANCE, difference
from cnncalc.execution.resources import check_memory
from cnncalc.execution.results import Execution, LayerRun, RunReport
from cnncalc.execution.tensors import in_spec_order, not_finite, prepared_inputs, random_inputs, statistics
from cnncalc.execution.values import tensor_values
from cnncalc.exporting.onnx import OnnxExport
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cnncalc.engines.runtime import Outcome
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.models.stored_arrays import Store
    from cnncalc.watching import Watch

DTYPE: Final = "float32"
"""The type that is computed in: ONNX Runtime has many operators in no other."""


class _Setting(NamedTuple):
    """What is executed, on which samples; `data` are None where they are drawn."""

    network: Graph
    data: dict[str, Array] | None
    batch: int
    seed: int
    weights: Store | None
    threads: int | None

    def inputs(self) -> dict[str, Array]:
        """The inputs by name, as ``(N, C, ...)``: always the same values, in arrays that are the caller's."""
        if self.data is None:
            return random_inputs(self.network, self.seed, self.batch, DTYPE)
        return dict(self.data)


def execute(
    network: Graph,
    array: Any = None,
    *,
    batch: int = 1,
    seed: int = 0,
    compared: bool = False,
    watch: Watch = unwatched,
    layer: str | None = None,
    values: bool = False,
    weights: Store | None = None,
    threads: int | None = None,
) -> Execution:
    """As `execution.executor.execute`, by ONNX Runtime; the seconds of layers are those of its nodes.

    With `compared` NumPy executes every layer too, with the same weights on the values that ONNX Runtime gave it, and
    one whose own differ by more than `TOLERANCE` has a fault. Raises `CnncalcError` also where ONNX Runtime is not
    installed, and where a layer cannot be written as ONNX.
    """
    name = version()
    kept = {network.tensors[number].name: number for number in network.outputs}
    if layer is not None:
        kept[layer] = network.tensor(layer)
    everything = {node.name: node.output for node in network.nodes}
    check_fits = partial(check_memory, network, dtype=DTYPE, kept=everything.values())
    data, batched = (None, True) if array is None else prepared_inputs(network, array, DTYPE, check_fits)
    samples = batch if data is None else len(next(iter(data.values())))
    check_fits(samples)
    executor.check_runs(network, samples)
    setting = _Setting(network, data, samples, seed, weights, threads)
    outcome = _outcome(setting)
    differences = _differences(setting, outcome, watch) if compared else None
    report = _report(setting, outcome, differences, _tensors_read(network, layer, values=values), name)
    return Execution(report, _ordered(network, kept, {**setting.inputs(), **outcome.tensors}, batched=batched))


def _report(
    setting: _Setting,
    outcome: Outcome,
    differences: dict[str, float] | None,
    read: Collection[int],
    engine: str,
) -> RunReport:
    """What came of every layer, and of the network; without `differences` NumPy did not execute it, too."""
    network, weights, inputs = setting.network, setting.weights, setting.inputs()
    return RunReport(
        **network.heading,
        seed=setting.seed,
        batch_size=setting.batch,
        dtype=DTYPE,
        weights=None if weights is None else weights.name,
        seconds=outcome.seconds,
        parameters=network.parameters,
        frozen=network.frozen,
        layers=_LayerRuns(setting, outcome, differences or {}, read).all(),
        notes=network.notes,
        input_values={
            name: tensor_values(inputs[name], network.layout) for number, name in enumerate(inputs) if number in read
        },
        engine=engine,
        tolerance=None if differences is None else TOLERANCE,
    )


def _tensors_read(network: Graph, layer: str | None, *, values: bool) -> Collection[int]:
    """The numbers of the tensors whose values are wanted in the report."""
    if not values:
        return ()
    return range(len(network.tensors)) if layer is None else {network.tensor(layer)}


def _outcome(setting: _Setting) -> Outcome:
    """Every tensor of the network, from ONNX Runtime."""
    network = setting.network
    model = OnnxExport(network, seed=setting.seed, weights=setting.weights, batch=setting.batch).to_bytes()
    names = [node.name for node in network.nodes]
    own = {network.tensors[number].name for number in network.outputs}
    whole = with_outputs(model, [name for name in names if name not in own])
    del model
    with ProfiledModel(whole, names, network.name, threads=setting.threads) as session:
        del whole
        return session.run(setting.inputs())


def _differences(setting: _Setting, outcome: Outcome, watch: Watch) -> dict[str, float]:
    """The difference of each layer that NumPy executes, too, given the engine's own values of what it reads.

    So no layer has the differences of those before it, nor what a max pool's indices or a rounding make of them.
    """
    found: dict[str, float] = {}

    def observe(node: Node, output: Array) -> Array:
        theirs = outcome.tensors[node.name]
        if theirs.shape != output.shape:
            found[node.name] = float("inf")
            return output
        found[node.name] = difference(theirs, output, node.type)
        return theirs.astype(output.dtype, copy=False)

    executor.run(
        setting.network,
        setting.inputs(),
        seed=setting.seed,
        dtype=DTYPE,
        watch=watch,
        weights=setting.weights,
        observe=observe,
        threads=setting.threads,
    )
    return found


class _LayerRuns:
    """What came out of each layer, of one walk over the graph; `infinite` are tensors with values not finite."""

    def __init__(
        self, setting: _Setting, outcome: Outcome, differences: Mapping[str, float], read: Collection[int]
    ) -> None:
        self.network = setting.network
        self.samples = setting.batch
        self.outcome = outcome
        self.differences = differences
        self.read = read
        self.seconds = seconds_of_layers(outcome.node_seconds, {node.name for node in self.network.nodes})
        self.infinite = {number for number, x in enumerate(setting.inputs().values()) if not_finite(x)}

    def all(self) -> tuple[LayerRun, ...]:
        """Every layer, in the order of execution."""
        return tuple(map(self._layer_run, self.network.nodes))

    def _layer_run(self, node: Node) -> LayerRun:
        output = self.outcome.tensors[node.name]
        external = self.network.layout.external
        mean, std = statistics(output)
        finite = isfinite(mean + std)
        apart = self.differences.get(node.name)
        values = None
        if node.output in self.read:
            values = tensor_values(output, self.network.layout, node.steps[-1].layer.type_name)
        return LayerRun(
            name=node.name,
            type=node.type,
            expected_shape=external(node.output_shape),
            actual_shape=external(output.shape[1:]),
            seconds=self.seconds.get(node.name, 0.0),
            mean=mean if finite else None,
            std=std if finite else None,
            finite=finite,
            faults=tuple(self._faults(node, output, apart, finite=finite)),
            output=values,
            difference=apart,
        )

    def _faults(self, node: Node, output: Array, apart: float | None, *, finite: bool) -> list[str]:
        """What is wrong with an output: its shape, values that are not finite of finite ones, the difference."""
        faults = []
        if output.shape != (self.samples if node.sees_input else 1, *node.output_shape):
            faults.append(f"came out as {shape_text(self.network.layout.external(output.shape[1:]))}")
        if not finite:
            if self.infinite.isdisjoint(node.inputs):
                faults.append("has values that are not finite")
            self.infinite.add(node.output)
        if apart is not None and apart > TOLERANCE:
            faults.append(f"differs from NumPy by {apart:.2g} of its largest value, and {TOLERANCE:g} is the most")
        return faults


def seconds_of_layers(nodes: Mapping[str, float], layers: Collection[str]) -> dict[str, float]:
    """The seconds of each layer: of its nodes, which are called as it is, or so with a slash and more behind it.

    >>> seconds_of_layers({"c1/Conv": 2.0, "c1/Relu": 1.0, "p": 4.0}, {"c1", "p"})
    {'c1': 3.0, 'p': 4.0}
    """
    found: dict[str, float] = {}
    for node, seconds in nodes.items():
        name = node
        while name not in layers and "/" in name:
            name = name.rpartition("/")[0]
        if name in layers:
            found[name] = found.get(name, 0.0) + seconds
    return found


def _ordered(
    network: Graph, kept: Mapping[str, int], tensors: Mapping[str, Array], *, batched: bool
) -> dict[str, Array]:
    """The tensors that are wanted, by their names, with their axes as the spec orders them."""
    found: dict[str, Array] = {}
    for name, number in kept.items():
        tensor = network.tensors[number]
        found[name] = in_spec_order(tensors[tensor.name], network.layout, batched=batched and tensor.sees_input)
    return found
