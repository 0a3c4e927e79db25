"""Specs in one line: layers as calls, one behind another, such as ``conv2d(16, 3, stride=2) | relu | max_pool2d(2)``.

The line is read into the nodes of which a spec's text is made, each at its place in the line, so that everything behind
it (types, options, errors with their place) is that of any spec. Values are those of YAML's flow form, in which
``(3, 5)`` is a list too, ``True``, ``False`` and ``None`` are read, plain arithmetic such as ``16*16`` is done, and a
call stands for a type with options, as in ``activation=leaky_relu(0.1)``.

Words decide by their case: ``conv2d`` is ours, ``Conv2d`` PyTorch's and ``Conv2D`` Keras's class, each with its own
parameters in its own order, and with its own defaults; ``nn.`` or ``layers.`` may stand before them. A class that both
have, such as ``Dropout``, is that of the framework whose other classes stand in the line, or else PyTorch's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError
from cnncalc.layers import LAYERS, find, translate
from cnncalc.spec.line_values import ENDS, LineReader
from cnncalc.text_nodes import Mapping, Scalar, Sequence, TextNode

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from cnncalc.frameworks.classes import Known
    from cnncalc.layers.base import Layer
    from cnncalc.text_nodes import Source

MAX_LENGTH: Final = 100_000
"""The most characters of a line."""

INPUT: Final = "input"
"""The type of the row of a class that is the network's input, and no layer."""
_EXAMPLE: Final = "such as 'conv2d(16, 3, stride=2) | relu'"


def parse(source: Source, layers: MappingOf[str, type[Layer]] = LAYERS) -> Mapping:
    """The tree of the spec that a line is; raises `CnncalcError`, at the column, for what is not such a line.

    >>> from cnncalc.text_nodes import Source
    >>> parse(Source("<line>", "conv2d(16, 3, padding=(1, 1)) | relu")).plain()
    {'layers': [{'conv2d': {'out_channels': 16, 'kernel_size': 3, 'padding': [1, 1]}}, 'relu']}
    """
    if len(source.text) > MAX_LENGTH:
        raise CnncalcError(f"a line of {len(source.text):,} characters, and {MAX_LENGTH:,} is the most", code="limit")
    line = _Line(source, layers)
    root, found = line.placed(Mapping(), 0), line.layers()
    if line.input is not None:
        root.put(line.scalar("input", line.input.column, line.input.length), line.input)
    root.put(line.scalar("layers", 0), found)
    return root


def _is_class_like(word: str) -> bool:
    """Whether a word is written as the classes of other frameworks are, and no type of ours is.

    >>> _is_class_like("Conv2d"), _is_class_like("nn.Conv2d"), _is_class_like("conv2d"), _is_class_like("3.5")
    (True, True, False, False)
    """
    return re.fullmatch(r"[^\W\d][\w.]*", word) is not None and ("." in word or word != word.lower())


