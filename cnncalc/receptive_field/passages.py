"""Forward propagation of receptive fields: for every tensor one `Field` per input of the network and spatial axis.

A `Passage` is a layer as far as its reads go; `behind` maps the fields of its inputs to those of its output. Ordinary
fields are one linear map (`receptive`); where axes move, are cut or joined, a field holds several `Path`s (`paths`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.geometry.receptive import IDENTITY, LONGEST_PERIOD, Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.geometry.positions import Positions
    from cnncalc.geometry.receptive import AxisMap
    from cnncalc.layers.base import Layer
    from cnncalc.layout import Shape
    from cnncalc.network import Network
    from cnncalc.node import Node

MOST_STEPS: Final = 40_000
"""The most steps, each of one path through one layer, that a network of few layers may take: about a second."""

STEPS_A_LAYER: Final = 10
"""The further steps that each layer of the network allows."""

Fields = dict[str, tuple[Field, ...]]
"""What a tensor sees of each input that it depends on: one field per spatial axis of that input."""


def receptive_fields(network: Network) -> list[Fields]:
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
        fields = passages[0].behind([tensors[number] for number in node.inputs], detail=detail)
        tensors.append(passages[1].behind([fields], detail=detail) if len(passages) > 1 else fields)
    loose = [number for number, fields in enumerate(tensors) if any(map(_is_loose, fields.values()))]
    return _refined(network, tensors, loose) if loose else tensors


def _learnt(known: dict[object, list[Passage]], node: Node, allowance: Allowance) -> list[Passage]:
    return known.setdefault(node.kind, passages_of(node, allowance))


def _told_apart(network: Network, ways: list[list[Passage]]) -> set[int]:
    """The tensors of which a later layer needs the field of each channel, and not only that of all together."""
    found: set[int] = set()
    number = len(network.tensor_shapes)
    for node, passages in zip(reversed(network.nodes), reversed(ways), strict=True):
        number -= 1
        needed, wanted = number in found, [False]
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


def _refined(network: Network, tensors: list[Fields], loose: list[int]) -> list[Fields]:
    """The fields with exact bounds along axes that every path reads whole, found by walking back from the tensor."""
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


class Allowance:
    """The steps, each of one path through one layer, that are left to a network."""

    def __init__(self, network: Network) -> None:
        self.left = MOST_STEPS + STEPS_A_LAYER * len(network.nodes)

    def spend(self, steps: int) -> bool:
        """Take steps; false where there are none left for more than one path."""
        self.left -= steps
        return steps == 1 or self.left >= 0


def passages_of(node: Node, allowance: Allowance) -> list[Passage]:
    """The passage of a node's layer and, where the layer has its own activation, that of the activation."""
    own = Passage(node.layer, node.input_shapes, node.output_shape, allowance)
    last = node.layer.last_step
    return [own] if last is None else [own, Passage(last, [node.output_shape], node.output_shape, allowance)]


