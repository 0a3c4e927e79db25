"""A parsed spec: its top-level keys checked, its entries read, its text kept for errors.

It is independent of variants, parameters and the input's size: `choose` fixes the first two, and it is expanded into a
network once for every size that is asked about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, did_you_mean, nearest, value_text
from cnncalc.shapes import CHANNELS_FIRST, LAYOUTS, Layout
from cnncalc.spec.entry_reader import Reader
from cnncalc.spec.evaluation import is_variable
from cnncalc.spec.mistakes import Mistakes, UnknowableError
from cnncalc.spec.scopes import NAME_HINT, PREVIOUS, is_name
from cnncalc.spec.yaml_tree import parse
from cnncalc.text_nodes import COMMON, Mapping, Scalar, Sequence, Source, TextNode

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from cnncalc.graph.graph import Graph
    from cnncalc.models.stored_arrays import Store
    from cnncalc.shapes import Shape
    from cnncalc.spec.entries import Entry

KEYS: Final = (
    "name",
    "source",
    "description",
    "input",
    "inputs",
    "data_format",
    "parameters",
    "variants",
    "blocks",
    "layers",
    "outputs",
    "weights",
    "frozen",
    "expect",
    "budget",
)
BLOCK_KEYS: Final = ("parameters", "inputs", "layers", "description")
SPEC_BLOCK_KEYS: Final = ("spec", "until", "description")
"""The keys of a block that another spec describes."""

LAYERS_HINT: Final = "a network has at least one layer, such as `- relu`"

LONGEST: Final = {"name": 1000}
LONGEST_LINE: Final = 60
"""The most characters of a spec in one line that its title shows."""
LONGEST_TEXT: Final = 100_000
"""The most characters of the texts that describe a spec; they are shown whole."""


_OTHER_LAYOUTS: Final = {
    **dict.fromkeys(("NHWC", "HWC", "NDHWC", "NWC", "LAST"), "channels_last"),
    **dict.fromkeys(("NCHW", "CHW", "NCDHW", "NCW", "FIRST"), "channels_first"),
}
"""The orders of axes in letters, as other programs have them."""


class Block:
    """A small network of its own, used like a layer type: its parameters, the names of its inputs, its entries.

    Or the network of another `spec`, as far as the layer `until`.
    """

    def __init__(self, name: str, reader: Reader, key: Scalar, node: TextNode) -> None:
        source, mistakes = reader.source, reader.mistakes
        if not isinstance(node, Mapping):
            message = f"block `{name}` must be a mapping with `layers`, not {value_text(node.plain())}"
            raise source.error(node, message, f"write {name}: {{layers: [...]}}, or {name}: {{spec: FILE}}")
        self.name = name
        self.key = key
        self.spec = node.get("spec")
        self.until = node.get("until")
        known = BLOCK_KEYS if self.spec is None else SPEC_BLOCK_KEYS
        for word, at in node.keys.items():
            if word not in known:
                mistakes.add(source.error(at, *_unknown_in_block(word, known), code="unknown-key"))
        if not is_name(name):
            mistakes.add(source.error(key, f"`{name[:40]}` cannot be the name of a block", NAME_HINT, code="name"))
        layers = node.get("layers")
        if layers is None and self.spec is None:
            if not set(BLOCK_KEYS) >= node.keys.keys():
                raise UnknowableError("an unknown key may be meant")
            raise source.error(key, f"block `{name}` has no `layers`", code="missing")
        self.parameters = parameters(source, node, mistakes, COMMON) if self.spec is None else {}
        self.inputs = _input_names(source, node.get("inputs"))
        self.entries = reader.entries(layers, "`layers`") if layers is not None and self.spec is None else []


def _unknown_in_block(word: str, known: tuple[str, ...]) -> tuple[str, str | None]:
    """The fact and the hint for a key that a block does not have."""
    if known is SPEC_BLOCK_KEYS and word in BLOCK_KEYS:
        hint = "its parameters are those of the spec, and options where it is used" if word == "parameters" else None
        return f"`{word}` stands beside `spec`, which says what is in the block", hint
    if word == "until" and known is BLOCK_KEYS:
        return "`until` needs a `spec`, of which it names a layer", None
    return f"a block has no `{word}`", did_you_mean(word, (*known, *SPEC_BLOCK_KEYS), "keys")


class Spec:
    """An architecture as written: a mapping, or a list that is its `layers` alone.

    `tree` is that of what is not written in YAML: `in_one_line` says that it is layers in one line, which is the name,
    too. `mistakes` are what is wrong with it, to be raised where a network is built of it, together with what is found
    there.
    """

    notes: tuple[str, ...] = ()
    """What is to be known of it, beside what any spec may have."""
    input_names: tuple[str, ...] = ()
    """The names of its inputs, where they are known without the sizes, as of a model."""
    own_store: Store | None = None
    """The arrays that it brings itself, as a model's file does."""

    def __init__(self, source: Source, tree: TextNode | None = None, *, in_one_line: bool = False) -> None:
        self.in_one_line = in_one_line
        self.can_be_read_again = True
        self.mistakes = mistakes = Mistakes()
        root = parse(source, mistakes) if tree is None else tree
        if isinstance(root, Sequence):
            root = _with_layers(root)
        if not isinstance(root, Mapping):
            from cnncalc.spec.advice.keys import no_spec_error

            raise no_spec_error(source, root)
        self.source = source
        self.root = root
        self.has_cut_list = False
        """Whether a list in round brackets is cut at its commas, as `(3, 32, 32)` is: the rest seems to be keys."""
        self.has_unknown_keys = not set(KEYS) >= root.keys.keys()
        for word, key in root.keys.items():
            if word not in KEYS:
                self._refuse_key(word, key)
        self.name = _shortened(source.text) if self.in_one_line else self._name()
        self.layout = mistakes.attempt(self._layout) or CHANNELS_FIRST
        known = mistakes.attempt(lambda: parameters(source, root, mistakes))
        self.parameters = known or {}
        self.parameters_are_read = known is not None
        self.variants = mistakes.attempt(self._variants) or {}
        blocks = root.get("blocks")
        reader = Reader(source, mistakes, blocks.keys if isinstance(blocks, Mapping) else ())
        self.unread_blocks: set[str] = set()
        """The names of the blocks that cannot be read."""
        self.blocks = self._blocks(reader)
        self.entries = mistakes.attempt(lambda: self._entries(reader)) or []
        self.has_loops = reader.has_loops
        self.has_shares = reader.has_shares
        """Whether some entry shares the arrays of another."""
        self.may_freeze = reader.has_trainable or any("frozen" in each.keys for each in (root, *self.variants.values()))
        """Whether the spec says of some weights that they are not trained."""
        self.entry_count = reader.entry_count
        """The entries in the text, those of blocks once."""

    def at(self, inputs: MappingOf[str, Shape]) -> Spec:
        """The spec for these input shapes, channels first: itself, unless it is that of a model which follows them."""
        del inputs
        return self

    def keep_opaque(self) -> None:
        """Let layers of a model that cannot be translated be of type `opaque`; raises `CnncalcError` for a spec."""
        fact = f"{self.source.name} is a spec, whose layers are all known; `opaque` is for models of other programs"
        raise CnncalcError(fact, hint="a spec has a layer type `opaque`")

    def check_built(self, graph: Graph) -> None:
        """Raise `CnncalcError` where a network that was built of it is not what its source says it is."""

    def sizes_error(self) -> CnncalcError:
        """The error for inputs whose names are known and whose sizes are not."""
        raise NotImplementedError(f"{self.source.name} names no inputs without their sizes")

    def _refuse_key(self, word: str, key: Scalar) -> None:
        """Keep the mistake that an unknown key is; raises `CnncalcError` where the whole file is of another program."""
        from cnncalc.spec.advice.keys import OTHER_FILES, is_number, key_hint

        error = self.source.error(key, f"unknown key `{word}`", key_hint(word, KEYS), code="unknown-key")
        if word in OTHER_FILES:  # then nothing else that is wrong with it tells anything
            raise error
        if not (self.has_cut_list and is_number(word)):
            self.mistakes.add(error)
        self.has_cut_list = self.has_cut_list or is_number(word)

    def _name(self) -> str:
        """The title, or else the file's name."""
        return self.mistakes.attempt(lambda: text(self.source, self.root, "name")) or _stem(self.source.name)

    def _layout(self) -> Layout:
        """The order of axes that `data_format` names."""
        node = self.root.get("data_format")
        if node is None:
            return CHANNELS_FIRST
        layout = LAYOUTS.get(str(node.plain()))
        if layout is None:
            written = str(node.plain())
            best = _OTHER_LAYOUTS.get(written.upper()) or nearest(written, LAYOUTS)
            hint = None if best is None else f"did you mean `{best}`?"
            message = f"`data_format` must be {' or '.join(LAYOUTS)}, not {value_text(node.plain())}"
            raise self.source.error(node, message, hint)
        return layout

    def _variants(self) -> dict[str, Mapping]:
        """The parameters and keys that each variant sets."""
        node = self.root.get("variants")
        if node is None:
            return {}
        if not isinstance(node, Mapping) or not node.keys:
            hint = "such as variants: {small: {width: 8}, large: {width: 64}}"
            raise self.source.error(node, "`variants` must map names to sets of parameters", hint)
        variants: dict[str, Mapping] = {}
        for key, value in node.entries():
            if isinstance(value, Scalar) and value.value is None:
                variants[key.text] = Mapping()
            elif isinstance(value, Mapping):
                variants[key.text] = value
            else:
                variants[key.text] = Mapping()
                self.mistakes.add(self.source.error(value, f"variant `{key.text}` must map parameters to values"))
        return variants

    def _blocks(self, reader: Reader) -> dict[str, Block]:
        """The blocks by name."""
        node = self.root.get("blocks")
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.mistakes.add(self.source.error(node, "`blocks` must map names to blocks"))
            return {}
        blocks: dict[str, Block] = {}
        for key, value in node.entries():
            try:
                blocks[key.text] = Block(key.text, reader, key, value)
            except CnncalcError as error:
                self.mistakes.add(error)
                self.unread_blocks.add(key.text)
        return blocks

    def _entries(self, reader: Reader) -> list[Entry]:
        """The entries of `layers`, at least one."""
        node = self.root.get("layers")
        if node is None:
            if self.has_unknown_keys:
                raise UnknowableError("an unknown key may be meant")
            hint = "write `layers:` into it and, below, one layer a line, such as `  - relu`"
            raise CnncalcError(f"{self.source.name} has no `layers`", hint=hint, code="missing")
        entries = reader.entries(node, "`layers`")
        if not entries:
            raise self.source.error(node, "`layers` is empty", LAYERS_HINT, code="missing")
        return entries


