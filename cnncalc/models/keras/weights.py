"""The weights in a file of Keras: which arrays are a layer's, and what each of ours is made of."""

from __future__ import annotations

import re
import zipfile
from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError
from cnncalc.models.keras.configs import LayerConfig, read_layer
from cnncalc.models.keras.hdf5 import HDF5File
from cnncalc.models.keras.hdf5_messages import HDF5Error, UnsupportedError
from cnncalc.models.keras.names import written_name
from cnncalc.models.stored_arrays import StoredArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.models.imported import ImportedLayer
    from cnncalc.models.keras.hdf5 import Dataset, HDF5Object
    from cnncalc.models.keras.translator import Translator
    from cnncalc.shapes import Shape

_MEMBER: Final = "model.weights.h5"
_PARTS: Final = (
    *("vars", "cell", "layer", "forward_layer", "backward_layer", "query_dense", "key_dense", "value_dense"),
    "output_dense",
)
"""Where the arrays of a layer are in an archive, in the order in which its layers have them."""
_ATTENTION: Final = ("query", "key", "value", "output")

Variables = dict[str, "list[Dataset]"]
"""The arrays of each layer, by its path."""


class WeightsError(Exception):
    """Why the weights of a file are not read."""


class KerasArray(StoredArray):
    """An array of ours, made of those of a file; `kind` says how, to `arrays.arranged`."""

    __slots__ = ("kind", "path", "sources")

    def __init__(self, path: str, sources: Sequence[Dataset], kind: str, shape: Shape) -> None:
        super().__init__(shape, _DTYPES.get(sources[0].dtype[1:], "int64"))
        self.path = path
        self.sources = sources
        self.kind = kind

    def values(self, dtype: str) -> Array:
        """The values, read and laid out as ours."""
        from cnncalc.models.keras.arrays import arranged

        return arranged(self.path, self.sources, self.kind, self.shape, dtype)


_DTYPES: Final = {"f2": "float16", "f4": "float32", "f8": "float64"}


def attach(translator: Translator, model: LayerConfig, path: str, kind: str) -> bool:
    """Give layers the arrays that a file has for them; whether it has any.

    Where it has some that are not understood, none is given, and a note says why.
    """
    if kind == "JSON" or not translator.weighted:
        return False
    try:
        variables = _in_archive(model, path) if kind == "archive" else _in_hdf5(model, path)
        if variables is None:
            return False
        found = [
            (layer, _arrays(path, layer, shapes, variables.get(call.path, []), channels_last=translator.channels_last))
            for layer, call, shapes in translator.weighted
        ]
    except HDF5Error as error:
        if not isinstance(error, UnsupportedError):
            raise CnncalcError(f"cannot read {path}: {error}", code="unreadable") from None
        translator.notes[f"the weights in the file are not read: {error}"] = None
        return False
    except (WeightsError, KeyError) as error:
        reason = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        translator.notes[f"the weights in the file are not read: {reason}"] = None
        return False
    for layer, arrays in found:
        layer.arrays.update(arrays)
    return True


def _in_archive(model: LayerConfig, path: str) -> Variables | None:
    """The arrays in a `.keras` file, whose member must not be compressed; None where there are none."""
    with zipfile.ZipFile(path) as archive:
        if _MEMBER not in archive.namelist():
            return None
        member = archive.getinfo(_MEMBER)
    if member.compress_type != zipfile.ZIP_STORED:
        raise WeightsError("they are compressed")
    with open(path, "rb") as file:
        file.seek(member.header_offset)
        head = file.read(30)
    if len(head) < 30:
        raise WeightsError("the archive is damaged")
    start = member.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    with HDF5File(path, start, member.file_size) as file:
        return dict(_of_layers(model, file.root, "", path))


def _of_layers(model: LayerConfig, group: HDF5Object, prefix: str, path: str) -> Iterator[tuple[str, list[Dataset]]]:
    """The arrays of a model's layers, which are called after their classes, and numbered."""
    groups = group.child("layers")
    known = groups.children
    used: dict[str, int] = {}
    for value in model.config["layers"]:
        layer = read_layer(value, path)
        word = _snake_case(layer.class_name)
        number = used[word] = used.get(word, -1) + 1
        name = f"{word}_{number}" if number else word
        if name not in known:
            continue
        own, node = prefix + written_name(layer.name), groups.child(name)
        while layer.class_name == "TimeDistributed":
            layer, node = read_layer(layer.config["layer"], path), node.child("layer")
        if layer.is_model:
            yield from _of_layers(layer, node, f"{own}.", path)
        else:
            yield own, list(_datasets(node))


def _snake_case(word: str) -> str:
    """A class's name with underscores, as Keras makes it.

    >>> _snake_case("BatchNormalization"), _snake_case("Conv2D"), _snake_case("PReLU")
    ('batch_normalization', 'conv2d', 'p_re_lu')
    """
    word = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", word))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", word).lower()


def _datasets(node: HDF5Object, depth: int = 0) -> Iterator[Dataset]:
    """The arrays of a layer, and of what is in it, in their order."""
    children = node.children
    for part in _PARTS:
        if part not in children or depth > 5:
            continue
        inner = node.child(part)
        if part != "vars":
            yield from _datasets(inner, depth + 1)
            continue
        for name in sorted((name for name in inner.children if name.isdigit()), key=int):
            found = inner.child(name).dataset
            if found is not None:
                yield found


