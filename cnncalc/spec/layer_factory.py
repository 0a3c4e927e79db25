"""From the options of an entry to a layer, and from what a layer says is wrong to an error at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, LayerError, did_you_mean
from cnncalc.layers import find, spellings, translate
from cnncalc.spec.entries import LayerEntry, Parallel, Residual

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.layers.base import Layer
    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import Entry
    from cnncalc.spec.evaluation import Evaluator
    from cnncalc.spec.namespace import Namespace

MOST_COMPARED: Final = 100
"""An option with more values than this is given to one layer only, and not looked for among those of others."""
MOST_KEPT: Final = 20_000
"""The most layers of different values that are kept: at every input size, options that follow it make others."""


class MadeLayers:
    """A registry of layer types, and the layers made of them so far, each with the rank in its type as written.

    Those of entries without expressions are the same in every expansion; of the others, many come to the same values.
    """

    def __init__(self, types: Mapping[str, type[Layer]]) -> None:
        self.types = types
        self.of_entries: dict[LayerEntry, tuple[Layer, int | None]] = {}
        self.of_values: dict[str, tuple[Layer, int | None]] = {}

    def keep(self, key: str, made: tuple[Layer, int | None]) -> None:
        """Keep the layer of a type and values, unless there are too many, as options that follow sizes make."""
        if len(self.of_values) >= MOST_KEPT:
            self.of_values.clear()
        self.of_values[key] = made


class TooSmallError(CnncalcError):
    """An input that is too small for a window: a larger one would pass."""

    def with_hint(self, hint: str) -> TooSmallError:
        """The same error with a hint of what would pass."""
        return TooSmallError(self.message, hint=hint, place=self.place, notes=self.notes)


class LayerMaker:
    """Makes the layers of a spec, each only once for the same options."""

    def __init__(self, spec: Spec, made: MadeLayers, evaluator: Evaluator) -> None:
        self.spec = spec
        self.evaluator = evaluator
        self.layers = made.types
        self.made = made

    def layer(
        self, entry: LayerEntry, written: str, name: str, names: Callable[[], Namespace]
    ) -> tuple[Layer, int | None]:
        """The layer of an entry, and the rank in its type as written."""
        made = self.made.of_entries.get(entry)
        if made is not None:
            return made
        if entry.dynamic:
            seen = names()
            values = {word: self.evaluator.plain(node, lambda: seen) for word, (_, node) in entry.options.items()}
        else:
            values = {word: node.plain() for word, (_, node) in entry.options.items()}
        made = self._known(entry, written, name, values)
        if not entry.dynamic:
            self.made.of_entries[entry] = made
        return made

    def _known(self, entry: LayerEntry, written: str, name: str, values: dict[str, Any]) -> tuple[Layer, int | None]:
        """The layer with these options, which is made once, unless they are many numbers."""
        if any(node.weight > MOST_COMPARED for _, node in entry.options.values()):
            return self._new(entry, written, name, values)
        key = f"{written} {values!r}"
        made = self.made.of_values.get(key)
        if made is None:
            made = self._new(entry, written, name, values)
            self.made.keep(key, made)
        return made

    def plain(self, kind: str, **options: Any) -> Layer:
        """A layer that no entry of its own writes, such as the merge that ends a group."""
        layer = self.layers[kind](**options)
        layer.set_layout(self.spec.layout)
        return layer

    def _new(self, entry: LayerEntry, written: str, name: str, values: dict[str, Any]) -> tuple[Layer, int | None]:
        found = find(written, self.layers)
        if found is None:
            raise self._unknown_type(entry, written)
        kind, rank = found
        try:
            layer = kind(**values)
        except LayerError as error:
            colon = "" if error.fact.startswith("has ") else ":"
            raise self.wrong(entry, error, f"`{name}`{colon} {error.fact}") from None
        layer.set_layout(self.spec.layout)
        return layer, rank

    def wrong(self, entry: Entry, error: LayerError, message: str) -> CnncalcError:
        """The error of a layer, at the option that it blames or else at the layer's type."""
        at = entry.at
        if isinstance(entry, LayerEntry) and error.option in entry.options:
            key, value = entry.options[error.option]
            at = key if "has no option" in error.fact else value
        elif isinstance(entry, (Residual, Parallel)) and entry.activation is not None and error.option == "activation":
            at = entry.activation
        kind = TooSmallError if error.too_small else CnncalcError
        return kind(message, hint=error.hint, place=self.spec.source.place(at))

    def _unknown_type(self, entry: LayerEntry, written: str) -> CnncalcError:
        ours = translate(written, self.layers)
        names = [*spellings(self.layers), *self.spec.blocks, "residual", "parallel"]
        hint = f"it is called `{ours}` here" if ours else did_you_mean(written, names)
        return self.spec.source.error(entry.at, f"unknown layer type `{written}`", hint)
