"""A model of Keras, whose inputs may have free sizes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError
from cnncalc.models.imported import Imported
from cnncalc.models.keras import files
from cnncalc.models.keras.configs import damaged, history, read_layer
from cnncalc.models.keras.names import written_name
from cnncalc.models.keras.translator import Tensor, Translator
from cnncalc.models.keras.walk import Place, Walk
from cnncalc.models.model import Model
from cnncalc.shapes import CHANNELS_FIRST, CHANNELS_LAST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any as Value

    from cnncalc.models.keras.configs import LayerConfig
    from cnncalc.models.keras.files import KerasFile
    from cnncalc.models.model import FreeShape
    from cnncalc.shapes import Layout, Shape


def read(path: str) -> KerasModel | None:
    """The model in a file; None where it is an archive or JSON of something else; raises `CnncalcError`."""
    file = files.read(path)
    return None if file is None else KerasModel(path, file)


class KerasModel(Model):
    """A model of Keras in a file."""

    def __init__(self, path: str, file: KerasFile) -> None:
        self.file = file
        self.top = read_layer(file.config, path)
        self.layout = _layout(self.top, path)
        entrances = dict(_entrances(self.top, path))
        name = os.path.basename(path).split(".")[0] if path else self.top.name
        super().__init__(name, path, {key: self._free(sizes) for key, sizes in entrances.items()})

    def _free(self, sizes: list[Any]) -> FreeShape:
        """The sizes of an input behind the batch, in our order."""
        return self.layout.internal(tuple(size if type(size) is int else "?" for size in sizes))

    def translated(self, inputs: Mapping[str, Shape]) -> Imported:
        """The network at these sizes; raises `CnncalcError`."""
        version = self.file.version
        translator = Translator(self.path, self.layout, old=_is_old(self.file))
        translator.names |= inputs.keys()
        walk = Walk(translator, self.path, says_shapes=inputs == self.own_inputs)
        given = [Tensor(name, inputs[name]) for name in self.inputs]
        exits = walk.model(self.top, given, Place())
        refusal = translator.refusal(walk.count)
        if refusal is not None and not translator.can_be_kept:
            raise refusal
        has_weights = self._weights(translator)
        kind = "sequential" if self.top.class_name == "Sequential" else "functional"
        by = f"Keras {version}" if version else "Keras"
        order = "channels last" if self.layout is CHANNELS_LAST else "channels first"
        imported = Imported(
            *(self.name, inputs, translator.layers, list(dict.fromkeys(tensor.name for tensor in exits))),
            description=f"{by}, {kind}, {order}",
            notes=list(translator.notes),
            follows_sizes=translator.follows_sizes,
            has_weights=has_weights,
        )
        imported.refusal = refusal
        return imported

    def _weights(self, translator: Translator) -> bool:
        """Give the layers the weights of the file, if it has them."""
        if self.file.kind == "JSON":
            return False
        from cnncalc.models.keras.weights import attach

        return attach(translator, self.top, self.path, self.file.kind)


def _is_old(file: KerasFile) -> bool:
    """Whether Keras 1 or 2 wrote a file: by its version, or by how it writes layers."""
    return file.version.startswith(("1.", "2.")) if file.version else "module" not in file.config


def _layout(model: LayerConfig, path: str) -> Layout:
    """How the model orders axes: channels last, unless all of its layers that say an order have them first."""
    orders = {order for order in _orders(model, path, 0) if isinstance(order, str)}
    return CHANNELS_FIRST if orders == {"channels_first"} else CHANNELS_LAST


def _orders(model: LayerConfig, path: str, depth: int) -> Iterator[Value]:
    """What layers say as `data_format`, those of models inside too."""
    if depth > 30:
        raise damaged(path, "models in models more than 30 deep")
    for value in model.config["layers"]:
        layer = read_layer(value, path)
        if layer.is_model:
            yield from _orders(layer, path, depth + 1)
        else:
            yield layer.config.get("data_format")
            inner = layer.config.get("layer")
            if isinstance(inner, dict) and isinstance(inner.get("config"), dict):
                yield inner["config"].get("data_format")


def _entrances(model: LayerConfig, path: str, depth: int = 0) -> Iterator[tuple[str, list[Any]]]:
    """The inputs by name, each with its sizes behind the batch, None where they are free; raises `CnncalcError`."""
    layers = [read_layer(value, path) for value in model.config["layers"]]
    if not layers:
        raise damaged(path, "a model without layers")
    if model.class_name == "Sequential":
        yield _sequential_entrance(model, layers, path, depth)
        return
    by_name = {layer.name: layer for layer in layers}
    refs = history(model.config.get("input_layers"), path)
    if not refs:
        raise damaged(path, "a model without inputs")
    for ref in refs:
        layer = by_name.get(ref.layer)
        sizes = None if layer is None else _batch_shape(layer.config)
        if layer is None or sizes is None:
            raise damaged(path, f"the input `{ref.layer[:60]}` has no shape")
        yield written_name(ref.layer), sizes


def _sequential_entrance(model: LayerConfig, layers: list[LayerConfig], path: str, depth: int) -> tuple[str, list[Any]]:
    """The input of layers one after another: said by the first, by the model, or free with the axes of the first."""
    first = layers[0]
    name = written_name(first.name) if first.class_name == "InputLayer" else "input"
    sizes = _batch_shape(first.config)
    built = model.config.get("build_input_shape")
    if sizes is None and isinstance(built, list) and len(built) > 1 and not isinstance(built[0], list):
        sizes = _sizes(built)
    if sizes is None and first.is_model:
        return next(_entrances(first, path, depth + 1))
    if sizes is None:
        rank = next((int(digit) for digit in "123" if f"{digit}D" in first.class_name), 0)
        if not rank and first.class_name != "Dense":
            fact = f"{path} does not say what goes in, and neither does its first layer, a {first.class_name[:60]}"
            raise CnncalcError(fact, hint="build the model before you save it: model.build((None, 28, 28, 1))")
        sizes = [None] * (rank + 1)
    return name, sizes


def _batch_shape(config: Mapping[str, Any]) -> list[Any] | None:
    """The sizes that a layer says of its input, without the batch; None where it says nothing."""
    for key in ("batch_shape", "batch_input_shape"):
        shape = config.get(key)
        if isinstance(shape, list) and len(shape) > 1:
            return _sizes(shape)
    return None


def _sizes(shape: list[Any]) -> list[Any]:
    return [size if type(size) is int and size > 0 else None for size in shape[1:]]