def _in_hdf5(model: LayerConfig, path: str) -> Variables | None:
    """The arrays in an `.h5` file, by the names that its attributes list for each layer of the model."""
    with HDF5File(path) as file:
        if "model_weights" not in file.root.children:
            return None
        groups = file.root.child("model_weights")
        known = groups.children
        found: Variables = {}
        for value in model.config["layers"]:
            layer = read_layer(value, path)
            if layer.name.split("/")[0] not in known:
                continue
            node = groups.child(layer.name)
            names = _names(node.attributes)
            arrays = [(name, node.child(name).dataset) for name in names]
            present = [(name, array) for name, array in arrays if array is not None]
            own = written_name(layer.name)
            while layer.class_name == "TimeDistributed":
                layer = read_layer(layer.config["layer"], path)
            if layer.is_model:
                found |= _of_names(layer, present, f"{own}.", path)
            else:
                found[own] = [array for _, array in present]
        return found


def _names(attributes: Mapping[str, object]) -> list[str]:
    """The names of a layer's arrays, which are several lists where one would be too long."""
    parts = [attributes.get("weight_names")]
    if parts[0] is None:
        parts = [attributes[f"weight_names{at}"] for at in range(10_000) if f"weight_names{at}" in attributes]
    names = [name for part in parts if isinstance(part, list) for name in part]
    return [name.decode(errors="replace") for name in names if isinstance(name, bytes)]


def _of_names(model: LayerConfig, arrays: Sequence[tuple[str, Dataset]], prefix: str, path: str) -> Variables:
    """The arrays of the layers of a model in a model, which their names tell."""
    found: Variables = {}
    for value in model.config["layers"]:
        layer = read_layer(value, path)
        own = prefix + written_name(layer.name)
        word = f"/{layer.name}/"
        mine = [(name, array) for name, array in arrays if word in f"/{name}"]
        if layer.is_model:
            found |= _of_names(layer, mine or arrays, f"{own}.", path)
        else:
            found[own] = [array for _, array in mine]
    return found


def _arrays(
    path: str, layer: ImportedLayer, shapes: Mapping[str, Shape], variables: list[Dataset], *, channels_last: bool
) -> dict[str, KerasArray]:
    """Our arrays of a layer; raises `WeightsError` where the file's do not fit."""
    type_, dims = layer.type, layer.options.get("dims", 0)
    base = type_[:-2] if type_[-2:] in ("1d", "2d", "3d") else type_
    if base in ("lstm", "gru", "rnn"):
        made = list(_recurrent(base, shapes, variables))
    elif base == "multihead_attention":
        made = list(_attention(shapes, variables))
    else:
        # Their axes are those of the map, in its order: the channels, where they are among them, move to the front.
        turns = channels_last and (not isinstance(dims, list) or 0 in dims)
        others = "last axis first" if turns else "in order"
        kinds = [_KINDS.get((base, name), _KINDS.get(("", name), others)) for name in shapes]
        if len(variables) == len(kinds) + 1 and base == "normalize":
            variables = variables[:-1]
        made = [(name, [array], kind) for name, array, kind in zip(shapes, variables, kinds, strict=False)]
    found = {name: KerasArray(path, sources, kind, shapes[name]) for name, sources, kind in made}
    sizes = {name: sum(prod(array.shape) for array in array.sources) for name, array in found.items()}
    halves = {name: size // 2 if found[name].kind.startswith("row") else size for name, size in sizes.items()}
    if {name: prod(shape) for name, shape in shapes.items()} != halves or base == "locally_connected":
        raise WeightsError(f"those of `{layer.name}` are not as its configuration says")
    return found


def _recurrent(
    type_: str, shapes: Mapping[str, Shape], variables: Sequence[Dataset]
) -> Iterator[tuple[str, list[Dataset], str]]:
    """Kernels and biases of one direction or two, whose gates stand in Keras's order."""
    rest = list(variables)
    gates = "gates " if type_ == "gru" else ""
    for suffix in ("_l0", "_l0_reverse"):
        if f"weight_ih{suffix}" not in shapes:
            continue
        for name, kind in (("weight_ih", "kernel"), ("weight_hh", "kernel")):
            if rest:
                yield f"{name}{suffix}", [rest.pop(0)], gates + kind
        if f"bias_ih{suffix}" in shapes and rest:
            bias = rest.pop(0)
            if f"bias_hh{suffix}" in shapes:
                yield f"bias_ih{suffix}", [bias], f"row 0 {gates}"
                yield f"bias_hh{suffix}", [bias], f"row 1 {gates}"
            else:
                yield f"bias_ih{suffix}", [bias], f"{gates}bias"


def _attention(shapes: Mapping[str, Shape], variables: Sequence[Dataset]) -> Iterator[tuple[str, list[Dataset], str]]:
    """Kernels of query, key, value and output, each with its bias behind it."""
    step = 2 if "in_proj_bias" in shapes else 1
    if len(variables) != step * len(_ATTENTION):
        raise WeightsError("those of an attention are others than those of four layers")
    kernels, biases = list(variables[::step]), list(variables[1::2]) if step == 2 else []
    if "in_proj_weight" in shapes:
        yield "in_proj_weight", kernels[:3], "heads"
    else:
        yield from ((f"{name}_proj_weight", [kernel], "heads") for name, kernel in zip("qkv", kernels, strict=False))
    yield "out_proj.weight", kernels[3:], "output"
    if biases:
        yield "in_proj_bias", biases[:3], "joined"
        yield "out_proj.bias", biases[3:], "joined"


_KINDS: Final[Mapping[tuple[str, str], str]] = {
    **{(type_, "weight"): "kernel" for type_ in ("conv", "conv_transpose", "linear")},
    **{("conv_lstm", name): "kernel" for name in ("weight_ih", "weight_hh")},
    ("depthwise_conv", "weight"): "depthwise",
    ("separable_conv", "depthwise_weight"): "depthwise",
    ("separable_conv", "pointwise_weight"): "kernel",
    ("embedding", "weight"): "as it is",
}
"""How an array of ours is made of Keras's, by the type and the array's name."""
