"""A recording as a network of ours: each call becomes layers, in the order of the pass."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError
from cnncalc.models.imported import Imported
from cnncalc.models.pytorch import notes
from cnncalc.models.pytorch.batches import FIRST, Batch, own_shape
from cnncalc.models.pytorch.builder import Builder
from cnncalc.models.pytorch.naming import shortened
from cnncalc.models.pytorch.operators import call_module, find
from cnncalc.models.pytorch.operators.layout import FUNCTIONS as LAYOUT
from cnncalc.models.pytorch.operators.layout import RESHAPING
from cnncalc.models.pytorch.recording import BUFFER, CONSTANT, INPUT, PARAMETER, Ref, Word, refs
from cnncalc.models.pytorch.values import Absent, Value
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from cnncalc.models.imported import ImportedLayer
    from cnncalc.models.pytorch.arrays import ArraySource
    from cnncalc.models.pytorch.recording import Call, Recording


class Translator(Builder):
    """Goes through the calls of a recording."""

    def __init__(self, recording: Recording, source: ArraySource | None = None) -> None:
        super().__init__(recording, source)
        self.problems: list[tuple[Call, str]] = []
        self.known: dict[str, int] = {}
        """The arrays that are computed of others, by how they are."""
        self.left_out: list[str] = []
        """Outputs that the network does not have."""
        for number, fact in enumerate(recording.tensors):
            if fact.kind == INPUT:
                self.values[number] = Value(fact.shape, FIRST, layer=fact.name)
            elif fact.kind in (PARAMETER, BUFFER):
                self.values[number] = Value(fact.shape, None, array=number)
            elif fact.kind == CONSTANT:
                alike = fact.shape[:1] == (recording.batch,)
                self.values[number] = Value(fact.shape, FIRST if alike else None, constant=number)

    # -- the pass --------------------------------------------------------------------------------------------------

    def translated(self, *, opaque: bool = False) -> Imported:
        """The network; raises `CnncalcError` that tells of all calls that no layer is, unless these become opaque."""
        for call in self._needed():
            self.begin(call)
            try:
                made = call_module(self, call) if call.is_module else self._function(call)
            except UntranslatableError as error:
                self.problems.append((call, str(error)))
                made = self._opaque(call)
            self._keep(call.results, made)
        outputs = self._outputs()
        faults = notes.faults(self.recording, [] if opaque else self.problems)
        if faults is not None:
            raise faults
        self._shorten(outputs)
        facts = self.recording.tensors
        weights, statistics = self.arrays.weights, self.arrays.statistics
        return Imported(
            self.recording.name,
            {name: own_shape(facts[ref.tensor].shape, FIRST) for name, ref in self.recording.inputs.items()},
            self.layers,
            outputs,
            description=f"PyTorch {self.recording.version}",
            notes=[
                *notes.notes(self.recording, {*weights, *statistics}),
                *(f"an output is left out: {what}" for what in dict.fromkeys(self.left_out)),
            ],
            follows_sizes=self.recording.reads_sizes or any(map(_has_sizes, self.layers)),
            has_weights=self.arrays.have_values,
            parameters=sum(prod(facts[number].shape) for number in weights),
            buffers=sum(prod(facts[number].shape) for number in statistics),
        )

    def _needed(self) -> list[Call]:
        """The calls that an output hangs on, and the modules with arrays."""
        needed = self.needed = {ref.tensor for ref in refs(self.recording.outputs)}
        kept = []
        for call in reversed(self.recording.calls):
            if call.arrays or any(ref.tensor in needed for ref in refs(call.results)):
                kept.append(call)
                needed.update(ref.tensor for ref in refs((call.arguments, dict(call.keywords))))
        return kept[::-1]

    def _function(self, call: Call) -> Any:
        """What a function gives."""
        values = [self.values.get(ref.tensor) for ref in refs((call.arguments, dict(call.keywords)))]
        if all(isinstance(value, Value) and value.layer is None for value in values):
            return self._derived(call)
        return self._applied(call)

    def _applied(self, call: Call) -> Any:
        function = find(call.name)
        if function is None:
            raise UntranslatableError("has no counterpart here")
        names = function.names
        given = dict(zip(names, map(self.resolved, call.arguments), strict=False))
        if len(call.arguments) > len(names):
            if not function.gathers:
                raise UntranslatableError("has more arguments than are known")
            given[names[-1]] = [self.resolved(each) for each in call.arguments[len(names) - 1 :]]
        given |= {name: self.resolved(each) for name, each in call.keywords.items()}
        return function.make(self, given)

    def _derived(self, call: Call) -> Any:
        """What is made of parameters alone: an array, if it has as many values, and else what a layer makes of them."""
        if isinstance(call.results, Ref):
            number = call.results.tensor
            facts = self.recording.tensors
            shape = facts[number].shape
            sources = self.arrays.derive(number, [ref.tensor for ref in refs((call.arguments, dict(call.keywords)))])
            alike = shape[:1] == (self.recording.batch,)
            whole = Value(shape, None, array=number)
            has_all = sum(prod(facts[each].shape) for each in sources) == prod(shape)
            if not alike and (has_all or self._is_laid_out_anew(call, prod(shape))):
                self._know_again(call, number)
                if call.name not in LAYOUT:
                    self.deferred[number] = call
                return whole
            try:
                return self._applied(call)
            except UntranslatableError:
                if alike:
                    raise
                return whole  # a weight that is computed, which may be a layer's as it comes out
        return self._applied(call)

    def _parameter(self, value: Value, own: tuple[int, ...]) -> Value:
        """The layer that a parameter is, or the one that computes it of parameters."""
        assert value.array is not None
        call, before = self.deferred.get(value.array), (self.call, self.is_named, self.in_parts)
        if call is None:
            return super()._parameter(value, own)
        self.begin(call)
        try:
            made = self._applied(call)
        except UntranslatableError:
            made = None
        finally:
            self.call, self.is_named, self.in_parts = before
        if isinstance(made, Value) and made.layer is not None:
            return made
        return super()._parameter(value, own)

    def _know_again(self, call: Call, number: int) -> None:
        """Note where an array is another in another shape, or was computed before in the same way."""
        same = self.arrays.same
        if find(call.name) is None:
            return
        if call.name in RESHAPING:
            [source] = refs(call.arguments[:1])
            same[number] = same.get(source.tensor, source.tensor)
            return
        sources = [same.get(ref.tensor, ref.tensor) for ref in refs((call.arguments, dict(call.keywords)))]
        shape = self.recording.tensors[number].shape
        plain = _without_refs((call.arguments, dict(call.keywords)))
        same[number] = self.known.setdefault(repr((call.name, sources, shape, plain)), number)

    def _is_laid_out_anew(self, call: Call, size: int) -> bool:
        """Whether a function gives all values of an array in another order or shape."""
        first = call.arguments[0] if call.arguments else None
        value = self.values.get(first.tensor) if isinstance(first, Ref) else None
        return call.name in LAYOUT and isinstance(value, Value) and prod(value.shape) == size

    def _keep(self, results: Any, made: Any) -> None:
        """Note what the results of a call are; `made` is one for all that is of interest, or one for each."""
        if isinstance(results, Ref):
            self.values[results.tensor] = made[0] if isinstance(made, (tuple, list)) else made
        elif isinstance(results, (tuple, list)):
            parts = made if isinstance(made, (tuple, list)) else [made, *[None] * (len(results) - 1)]
            for part, each in zip(results, [*parts, *[None] * len(results)], strict=False):
                self._keep(part, each)

    def _opaque(self, call: Call) -> Any:
        """Layers that stand for a call that could not be translated, one for each tensor that comes out."""
        inputs = []
        for ref in refs((call.arguments, dict(call.keywords))):
            value = self.values.get(ref.tensor)
            if isinstance(value, Value) and value.layer is not None and value.layer not in inputs:
                inputs.append(value.layer)
        inputs = inputs or [*self.recording.inputs][:1]
        arrays = {
            name.replace(".", "_"): self.arrays.stored(ref.tensor)
            for name, ref in call.arrays.items()
            if self.recording.tensors[ref.tensor].kind == PARAMETER
        }
        made = []
        for ref in refs(call.results):
            shape = self.recording.tensors[ref.tensor].shape
            axis = next((at for at, size in enumerate(shape) if size % self.recording.batch == 0), None)
            batch = None if axis is None else Batch(axis, 1, shape[axis] // self.recording.batch)
            options: dict[str, Any] = {"shape": list(own_shape(shape, batch)), "operator": call.name}
            if arrays:
                options["parameters"] = {name: list(each.shape) for name, each in arrays.items()}
            made.append(self.layer("opaque", options, inputs, shape, batch, arrays=arrays))
            arrays = {}
        return made

    def _outputs(self) -> list[str]:
        """The layers whose outputs came out."""
        found: list[str] = []
        for ref in refs(self.recording.outputs):
            value = self.values.get(ref.tensor)
            if isinstance(value, Absent):
                self.left_out.append(value.what)
            if isinstance(value, Value):
                try:
                    name = self.operand(value, value.own)
                except UntranslatableError as error:
                    raise CnncalcError(f"{self.recording.name}: its output {error}", code="unknown-type") from None
                if name not in found:
                    found.append(name)
        if not found:
            hint = "forward() is to give a tensor, or a list, tuple or dict of such"
            raise CnncalcError(f"{self.recording.name}: no tensor came out", hint=hint)
        return found

    def _shorten(self, outputs: list[str]) -> None:
        """Call what is all that a module does by the name of the module."""
        once = {path for path, fact in self.recording.modules.items() if fact.calls == 1 and path}
        new = shortened([(layer.name, self.paths.get(layer.name, "")) for layer in self.layers], once)
        splits = {layer.name for layer in self.layers if layer.type == "split"}
        new = {old: name for old, name in new.items() if old not in splits}
        for layer in self.layers:
            layer.name = new.get(layer.name, layer.name)
            layer.inputs = [new.get(name, name) for name in layer.inputs]
            layer.share = new.get(layer.share, layer.share) if layer.share else None
        outputs[:] = [new.get(name, name) for name in outputs]


def _without_refs(value: Any) -> Any:
    """Arguments with the same word for every tensor."""
    if isinstance(value, Ref):
        return Ref
    if isinstance(value, dict):
        return {key: _without_refs(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and not isinstance(value, Word):
        return [_without_refs(item) for item in value]
    return value


def _has_sizes(layer: ImportedLayer) -> bool:
    """Whether there are sizes among the options of a layer that hang on those of the input."""
    return layer.type in ("reshape", "expand", "unflatten", "opaque", "constant") or (
        layer.type in ("upsample", "slice") and ("size" in layer.options or "end" in layer.options)
    )
