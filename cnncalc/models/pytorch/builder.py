"""What operators need to make layers: the names, arrays and values of a network as it grows."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.imported import ImportedLayer
from cnncalc.models.pytorch.arrays import Arrays
from cnncalc.models.pytorch.batches import own_shape
from cnncalc.models.pytorch.naming import Names
from cnncalc.models.pytorch.recording import Ref, refs
from cnncalc.models.pytorch.relaying import relaying
from cnncalc.models.pytorch.values import Absent, Value, flat, nested
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.models.pytorch.arrays import ArraySource
    from cnncalc.models.pytorch.batches import Batch
    from cnncalc.models.pytorch.recording import Call, Recording

MOST_AXES: Final = 4
"""The axes that a shape in a spec may have."""


class Builder:
    """The layers so far, and what becomes of tensors. `values` are the tensors by number, `call` is the one at hand."""

    def __init__(self, recording: Recording, source: ArraySource | None = None) -> None:
        self.recording = recording
        self.arrays = Arrays(recording, source)
        self.layers: list[ImportedLayer] = []
        self.names = Names({*recording.inputs})
        self.values: dict[int, Any] = {}
        self.call: Call | None = None
        self.is_named = False
        """Whether a layer has the name of the module at hand."""
        self.in_parts = False
        """Whether the module at hand is a scope of several layers, none of which has its name."""
        self.needed: set[int] = set()
        """The tensors that an output hangs on."""
        self.normalisation: dict[str, bool] = {}
        """The option by which the weight of the module at hand is normalised."""
        self.paths: dict[str, str] = {}
        """The modules that called what layers are, by the layers' names."""
        self.deferred: dict[int, Call] = {}
        """The calls that give what may be an array of a layer, and where it is none are layers."""
        self.held: dict[tuple[int | str, tuple[int, ...]], str] = {}
        """The layers that parameters and constants are, by number and shape."""

    def begin(self, call: Call) -> None:
        """Make layers of another call."""
        self.call = call
        self.is_named = self.in_parts = False

    def resolved(self, argument: Any) -> Any:
        """An argument with values in place of references."""
        if isinstance(argument, Ref):
            value = self.values.get(argument.tensor)
            if isinstance(value, Absent):
                raise UntranslatableError(f"uses {value.what}")
            if value is None:
                raise UntranslatableError("uses what another call gives beside its first result")
            return value
        if isinstance(argument, (list, tuple)) and type(argument) in (list, tuple):
            return type(argument)(self.resolved(item) for item in argument)
        if isinstance(argument, dict):
            return {key: self.resolved(item) for key, item in argument.items()}
        return argument

    def is_needed(self, at: int) -> bool:
        """Whether an output hangs on a result of the call at hand, all of which are counted in their order."""
        assert self.call is not None
        found = list(refs(self.call.results))
        return at < len(found) and found[at].tensor in self.needed

    def is_true_or_false(self, value: Value) -> bool:
        """Whether a constant has truth values."""
        return value.constant is not None and self.recording.tensors[value.constant].dtype == "bool"

    def result_shape(self, at: int = 0) -> tuple[int, ...]:
        """The shape of a result of the call at hand."""
        assert self.call is not None
        return self.recording.tensors[list(refs(self.call.results))[at].tensor].shape

    def layer(
        self,
        type_: str,
        options: Mapping[str, Any],
        inputs: Sequence[str],
        shape: tuple[int, ...],
        batch: Batch | None,
        *,
        arrays: Mapping[str, Any] | None = None,
        name: str | None = None,
    ) -> Value:
        """A layer, and the value that it gives."""
        call = self.call  # none for what is an output as it is
        if name is None:
            name = self._name(call, type_) if call is not None else self.names.of_function("", type_)
        if call is not None and not call.is_module:
            self.paths[name] = call.path
        share, options = self.arrays.owner(name, arrays or {}, options)
        made = ImportedLayer(
            name,
            type_,
            options,
            inputs,
            arrays={} if share else arrays,
            share=share,
            shape=own_shape(shape, batch),
            origin=_origin(call),
        )
        self.layers.append(made)
        return Value(shape, batch, layer=name)

    def step(self, type_: str, options: Mapping[str, Any], value: Value, shape: tuple[int, ...]) -> Value:
        """A layer without arrays that takes one tensor, whose samples stay where they are."""
        return self.layer(type_, options, [self.operand(value, value.own)], shape, value.batch)

    def each_value(self, type_: str, options: Mapping[str, Any], value: Value) -> Value:
        """A layer that takes each value by itself, in whatever shape they lie."""
        if value.layer is None or len(value.own) <= MOST_AXES:
            return self.step(type_, options, value, value.shape)
        made = self.layer(type_, options, [value.layer], value.laid, None)
        return Value(value.shape, value.batch, layer=made.layer, laid=value.laid)

    def _name(self, call: Call, type_: str) -> str:
        """For the first layer of a module its path, unless that is in parts; a number in the scope for all else."""
        if not call.is_module or self.in_parts:
            return self.names.of_function(call.path, type_)
        if not self.is_named:
            self.is_named = True
            return self.names.of_module(call.path, type_)
        return self.names.of_function(call.path.rpartition(".")[0], type_)

    def operand(self, value: Value, own: tuple[int, ...]) -> str:
        """The layer that gives a value in a shape of ours: one that reshapes it, or a tensor of the network's own."""
        if value.border:
            raise UntranslatableError("takes borders of minus infinity, and is no max pool")
        if value.layer is not None:
            if value.laid == own:
                return value.layer
            if len(own) > MOST_AXES:
                raise UntranslatableError(f"works on {len(own)} axes of a sample, and {MOST_AXES} are the most here")
            name = self.held.get((value.layer, own))
            if name is None:
                type_, options = relaying(value.laid, own)
                made = self.layer(type_, options, [value.layer], own, None)
                assert made.layer is not None
                name = self.held[value.layer, own] = made.layer
            return name
        return self._own_tensor(value, own)

    def _own_tensor(self, value: Value, own: tuple[int, ...]) -> str:
        """A parameter or a constant as a layer."""
        number = value.stored
        assert number is not None
        name = self.held.get((number, own))
        if name is not None:
            return name
        known = next((name for (each, _), name in self.held.items() if each == number), None)
        if known is not None:
            shape = next(shape for (each, shape), name in self.held.items() if name == known)
            made = Value(shape, None, layer=known)
        elif value.array is not None:
            made = self._parameter(value, own)
        else:
            made = self.layer("constant", {"value": self.numbers(value, own)}, [], own, None)
        assert made.layer is not None
        self.held[number, made.own] = made.layer
        return self.operand(made, own)

    def _parameter(self, value: Value, own: tuple[int, ...]) -> Value:
        """The layer that a parameter is."""
        assert value.array is not None
        shape = own if len(own) <= MOST_AXES else tuple(size for size in own if size != 1)
        path = self.arrays.path(value.array)
        name = self.names.free(path) if path else None
        arrays = {"weight": self.arrays.stored(value.array)}
        return self.layer("parameter", {"shape": list(shape)}, [], shape, None, arrays=arrays, name=name)

    def numbers(self, value: Value, own: tuple[int, ...]) -> Any:
        """Constant numbers, nested to a shape of ours."""
        assert value.constant is not None
        numbers = self.arrays.numbers(value.constant)
        if numbers is None:
            raise UntranslatableError("takes a constant of too many values, or another one for each sample")
        found = list(flat(numbers)) if isinstance(numbers, list) else [numbers] * prod(own)
        if not found:
            raise UntranslatableError("takes a constant without values")
        if isinstance(found[0], bool):
            found = [float(each) for each in found]
        return nested(found, own)


def _origin(call: Call | None) -> str:
    """What a layer is in the module, for messages."""
    if call is None:
        return ""
    return f"{call.name} in {call.where}" if call.where and not call.is_module else call.name
