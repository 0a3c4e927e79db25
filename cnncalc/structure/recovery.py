"""Programs of networks, with as much structure as their text may have and still be the same network."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError
from cnncalc.structure.branches import with_branches
from cnncalc.structure.constants import StandIns, put_back
from cnncalc.structure.flat import array_names, flat
from cnncalc.structure.frames import tree
from cnncalc.structure.options import short_options
from cnncalc.structure.program import Program
from cnncalc.structure.scopes import folded
from cnncalc.structure.series import with_series, without_series
from cnncalc.structure.wording import Unwritable, block_words, network_words
from cnncalc.structure.yaml_text import program_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.models.imported import Imported
    from cnncalc.structure.flat import ArrayNames
    from cnncalc.structure.program import Block, Item

COMMUTATIVE: Final = frozenset({"add", "multiply", "maximum", "minimum", "average"})
"""The merges of two inputs that may be taken in either order: their sum, to the last bit, is the same."""


MOST_OPENED: Final = 60
"""The scopes in which names may hide others, beyond which a network is written flat."""
MOST_LAYERS: Final = 20_000
"""The layers beyond which no structure is looked for, which nobody made by hand."""


def recovered(graph: Graph, *, nested: bool = True) -> Program:
    """The program of a graph: the same layers by name, option by option, input by input.

    Not `nested`, it is a layer an entry.

    >>> import cnncalc
    >>> recovered(cnncalc.load("lenet")).body[0]
    c1: conv2d {'out_channels': 6, 'kernel_size': 5, 'padding': 'same', 'activation': 'tanh'} from None
    """
    network = flat(graph)
    arrays = array_names(graph)
    stand_ins = StandIns(network)
    program = next(_same(network, arrays, graph, stand_ins), None) if nested else None
    if program is None:
        program = _program(network, arrays, -1)
    put_back(program)
    return program


def _same(network: Imported, arrays: ArrayNames, graph: Graph, stand_ins: StandIns) -> Iterator[Program]:
    """Programs with structure that are the same network, those with the most first."""
    if len(network.layers) <= MOST_LAYERS:
        for program in _attempts(network, arrays):
            if is_same(program, graph, stand_ins):
                yield program


def is_same(program: Program, graph: Graph, stand_ins: StandIns) -> bool:
    """Whether the text of a program expands to a graph: layers, options, inputs and outputs, by their names."""
    try:
        built = expanded(program_yaml(program, head_of(program, graph), {}), graph)
    except CnncalcError:
        return False
    ours, theirs = ([_described(node, stand_ins) for node in nodes] for nodes in (built.nodes, graph.nodes))
    return ours == theirs and list(built.outputs) == list(graph.outputs)


def head_of(program: Program, graph: Graph) -> dict[str, Any]:
    """The first keys of a program's spec: `input`, or `inputs`."""
    from cnncalc.structure.yaml_text import Flow

    layout = graph.layout
    shapes = {name: "x".join(map(str, layout.external(shape))) for name, shape in program.inputs.items()}
    order = {"data_format": "channels_last"} if layout.external((1, 2, 3)) != (1, 2, 3) else {}
    if list(shapes) == ["input"]:
        return {**order, "input": shapes["input"]}
    return {**order, "inputs": Flow(shapes)}


def expanded(text: str, graph: Graph) -> Graph:
    """The graph of a text, with the layer types of another one; raises `CnncalcError`."""
    from cnncalc.spec.blueprint import Blueprint
    from cnncalc.spec.document import Spec
    from cnncalc.spec.variant import ChosenVariant
    from cnncalc.text_nodes import Source

    choice = ChosenVariant(Spec(Source("<program>", text)), None, {})
    layers = getattr(graph.blueprint, "layers", None)
    return (Blueprint(choice) if layers is None else Blueprint(choice, layers)).at(graph.inputs)


def _attempts(network: Imported, arrays: ArrayNames) -> Iterator[Program]:
    """Programs, those with the most structure first."""
    opened: set[str] | None = None
    for effort in (3, 2, 1, 0):
        try:
            yield _program(network, arrays, effort)
            continue
        except Unwritable:
            opened = _to_open(network) if opened is None else opened
        with suppress(Unwritable):
            yield _program(network, arrays, effort, opened)


def _to_open(network: Imported) -> set[str]:
    """The scopes in which a word means another tensor than the one that they take from outside."""
    opened: set[str] = set()
    for _ in range(MOST_OPENED):
        try:
            network_words(tree(network, opened=opened), list(network.inputs))
        except Unwritable as error:
            opened.add(error.path)
        else:
            break
    return opened


def _program(network: Imported, arrays: ArrayNames, effort: int, opened: Collection[str] = ()) -> Program:
    """A program: flat, or of scopes, and with branches from an effort of 1 on, loops of 2, blocks of 3.

    Scopes that are `opened` are none.
    """

    def scopes() -> list[Item]:
        return tree(network, nested=effort >= 0, opened=opened, owners=arrays.owners)

    blocks: list[Block] = []
    if effort > 1:
        entries, blocks = folded(lambda: with_series(with_branches(scopes())), with_blocks=effort > 2)
    else:
        entries = with_branches(scopes()) if effort > 0 else scopes()
    for block in blocks:
        block.body = without_series(block.body)
    body = network_words(without_series(entries), list(network.inputs))
    worded = list(map(block_words, blocks))
    return Program(network.name, network.inputs, worded, body, _outputs_of(network), frozen=arrays.frozen)


def _outputs_of(network: Imported) -> list[str] | None:
    """The outputs; None where the last layer is the only one."""
    last = [layer.name for layer in network.layers if layer.inputs][-1:]
    return None if network.outputs == last else network.outputs


def _described(node: Node, stand_ins: StandIns) -> Any:
    """What makes a node what it is, but for the numbers of tensors, which are in the same order."""
    inputs = list(zip(node.inputs, node.input_shapes, strict=True))
    if node.layer.type_name in COMMUTATIVE and len(inputs) == 2:
        inputs.sort()
    options = {name: value for name, value in short_options(node.layer).items() if name not in node.layer.references}
    arrays = (node.arrays.owner, node.arrays.is_trained) if node.weight_shapes else None
    return node.name, node.type, stand_ins.of(node.type, options), inputs, arrays
