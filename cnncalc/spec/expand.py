"""From a spec to a network: entries expanded, names resolved, every shape computed on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError, LayerError, did_you_mean
from cnncalc.layers import LAYERS, find, spellings, translate
from cnncalc.network import Network, Node
from cnncalc.spec.entries import Entry, Group, LayerEntry, Parallel, Residual
from cnncalc.spec.tree import Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnncalc.layers.base import Layer
    from cnncalc.layout import Shape
    from cnncalc.spec.document import Spec
    from cnncalc.spec.tree import Node as TreeNode

Tensors = tuple[int, ...]
"""Numbers of tensors: what arrives at an entry, mostly one."""

PREVIOUS: Final = "previous"
_NAME: Final = re.compile(r"\w[\w.+/-]*")


class TooSmallError(CnncalcError):
    """An input that is too small for a window: a larger one would pass. `reached` counts the layers before it."""

    reached = 0


def expand(spec: Spec, inputs: Mapping[str, Shape], layers: Mapping[str, type[Layer]] = LAYERS) -> Network:
    """The network of a spec at these input shapes; raises `CnncalcError`, at the place in the spec."""
    return _Expansion(spec, inputs, layers).network()


class _Scope:
    """A named stretch of the spec, within which names are unique and unnamed layers are counted."""

    __slots__ = ("counts", "outer", "prefix")

    def __init__(self, prefix: str, outer: _Scope | None) -> None:
        self.prefix = prefix
        self.outer = outer
        self.counts: dict[str, int] = {}

    def next_name(self, written: str) -> str:
        """The name of a layer without one."""
        count = self.counts[written] = self.counts.get(written, 0) + 1
        return f"{written}_{count}"

    def outwards(self) -> Iterator[_Scope]:
        """This scope and those around it."""
        scope: _Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer


class _Expansion:
    """The graph as it grows. `named` maps full names to tensors; a group that is still open has none yet."""

    def __init__(self, spec: Spec, inputs: Mapping[str, Shape], layers: Mapping[str, type[Layer]]) -> None:
        self.spec = spec
        self.source = spec.source
        self.inputs = inputs
        self.layers = layers
        self.shapes: list[Shape] = list(inputs.values())
        self.nodes: list[Node] = []
        self.named: dict[str, Tensors] = {name: (number,) for number, name in enumerate(inputs)}

    def network(self) -> Network:
        """Expand everything."""
        root = _Scope("", None)
        last = self._sequence(self.spec.entries, root, tuple(range(len(self.inputs))))
        outputs = [tensor for name in self.spec.outputs for tensor in self._lookup(name, root)] or last
        return Network(self.spec.name, self.inputs, self.nodes, outputs, layout=self.spec.layout)

    def _sequence(self, entries: list[Entry], scope: _Scope, arriving: Tensors) -> Tensors:
        for entry in entries:
            taken = arriving if entry.inputs is None else self._taken(entry.inputs, scope, arriving)
            if isinstance(entry, LayerEntry):
                arriving = self._layer(entry, scope, taken)
            else:
                arriving = self._composite(entry, scope, taken)
        return arriving

    # Layers

    def _layer(self, entry: LayerEntry, scope: _Scope, taken: Tensors) -> Tensors:
        name = self._full_name(entry, scope) or scope.prefix + scope.next_name(entry.written)
        layer, rank = entry.made or self._made(entry, name)
        self._check_arity(entry, name, layer, taken)
        spatial = len(self.shapes[taken[0]]) - 1
        if rank is not None and spatial != rank:
            axes = f"{spatial or 'no'} spatial {'axis' if spatial == 1 else 'axes'}"
            hint = f"write `{layer.type_name}`, which takes the rank of its input" if spatial else "it needs a map"
            raise self.source.error(
                entry.at,
                f"`{name}` is a {entry.written}, and {self._text(taken[0])} with {axes} arrives",
                hint,
            )
        for option in layer.references:
            layer, taken = self._bound(entry, scope, option, layer, taken)
        return self._add(entry, name, layer, taken)

    def _bound(
        self, entry: LayerEntry, scope: _Scope, option: str, layer: Layer, taken: Tensors
    ) -> tuple[Layer, Tensors]:
        """A layer that refers to an earlier one, told that one, and its inputs with those of the earlier one."""
        named = entry.options[option][1]
        assert isinstance(named, Scalar)
        number = self._lookup(named, scope)[-1] - len(self.inputs)
        if number < 0:
            raise self.source.error(named, f"`{option}` must name a layer, and `{named.text}` is an input")
        node = self.nodes[number]
        try:
            bound = layer.bound(node.layer)
        except LayerError as error:
            raise self.source.error(named, f"`{option}`: `{node.name}` {error.fact}", error.hint) from None
        bound.layout = layer.layout
        return bound, (*taken, *node.inputs)

    def _made(self, entry: LayerEntry, name: str) -> tuple[Layer, int | None]:
        """The layer of an entry, which is the same in every expansion, and the rank in its type."""
        found = find(entry.written, self.layers)
        if found is None:
            raise self._unknown_type(entry)
        kind, rank = found
        try:
            layer = kind(**{word: node.plain() for word, (_, node) in entry.options.items()})
        except LayerError as error:
            raise self._wrong_option(entry, error, f"`{name}`: {error.fact}") from None
        layer.lay_out(self.spec.layout)
        entry.made = layer, rank
        return entry.made

    def _add(self, entry: Entry, name: str, layer: Layer, taken: Tensors) -> Tensors:
        """Append a node, and name its output."""
        shapes = [self.shapes[tensor] for tensor in taken]
        if self.named.get(name):
            raise self._taken_name(entry, name)
        try:
            node = Node(name, layer, taken, shapes)
        except LayerError as error:
            what = " and ".join(self.spec.layout.text(shape) for shape in shapes)
            raise self._wrong_option(entry, error, f"`{name}` cannot take {what}: {error.fact}") from None
        output = (len(self.shapes),)
        self.nodes.append(node)
        self.shapes.append(node.output_shape)
        self.named[name] = output
        return output

    def _check_arity(self, entry: Entry, name: str, layer: Layer, taken: Tensors) -> None:
        fewest, most = layer.arity
        if fewest <= len(taken) and (most is None or len(taken) <= most):
            return
        wanted = f"{fewest} input{'s' * (fewest > 1)}" if most == fewest else f"at least {fewest} inputs"
        arriving = ", ".join(self._name(tensor) for tensor in taken)
        hint = "`from: [previous, NAME]` takes several" if len(taken) < fewest else "choose with `from: NAME`"
        raise self.source.error(entry.at, f"`{name}` takes {wanted}, {len(taken)} arrive: {arriving}", hint)

    # Groups

    def _composite(self, entry: Entry, scope: _Scope, taken: Tensors) -> Tensors:
        name = self._full_name(entry, scope)
        inner = scope
        if name is not None:
            inner = _Scope(name + ".", scope)
            self.named[name] = ()
        if isinstance(entry, Group):
            output = self._sequence(entry.layers, inner, taken)
        elif isinstance(entry, Residual):
            output = self._residual(entry, name, inner, taken)
        else:
            assert isinstance(entry, Parallel)
            output = self._parallel(entry, name, inner, taken)
        if name is not None:
            self.named[name] = output
        return output

    def _residual(self, entry: Residual, name: str | None, scope: _Scope, taken: Tensors) -> Tensors:
        output = self._sequence(entry.layers, scope, taken)
        if entry.shortcut is None:
            return output
        shortcut = self._sequence(entry.shortcut, scope, taken)
        return self._merge(entry, "add", name, scope, (*output, *shortcut))

    def _parallel(self, entry: Parallel, name: str | None, scope: _Scope, taken: Tensors) -> Tensors:
        outputs = [self._sequence(branch, scope, taken) for branch in entry.branches]
        return self._merge(entry, entry.merge, name, scope, tuple(tensor for output in outputs for tensor in output))

    def _merge(self, entry: Entry, kind: str, name: str | None, scope: _Scope, tensors: Tensors) -> Tensors:
        """The layer that ends a residual or parallel group; it bears the group's name."""
        layer = self.layers[kind]()
        layer.layout = self.spec.layout
        return self._add(entry, name or scope.prefix + scope.next_name(kind), layer, tensors)

    # Names

    def _full_name(self, entry: Entry, scope: _Scope) -> str | None:
        """The full name of a named entry, which must be new."""
        if entry.name is None:
            return None
        text = entry.name.text
        if not _NAME.fullmatch(text) or len(text) > 200:
            raise self.source.error(
                entry.name, f"`{text[:40]}` cannot be a name", "letters, digits, _ - + / and dots make a name"
            )
        if text in (PREVIOUS, "input"):
            raise self.source.error(entry.name, f"`{text}` means something else in `from`", "choose another name")
        name = scope.prefix + text
        if name in self.named:
            raise self._taken_name(entry, name)
        return name

    def _taken(self, node: TreeNode, scope: _Scope, arriving: Tensors) -> Tensors:
        """The tensors that a `from` names."""
        items = node.items if isinstance(node, Sequence) else [node]
        if not items:
            raise self.source.error(node, "`from` is empty", "leave it out to take the output of the entry before")
        taken: list[int] = []
        for item in items:
            if not isinstance(item, Scalar) or not item.text:
                raise self.source.error(item, "`from` must be the name of an earlier layer, or a list of names")
            taken += arriving if item.text == PREVIOUS else self._lookup(item, scope)
        return tuple(taken)

    def _lookup(self, wanted: Scalar, scope: _Scope) -> Tensors:
        """The tensors of a name, looked for in the scope and then outwards."""
        for around in scope.outwards():
            tensors = self.named.get(around.prefix + wanted.text)
            if tensors:
                return tensors
            if tensors is not None:
                raise self.source.error(wanted, f"`{wanted.text}` has no output yet: this entry is a part of it")
        raise self._unknown_name(wanted, scope)

    def _name(self, tensor: int) -> str:
        first = len(self.inputs)
        return list(self.inputs)[tensor] if tensor < first else self.nodes[tensor - first].name

    def _text(self, tensor: int) -> str:
        return self.spec.layout.text(self.shapes[tensor])

    # Errors

    def _wrong_option(self, entry: Entry, error: LayerError, message: str) -> CnncalcError:
        """The error of a layer, at the option that it blames or else at the layer's type."""
        at = entry.at
        if isinstance(entry, LayerEntry) and error.option in entry.options:
            key, value = entry.options[error.option]
            at = key if "has no option" in error.fact else value
        place = self.source.place(at)
        if not error.too_small:
            return CnncalcError(message, hint=error.hint, place=place)
        too_small = TooSmallError(message, hint=error.hint, place=place)
        too_small.reached = len(self.nodes)
        return too_small

    def _unknown_type(self, entry: LayerEntry) -> CnncalcError:
        ours = translate(entry.written, self.layers)
        names = [*spellings(self.layers), "residual", "parallel"]
        hint = f"it is called `{ours}` here" if ours else did_you_mean(entry.written, names)
        return self.source.error(entry.at, f"unknown layer type `{entry.written}`", hint)

    def _unknown_name(self, wanted: Scalar, scope: _Scope) -> CnncalcError:
        text = wanted.text
        if text == "input":
            message, hint = "the network has several inputs", "they are called " + ", ".join(self.inputs)
            return self.source.error(wanted, message, hint)
        visible = [name.removeprefix(around.prefix) for around in scope.outwards() for name in self.named]
        hint = did_you_mean(text, visible[-5000:], "earlier outputs") or "only what stands above can be taken"
        return self.source.error(wanted, f"there is no earlier output `{text}`", hint)

    def _taken_name(self, entry: Entry, name: str) -> CnncalcError:
        at = entry.name or entry.at
        return self.source.error(at, f"the name `{name}` is taken by an earlier layer", "names are unique in a scope")