def _with_layers(layers: Sequence) -> Mapping:
    """The spec that is a list of layers alone."""
    key, root = Scalar(), Mapping()
    key.text = key.value = "layers"
    key.dynamic = False
    for node in (key, root):
        node.line, node.column, node.length = layers.line, layers.column, layers.length
    root.put(key, layers)
    return root


def text(source: Source, node: Mapping, key: str) -> str:
    """A text under a key; empty if it is not there."""
    value = node.get(key)
    if value is None or (isinstance(value, Scalar) and value.value is None):
        return ""
    if not isinstance(value, Scalar):
        raise source.error(value, f"`{key}` must be a text, not {value_text(value.plain())}")
    most = LONGEST.get(key, LONGEST_TEXT)
    if len(value.text) > most:
        raise source.error(value, f"`{key}` has {len(value.text):,} characters, and {most:,} is the most")
    return value.text.strip()


def parameters(
    source: Source, node: Mapping, mistakes: Mistakes, reserved: tuple[str, ...] = ()
) -> dict[str, tuple[Scalar, TextNode]]:
    """The parameters of a spec or block: key and default of each; words of `reserved` cannot be their names."""
    found = node.get("parameters")
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        message = f"`parameters` must map names to defaults, not {value_text(found.plain())}"
        raise source.error(found, message, "such as parameters: {width: 16}; null where there is no default")
    for key in found.keys.values():
        if not is_variable(key.text) or key.text in reserved:
            fact = f"`{key.text}` cannot be the name of a parameter"
            mistakes.add(source.error(key, fact, _variable_hint(key.text), code="name"))
    return {key.text: (key, value) for key, value in found.entries()}