class Passage:
    """What a layer's output, of shape `output`, reads of each of its inputs along each axis, channels being axis 0."""

    def __init__(self, layer: Layer, inputs: list[Shape], output: Shape, allowance: Allowance) -> None:
        self.layer = layer
        self.allowance = allowance
        self.inputs = inputs
        self.output = output
        self.channels = layer.channel_reads(inputs, output)
        spatial = layer.reads(inputs, output)
        self.reads = [(channels, *axes) for channels, axes in zip(self.channels, spatial, strict=True)]
        self.moves = layer.rearranges(inputs[0], output)
        self.joins = layer.joins(inputs)
        self.gathers = [{axis + 1 for axis in layer.gathers(shape)} for shape in inputs]
        if layer.keeps_places and self.channels[0] is None:
            self.gathers[0].add(0)
        self.skips = [
            any(map(self._skips, reads, shape, output)) for reads, shape in zip(self.reads, inputs, strict=True)
        ]
        self.asks = self._tells_channels_apart()
        self.mixes = [by is None and not layer.keeps_places for by in self.channels]
        self.passes = len(inputs) == 1 and not (self.gathers[0] - {0} or self.moves) and self._leaves_axes()
        self.passes_channels = self.channels[0] is IDENTITY

    @staticmethod
    def _skips(reads: AxisMap | None, before: int, after: int) -> bool:
        """Whether border positions of an axis may be read by no unit: windows with holes may start in the padding."""
        if reads is None or reads is IDENTITY or not reads.skips:
            return False
        first, last = reads.span(0, after - 1)
        return not reads.ordered or first < 0 or last >= before

    def uses_all(self, number: int) -> bool:
        """Whether every value of an input enters the output; False also where that would take long to find out."""
        if self.joins is not None or self.moves:
            return True
        if self.layer.selects or self.layer.mirrors:
            return False
        axes = zip(self.reads[number], self.inputs[number], self.output, strict=False)
        return all(by is None or by is IDENTITY or _covers(by, before, after) for by, before, after in axes)

    def _leaves_axes(self) -> bool:
        """Whether output position p depends on position p of the only input alone, along every axis."""
        _, *axes = self.reads[0]
        return bool(axes or not self.layer.selects) and all(reads is IDENTITY for reads in axes)

    def _tells_channels_apart(self) -> bool:
        """Whether the output needs the field of each channel of the input, and not only that of all together."""
        if not self.moves:
            return self.layer.selects and self.channels[0] is not IDENTITY
        if len(self.output) == 1:
            return False
        from cnncalc.receptive_field.paths import Path, whole_axis
        from cnncalc.receptive_field.relaying import rearranged

        channels = self.inputs[0][0]
        found = rearranged(Path((whole_axis(0, channels, IDENTITY),)), self.moves, self.inputs[0])
        return any(digit.axis for path in found for term in path.terms for digit in term.digits)

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
        if axis in self.gathers[number]:
            return field._replace(is_global=True)
        if reads is None:
            whole = field.whole(exact=self.uses_all(number))
            return whole._replace(approximate=True) if self.is_irregular(number, axis) else whole
        behind = field.through(reads, shape[axis], self.output[axis])
        exact = behind.exact and not (self.skips[number] or self.layer.mirrors)
        return behind if exact == behind.exact else behind._replace(exact=exact)

    def _by_paths(self, field: Field, number: int, *, detail: bool) -> Field:
        """The field of one axis, path by path; where values are only laid out anew, all that was seen still is."""
        if self.moves and field.local is None and not field.paths:
            return field
        if self.moves and len(self.output) == 1 and not detail:
            return field.whole()
        from cnncalc.receptive_field.following import followed

        return followed(self, field, number, detail=detail)

    def is_irregular(self, number: int, axis: int) -> bool:
        """Whether an axis counts as read whole because the pattern of what is read has no short description."""
        windowed = self.layer.channelwise or self.layer.windows(self.inputs[number]) is not None
        return windowed and self.inputs[number][axis] > 1 and self.output[axis] > LONGEST_PERIOD

    def taps(self, number: int, axis: int) -> Callable[[int], Positions]:
        """The positions along an axis of an input that each position of the output reads."""
        from cnncalc.geometry.positions import Positions

        return lambda unit: self.layer.taps(number, axis, Positions.span(unit, unit), self.inputs, self.output)


def _covers(reads: AxisMap, before: int, after: int) -> bool:
    """Whether the `after` units together read all of the `before` positions of an axis."""
    if reads.skips:
        return False
    first, last = reads.span(0, after - 1)
    return first <= 0 and last >= before - 1


def _are_plain(fields: Fields) -> bool:
    return all(field.plain for of_input in fields.values() for field in of_input)


def arrived(network: Network, node: Node, arriving: list[Fields]) -> list[Fields]:
    """The fields of a node's output by way of each of its inputs alone, given the fields of these."""
    own, *steps = passages_of(node, Allowance(network))
    apart = own.apart(arriving, detail=False)
    for step in steps:
        apart = [step.behind([fields], detail=False) for fields in apart]
    return apart
