"""Makes layers of the options of entries, and gives the errors of layers their places in the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, LayerError
from cnncalc.layers import find
from cnncalc.spec.entries import LayerEntry, Parallel, Residual

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.error_codes import Code
    from cnncalc.errors import Hint
    from cnncalc.graph.node import Step
    from cnncalc.layers.base import Layer
    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import Entry
    from cnncalc.spec.evaluation import Evaluator
    from cnncalc.spec.namespace import Namespace
    from cnncalc.spec.variant import ChosenVariant

MOST_COMPARED: Final = 100
"""An option with more values than this is given to one layer only, and not looked for among those of others."""
MOST_KEPT: Final = 20_000
"""The most layers of different values that are kept: at every input size, options that follow it make others."""


RankedLayer = tuple["Layer", int | None]
"""A layer, and the rank that its type is written with: 2 for `conv2d`, None for `conv`."""


class LayerCache:
    """A registry of layer types, and the layers that were made of them so far.

    Those of entries without expressions are the same in every expansion; of the others, many come to the same values.
    """

    def __init__(self, types: Mapping[str, type[Layer]]) -> None:
        self.types = types
        self.of_entries: dict[LayerEntry, RankedLayer] = {}
        self.of_values: dict[str, RankedLayer] = {}
        self.of_specs: dict[str, tuple[ChosenVariant, LayerCache]] = {}
        """Other specs that blocks are, with what was made of them."""
        self.specs_read: dict[str, tuple[Spec, str | None]] = {}
        """Those specs as they were read, by the words that blocks name them with, and the variants that these name."""
        self._steps: dict[object, tuple[Step, ...]] = {}

    def steps(self) -> dict[object, tuple[Step, ...]]:
        """The steps of the kinds of nodes that were checked before, for a graph to use and to add to."""
        if len(self._steps) >= MOST_KEPT:
            self._steps = {}
        return self._steps

    def keep(self, key: str, ranked_layer: RankedLayer) -> None:
        """Keep the layer of a type and its options' values; where they become too many, forget those before."""
        if len(self.of_values) >= MOST_KEPT:
            self.of_values.clear()
        self.of_values[key] = ranked_layer


class TooSmallError(CnncalcError):
    """An input that is too small for a window: a larger one would pass."""

    kind = "shape"

    def with_hint(self, hint: str) -> TooSmallError:
        """The same error with a hint of what would pass."""
        return TooSmallError(self.message, hint=hint, place=self.place, notes=self.notes, layer=self.layer)


class LayerFactory:
    """Makes the layers of a spec, one for all entries with the same type and options."""

    def __init__(self, spec: Spec, cache: LayerCache, evaluator: Evaluator) -> None:
        self.spec = spec
        self.evaluator = evaluator
        self.layers = cache.types
        self.cache = cache

    def layer(self, entry: LayerEntry, type_name: str, name: str, names: Callable[[], Namespace]) -> RankedLayer:
        """The layer of an entry, and the rank in its type as written."""
        known = self.cache.of_entries.get(entry)
        if known is not None:
            return known
        if entry.dynamic:
            namespace = names()
            values = {word: self.evaluator.plain(node, lambda: namespace) for word, (_, node) in entry.options.items()}
        else:
            values = {word: node.plain() for word, (_, node) in entry.options.items()}
        ranked_layer = self._layer_of_values(entry, type_name, name, values)
        if not entry.dynamic:
            self.cache.of_entries[entry] = ranked_layer
        return ranked_layer

    def _layer_of_values(self, entry: LayerEntry, type_name: str, name: str, values: dict[str, Any]) -> RankedLayer:
        """The layer with these options, made once; options of many numbers are not compared, as that takes long."""
        if any(node.weight > MOST_COMPARED for _, node in entry.options.values()):
            return self._make(entry, type_name, name, values)
        key = f"{type_name} {values!r}"
        ranked_layer = self.cache.of_values.get(key)
        if ranked_layer is None:
            ranked_layer = self._make(entry, type_name, name, values)
            self.cache.keep(key, ranked_layer)
        return ranked_layer

    def plain(self, kind: str, **options: Any) -> Layer:
        """A layer that no entry of its own writes, such as the merge that ends a group."""
        return self.layers[kind](**options).with_layout(self.spec.layout)

    def _make(self, entry: LayerEntry, type_name: str, name: str, values: dict[str, Any]) -> RankedLayer:
        """A new layer in the layout of the spec; raises `CnncalcError` at the option that is wrong."""
        kind, rank = self.kind(entry, type_name)
        try:
            layer = kind(**values)
        except LayerError as error:
            raise self.refused(error, entry, type_name, name) from None
        return layer.with_layout(self.spec.layout), rank

    def kind(self, entry: LayerEntry, type_name: str) -> tuple[type[Layer], int | None]:
        """The class of a type as written, and the rank in it; raises `CnncalcError` for an unknown one."""
        found = find(type_name, self.layers)
        if found is None:
            raise self._unknown_type(entry, type_name)
        return found

    def refused(self, refusal: LayerError, entry: LayerEntry, type_name: str, name: str) -> CnncalcError:
        """The error for options that a type refuses; the hint tells what was probably meant."""

        def hint() -> str | None:
            from cnncalc.spec.advice.options import refused_hint

            return refused_hint(refusal, entry, type_name, self.spec)

        colon = "" if refusal.code == "unknown-option" else ":"
        return self.located(refusal, entry, f"`{name}`{colon} {refusal.fact}", hint, layer=name)

    def located(
        self,
        error: LayerError,
        entry: Entry,
        message: str,
        hint: Hint = None,
        *,
        code: Code | None = None,
        layer: str | None = None,
    ) -> CnncalcError:
        """The error of a layer with its place: the option that it blames, or else the layer's type.

        `hint` goes before the layer's own, and so does `code`.
        """
        at = entry.at
        if isinstance(entry, LayerEntry) and error.option in entry.options:
            key, value = entry.options[error.option]
            at = key if error.code == "unknown-option" else value
        elif isinstance(entry, (Residual, Parallel)) and entry.activation is not None and error.option == "activation":
            at = entry.activation
        kind = TooSmallError if error.too_small else CnncalcError
        place = self.spec.source.place(at)
        return kind(message, hint=hint or error.hint, place=place, code=code or error.code, layer=layer)

    def _unknown_type(self, entry: LayerEntry, type_name: str) -> CnncalcError:
        """The error for a type that is neither ours nor a block; the hint translates one of another program."""

        def hint() -> str | None:
            from cnncalc.spec.advice.types import unknown_type_hint

            return unknown_type_hint(type_name, entry.options, self.layers, self.spec.blocks)

        return self.spec.source.error(entry.at, f"unknown layer type `{type_name}`", hint, code="unknown-type")
