"""Forward propagation of receptive fields: for every tensor one `Field` per input of the network and spatial axis.

A `LayerReads` says what one layer reads, and `fields_behind` maps the fields of its inputs to those of its output.
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
    known: dict[object, list[LayerReads]] = {}
    allowance = Allowance(network)
    reads = [
        known.get(node.kind) or known.setdefault(node.kind, layer_reads(node, allowance)) if node.sees_input else []
        for node in network.nodes
    ]
    any_needed = any(step.needs_each_channel for steps in known.values() for step in steps)
    per_channel_tensors = _needed_per_channel(network, reads) if any_needed else ()
    for node, steps in zip(network.nodes, reads, strict=True):
        per_channel = len(tensors) in per_channel_tensors
        if not node.sees_input:
            tensors.append({})
            continue
        input_fields = [tensors[number] for number in node.inputs]
        for step in steps:
            input_fields = [fields_behind(step, input_fields, per_channel=per_channel)]
        tensors.append(input_fields[0])
    inexact = [number for number, fields in enumerate(tensors) if any(map(_is_inexact, fields.values()))]
    return _refined(network, tensors, inexact) if inexact else tensors


def _needed_per_channel(network: Graph, reads: list[list[LayerReads]]) -> set[int]:
    """The tensors of which a later layer needs the field of each channel, and not only that of all together."""
    found: set[int] = set()
    for node, steps in zip(reversed(network.nodes), reversed(reads), strict=True):
        if not steps:  # no input reaches it
            continue
        needed, wanted = node.output in found, [False]
        for step in reversed(steps):
            wanted = [step.needs_each_channel or (needed and not mixes) for mixes in step.mixes_channels]
            needed = wanted[0]
        found.update(taken for taken, asked in zip(node.inputs, wanted, strict=True) if asked)
    return found


def _is_inexact(fields: tuple[Field, ...]) -> bool:
    """Whether an axis is read whole by every path, but only bounds are known of which pixels that makes."""
    return any(not field.exact and _sees_whole(field) for field in fields)


def _sees_whole(field: Field) -> bool:
    if field.plain:
        return field.local is None
    from cnncalc.receptive_field.hulls import sees_whole

    return sees_whole(field)


def _refined(network: Graph, tensors: list[Fields], inexact: list[int]) -> list[Fields]:
    """Replace the conservative `seen` bounds of global fields by exact ones, found by walking back from the tensor."""
    from cnncalc.receptive_field.extents import extents

    known = extents(network, inexact)
    for number in inexact:
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


def layer_reads(node: Node, allowance: Allowance) -> list[LayerReads]:
    """What each step of a node reads: its layer, and the activation that is its last step."""
    return [LayerReads(step.layer, step.input_shapes, step.output_shape, allowance) for step in node.steps]


def fields_behind(layer: LayerReads, input_fields: list[Fields], *, per_channel: bool) -> Fields:
    """The fields of a layer's output, given those of each input, merged; `per_channel` keeps its channels apart."""
    if layer.keeps_fields and (layer.keeps_channels or _are_plain(input_fields[0])):
        return input_fields[0]
    first, *others = by_input(layer, input_fields, per_channel=per_channel)
    if not others:
        return first
    paths: dict[str, list[tuple[Field, ...]]] = {}
    for fields_of in (first, *others):
        for name, fields in fields_of.items():
            paths.setdefault(name, []).append(fields)
    return {name: tuple([_merged(layer, axis) for axis in zip(*found, strict=True)]) for name, found in paths.items()}


def _merged(layer: LayerReads, fields: tuple[Field, ...]) -> Field:
    """The hull of the fields of one axis that the output has by several inputs."""
    found = fields[0]
    for field in fields[1:]:
        both = found.union_hull(field)
        if both is None:
            from cnncalc.receptive_field.hulls import union_of_fields

            return union_of_fields(fields, layer.output)
        found = both
    return found


def by_input(layer: LayerReads, input_fields: list[Fields], *, per_channel: bool) -> list[Fields]:
    """The fields of a layer's output by way of each input alone, in the order of the inputs."""
    return [
        {
            name: tuple([_through(layer, field, number, per_channel) for field in of_input])
            for name, of_input in fields.items()
        }
        for number, fields in enumerate(input_fields)
    ]


def _through(layer: LayerReads, field: Field, number: int, per_channel: bool) -> Field:
    """The field of one axis behind a layer, by its input of that number."""
    if layer.is_unknown:
        return field.whole()._replace(approximate=True)
    if field.paths or layer.is_rearranged or (layer.joined_axis is not None and (layer.joined_axis or per_channel)):
        return _by_paths(layer, field, number, per_channel=per_channel)
    if field.local is None:
        return field if layer.uses_all(number) else field._replace(exact=False)
    axis, shape = field.axis, layer.inputs[number]
    if axis in layer.global_axes[number]:
        return field._replace(is_global=True, exact=field.exact and not layer.is_partial[number])
    hull = layer.hulls[number][axis]
    if hull is None:
        whole = field.whole(exact=layer.all_see_all(number))
        return whole._replace(approximate=True) if layer.is_irregular(number, axis) else whole
    found = field.after(hull, shape[axis], layer.output[axis])
    exact = found.exact and not (layer.skips[number] or layer.mirrors[number])
    return found if exact == found.exact else found._replace(exact=exact)


def _by_paths(layer: LayerReads, field: Field, number: int, *, per_channel: bool) -> Field:
    """The field of one axis, path by path; where values are only laid out anew, all that was seen still is."""
    if layer.is_rearranged and field.local is None and not field.paths:
        return field if layer.uses_all(number) else field._replace(exact=False)
    if layer.is_rearranged and len(layer.output) == 1 and not per_channel:
        return field.whole(exact=layer.uses_all(number))
    from cnncalc.receptive_field.path_propagation import propagate_paths

    return propagate_paths(layer, field, number, per_channel=per_channel)


def _are_plain(fields: Fields) -> bool:
    return all(field.plain for of_input in fields.values() for field in of_input)


def fields_by_input(network: Graph, node: Node, input_fields: list[Fields]) -> list[Fields]:
    """The fields of a node's output by way of each of its inputs alone, given the fields of these."""
    own, *steps = layer_reads(node, Allowance(network))
    found = by_input(own, input_fields, per_channel=False)
    for step in steps:
        found = [fields_behind(step, [fields], per_channel=False) for fields in found]
    return found
