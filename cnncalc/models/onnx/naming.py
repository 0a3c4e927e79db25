"""Names of layers: the modules' that an exporter tells of, or what else of a node is a name."""

from __future__ import annotations

import re
from ast import literal_eval
from collections import Counter
from typing import TYPE_CHECKING, Final

from cnncalc.models.imported import layer_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnncalc.models.imported import ImportedLayer
    from cnncalc.models.onnx.records import File, Node

LONGEST: Final = 120
"""The most characters of a name."""

NETWORK: Final = "cnncalc.name"
"""The entry in a file's metadata that has our name of the network."""
OWN: Final = "cnncalc.layer"
"""What a file of our own calls a layer, in the metadata of its first node."""

_ANY_GRAPH: Final = re.compile(
    r"(?i)(?:main|tf2onnx|torch[_-]jit(?:-export)?|(?:(?:main|onnx)_)?(?:graph|model))(?:_\d+)?"
)
"""What exporters call every graph: ``main_graph``, ``torch_jit``, ``tf2onnx``, ``model_1``."""
_PLAIN: Final = re.compile(r"[^\s{}='\"`\x00-\x1f\x7f][^{}'\"`\x00-\x1f\x7f]{0,199}")
"""Names that are taken as they are."""

_SCOPES: Final = "pkg.torch.onnx.name_scopes"
_MADE_UP: Final = re.compile(r"\d+|.*\bonnx::.*|(?:val|tmp|n|node)_?\d+")
"""Names that a program made up: ``199``, ``onnx::Conv_12``, ``val_3``. Another is an operator and a number."""
_COUNT: Final = re.compile(r"(?:__\d+|:\d+)+$")
"""What TensorFlow's exporter puts behind names."""
_WEIGHT: Final = re.compile(r"(.+)\.(?:weight|bias|running_mean|running_var)")
_ODD: Final = re.compile(r"[^A-Za-z0-9_.\-]+")


class _Naming:
    """Hands out names; no name is another's scope and a layer at once."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)
        self.scopes: set[str] = set()
        self.counts: dict[str, int] = {}

    def free(self, name: str) -> bool:
        """Whether a layer can have the name."""
        return name not in self.taken and name not in self.scopes and not any(s in self.taken for s in _scopes(name))

    def outside(self, name: str) -> str:
        """The name, in which a scope that is a layer already becomes part of a word: no number would make it free."""
        while (scope := next((each for each in _scopes(name) if each in self.taken), None)) is not None:
            name = f"{scope}_{name[len(scope) + 1 :]}"
        return name

    def take(self, name: str) -> str:
        """The name, or one with a number behind it."""
        found = name = self.outside(name if name in self.taken else layer_name(name))
        while not self.free(found):
            self.counts[name] = self.counts.get(name, 0) + 1
            found = f"{name}_{self.counts[name]}"
        self.taken.add(found)
        self.scopes.update(_scopes(found))
        return found


def _scopes(name: str) -> list[str]:
    """The scopes that a dotted name is in.

    >>> _scopes("layer1.0.conv1")
    ['layer1', 'layer1.0']
    """
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def network_name(file: File) -> str:
    """The name of the network in a file that was written here; empty where the file has none."""
    return " ".join(file.metadata.get(NETWORK, "").split())[:LONGEST]


def graph_name(file: File) -> str:
    """The name of the graph, for a model that has no file of its own; ``model`` where an exporter made it up.

    >>> bool(_ANY_GRAPH.fullmatch("main_graph")), bool(_ANY_GRAPH.fullmatch("squeezenet"))
    (True, False)
    """
    name = cleaned(" ".join(file.graph.name.split()))
    return "model" if not name or _ANY_GRAPH.fullmatch(name) else name


def assign(layers: Sequence[ImportedLayer], origins: Sequence[Node], taken: Iterable[str]) -> dict[str, str]:
    """Names for layers, each with the node that it is of, by the keys that they had; `taken` are those of the inputs.

    A module that is one layer gives it its name, and one that is called several times a number behind it too; a
    function in a module is counted, as in a spec a layer without a name: ``layer1.0.add_1``.
    """
    wanted = _without_common([_wanted(layer, node) for layer, node in zip(layers, origins, strict=True)])
    own: dict[str, set[str]] = {}
    inner = set()
    for (name, is_module), layer in zip(wanted, layers, strict=True):
        if is_module:
            own.setdefault(name, set()).add(layer.type)
        inner.update(_scopes(name))
    naming = _Naming(taken)
    # The names that modules give come first: what is counted gets out of their way.
    found = _of_our_own(origins, naming)
    for at, (name, is_module) in enumerate(wanted):
        if at not in found and name and is_module and len(own[name]) == 1 and name not in inner:
            found[at] = naming.take(name)
    for at, (name, is_module) in enumerate(wanted):
        if at not in found:
            type_ = layers[at].type
            if name and not is_module:
                found[at] = naming.take(name)
            else:
                found[at] = _counted(naming, f"{name}.{type_}" if name else type_)
    return {layer.name: found[at] for at, layer in enumerate(layers)}


def _without_common(wanted: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The names without scopes that are around all of them, as a graph of TensorFlow is in one."""
    names = [name.split(".") for name, _ in wanted if name]
    common = 0
    while len(names) > 1 and len({name[common] if common + 1 < len(name) else None for name in names} - {None}) == 1:
        if any(common + 1 >= len(name) for name in names) or any(is_module for name, is_module in wanted if name):
            break
        common += 1
    return [(".".join(name.split(".")[common:]), is_module) for name, is_module in wanted]


