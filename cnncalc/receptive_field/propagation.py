"""Forward propagation of receptive fields: for every tensor one `Field` per input of the network and spatial axis.

A `LayerReads` says what one layer reads; a `Passage` maps the fields of its inputs to those of its output.
Ordinary fields are one linear map (`field`); where axes move, are cut or joined, a field holds several paths (`paths`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.geometry.axis_map import IDENTITY
from cnncalc.receptive_field.field import Field
from cnncalc.receptive_field.layer_reads import Allowance, LayerReads

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node

Fields = dict[str, tuple[Field, ...]]
"""What a tensor sees of each input that it depends on: one field per spatial axis of that input."""


def receptive_fields(network: Graph) -> list[Fields]:
    """The receptive fields of every tensor, by number, with those of the inputs themselves first.

    >>> import cnncalc
    >>> network = cnncalc.load("lenet")
    >>> height, width = receptive_fields(network)[network.tensor("c3")]["input"]
    >>> height.local
    AxisMap(firsts=(-2,), lasts=(11,), step=2, gap=1)
    """
    tensors: list[Fields] = [
        {name: tuple(Field(IDENTITY, (0, size - 1), axis) for axis, size in enumerate(shape[1:], 1))}
        for name, shape in network.inputs.items()
    ]
    known: dict[object, list[Passage]] = {}
    allowance = Allowance(network)
    ways = [known.get(node.kind) or _learnt(known, node, allowance) for node in network.nodes]
    asking = any(passage.asks for passages in known.values() for passage in passages)
    apart = _told_apart(network, ways) if asking else ()
    for node, passages in zip(network.nodes, ways, strict=True):
        detail = len(tensors) in apart
        arriving = [tensors[number] for number in node.inputs]
        for passage in passages:
            arriving = [passage.behind(arriving, detail=detail)]
        tensors.append(arriving[0])
    loose = [number for number, fields in enumerate(tensors) if any(map(_is_loose, fields.values()))]
    return _refined(network, tensors, loose) if loose else tensors


def _learnt(known: dict[object, list[Passage]], node: Node, allowance: Allowance) -> list[Passage]:
    return known.setdefault(node.kind, passages_of(node, allowance))


def _told_apart(network: Graph, ways: list[list[Passage]]) -> set[int]:
    """The tensors of which a later layer needs the field of each channel, and not only that of all together."""
    found: set[int] = set()
    for node, passages in zip(reversed(network.nodes), reversed(ways), strict=True):
        needed, wanted = node.output in found, [False]
        for passage in reversed(passages):
            wanted = [passage.asks or (needed and not mixes) for mixes in passage.mixes]
            needed = wanted[0]
        found.update(taken for taken, asked in zip(node.inputs, wanted, strict=True) if asked)
    return found


def _is_loose(fields: tuple[Field, ...]) -> bool:
    """Whether an axis is read whole by every path, but only bounds are known of which pixels that makes."""
    return any(not field.exact and _sees_whole(field) for field in fields)


def _sees_whole(field: Field) -> bool:
    if field.plain:
        return field.local is None
    from cnncalc.receptive_field.hulls import sees_whole

    return sees_whole(field)


def _refined(network: Graph, tensors: list[Fields], loose: list[int]) -> list[Fields]:
    """Replace the conservative `seen` bounds of global fields by exact ones, found by walking back from the tensor."""
    from cnncalc.receptive_field.extents import extents

    known = extents(network, loose)
    for number in loose:
        found = known.get(number)
        tensors[number] = {
            name: tuple(
                field
                if not _sees_whole(field)
                else field._replace(approximate=True)
                if found is None
                else field._replace(seen=found[name][axis] or (0, -1), exact=True)
                for axis, field in enumerate(fields)
            )
            for name, fields in tensors[number].items()
        }
    return tensors


def passages_of(node: Node, allowance: Allowance) -> list[Passage]:
    """The passage of each step of a node: its layer, and the activation that is its last step."""
    return [Passage(step.layer, step.input_shapes, step.output_shape, allowance) for step in node.steps]


class Passage(LayerReads):
    """What a layer makes of the fields of its inputs."""

    def behind(self, arriving: list[Fields], *, detail: bool) -> Fields:
        """The fields of the output, given those of each input, merged; `detail` keeps its channels apart."""
        if self.passes and (self.passes_channels or _are_plain(arriving[0])):
            return arriving[0]
        first, *others = self.apart(arriving, detail=detail)
        if not others:
            return first
        ways: dict[str, list[tuple[Field, ...]]] = {}
        for way in (first, *others):
            for name, fields in way.items():
                ways.setdefault(name, []).append(fields)
        return {name: tuple([self._merged(axis) for axis in zip(*found, strict=True)]) for name, found in ways.items()}

    def _merged(self, fields: tuple[Field, ...]) -> Field:
        """The hull of the fields of one axis that the output has by several inputs."""
        found = fields[0]
        for field in fields[1:]:
            behind = found.merged(field)
            if behind is None:
                from cnncalc.receptive_field.hulls import merged

                return merged(fields, self.output)
            found = behind
        return found

    def apart(self, arriving: list[Fields], *, detail: bool) -> list[Fields]:
        """The fields of the output by way of each input alone, in the order of the inputs."""
        return [
            {
                name: tuple([self._through(field, number, detail) for field in of_input])
                for name, of_input in fields.items()
            }
            for number, fields in enumerate(arriving)
        ]

    def _through(self, field: Field, number: int, detail: bool) -> Field:
        """The field of one axis behind the layer, by its input of that number."""
        if field.paths or self.moves or (self.joins is not None and (self.joins or detail)):
            return self._by_paths(field, number, detail=detail)
        if field.local is None:
            return field if self.uses_all(number) else field._replace(exact=False)
        axis, shape = field.axis, self.inputs[number]
        reads = self.reads[number][axis]
        if axis in self.global_axes[number]:
            return field._replace(is_global=True)
        if reads is None:
            whole = field.whole(exact=self.uses_all(number))
            return whole._replace(approximate=True) if self.is_irregular(number, axis) else whole
        behind = field.through(reads, shape[axis], self.output[axis])
        exact = behind.exact and not (self.skips[number] or self.layer.reads_mirrored_border)
        return behind if exact == behind.exact else behind._replace(exact=exact)

    def _by_paths(self, field: Field, number: int, *, detail: bool) -> Field:
        """The field of one axis, path by path; where values are only laid out anew, all that was seen still is."""
        if self.moves and field.local is None and not field.paths:
            return field
        if self.moves and len(self.output) == 1 and not detail:
            return field.whole()
        from cnncalc.receptive_field.path_propagation import followed

        return followed(self, field, number, detail=detail)


def _are_plain(fields: Fields) -> bool:
    return all(field.plain for of_input in fields.values() for field in of_input)


def arrived(network: Graph, node: Node, arriving: list[Fields]) -> list[Fields]:
    """The fields of a node's output by way of each of its inputs alone, given the fields of these."""
    own, *steps = passages_of(node, Allowance(network))
    apart = own.apart(arriving, detail=False)
    for step in steps:
        apart = [step.behind([fields], detail=False) for fields in apart]
    return apart
