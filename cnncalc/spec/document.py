"""A parsed spec: its top-level keys checked, its entries read, its text kept for errors.

It is independent of the input's size, and is expanded into a network once for every size that is asked about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, did_you_mean, shown
from cnncalc.layout import CHANNELS_FIRST, LAYOUTS, Layout, Shape, parse_shape
from cnncalc.spec.entries import Entry, Reader
from cnncalc.spec.tree import Mapping, Node, Scalar, Sequence, Source, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

KEYS: Final = (
    "name",
    "source",
    "description",
    "input",
    "inputs",
    "data_format",
    "layers",
    "outputs",
    "expect",
)


class Spec:
    """An architecture as written. `inputs` holds the internal shape of each input, None where none is given."""

    def __init__(self, source: Source) -> None:
        root = parse(source)
        if not isinstance(root, Mapping):
            raise source.error(root, f"a spec is a mapping, not {shown(root.plain())}")
        self.source = source
        self.root = root
        self._check_keys()
        self.name = self._text("name") or _stem(source.name)
        self.reference = self._text("source")
        self.description = self._text("description")
        self.layout = self._layout()
        self.inputs = self._inputs()
        self.entries = self._entries()
        self.outputs = self._outputs()
        self.expect: dict[str, Any] = self._expect()

    def _check_keys(self) -> None:
        for word, key in self.root.keys.items():
            if word not in KEYS:
                raise self.source.error(key, f"unknown key `{word}`", did_you_mean(word, KEYS, "keys"))

    def _text(self, key: str) -> str:
        node = self.root.get(key)
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            raise self.source.error(node, f"`{key}` must be a text, not {shown(node.plain())}")
        return node.text.strip()

    def _layout(self) -> Layout:
        node = self.root.get("data_format")
        if node is None:
            return CHANNELS_FIRST
        layout = LAYOUTS.get(str(node.plain()))
        if layout is None:
            hint = did_you_mean(str(node.plain()), LAYOUTS)
            message = f"`data_format` must be {' or '.join(LAYOUTS)}, not {shown(node.plain())}"
            raise self.source.error(node, message, hint)
        return layout

    def _inputs(self) -> dict[str, Shape]:
        single, several = self.root.get("input"), self.root.get("inputs")
        if single is not None and several is not None:
            raise self.source.error(self.root.keys["inputs"], "`inputs` stands beside `input`", "keep one of the two")
        if several is None:
            return {} if single is None else {"input": self.shape(single, "`input`")}
        if not isinstance(several, Mapping) or not several.keys:
            raise self.source.error(several, "`inputs` must map each input's name to its shape")
        return {key.text: self.shape(node, f"input `{key.text}`") for key, node in several.entries()}

    def shape(self, node: Node, what: str) -> Shape:
        """An internal shape from a node that holds one as written."""
        try:
            return self.layout.internal(parse_shape(node.plain()))
        except ValueError as error:
            raise self.source.error(node, f"{what} {error}") from None

    def _entries(self) -> list[Entry]:
        node = self.root.get("layers")
        if node is None:
            raise CnncalcError(f"{self.source.name} has no `layers`", hint=did_you_mean("layers", self.root.keys))
        entries = Reader(self.source).entries(node, "`layers`")
        if not entries:
            raise self.source.error(node, "`layers` is empty", "a network has at least one layer, such as `- relu`")
        return entries

    def _outputs(self) -> list[Scalar]:
        node = self.root.get("outputs")
        if node is None:
            return []
        items: Iterable[Node] = node.items if isinstance(node, Sequence) else [node]
        names = [item for item in items if isinstance(item, Scalar) and item.text]
        if not names or len(names) != len(list(items)):
            raise self.source.error(node, "`outputs` must be a list of names of layers")
        return names

    def _expect(self) -> dict[str, Any]:
        node = self.root.get("expect")
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            raise self.source.error(node, f"`expect` must be a mapping, not {shown(node.plain())}")
        return node.plain()


def _stem(file: str) -> str:
    """The name of a file without its folder and ending."""
    return file.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0] or file