def _variable_hint(word: str) -> str:
    if word.isidentifier():
        return f"`{word}` means something else there"
    return "letters, digits and _ make one; it does not begin with a digit"


def _input_names(source: Source, node: TextNode | None) -> list[str]:
    """The names of a block's inputs, each another; empty where there is no `inputs`."""
    if node is None:
        return []
    plain: Any = node.plain() if isinstance(node, Sequence) else None
    if not plain or not all(isinstance(word, str) for word in plain):
        raise source.error(node, f"`inputs` of a block must be a list of names, not {value_text(node.plain())}")
    for index, word in enumerate(plain):
        check_input_name(source, node, word)
        if word in plain[:index]:
            raise source.error(node, f"`inputs` names `{word}` twice", "each input has its own name", code="name")
    return list(plain)


def check_input_name(source: Source, node: TextNode, word: str) -> None:
    """Refuse a name for an input that `from` would read otherwise."""
    if not is_name(word) or "." in word:
        raise source.error(
            node, f"`{word[:40]}` cannot be the name of an input", "letters, digits and _ - + / make one", code="name"
        )
    if word == PREVIOUS:
        raise source.error(node, f"`{word}` means something else in `from`", "choose another name", code="name")


def _shortened(line: str) -> str:
    """A line as a title."""
    return line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…"


def _stem(file: str) -> str:
    """The name of a file without its folder and ending."""
    return file.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0] or file
