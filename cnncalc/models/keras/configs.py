"""Layers and their calls, as the configurations of Keras 2 and Keras 3 have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeGuard

from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MOST_NESTED: Final = 40
"""The deepest nesting of values that is walked; models and arguments have a few levels."""
_MODELS: Final = frozenset(("Functional", "Model", "Sequential"))
_PACKAGES: Final = ("keras", "tensorflow", "tf_keras", "builtins.keras")


class Ref(NamedTuple):
    """A tensor that a call takes: the layer that makes it, at which of its calls, and which of its outputs.

    `shape` is what the file says of it, with the batch, in Keras's order of axes; None where it does not say.
    """

    layer: str
    call: int
    tensor: int
    shape: tuple[int | None, ...] | None = None


class Invocation(NamedTuple):
    """A call of a layer: nested lists and dicts with `Ref` for tensors."""

    args: list[Any]
    kwargs: dict[str, Any]


class LayerConfig(NamedTuple):
    """A layer: `package` is the module of its class, empty where the file does not say it."""

    class_name: str
    package: str
    name: str
    config: Mapping[str, Any]
    calls: list[Invocation]
    is_of_keras_3: bool = False

    @property
    def is_model(self) -> bool:
        """Whether it is a model, with layers of its own."""
        return self.class_name in _MODELS and isinstance(self.config.get("layers"), list)

    @property
    def is_operation(self) -> bool:
        """Whether it is a function such as those of `keras.ops`, and no layer.

        Where the file does not say the module, as Keras 3 leaves it out of HDF5, only layers have a type of values.
        """
        if self.package or not self.is_of_keras_3:
            return ".ops" in self.package
        return "dtype" not in self.config and self.class_name != "InputLayer"

    @property
    def is_custom(self) -> bool:
        """Whether the class is none of Keras's own."""
        return bool(self.package) and self.package.split(".")[0] not in _PACKAGES


def read_layer(value: Any, path: str) -> LayerConfig:
    """A layer or model of its configuration; raises `CnncalcError` where it is none."""
    if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
        raise damaged(path, "a layer without `class_name`")
    config = value.get("config")
    if isinstance(config, list) and value["class_name"] == "Sequential":  # Keras before 2.2.3
        config = {"layers": config}
    if not isinstance(config, dict):
        raise damaged(path, f"the `config` of a {value['class_name'][:60]} is no object")
    name = value.get("name", config.get("name", value["class_name"].lower()))
    if not isinstance(name, str) or not name:
        raise damaged(path, "a layer whose name is no text")
    registered = value.get("registered_name")
    package = value.get("module") or ""
    if isinstance(registered, str) and ">" in registered and not registered.startswith("keras"):
        package = registered.split(">")[0]
    class_name = value["class_name"]
    if ">" in class_name:
        package, _, class_name = class_name.rpartition(">")
    nodes = value.get("inbound_nodes") or []
    if not isinstance(nodes, list):
        raise damaged(path, f"the `inbound_nodes` of `{name[:60]}` are no list")
    try:
        calls = [_invocation(node) for node in nodes]
    except (TypeError, ValueError, IndexError, KeyError):
        raise damaged(path, f"the `inbound_nodes` of `{name[:60]}` cannot be read") from None
    is_of_keras_3 = any(isinstance(node, dict) for node in nodes)
    return LayerConfig(class_name, str(package), name, config, calls, is_of_keras_3)


def damaged(path: str, fact: str) -> CnncalcError:
    """The error for a file that is no Keras model as it should be."""
    return CnncalcError(f"{path}: not a Keras model as it should be: {fact}", code="unreadable")


def _invocation(node: Any) -> Invocation:
    """A call as Keras 3 has it, an object, or Keras 2, a list for each tensor; raises `ValueError` and the like."""
    if isinstance(node, dict) and "args" in node:
        args, kwargs = node["args"], node.get("kwargs") or {}
        if not isinstance(args, list) or not isinstance(kwargs, dict):
            raise TypeError("arguments that are none")
        return Invocation(_tensors(args, _of_keras_3), _tensors(kwargs, _of_keras_3))
    if _is_reference(node):  # a function of TensorFlow has one tensor, and no list of them
        node = [node]
    if isinstance(node, dict):
        raise ValueError("inputs by name")
    given: dict[str, Any] = {}
    refs = []
    for item in node:
        if not _is_reference(item):
            raise ValueError("no reference to a tensor")
        refs.append(item[2] if item[0] == "_CONSTANT_VALUE" else Ref(item[0], int(item[1]), int(item[2])))
        if len(item) > 3:
            given |= dict(item[3] or {})
    arguments = _tensors(given, _of_keras_2)
    return Invocation([refs if len(refs) > 1 else refs[0]], arguments)


def _is_reference(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value is how files write a tensor: a layer's name, the number of a call, and that of an output."""
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and type(value[1]) is int
        and (type(value[2]) is int or value[0] == "_CONSTANT_VALUE")
    )


def _of_keras_2(value: Any) -> Any:
    """A tensor among keyword arguments; None for any other value."""
    if _is_reference(value) and len(value) == 3:
        return value[2] if value[0] == "_CONSTANT_VALUE" else Ref(*value)
    return None


def _of_keras_3(value: Any) -> Any:
    if not isinstance(value, dict) or value.get("class_name") != "__keras_tensor__":
        return None
    config = value["config"]
    layer, call, tensor = config["keras_history"]
    shape = config.get("shape")
    return Ref(str(layer), int(call), int(tensor), tuple(shape) if isinstance(shape, list) else None)


def _tensors(value: Any, reference: Callable[[Any], Any], depth: int = 0) -> Any:
    """A value with its references to tensors replaced."""
    if depth > MOST_NESTED:
        raise ValueError("nested too deep")
    found = reference(value)
    if found is not None:
        return found
    if isinstance(value, list):
        return [_tensors(item, reference, depth + 1) for item in value]
    if isinstance(value, dict):
        return {str(key): _tensors(item, reference, depth + 1) for key, item in value.items()}
    return value


def references(value: Any) -> Iterator[Ref]:
    """The tensors in a nested value, in order."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)


def history(value: Any, path: str) -> list[Ref]:
    """The tensors that `input_layers` or `output_layers` name: one, a list, or one by name."""
    if _is_reference(value):
        return [Ref(*value[:3])]
    items = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(items, list) or not items:
        raise damaged(path, "`input_layers` and `output_layers` must name tensors")
    return [ref for item in items for ref in history(item, path)]
