"""Makes layers of ours, one after the other, and collects what has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.errors import CnncalcError, LayerError, first_of
from cnncalc.layers import find
from cnncalc.models.imported import ImportedLayer
from cnncalc.models.untranslatable import UntranslatableError
from cnncalc.naming import unused
from cnncalc.shapes import CHANNELS_LAST
from cnncalc.text_nodes import COMMON

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Layout, Shape

MOST_LAYERS: Final = 5_000
"""The most layers that a model may have: nested models that are called often make many of little text."""
_KEPT: Final = "`summary --opaque` keeps them as layers of which nothing but the shape is known"
_WRITTEN: Final = "a class of your own can be written as a block of a spec"
_SHOWN: Final = 3
"""The names that an error tells of each class."""


class Tensor(NamedTuple):
    """A tensor of ours: the layer or input that it comes of, and its shape.

    The shape is None behind a layer that has no translation, of which the file does not say the shape.
    """

    name: str
    shape: Shape | None


def tensors(value: Any) -> list[Tensor]:
    """The tensors in a nested value, in order.

    >>> [tensor.name for tensor in tensors([[Tensor("a", (1,)), 3], {"b": Tensor("b", None)}])]
    ['a', 'b']
    """
    if isinstance(value, Tensor):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [tensor for item in items for tensor in tensors(item)]


class Call(NamedTuple):
    """A call of a layer: its full name, and that of the first call, whose arrays it shares.

    `scope` is the layer's own path; `origin` is for messages. `config` is the configuration, `args` and `kwargs` are
    nested values with `Tensor` for tensors. `steps` counts the axes of `TimeDistributed` around it.
    """

    class_name: str
    package: str
    name: str
    path: str
    config: Mapping[str, Any]
    args: list[Any]
    kwargs: Mapping[str, Any]
    steps: int = 0

    @property
    def origin(self) -> str:
        """What it is in the file."""
        return f'{self.class_name} "{self.path}"'


class Translator:
    """The layers so far, in the layout of the file: of most models channels last.

    `old` says that the file is of Keras 1 or 2, some of whose functions are others.
    """

    def __init__(self, path: str, layout: Layout, *, old: bool) -> None:
        self.path = path
        self.layout = layout
        self.old = old
        self.layers: list[ImportedLayer] = []
        self.names: set[str] = set()
        self.refused: list[tuple[str, str, str]] = []
        self.notes: dict[str, None] = {}
        self.can_be_kept = True
        self.follows_sizes = False
        self.weighted: list[tuple[ImportedLayer, Call, dict[str, Shape]]] = []
        self._owners: dict[str, str] = {}
        self._made: dict[str, Layer] = {}

    @property
    def channels_last(self) -> bool:
        """Whether the file has its channels last."""
        return self.layout is CHANNELS_LAST

    def free_name(self, wanted: str) -> str:
        """A name that no layer has yet: that which is wanted, or with a number behind it."""
        return unused(wanted, self.names)

    def emit(
        self, call: Call, type_: str, options: Mapping[str, Any], inputs: Sequence[Tensor], part: str = ""
    ) -> Tensor:
        """A layer of ours for a call, or a part of one, and its output; raises `CnncalcError`."""
        if len(self.layers) >= MOST_LAYERS:
            raise CnncalcError(f"{self.path}: more than {MOST_LAYERS} layers", code="limit")
        shapes = [tensor.shape for tensor in inputs if tensor.shape is not None]
        if len(shapes) < len(inputs):
            raise UntranslatableError("", is_own=False)
        name = f"{call.name}.{part}" if part else call.name
        layer = self._layer(call, type_, options)
        try:
            shape = tuple(layer.output_shape(shapes)) if shapes else tuple(layer.output_shape([()]))
            arrays = {**layer.weight_shapes(shapes), **layer.buffer_shapes(shapes)}
        except LayerError as error:
            raise self._error(call, error) from None
        given = dict(options)
        share = None
        if arrays:
            owner = self._owners.setdefault(f"{call.path}.{part}", name)
            share = owner if owner != name else None
            if call.config.get("trainable") is False and share is None:
                given["trainable"] = False
        made = ImportedLayer(name, type_, given, [tensor.name for tensor in inputs], share=share, origin=call.origin)
        self.layers.append(made)
        if arrays and share is None:
            self.weighted.append((made, call, arrays))
        self.names.add(name)
        return Tensor(name, shape)

    def _layer(self, call: Call, type_: str, options: Mapping[str, Any]) -> Layer:
        """The layer that would be made of an entry, to ask for its shape; raises `CnncalcError`."""
        key = f"{type_} {options!r}" if len(options) < 20 else ""
        layer = self._made.get(key) if key else None
        if layer is None:
            found = find(type_)
            if found is None:
                raise UntranslatableError(f"has no counterpart here: {type_}")
            try:
                layer = found[0](**{name: value for name, value in options.items() if name not in COMMON})
            except LayerError as error:
                raise self._error(call, error) from None
            self._made[key] = layer
        return layer

    def _error(self, call: Call, error: LayerError) -> CnncalcError:
        """The error of a layer, with the file and what it is there."""
        message = f"{self.path}: `{call.name}`, {call.origin}: {error.fact}"
        return CnncalcError(message, hint=error.hint, code=error.code, layer=call.name)

    def refuse(self, call: Call, reason: str, shape: Shape | None) -> Tensor:
        """Note a call that has no translation, and why; its output, as an opaque layer where the shape is known."""
        custom = call.package and call.package.split(".")[0] not in ("keras", "tensorflow", "tf_keras")
        kind = f"{call.package}.{call.class_name}" if custom else call.class_name
        self.refused.append((kind, call.name, reason))
        if shape is None:
            self.can_be_kept = False
            return Tensor(call.name, None)
        inputs = list(dict.fromkeys(tensors([call.args, dict(call.kwargs)])))
        return self.emit(call, "opaque", {"shape": list(shape), "operator": call.class_name[:60]}, inputs)

    def refusal(self, count: int) -> CnncalcError | None:
        """The error that tells all that could not be translated of `count` calls, if there is any."""
        if not self.refused:
            return None
        groups: dict[tuple[str, str], list[str]] = {}
        for kind, name, reason in self.refused:
            groups.setdefault((kind, reason), []).append(name)
        facts = "; ".join(_group(kind, reason, names) for (kind, reason), names in groups.items())
        number = len(self.refused)
        have = "has" if number == 1 else "have"
        message = f"{self.path}: {number} of {count} layers {have} no translation: {facts}"
        return CnncalcError(message, hint=_KEPT if self.can_be_kept else _WRITTEN, code="unknown-type")


def _group(kind: str, reason: str, names: Sequence[str]) -> str:
    """A class, some layers of it and why they cannot be translated.

    >>> _group("Lambda", "is Python code", ["a", "b", "c", "d"])
    'Lambda `a`, `b`, `c` and 1 more: is Python code'
    """
    return f"{kind} {first_of([f'`{name}`' for name in names], _SHOWN)}: {reason}"
