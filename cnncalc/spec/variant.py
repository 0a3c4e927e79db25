"""A spec with its variant chosen and its parameters set: everything that is known before the input's size."""

from __future__ import annotations

import os
from operator import index
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, did_you_mean, nearest, value_text
from cnncalc.shapes import parse_shape
from cnncalc.spec.document import check_input_name, text
from cnncalc.spec.evaluation import Evaluator
from cnncalc.spec.expectations import BUDGET, EXPECT, StatementReader
from cnncalc.spec.mistakes import Mistakes, UnknowableError, Values
from cnncalc.spec.yaml_scalars import MOST_DIGITS
from cnncalc.text_nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from cnncalc.errors import Place
    from cnncalc.models.stored_arrays import Store
    from cnncalc.shapes import Shape
    from cnncalc.spec.document import Spec
    from cnncalc.spec.expectations import Statements
    from cnncalc.spec.namespace import Namespace
    from cnncalc.text_nodes import TextNode

VARIANT_KEYS: Final = ("input", "inputs", "outputs", "source", "description", "weights", "frozen", EXPECT, BUDGET)
"""What a variant may set beside parameters."""


WeightsFile = tuple[str, "Place"]
"""The path of a file of weights, and where the spec names it."""


class ChosenVariant:
    """One network of a spec, at no particular input size.

    `settings` are the parameters that a caller sets, `values` those of all, `inputs` the internal shapes that the spec
    gives, `outputs` the node that names them, `weights` the file that has them, `reference` where the numbers come
    from, `mistakes` what is wrong with the spec or the variant.
    """

    def __init__(self, spec: Spec, variant: str | None = None, settings: dict[str, Any] | None = None) -> None:
        self.spec = spec
        self.mistakes = mistakes = Mistakes(spec.mistakes)
        self.variant = self._variant(variant)
        self.changes = spec.variants[self.variant] if self.variant is not None else Mapping()
        self.evaluator = Evaluator(spec.source)
        self.settings = self._settings(settings or {})
        self.values = self._values()
        inputs = mistakes.attempt(self._inputs)
        self.inputs = inputs or {}
        self.inputs_are_read = inputs is not None
        self.outputs = self._node("outputs")
        self.weights = mistakes.attempt(self._weights)
        self.frozen = self._node("frozen")
        self.reference = mistakes.attempt(lambda: self._text("source")) or ""
        self.description = mistakes.attempt(lambda: self._text("description")) or ""
        self.expected = self._statements(EXPECT)
        self.budget = self._statements(BUDGET)

    def at(self, inputs: MappingOf[str, Shape]) -> ChosenVariant:
        """The same for these input shapes, channels first: itself, unless the spec is of a model that follows them."""
        spec = self.spec.at(inputs)
        return self if spec is self.spec else ChosenVariant(spec, self.variant, self.settings)

    def _variant(self, wanted: str | None) -> str | None:
        """The name of the variant, the first one by default; raises `CnncalcError` for an unknown one."""
        if wanted is None:
            return next(iter(self.spec.variants), None)
        try:
            check_variant(self.spec, wanted)
        except CnncalcError as error:
            raise self._not_found(error) from None
        return wanted

    def _not_found(self, error: CnncalcError) -> CnncalcError:
        """The error for a name that a caller gives, behind what is wrong with the spec, which may be the reason."""
        self.mistakes.add(error)
        return self.mistakes.error()

    def _node(self, key: str) -> TextNode | None:
        """The node of a key: the variant's or else the spec's."""
        changed = self.changes.get(key)
        return self.spec.root.get(key) if changed is None else changed

    def _text(self, key: str) -> str:
        return text(self.spec.source, self.changes, key) or text(self.spec.source, self.spec.root, key)

    def _settings(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The values that a caller sets, each of a parameter that there is."""
        for word in settings:
            try:
                check_parameter(self.spec, word)
            except CnncalcError as error:
                raise self._not_found(error) from None
        return {name: _plain(name, value) for name, value in settings.items()}

    def _values(self) -> Values:
        """The value of each parameter: set, from the variant, or its default over those above it."""
        known = self.spec.parameters
        values = Values(any_unknown=not self.spec.parameters_are_read)
        for word, key in self.changes.keys.items():
            if word not in known and word not in VARIANT_KEYS:
                best = nearest(word, (*known, *VARIANT_KEYS))
                hint = f"did you mean `{best}`?" if best else f"a default declares it: parameters: {{{word}: ...}}"
                fact = f"variant `{self.variant}` sets `{word}`, which is no parameter"
                self.mistakes.add(self.spec.source.error(key, fact, hint, code="unknown-key"))
        for name, (key, default) in known.items():
            node = self.changes.values.get(name, default)
            if name in self.settings:
                values[name] = self.settings[name]
                continue
            try:
                value = self.evaluator.plain(node, lambda: _namespace(values))
                if value is None and name not in self.changes.keys:
                    hint = f"set it, as by --set {name}=VALUE, or give it in a variant"
                    raise self.spec.source.error(key, f"the parameter `{name}` has no value", hint, code="missing")
                values[name] = value
            except CnncalcError as error:
                self.mistakes.add(error)
                values.unknown.add(name)
        return values

    def _inputs(self) -> dict[str, Shape]:
        """The internal shapes under `input` or `inputs`, of the variant or else of the spec."""
        single, several = self.changes.get("input"), self.changes.get("inputs")
        holder = self.changes
        if single is None and several is None:
            single, several, holder = self.spec.root.get("input"), self.spec.root.get("inputs"), self.spec.root
        if single is not None and several is not None:
            raise self.spec.source.error(holder.keys["inputs"], "`inputs` stands beside `input`", "keep one of the two")
        if several is None:
            return {} if single is None else {"input": self._shape(single, "`input`")}
        if not isinstance(several, Mapping) or not several.keys:
            raise self.spec.source.error(several, "`inputs` must map each input's name to its shape")
        for key in several.keys.values():
            check_input_name(self.spec.source, key, key.text)
        return {key.text: self._shape(node, f"input `{key.text}`") for key, node in several.entries()}

    def _plain(self, node: TextNode) -> Any:
        """The value of a node, whose expressions see the parameters."""
        return self.evaluator.plain(node, lambda: _namespace(self.values))

    def _shape(self, node: TextNode, what: str) -> Shape:
        """An internal shape from a node that holds one as written."""
        plain = self._plain(node)
        try:
            return self.spec.layout.internal(parse_shape(plain))
        except ValueError as error:
            if self.spec.has_cut_list:
                raise UnknowableError("the rest of the list seems to be keys") from None
            from cnncalc.spec.advice.shapes import shape_hint

            hint = shape_hint(plain, self.spec.layout, None)
            raise self.spec.source.error(node, f"{what} {error}", hint) from None

    def _weights(self) -> WeightsFile | tuple[Store, None] | None:
        """The file that the weights are in, or what the spec itself brings; None where there is neither."""
        node = self._node("weights")
        if node is None:
            return None if self.spec.own_store is None else (self.spec.own_store, None)
        path = self._plain(node)
        if path is None:
            return None
        if not isinstance(path, str) or not path.strip():
            hint = "arrays stand in a file, .npz or .safetensors, or at the layers as `weight` and `bias`"
            raise self.spec.source.error(node, f"`weights` must be the name of a file, not {value_text(path)}", hint)
        return os.path.join(os.path.dirname(self.spec.source.name), path), self.spec.source.place(node)

    def _statements(self, word: str) -> Statements:
        """What the variant says of its figures or else the spec, whose own are read in any case."""
        reader = StatementReader(self.spec.source, word, self._plain, self.mistakes)
        whole, changed = reader.read(self.spec.root.get(word)), self.changes.get(word)
        return whole if changed is None else reader.read(changed)

    @property
    def expect(self) -> dict[str, int]:
        """The totals that are expected."""
        return self.expected.totals


def check_variant(spec: Spec, name: str) -> None:
    """Raise `CnncalcError` unless the spec has a variant of that name."""
    variants = spec.variants
    if name not in variants:
        hint = did_you_mean(name, variants, "variants") or "it has no variants" * (not variants) or None
        raise CnncalcError(f"{spec.source.name} has no variant `{name}`", hint=hint, code="not-found")


def check_parameter(spec: Spec, name: str) -> None:
    """Raise `CnncalcError` unless the spec has a parameter of that name."""
    known = spec.parameters
    if name not in known:
        hint = did_you_mean(name, known, "parameters") or "it has no parameters" * (not known) or None
        raise CnncalcError(f"{spec.source.name} has no parameter `{name}`", hint=hint, code="not-found")


def _plain(name: str, value: Any) -> Any:
    """A value that a caller sets, as YAML could have given it: NumPy's values and tuples are brought into form."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, (list, tuple)):
        return [_plain(name, item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(name, item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, float, str)):
        return value
    try:
        number = index(value)
    except TypeError:
        raise CnncalcError(f"the parameter `{name}` cannot be {value_text(value)}") from None
    if abs(number) >= 10**MOST_DIGITS:
        raise CnncalcError(f"the parameter `{name}` cannot be {value_text(number)}")
    return number


def _namespace(values: dict[str, Any]) -> Namespace:
    """The namespace of an expression outside of `layers`."""
    from cnncalc.spec.namespace import Namespace

    return Namespace(values)
