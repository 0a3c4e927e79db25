"""A call of a class of PyTorch or Keras as an entry of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from cnncalc.errors import RefusedError, nearest
from cnncalc.frameworks.keras import KERAS
from cnncalc.frameworks.rules import renamed
from cnncalc.text_nodes import COMMON, Mapping, Scalar, Sequence, Source, TextNode

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from cnncalc.frameworks.classes import Known

_Node = TypeVar("_Node", Mapping, Scalar, Sequence)

SHOWN: Final = 8
"""The parameters of a class that an error lists."""


class Translation(NamedTuple):
    """A call in our terms: the type, its options, and the shape of the network's input where the call gives it."""

    type: Scalar
    options: Mapping
    input: TextNode | None


def translated(source: Source, word: Scalar, known: Known, given: Mapping) -> Translation:
    """A call of a class, whose arguments are `given` by the names of its parameters.

    An option has the place of the argument that it is made of, or else that of `word`, the class. Raises `CnncalcError`
    for what the class does not take, and for what no layer of ours does.
    """
    row = known.row
    missing = next((name for name in row.required if name not in given.keys), None)
    if missing is not None:
        hint = f"it takes {_signature(known)}"
        if known.framework.name == "PyTorch" and word.text in KERAS.rows:
            hint += f"; Keras' class is keras.{known.name}(...)"
        raise source.error(word, f"`{word.text}` needs `{missing}`", hint)
    options: dict[str, Any] = dict(row.constants)
    keys: dict[str, Scalar] = {}
    for name, value in row.defaults.items():
        if name not in given.keys:
            options |= _options(source, known, scalar(name, word), node(value, word))
    for key, argument in given.entries():
        found = _options(source, known, key, argument)
        options |= {name: node(value, argument) for name, value in found.items()}
        keys |= dict.fromkeys(found, key)
    kind = row.type
    if row.adjust is not None:
        try:
            kind, options = row.adjust(kind, options)
        except RefusedError as error:
            raise source.error(word, f"`{word.text}` {error}", error.hint) from None
    shape = options.pop("input", None)
    return Translation(scalar(kind, word), _mapping(options, keys, word), shape)


def plainly_translated(known: Known, given: MappingOf[str, Any]) -> tuple[str, dict[str, Any]]:
    """Our type and options for a class with its arguments by name, as plain Python; raises `CnncalcError`.

    >>> from cnncalc.frameworks.classes import find
    >>> plainly_translated(find("Conv2d", ""), {"in_channels": 3, "out_channels": 8, "kernel_size": [3, 3]})
    ('conv2d', {'in_channels': 3, 'out_channels': 8, 'kernel_size': [3, 3]})
    """
    word = Scalar()
    word.line = word.column = word.length = 0
    word.text, word.value, word.dynamic = known.name, known.name, False
    found = translated(Source("", ""), word, known, _mapping(given, {}, word))
    return found.type.text, found.options.plain()


def _options(source: Source, known: Known, key: Scalar, value: TextNode) -> MappingOf[str, Any]:
    """The options of ours that an argument stands for; raises `CnncalcError`."""
    framework, row, name = known.framework, known.row, key.text
    if name in COMMON:
        return {} if name == "name" and value.plain() is None else {name: value}
    if name not in (*row.positions, *row.rules, *framework.others):
        best = nearest(name, row.positions)
        hint = f"did you mean `{best}`?" if best else f"it takes {_signature(known)}"
        raise source.error(key, f"`{known.name}` of {framework.name} has no parameter `{name}`", hint)
    rule = row.rules.get(name) or framework.rules.get(name) or renamed(name)
    try:
        return rule(value)
    except RefusedError as error:
        raise source.error(value, f"`{name}` of `{known.name}` {error}", error.hint) from None


def _signature(known: Known) -> str:
    """The first parameters of a class, as a call."""
    names = known.row.positions
    return f"{known.name}({', '.join((*names[:SHOWN], '...') if len(names) > SHOWN else names)})"


def _mapping(options: MappingOf[str, Any], keys: MappingOf[str, Scalar], word: Scalar) -> Mapping:
    """The options as a node."""
    found = _placed(Mapping(), word)
    for name, value in options.items():
        found.put(scalar(name, keys.get(name, word)), node(value, word))
    return found


def node(value: Any, at: TextNode) -> TextNode:
    """A plain value as a node at the place of another; nodes stay what and where they are."""
    if isinstance(value, TextNode):
        return value
    if isinstance(value, (list, tuple)):
        items = _placed(Sequence(), at)
        for item in value:
            items.add(node(item, at))
        return items
    if isinstance(value, dict):
        entries = _placed(Mapping(), at)
        for key, item in value.items():
            entries.put(scalar(key, at), node(item, at))
        return entries
    return scalar(value, at)


def scalar(value: Any, at: TextNode) -> Scalar:
    """A word, number, truth value or None as a node at the place of another."""
    found = _placed(Scalar(), at)
    found.text, found.value = str(value), value
    found.dynamic = found.text[:1] == "="
    return found


def _placed(new: _Node, at: TextNode) -> _Node:
    new.line, new.column, new.length = at.line, at.column, at.length
    return new
