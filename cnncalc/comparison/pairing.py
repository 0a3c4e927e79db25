"""Which layer of one network is which of another: by names that people gave, and else by place."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any, Final

from cnncalc.comparison.alignment import aligned, rising

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from cnncalc.summary.results import LayerFigures, Report

COMMUTATIVE: Final = frozenset({"add", "multiply", "average", "maximum", "minimum"})
"""The types whose inputs may stand in any order."""

_COUNT: Final = re.compile(r"_\d+$")
_LONGEST_CHAIN: Final = 1000
"""The most inputs of concatenations of concatenations that are looked at as one list."""


def has_counted_name(layer: LayerFigures) -> bool:
    """Whether a layer is called after its type, with or without a number: nobody thought of that name.

    >>> import cnncalc
    >>> [has_counted_name(layer) for layer in cnncalc.load("resnet18").report().layers[:3]]
    [False, False, True]
    """
    return _COUNT.sub("", layer.name.rpartition(".")[2]) == layer.type


class Pairing:
    """The pairs of layers of two networks: `before` has the name in the first by that in the second, `after` the other.

    Both have the networks' inputs too. Names that people gave are one name, whatever the layers are; what is counted,
    as `relu_1`, is the layer in the same place: it reads the same, or stands between the same layers. Where most names
    that were given are not the other network's, all layers are paired by place.
    """

    def __init__(self, before: Report, after: Report) -> None:
        self.old = {layer.name: layer for layer in before.layers}
        self.new = {layer.name: layer for layer in after.layers}
        self.before: dict[str, str] = {}
        self.after: dict[str, str] = {}
        self.given_before = {name for name, layer in self.old.items() if not has_counted_name(layer)}
        self.given_after = {name for name, layer in self.new.items() if not has_counted_name(layer)}
        self._pair_inputs(list(before.inputs), list(after.inputs))
        common = self.given_before & self.given_after
        for name in self.new:
            if name in common:
                self._pair(name, name)
        self.names_differ = 2 * len(common) < min(len(self.given_before), len(self.given_after))
        self._pair_by_inputs()
        for key in (_as_computed, _as_typed, _as_placed):
            self._pair_between(key)

    def inputs_before(self, name: str) -> tuple[str, ...]:
        """The inputs of a layer of the first network by their names in the second.

        Those that may stand in any order are sorted; one without a pair keeps its name, behind a blank.
        """
        return _ordered(self.old[name], [self.after.get(source, f" {source}") for source in self.old[name].inputs])

    def inputs_after(self, name: str) -> tuple[str, ...]:
        """The inputs of a layer of the second network, ordered likewise."""
        return _ordered(self.new[name], self.new[name].inputs)

    def read_alike(self, before: str, after: str) -> bool:
        """Whether both layers of a pair read the same; to join what is joined is to join all of it."""
        if self.inputs_before(before) == self.inputs_after(after):
            return True
        if self.old[before].type != "concat" or self.new[after].type != "concat":
            return False
        one = [self.after.get(source, f" {source}") for source in _joined(before, self.old)]
        return one == _joined(after, self.new)

    def _pair(self, before: str, after: str) -> None:
        self.before[after] = before
        self.after[before] = after

    def _pair_inputs(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Pair the inputs by name or, where there are as many with other names, by place."""
        if len(old) == len(new) and set(old) != set(new):
            pairs = list(zip(old, new, strict=True))
        else:
            pairs = [(name, name) for name in new if name in old]
        for one, other in pairs:
            self._pair(one, other)

    def _may_be_one(self, before: str, after: str) -> bool:
        """Whether names allow that two layers are one: two that were given differ."""
        return self.names_differ or before not in self.given_before or after not in self.given_after

    def _pair_by_inputs(self) -> None:
        """Pair layers that compute the same of the same, wherever they stand."""
        readers: dict[Hashable, deque[str]] = defaultdict(deque)
        for name, layer in self.old.items():
            if name not in self.after:
                readers[(_ordered(layer, layer.inputs), _as_computed(layer))].append(name)
        for name, layer in self.new.items():
            if name in self.before:
                continue
            inputs = _ordered(layer, [self.before.get(source, f" {source}") for source in layer.inputs])
            found = readers.get((inputs, _as_computed(layer)))
            if found and self._may_be_one(found[0], name):
                self._pair(found.popleft(), name)

    def _pair_between(self, key: Callable[[LayerFigures], Hashable]) -> None:
        """Pair what is left between layers that are pairs, as far as it is alike by a key, in order."""
        places = {name: place for place, name in enumerate(self.old)}
        old, new = list(self.old), list(self.new)
        anchors = [(places[self.before[name]], place) for place, name in enumerate(new) if name in self.before]
        start, begin = 0, 0
        for end, stop in [*rising(anchors), (len(old), len(new))]:
            left = [name for name in old[start:end] if name not in self.after]
            right = [name for name in new[begin:stop] if name not in self.before]
            if left and right:
                self._align(left, right, key)
            start, begin = end + 1, stop + 1

    def _align(self, left: Sequence[str], right: Sequence[str], key: Callable[[LayerFigures], Hashable]) -> None:
        """Pair layers of two stretches in order, as many as are alike by a key and may be one."""
        one = [(key(self.old[name]), self._is_fixed(name, self.given_before)) for name in left]
        other = [(key(self.new[name]), self._is_fixed(name, self.given_after)) for name in right]

        def alike(first: Any, second: Any) -> bool:
            """Whether two are alike, and not of two names that were given."""
            return bool(first[0] == second[0] and not (first[1] and second[1]))

        for i, j in aligned(one, other, alike):
            self._pair(left[i], right[j])

    def _is_fixed(self, name: str, given: set[str]) -> bool:
        return not self.names_differ and name in given


def _as_computed(layer: LayerFigures) -> Hashable:
    """All of a layer that an equal one has too, but for names."""
    weights = (*layer.weights.items(), *layer.buffer_shapes.items())
    return (layer.type, layer.activation, layer.window, layer.output_shape, weights)


def _as_typed(layer: LayerFigures) -> Hashable:
    return layer.type


def _as_placed(layer: LayerFigures) -> Hashable:
    return (layer.role, layer.output_shape)


def _ordered(layer: LayerFigures, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(names) if layer.type in COMMUTATIVE else names)


def _joined(name: str, layers: dict[str, LayerFigures]) -> list[str]:
    """What a concatenation joins, where those along the same axis among its inputs are as much as their own inputs."""
    axis = _axis(layers[name])
    found: list[str] = []
    left = list(reversed(layers[name].inputs))
    while left and len(found) < _LONGEST_CHAIN:
        source = left.pop()
        layer = layers.get(source)
        if layer is not None and layer.type == "concat" and axis is not None and _axis(layer) == axis:
            left.extend(reversed(layer.inputs))
        else:
            found.append(source)
    return [*found, *reversed(left)]


def _axis(layer: LayerFigures) -> int | None:
    """The one axis along which a concatenation is larger than its inputs; None where no single one is."""
    shape = layer.output_shape
    axes = {axis for each in layer.input_shapes for axis, size in enumerate(each) if size != shape[axis]}
    return axes.pop() if len(axes) == 1 else None