def _of_our_own(origins: Sequence[Node], naming: _Naming) -> dict[int, str]:
    """The names that a file of our own gives, each to one layer, which may be that of a scope, as a merge's may."""
    given = [node.metadata.get(OWN, "") for node in origins]
    uses = Counter(given)
    found = {}
    for at, name in enumerate(given):
        if name and name not in naming.taken and uses[name] == 1 and _PLAIN.fullmatch(name):
            naming.taken.add(name)
            naming.scopes.update(_scopes(name))
            found[at] = name
    return found


def _counted(naming: _Naming, base: str) -> str:
    """A type's name with a number behind it, as a spec counts layers without names."""
    base = naming.outside(base)
    number = naming.counts.get(base, 0) + 1
    while not naming.free(f"{base}_{number}"):
        number += 1
    naming.counts[base] = number
    return naming.take(f"{base}_{number}")


def _wanted(layer: ImportedLayer, node: Node) -> tuple[str, bool]:
    """A name for a layer, nothing where there is none, and whether it is that of the module around it."""
    module = _module_of_weights(node) if layer.arrays or layer.share else ""
    if module:  # which knows the convolution where a node is named after the batch norm that was folded into it
        return cleaned(module), True
    if node.metadata.get(_SCOPES) is not None or node.name.startswith("/"):
        return cleaned(module_of(node)), True
    for written in (node.name, *node.outputs[:1]):
        name = _COUNT.sub("", written)
        if (
            name
            and not _MADE_UP.fullmatch(name)
            and not re.fullmatch(rf"(?:node_)?{re.escape(node.op)}(?:_\d+)?", name)
        ):
            return cleaned(_words(name)), False
    return "", False


def module_of(node: Node) -> str:
    """The module around a node, as far as the exporter tells of it."""
    scopes = node.metadata.get(_SCOPES)
    if scopes is not None:
        return _module_of_scopes(scopes)
    return module_path(node.name) if node.name.startswith("/") else ""


def _module_of_scopes(scopes: str) -> str:
    """The module that a list of scopes ends with, before the node itself."""
    if len(scopes) > 10_000:
        return ""
    try:
        names = literal_eval(scopes)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    names = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return names[-2] if len(names) > 1 else ""


def module_path(name: str) -> str:
    """The module in a node's name, in which containers stand before their items and in the items' names again.

    >>> module_path("/layer1/layer1.0/conv2/Conv")
    'layer1.0.conv2'
    """
    found: list[str] = []
    for part in name.strip("/").split("/")[:-1]:
        if found and part.startswith(f"{found[-1]}."):
            found[-1] = part
        else:
            found.append(part)
    return ".".join(found)


def _module_of_weights(node: Node) -> str:
    """The module that the names of a node's weights tell of."""
    for name in node.inputs[1:]:
        match = _WEIGHT.fullmatch(name)
        if match and "onnx::" not in name:
            return match[1]
    return ""


def _words(name: str) -> str:
    """A name of TensorFlow's without the operator at its end, or any other."""
    parts = [part for part in name.split("/") if part]
    if len(parts) > 1 and re.fullmatch(r"[A-Z]\w*?(?:_\d+)?", parts[-1]):
        parts.pop()
    return ".".join(parts)


def cleaned(name: str) -> str:
    """A name in the letters that names have here, not too long.

    >>> cleaned("gpu_0/conv1 (3x3)")
    'gpu_0_conv1_3x3'
    """
    parts = [_ODD.sub("_", part).strip("_-") for part in name.split(".")]
    return ".".join(part for part in parts if part)[:LONGEST].strip("._-")
