"""A spec that is written in Python: dicts and lists as YAML has them, with layer objects where layers stand.

It becomes text, of which everything else is made: so it has the same checks, and errors with a line of it. Each entry
of `layers` is a line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from cnncalc.arguments import as_given
from cnncalc.errors import CnncalcError
from cnncalc.layers.base import Layer
from cnncalc.layers.constants import Constant
from cnncalc.layers.options import REQUIRED, Sizes
from cnncalc.layers.weights import Initialiser, Values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.layers.options import Kind

DEEPEST: Final = 50
"""How deep dicts and lists may stand in each other; a list that contains itself is deeper than that."""


_CALL_IT: Final = "a class is called with its options to make a layer: {}(...)"


class Structure:
    """The text of a spec that is written in Python, and the layer types of the objects in it, by name.

    >>> from cnncalc.layers import Convolution, ReLU
    >>> conv = Convolution(out_channels=4, kernel_size=(3, 5), activation=ReLU())
    >>> print(Structure({"input": "1x8x8", "layers": [{"layer": conv, "name": "c1"}, "flatten"]}).text)
    input: "1x8x8"
    layers:
      - {"type": "conv", "out_channels": 4, "kernel_size": [3, 5], "activation": "relu", "name": "c1"}
      - "flatten"
    <BLANKLINE>
    """

    def __init__(self, value: Mapping[str, Any] | list[Any] | tuple[Any, ...]) -> None:
        self.types: dict[str, type[Layer]] = {}
        whole = value if isinstance(value, Mapping) else {"layers": value}
        self.text = "\n".join(self._lines(whole)) + "\n"

    def registry(self, types: Mapping[str, type[Layer]]) -> Mapping[str, type[Layer]]:
        """Those layer types, and the classes of the objects that are not among them."""
        others = {name: kind for name, kind in self.types.items() if types.get(name) is not kind}
        return {**types, **others} if others else types

    def _lines(self, spec: Mapping[str, Any]) -> Iterator[str]:
        """A line for each key and each entry of `layers`."""
        if not spec:
            yield "{}"
        for key, value in self._by_text(spec).items():
            plain = self._plain(value, 0)
            if key == "layers" and isinstance(plain, list) and plain:
                yield "layers:"
                yield from (f"  - {_written(entry)}" for entry in plain)
            else:
                yield f"{key if key.isidentifier() else _written(key)}: {_written(plain)}"

    def _plain(self, value: object, depth: int) -> Any:
        """A value as JSON has it, layers as entries; raises `CnncalcError` for what no spec can have."""
        if depth > DEEPEST:
            raise CnncalcError(f"dicts and lists stand in each other, more than {DEEPEST} deep")
        if isinstance(value, Layer):
            return self._entry(value)
        if isinstance(value, Mapping):
            items = self._by_text(value).items()
            plain = {key: self._plain(item, depth + 1) for key, item in items if key != "layer"}
            return {**self._entry(value["layer"]), **plain} if "layer" in value else plain
        if isinstance(value, (list, tuple)):
            return [self._plain(item, depth + 1) for item in value]
        if hasattr(value, "tolist"):  # NumPy's arrays and numbers
            return self._plain(value.tolist(), depth + 1)
        if value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and isfinite(value)):
            return value
        hint = (
            _CALL_IT.format(value.__name__)
            if isinstance(value, type)
            else "numbers, texts, lists, dicts and layers can"
        )
        raise CnncalcError(f"a spec cannot have {as_given(value)}", hint=hint)

    def _by_text(self, mapping: Mapping[Any, Any]) -> Mapping[str, Any]:
        """A mapping whose keys are texts; raises `CnncalcError` for another key."""
        for key in mapping:
            if not isinstance(key, str):
                raise CnncalcError(f"the keys of a spec are texts, not {as_given(key)}")
        return mapping

    def _entry(self, layer: object) -> dict[str, Any]:
        """A layer as an entry with its type and options."""
        if not isinstance(layer, Layer):
            hint = _CALL_IT.format(layer.__name__) if isinstance(layer, type) else None
            raise CnncalcError(f"`layer` takes a layer such as ReLU(), not {as_given(layer)}", hint=hint)
        self.types[layer.type_name] = type(layer)
        return {"type": layer.type_name, **written_options(layer)}


def _written(plain: object) -> str:
    """A value in YAML's flow form, which JSON is."""
    return json.dumps(plain, ensure_ascii=False)


def written_options(layer: Layer) -> dict[str, Any]:
    """The options of a layer that are not as they are by default, as a spec writes them; first those of a call.

    >>> from cnncalc.layers import Fold
    >>> written_options(Fold(output_size=[8], kernel_size=[2]))
    {'output_size': [8], 'kernel_size': 2}
    """
    values = {name: getattr(layer, name) for name in option_order(layer)}
    return {
        name: _of_kind(layer.options[name].kind, value)
        for name, value in values.items()
        if layer.options[name].default is REQUIRED or not _is_same(value, layer.options[name].default)
    }


def _of_kind(kind: Kind, value: object) -> Any:
    """The value of an option of a kind; sizes of which a single one would be that of a square stay a list."""
    if isinstance(kind, Sizes) and kind.square and isinstance(value, tuple):
        return list(value)
    return written_option(value)


def option_order(layer: Layer | type[Layer]) -> list[str]:
    """The names of the options of a layer or its class, first those of a call."""
    return list(dict.fromkeys([*(name for name in layer.positional if name in layer.options), *layer.options]))


def _is_same(value: object, default: object) -> bool:
    """Whether a value is the default; layers are where they are of one type and have the same options."""
    if isinstance(value, Layer) and isinstance(default, Layer):
        return type(value) is type(default) and written_options(value) == written_options(default)
    return type(value) is type(default) and value == default


def written_option(value: object) -> Any:
    """The value of an option as a spec writes it: one for all axes as one."""
    if isinstance(value, Layer):
        options = written_options(value)
        return {value.type_name: options} if options else value.type_name
    if isinstance(value, Initialiser):
        return {"constant": value.value} if value.name == "constant" else value.name
    if isinstance(value, (Values, Constant)):
        return value.numbers
    if isinstance(value, dict):
        return {name: written_option(item) for name, item in value.items()}
    if isinstance(value, tuple):
        items = [written_option(item) for item in value]
        return items[0] if len(items) == 1 and not isinstance(items[0], list) else items
    return value
