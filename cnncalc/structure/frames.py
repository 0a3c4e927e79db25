"""The tree of scopes that the dots in the names of a flat network make, with references within each scope.

In the body of a scope a tensor of the scope is a name, relative to it; one from outside is a number, by the order of
first use, and the scope's own `inputs` say what it is in the scope around.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from cnncalc.layers import find
from cnncalc.structure.program import PREVIOUS, Call, Group
from cnncalc.structure.sharing import with_shared_scopes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cnncalc.models.imported import Imported, ImportedLayer
    from cnncalc.structure.program import Item, Ref

DEEPEST: Final = 16
"""How deep scopes may stand in each other; names have dots from there on."""
_RESERVED: Final = frozenset({"input", "previous"})


def tree(
    imported: Imported, *, nested: bool = True, opened: Collection[str] = (), owners: Collection[str] = ()
) -> list[Item]:
    """The entries of a network, scopes as groups; where it is not to be `nested`, one a layer.

    The `opened` scopes, such as ``body.0.``, are no groups: their layers have names with dots. The `owners` are the
    layers that have arrays of their own.

    >>> from cnncalc.models.imported import Imported, ImportedLayer
    >>> layers = [ImportedLayer("a.conv", "conv2d", {}, ["x"]), ImportedLayer("a.relu_1", "relu", {}, ["a.conv"])]
    >>> tree(Imported("net", {"x": (3, 8, 8)}, layers, ["a.relu_1"]))
    [a [conv: conv2d {} from (0,), relu_1: relu {} from None] from (0,)]
    """
    builder = _Builder(imported, opened)
    body = builder.body("", 0, len(imported.layers), list(imported.inputs), 0 if nested else DEEPEST)
    with_shared_scopes(body, owners)
    return body


class _Frame:
    """A scope while it is built: what its tensors are called in it, and those that come from outside."""

    def __init__(self, prefix: str, outside: list[str]) -> None:
        self.prefix = prefix
        self.outside = outside
        self.known: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        self.previous: str | None = None
        self.items: list[Item] = []

    def refs(self, names: list[str]) -> tuple[Ref, ...] | None:
        """The words for tensors; None where they are what comes before."""
        found = tuple(PREVIOUS if name == self.previous else self._ref(name) for name in names)
        return None if found == (PREVIOUS,) else found

    def relative(self, name: str) -> str:
        """The name of a layer from here: that from the outermost scope where it is not in this one."""
        return name.removeprefix(self.prefix) if name in self.known else name

    def is_counted(self, word: str, type_: str) -> bool:
        """Whether a layer of that type gets that name by counting, which then goes on."""
        count = self.counts.get(type_, 0) + 1
        if word != f"{type_}_{count}":
            return False
        self.counts[type_] = count
        return True

    def _ref(self, name: str) -> Ref:
        word = self.known.get(name)
        if word is not None:
            return word
        if name not in self.outside:
            self.outside.append(name)
        return self.outside.index(name)


class _Builder:
    """Builds the bodies of scopes from the flat list of layers."""

    def __init__(self, imported: Imported, opened: Collection[str]) -> None:
        self.opened = opened
        self.layers = imported.layers
        self.parts = [layer.name.split(".") for layer in imported.layers]
        self.reserved = _RESERVED | set(imported.inputs)
        self.shapes = {**imported.inputs, **{layer.name: layer.shape for layer in imported.layers}}

    def body(self, prefix: str, start: int, stop: int, outside: list[str], depth: int) -> list[Item]:
        """The entries of the layers from `start` to `stop`, which are those of a scope; `outside` is added to."""
        frame = _Frame(prefix, outside)
        for first, end, scope in self._runs(start, stop, depth):
            if scope is None:
                for layer in self.layers[first:end]:
                    self._add_layer(frame, layer)
            else:
                self._add_scope(frame, scope, first, end, depth)
        return frame.items

    def _runs(self, start: int, stop: int, depth: int) -> Iterator[tuple[int, int, str | None]]:
        """Stretches of layers: those of one scope, and those of none.

        Of a scope that is left and entered again the longest stretch is one: a name is given once. If that is no more
        than half of it, such as with modules in a list that are called in turn, the scopes in it stand for themselves.
        """
        runs = self._stretches(start, stop, depth, frozenset())
        best, total = _lengths(runs)
        in_turn = frozenset(scope for scope, length in best.items() if 2 * length <= total[scope])
        if in_turn:
            runs = self._stretches(start, stop, depth, in_turn)
            best, _ = _lengths(runs)
        plain = {".".join(parts[depth:]) for parts in self.parts[start:stop]}
        for first, end, scope in runs:
            if scope is None or scope in plain or best.get(scope) != end - first:
                yield first, end, None
            else:
                del best[scope]
                yield first, end, scope

    def _stretches(
        self, start: int, stop: int, depth: int, in_turn: frozenset[str]
    ) -> list[tuple[int, int, str | None]]:
        """Layers that follow each other in one scope; of scopes `in_turn` in one of the scopes that stand in it."""
        runs: list[tuple[int, int, str | None]] = []
        first = start
        while first < stop:
            scope = self._scope_at(first, depth, in_turn)
            end = first + 1
            while end < stop and self._scope_at(end, depth, in_turn) == scope:
                end += 1
            runs.append((first, end, scope))
            first = end
        return runs

    def _scope_at(self, at: int, depth: int, in_turn: frozenset[str]) -> str | None:
        parts = self.parts[at]
        if len(parts) <= depth + 1 or depth >= DEEPEST or parts[depth] in self.reserved:
            return None
        number = 1 + (parts[depth] in in_turn)
        if len(parts) <= depth + number or (self.opened and self._is_opened(parts[: depth + number])):
            return None
        return ".".join(parts[depth : depth + number])

    def _is_opened(self, parts: list[str]) -> bool:
        return ".".join((*parts, "")) in self.opened

    def _add_layer(self, frame: _Frame, layer: ImportedLayer) -> None:
        word = layer.name.removeprefix(frame.prefix)
        shape = self.shapes[layer.inputs[0]] if layer.inputs else None
        frame.items.append(
            Call(
                layer.type,
                word,
                _relative_options(frame, layer),
                frame.refs(layer.inputs),
                share=layer.share,
                is_counted=frame.is_counted(word, layer.type),
                arriving=shape[0] if shape else None,
            )
        )
        frame.known[layer.name] = word
        if layer.inputs:  # a layer without inputs, such as a constant, lets pass what arrives
            frame.previous = layer.name

    def _add_scope(self, frame: _Frame, scope: str, first: int, end: int, depth: int) -> None:
        outside: list[str] = []
        body = self.body(f"{frame.prefix}{scope}.", first, end, outside, depth + 1 + scope.count("."))
        shape = self.shapes.get(outside[0]) if outside else None
        group = Group(scope, body, frame.refs(outside), arriving=shape[0] if shape else None)
        frame.items.append(group)
        inside = self.layers[first:end]
        frame.known |= {layer.name: layer.name.removeprefix(frame.prefix) for layer in inside}
        outputs = [layer.name for layer in inside if layer.inputs]
        if outputs:
            frame.known[outputs[-1]] = scope
            frame.previous = outputs[-1]


def _lengths(runs: Sequence[tuple[int, int, str | None]]) -> tuple[dict[str, int], Counter[str]]:
    """Of each scope how many layers its longest stretch has, and all of it."""
    longest: dict[str, int] = {}
    total: Counter[str] = Counter()
    for first, end, scope in runs:
        if scope is not None:
            longest[scope] = max(end - first, longest.get(scope, 0))
            total[scope] += end - first
    return longest, total


def _relative_options(frame: _Frame, layer: ImportedLayer) -> dict[str, Any]:
    """The options, in which the names of earlier layers are those from here."""
    found = find(layer.type)
    references = found[0].references if found else ()
    return {name: frame.relative(value) if name in references else value for name, value in layer.options.items()}
