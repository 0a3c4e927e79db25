"""A spec with its variant chosen and its parameters set: everything that is known before the input's size."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, did_you_mean, nearest, value_text
from cnncalc.shapes import parse_shape
from cnncalc.spec.document import check_input_name, text
from cnncalc.spec.evaluation import Evaluator
from cnncalc.spec.expectations import expectations, expected
from cnncalc.spec.text_nodes import Mapping
from cnncalc.spec.yaml_scalars import MOST_DIGITS

if TYPE_CHECKING:
    from cnncalc.shapes import Shape
    from cnncalc.spec.document import Spec
    from cnncalc.spec.namespace import Namespace
    from cnncalc.spec.text_nodes import TextNode

VARIANT_KEYS: Final = ("input", "inputs", "outputs", "source", "description", "expect")
"""What a variant may set beside parameters."""


class ChosenVariant:
    """One network of a spec, at no particular input size.

    `settings` are the parameters that a caller sets, `values` those of all, `inputs` the internal shapes that the spec
    gives, `outputs` the node that names them, `reference` where the numbers come from.
    """

    def __init__(self, spec: Spec, variant: str | None = None, settings: dict[str, Any] | None = None) -> None:
        self.spec = spec
        self.variant = self._variant(variant)
        self.changes = spec.variants[self.variant] if self.variant is not None else Mapping()
        self.evaluator = Evaluator(spec.source)
        self.settings = self._settings(settings or {})
        self.values = self._values()
        self.inputs = self._inputs()
        self.outputs = self._node("outputs")
        self.reference = self._text("source")
        self.description = self._text("description")
        self.expectations = self._expectations()
        self.expect = expected(spec.source, self.expectations, self._plain)

    def _variant(self, wanted: str | None) -> str | None:
        """The name of the variant, the first one by default; raises `CnncalcError` for an unknown one."""
        if wanted is None:
            return next(iter(self.spec.variants), None)
        check_variant(self.spec, wanted)
        return wanted

    def _node(self, key: str) -> TextNode | None:
        """The node of a key: the variant's or else the spec's."""
        changed = self.changes.get(key)
        return self.spec.root.get(key) if changed is None else changed

    def _text(self, key: str) -> str:
        return text(self.spec.source, self.changes, key) or text(self.spec.source, self.spec.root, key)

    def _settings(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The values that a caller sets, each of a parameter that there is."""
        for word in settings:
            check_parameter(self.spec, word)
        return {name: _plain(name, value) for name, value in settings.items()}

    def _values(self) -> dict[str, Any]:
        """The value of each parameter: set, from the variant, or its default over those above it."""
        known = self.spec.parameters
        for word, key in self.changes.keys.items():
            if word not in known and word not in VARIANT_KEYS:
                best = nearest(word, (*known, *VARIANT_KEYS))
                hint = f"did you mean `{best}`?" if best else f"a default declares it: parameters: {{{word}: ...}}"
                raise self.spec.source.error(
                    key, f"variant `{self.variant}` sets `{word}`, which is no parameter", hint
                )
        values: dict[str, Any] = {}
        for name, (key, default) in known.items():
            node = self.changes.values.get(name, default)
            if name in self.settings:
                values[name] = self.settings[name]
                continue
            values[name] = self.evaluator.plain(node, lambda: _namespace(values))
            if values[name] is None and name not in self.changes.keys:
                hint = f"set it, as by --set {name}=VALUE, or give it in a variant"
                raise self.spec.source.error(key, f"the parameter `{name}` has no value", hint)
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
            from cnncalc.spec.advice.shapes import shape_hint

            hint = shape_hint(plain, self.spec.layout, None)
            raise self.spec.source.error(node, f"{what} {error}", hint) from None

    def _expectations(self) -> Mapping:
        """What the variant expects or else the spec, whose own are read in any case."""
        whole = expectations(self.spec.source, self.spec.root.get("expect"))
        changed = self.changes.get("expect")
        return whole if changed is None else expectations(self.spec.source, changed)


def check_variant(spec: Spec, name: str) -> None:
    """Raise `CnncalcError` unless the spec has a variant of that name."""
    variants = spec.variants
    if name not in variants:
        hint = did_you_mean(name, variants, "variants") or "it has no variants" * (not variants) or None
        raise CnncalcError(f"{spec.source.name} has no variant `{name}`", hint=hint)


def check_parameter(spec: Spec, name: str) -> None:
    """Raise `CnncalcError` unless the spec has a parameter of that name."""
    known = spec.parameters
    if name not in known:
        hint = did_you_mean(name, known, "parameters") or "it has no parameters" * (not known) or None
        raise CnncalcError(f"{spec.source.name} has no parameter `{name}`", hint=hint)


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
