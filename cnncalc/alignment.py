"""Where paths with different centres merge: the layer, and the two of its inputs by which they arrive."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from cnncalc.field_report import Merge
from cnncalc.passages import arrived

if TYPE_CHECKING:
    from cnncalc.network import Network, Node
    from cnncalc.passages import Fields
    from cnncalc.receptive import Field


def merge_of(network: Network, fields: list[Fields], tensor: int, name: str) -> Merge | None:
    """The first merge, on the way to a tensor, of paths from the input `name` whose centres differ; None for none.

    `fields` are those of all tensors.

    >>> import cnncalc
    >>> from cnncalc.passages import receptive_fields
    >>> branch = "{max_pool: {kernel_size: 2, stride: 1, padding: [[0, 1]]}}"
    >>> network = cnncalc.load(f"input: 1x8\\nlayers:\\n- residual: {{layers: [{branch}]}}\\n- relu\\n")
    >>> merge_of(network, receptive_fields(network), network.tensor(), "input")
    Merge(layer='add_1', paths=('max_pool_1', 'input'))
    """
    first = len(network.inputs)
    while not _aligned(fields[tensor], name):
        node = network.nodes[tensor - first]
        earlier = [number for number in node.inputs if not _aligned(fields[number], name)]
        if earlier:
            tensor = earlier[0]
            continue
        names = network.tensor_names
        here, there = _apart(node, fields, name)
        return Merge(node.name, (names[node.inputs[here]], names[node.inputs[there]]))
    return None


def _aligned(fields: Fields, name: str) -> bool:
    return all(field.aligned for field in fields.get(name, ()))


def _apart(node: Node, fields: list[Fields], name: str) -> tuple[int, int]:
    """The places, among a node's inputs, of the first two by which paths with different centres arrive."""
    arriving = arrived(node, [fields[number] for number in node.inputs])
    paths = [(place, of_input[name]) for place, of_input in enumerate(arriving) if name in of_input]
    return next((a, b) for (a, one), (b, other) in combinations(paths, 2) if not _agree(one, other, node))


def _agree(one: tuple[Field, ...], other: tuple[Field, ...], node: Node) -> bool:
    """Whether two paths have the same centres along every axis."""
    shape = node.output_shape
    pairs = zip(one, other, strict=True)
    return all(a.merged(b, shape[a.axis + 1] if a.local else 1).aligned for a, b in pairs)