class _Line(LineReader):
    """Reads the layers of one line."""

    def __init__(self, source: Source, layers: MappingOf[str, type[Layer]]) -> None:
        super().__init__(source)
        self.types = layers
        self.input: TextNode | None = None
        """The shape of the network's input, where a class of Keras gives it."""
        self.inputs: list[TextNode] = []
        """The calls of Keras's `Input`, which are no layers."""

    def layers(self) -> Sequence:
        """The layers between the bars, up to the end of the line."""
        found = self.placed(Sequence(), 0)
        while True:
            for layer in self._layer():
                found.add(layer)
            if not self.next():
                return found
            if self.next() != "|":
                raise self.error(f"`{self.next()}` stands behind a layer", "write `|` between layers")
            self.at += 1

    def _layer(self) -> list[TextNode]:
        """A type, or a type with its options in brackets; those of a `Sequential`; none for Keras's `Input`."""
        character = self.next()
        if character in ("", "|"):
            raise self.error("a layer is missing here", _EXAMPLE)
        if character in ENDS:
            raise self.error(f"`{character}` stands where the type of a layer belongs", _EXAMPLE)
        return self._flat(self.nested(self.word(" ")))

    def nested(self, word: Scalar) -> TextNode:
        """The word itself or, if brackets follow it, the entry or the list of layers that it begins."""
        if self.next() != "(":
            return word
        return self._sequential() if word.text.rpartition(".")[2] == "Sequential" else self._call(word)

    def _sequential(self) -> Sequence:
        """The layers in the brackets that come next, also as a list in these; further arguments are of no matter."""
        start, found = self.at, Sequence()
        for key, value in self.items("="):
            if key is None or key.text == "layers":
                found.add(value)
        return self.placed(found, start)

    def _flat(self, node: TextNode) -> list[TextNode]:
        """The layers that lists of layers hold, one in another, without inputs; raises `CnncalcError` for no layer."""
        if isinstance(node, Sequence):
            return [layer for item in node.items for layer in self._flat(item)]
        if isinstance(node, Scalar):
            node = self._alone(node)
        if node in self.inputs:
            return []
        if isinstance(node, Mapping):
            for kind in node.keys.values():
                self._refuse_unknown_class(kind)
        return [node]

    def _alone(self, kind: Scalar) -> TextNode:
        """The entry of a type or class without brackets."""
        known = self._class(kind)
        if known is not None:
            return self._translated(kind, known, self.placed(Mapping(), kind.column))
        self._refuse_unknown_class(kind)
        return kind

    def _call(self, kind: Scalar) -> TextNode:
        """The entry of a type of ours, or of a class of others, with the options in the brackets that come next."""
        start, known = self.at, self._class(kind)
        options = self._arguments(kind, self._positions(kind) if known is None else known.row.positions)
        self.placed(options, start)
        return self._entry(kind, options) if known is None else self._translated(kind, known, options)

    def _entry(self, kind: Scalar, options: Mapping) -> TextNode:
        """The type alone, or the entry ``{type: {options}}``."""
        if not options.keys:
            return kind
        entry = self.placed(Mapping(), kind.column)
        entry.put(kind, options)
        return entry

    def _class(self, kind: Scalar) -> Known | None:
        """The class of PyTorch or Keras that a word names; None for a type of ours and for any other word."""
        if find(kind.text, self.types) or not _is_class_like(kind.text):
            return None
        from cnncalc.frameworks import classes

        return classes.find(kind.text, self.text)

    def _refuse_unknown_class(self, kind: Scalar) -> None:
        """Raise `CnncalcError` for a word that is written as a class is, and is none; others wait for their layer."""
        word = kind.text
        if _is_class_like(word) and not find(word, self.types) and translate(word, self.types) is None:
            from cnncalc.frameworks import classes

            raise self.source.error(kind, f"unknown layer type `{word}`", classes.hint(word), code="unknown-type")

    def _translated(self, kind: Scalar, known: Known, arguments: Mapping) -> TextNode:
        """The entry that a call of a class stands for; the shape of an input that it gives is kept."""
        from cnncalc.frameworks.translation import translated

        call = translated(self.source, kind, known, arguments)
        if call.input is not None:
            if self.input is not None:
                raise self.source.error(kind, "the input is given twice", "keep one of the two")
            self.input = call.input
        entry = self._entry(call.type, call.options)
        if call.type.text == INPUT:
            self.inputs.append(entry)
        return entry

    def _arguments(self, kind: Scalar, positions: tuple[str, ...] | None) -> Mapping:
        """The options in the brackets that come next; `positions` are those that may stand without a name."""
        options, unnamed = Mapping(), 0
        for key, value in self.items("="):
            if key is not None:
                self.check_new(options, key)
                options.put(key, value)
            elif unnamed < len(options.keys):
                raise self.source.error(value, "a value without a name stands behind one with a name")
            elif positions is not None:  # or the type is not known, which is told when the layer is made
                if unnamed == len(positions):
                    raise self._too_many(kind, value, positions)
                options.put(self.scalar(positions[unnamed], value.column, value.length), value)
                unnamed += 1
        return options

    def _positions(self, kind: Scalar) -> tuple[str, ...] | None:
        """The options that a type takes without a name, in order; None of an unknown type."""
        found = find(kind.text, self.types)
        return None if found is None else found[0].positional

    def _too_many(self, kind: Scalar, value: TextNode, positions: tuple[str, ...]) -> CnncalcError:
        """The error for one more value without a name than a type takes."""
        most = f"at most {len(positions)}" if positions else "none"
        hint = f"they are, in this order: {', '.join(positions)}" if positions else "write the option's name and `=`"
        return self.source.error(value, f"`{kind.text}` takes {most} without a name", hint)
