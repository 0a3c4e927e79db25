"""The walk over the nodes of a graph, in which each becomes layers, a constant, or another view of a tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx import constant_folding, idioms, recorded
from cnncalc.models.onnx.constants import Constant
from cnncalc.models.onnx.flows import BATCH, Flow, plain_axes
from cnncalc.models.onnx.operators.table import reader
from cnncalc.models.onnx.reading import Reading
from cnncalc.models.onnx.records import Graph
from cnncalc.models.onnx.refusal import described
from cnncalc.models.onnx.scales import RunningScale
from cnncalc.models.onnx.wire import DamagedError
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from cnncalc.models.onnx.building import Building
    from cnncalc.models.onnx.records import Node

_TAKE_SCALES: Final = ("ConvInteger", "MatMulInteger", "DequantizeLinear")
"""The operators that take a scale that is computed."""
_WITH_GRAPHS: Final = ("If", "Loop", "Scan")
"""The operators that have graphs of their own, which may read any tensor."""


def translate(network: Building) -> None:
    """Translate every node; those that cannot be are kept in `network.refused`. Raises `DamagedError`."""
    # Constants come first: what an idiom looks for behind a node may have its numbers behind it, too.
    left = 0  # of the nodes of a layer that a file of our own names, which are looked at together
    for node in network.nodes:
        left = max(left - 1, recorded.nodes_of_layer(node))
        if not left and _is_constant(network, node):
            _translate(network, node)
            network.consumed[id(node)] = None
    for node in network.nodes:
        if id(node) not in network.consumed:
            _translate(network, node)
    if all(flow.is_plain for flow in network.inputs):
        _lay_out_outputs(network)


def _lay_out_outputs(network: Building) -> None:
    """Give the outputs the file's order of axes, by a `permute` where it is another than ours.

    Not where an input has its channels last: then so have the outputs, and the network of ours has them first.
    """
    for node in network.nodes:
        for name in network.outputs.intersection(node.outputs):
            flow = network.values.get(name)
            if isinstance(flow, Flow) and _is_moved(flow):
                options, axes = {"dims": flow.own_axes}, plain_axes(len(flow.shape))
                laid_out = Reading(network, node).layer("permute", options, [flow], axes=axes, tensor=name)
                network.values[name] = laid_out


def _is_moved(flow: Flow) -> bool:
    """Whether the file has all of our axes behind the batch, in another order."""
    return not flow.is_plain and flow.axes[:1] == (BATCH,) and sorted(flow.axes) == list(plain_axes(len(flow.shape)))


def _is_constant(network: Building, node: Node) -> bool:
    """Whether a node is a constant, or all that it reads is one by now."""
    if not node.inputs or node.op in _WITH_GRAPHS:
        return node.op == "Constant"
    values, tensors = network.values, network.graph.tensors
    return all(
        not name or isinstance(values.get(name), Constant) or (name in tensors and name not in values)
        for name in node.inputs
    )


def _translate(network: Building, node: Node) -> None:
    """One node, and those that are one layer with it."""
    reading = Reading(network, node)
    before = network.mark()
    try:
        reading.give(_read(reading))
    except DamagedError as error:
        error.node = error.node or described(node)
        raise
    except UntranslatableError as error:
        network.back_to(before)
        if error.is_own:
            network.refused.append((node, error.reason))
        if network.keeps_opaque:
            _keep(network, node)
        else:
            network.values.update(dict.fromkeys(filter(None, node.outputs)))


def _keep(network: Building, node: Node) -> None:
    """Make opaque layers of a node; raises `OpaqueError` where that is not possible."""
    from cnncalc.models.onnx.opaque import opaque

    reading = Reading(network, node)
    try:
        reading.give(opaque(reading))
    except UntranslatableError as error:
        raise OpaqueError(node, error.reason) from None


class OpaqueError(Exception):
    """A node that cannot even be kept as an opaque layer."""

    def __init__(self, node: Node, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.reason = reason


def _read(reading: Reading) -> Any:
    """What a node gives: a tensor, a constant, or a list of these."""
    node = reading.node
    if any(name and reading.network.value(name) is None for name in node.inputs):
        raise UntranslatableError("", is_own=False)
    if reading.network.whole_numbers:
        _check_scales(reading)
    if node.op == "If":
        return _branch(reading)
    for attempt in (recorded.recognised, constant_folding.folded, idioms.recognised):
        done = attempt(reading)
        if done is not None:
            return done
    read = reader(node.op, node.domain)
    if read is None:
        raise UntranslatableError("")
    found = read(reading)
    if node.attributes and reading.last is node:
        _check_attributes(reading)
    return found


def _check_scales(reading: Reading) -> None:
    """Raise `UntranslatableError` for a scale of whole numbers where a value is wanted."""
    for at, value in enumerate(reading.inputs):
        if isinstance(value, RunningScale) and reading.op not in _TAKE_SCALES:
            raise reading.refuse(f"its input {at} is a scale that its values have while they run")


def _branch(reading: Reading) -> list[Any]:
    """What the branch of an `If` gives whose condition is known: its nodes stand in the place of the node."""
    network, node = reading.network, reading.node
    if not isinstance(reading.input(0), Constant):
        raise UntranslatableError("its condition is computed")
    name = "then_branch" if (reading.whole_numbers(0) or [0])[0] else "else_branch"
    branch = node.attributes.get(name)
    if not isinstance(branch, Graph):
        raise DamagedError(f"it has no `{name}`")
    network.enter(branch)
    for inner in branch.nodes:
        if id(inner) not in network.consumed:
            _translate(network, inner)
    found = [network.value(info.name) for info in branch.outputs]
    if None in found:
        raise UntranslatableError("", is_own=False)
    return found


def _check_attributes(reading: Reading) -> None:
    """Raise `UntranslatableError` for an attribute that nothing looked at: it may say something else."""
    from cnncalc.models.onnx.opaque import attributes_not_read

    unread = next(attributes_not_read(reading), None)
    if unread is not None:
        raise UntranslatableError(f"its attribute `{unread[:60]}` is not known here")
