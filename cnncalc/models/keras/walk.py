"""Models and the models in them, laid out flat: each layer is called with what it takes, in an order that can be."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError
from cnncalc.models.keras.configs import (
    Invocation,
    LayerConfig,
    Ref,
    damaged,
    history,
    read_layer,
    references,
)
from cnncalc.models.keras.layers import translate
from cnncalc.models.keras.names import written_name
from cnncalc.models.keras.translator import Call, Tensor, tensors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.models.keras.translator import Translator
    from cnncalc.shapes import Shape

MOST_NESTED: Final = 30
"""The deepest nesting of models in models."""
MOST_CALLS: Final = 50_000
"""The most calls in all: models that call models, each twice, are many soon."""


class Place:
    """Where a model stands: the names around its layers, at this call and at the first one.

    `steps` counts the `TimeDistributed` around it.
    """

    __slots__ = ("depth", "path", "prefix", "steps")

    def __init__(self, prefix: str = "", path: str = "", steps: int = 0, depth: int = 0) -> None:
        self.prefix = prefix
        self.path = path
        self.steps = steps
        self.depth = depth

    def inside(self, name: str, own: str, steps: int = 0) -> Place:
        """The place of the layers of a model that is called `name` here, and `own` at its first call."""
        return Place(f"{name}.", f"{self.path}{own}.", self.steps + steps, self.depth + 1)


class Walk:
    """Walks through a model, and has its layers translated."""

    def __init__(self, translator: Translator, path: str, *, says_shapes: bool) -> None:
        self.translator = translator
        self.path = path
        self.says_shapes = says_shapes
        self.count = 0

    def model(self, model: LayerConfig, inputs: Sequence[Tensor], place: Place) -> list[Tensor]:
        """The outputs of a model for its inputs, in the order of its `input_layers`; raises `CnncalcError`."""
        if place.depth > MOST_NESTED:
            raise damaged(self.path, f"models in models more than {MOST_NESTED} deep")
        if model.class_name == "Sequential":
            return self._sequential(model, inputs, place)
        return self._functional(model, inputs, place)

    def _sequential(self, model: LayerConfig, inputs: Sequence[Tensor], place: Place) -> list[Tensor]:
        """The outputs of layers one after another."""
        current: list[Tensor] = list(inputs)
        for value in model.config["layers"]:
            layer = read_layer(value, self.path)
            if layer.class_name != "InputLayer":
                given = current[0] if len(current) == 1 else list(current)
                current = self._called(layer, Invocation([given], {}), place, None)
        return current

    def _functional(self, model: LayerConfig, inputs: Sequence[Tensor], place: Place) -> list[Tensor]:
        """The outputs of a graph of layers."""
        layers = [read_layer(value, self.path) for value in model.config["layers"]]
        by_name = {layer.name: layer for layer in layers}
        if len(by_name) < len(layers):
            raise damaged(self.path, f"two layers of `{model.name[:60]}` have one name")
        known: dict[tuple[str, int], list[Tensor]] = {}
        entrances = history(model.config.get("input_layers"), self.path)
        if len(entrances) != len(inputs):
            fact = f"`{model.name[:60]}` takes {len(entrances)} inputs, and {len(inputs)} are given"
            raise damaged(self.path, fact)
        known |= {(ref.layer, 0): [tensor] for ref, tensor in zip(entrances, inputs, strict=True)}
        shifts = _shifts(layers)
        said = self._said(layers) if self.says_shapes else {}
        for layer, number in self._ordered(layers, shifts):
            if (layer.name, 0) in known and layer.class_name == "InputLayer":
                continue
            call = layer.calls[number]
            shape = said.get((layer.name, number + shifts.get(layer.name, 0)))
            args = self._resolved(call.args, known, shifts)
            kwargs = self._resolved(call.kwargs, known, shifts)
            known[layer.name, number] = self._called(layer, Invocation(args, kwargs), place, shape)
        exits = history(model.config.get("output_layers"), self.path)
        return [self._tensor(ref, known, shifts) for ref in exits]

    def _ordered(self, layers: Sequence[LayerConfig], shifts: Mapping[str, int]) -> list[tuple[LayerConfig, int]]:
        """The calls of layers, each behind those that it takes tensors of, and else as the file has them."""
        calls = [(layer, number) for layer in layers for number in range(len(layer.calls))]
        sources = self._sources(layers, calls, shifts)
        readers: dict[int, list[int]] = {}
        for at, of_call in enumerate(sources):
            for source in of_call:
                readers.setdefault(source, []).append(at)
        needs = [len(of_call) for of_call in sources]
        ready = [at for at, number in enumerate(needs) if number == 0]
        order = []
        while ready:
            at = heapq.heappop(ready)
            order.append(calls[at])
            for reader in readers.get(at, ()):
                needs[reader] -= 1
                if needs[reader] == 0:
                    heapq.heappush(ready, reader)
        if len(order) < len(calls):
            stuck = next(layer.name for (layer, _), number in zip(calls, needs, strict=True) if number)
            raise damaged(self.path, f"`{stuck[:60]}` takes what comes of itself")
        return order

    def _sources(
        self, layers: Sequence[LayerConfig], calls: Sequence[tuple[LayerConfig, int]], shifts: Mapping[str, int]
    ) -> list[set[int]]:
        """The places of the calls that each takes tensors of, those of inputs left out."""
        position = {(layer.name, number): at for at, (layer, number) in enumerate(calls)}
        entrances = {layer.name for layer in layers if layer.class_name == "InputLayer"}
        found: list[set[int]] = []
        for layer, number in calls:
            call = layer.calls[number]
            refs = [ref for ref in (*references(call.args), *references(call.kwargs)) if ref.layer not in entrances]
            found.append(set())
            for ref in refs:
                source = position.get((ref.layer, ref.call - shifts.get(ref.layer, 0)))
                if source is None:
                    fact = f"`{layer.name[:60]}` takes a tensor of `{ref.layer[:60]}`, which makes none"
                    raise damaged(self.path, fact)
                found[-1].add(source)
        return found

    def _said(self, layers: Sequence[LayerConfig]) -> dict[tuple[str, int], Shape | None]:
        """What the file says of the shapes of tensors, where others take them."""
        return {
            (ref.layer, ref.call): self._internal(ref)
            for layer in layers
            for call in layer.calls
            for ref in (*references(call.args), *references(call.kwargs))
            if ref.tensor == 0
        }

    def _internal(self, ref: Ref) -> Shape | None:
        """The shape of a tensor as ours, where the file says all of it."""
        sizes = ref.shape[1:] if ref.shape else ()
        if not sizes or any(type(size) is not int for size in sizes):
            return None
        return self.translator.layout.internal(tuple(size for size in sizes if size is not None))

    def _resolved(self, value: Any, known: Mapping[tuple[str, int], list[Tensor]], shifts: Mapping[str, int]) -> Any:
        """Nested values with tensors in place of references."""
        if isinstance(value, Ref):
            return self._tensor(value, known, shifts)
        if isinstance(value, list):
            return [self._resolved(item, known, shifts) for item in value]
        if isinstance(value, dict):
            return {key: self._resolved(item, known, shifts) for key, item in value.items()}
        return value

    def _tensor(self, ref: Ref, known: Mapping[tuple[str, int], list[Tensor]], shifts: Mapping[str, int]) -> Tensor:
        found = known.get((ref.layer, ref.call - shifts.get(ref.layer, 0)), [])
        if 0 <= ref.tensor < len(found):
            return found[ref.tensor]
        if found and any(name == found[0].name for _, name, _ in self.translator.refused):
            return Tensor(found[0].name, None)
        raise damaged(self.path, f"a tensor of `{ref.layer[:60]}` is taken, which is not there")

    def _called(self, layer: LayerConfig, call: Invocation, place: Place, shape: Shape | None) -> list[Tensor]:
        """The outputs of a layer or model for what it is called with; `shape` is what the file says of the first."""
        self.count += 1
        if self.count > MOST_CALLS:
            raise CnncalcError(f"{self.path}: more than {MOST_CALLS} calls of layers", code="limit")
        steps = 0
        while layer.class_name == "TimeDistributed" and isinstance(layer.config.get("layer"), dict):
            inner = read_layer(layer.config["layer"], self.path)
            layer, steps = inner._replace(name=layer.name), steps + 1
        own = written_name(layer.name)
        name = self.translator.free_name(place.prefix + own)
        if layer.is_model:
            self.translator.names.add(name)
            takes = tensors([call.args, {key: value for key, value in call.kwargs.items() if key != "mask"}])
            return self.model(layer, takes, place.inside(name, own, steps))
        made = Call(
            *(layer.class_name, layer.package, name, place.path + own, layer.config, call.args, call.kwargs),
            steps=place.steps + steps,
        )
        return translate(self.translator, made, layer, shape)


def _shifts(layers: Sequence[LayerConfig]) -> dict[str, int]:
    """By how much the calls of models are numbered higher than from 0: a model's first is where it was made."""
    named: dict[str, list[int]] = {}
    for layer in layers:
        for call in layer.calls:
            for ref in (*references(call.args), *references(call.kwargs)):
                named.setdefault(ref.layer, []).append(ref.call)
    found = {}
    for layer in layers:
        numbers = named.get(layer.name)
        if layer.is_model and numbers and (max(numbers) >= len(layer.calls) or min(numbers) > 0):
            found[layer.name] = 1
    return found
