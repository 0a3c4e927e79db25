"""Reads the entries of a `layers` list from the tree of a spec, in whatever spelling they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import CnncalcError, did_you_mean, value_text
from cnncalc.spec.entries import UNSAID, Entry, Group, LayerEntry, Parallel, Residual, Reuse, Unread
from cnncalc.spec.mistakes import UnknowableError
from cnncalc.text_nodes import COMMON, Mapping, Scalar, Sequence, TextNode

if TYPE_CHECKING:
    from collections.abc import Collection

    from cnncalc.spec.entries import CommonValues, Options
    from cnncalc.spec.mistakes import Mistakes
    from cnncalc.text_nodes import Source


class Reader:
    """Reads entries from the tree of one source; what is wrong with one is kept, and `Unread` stands in its place."""

    def __init__(self, source: Source, mistakes: Mistakes, blocks: Collection[str] = ()) -> None:
        self.source = source
        self.mistakes = mistakes
        self.blocks = blocks
        """The names of the blocks of the source."""
        self.has_loops = False
        self.has_shares = False
        self.has_trainable = False
        self.entry_count = 0

    def entries(self, node: TextNode, what: str) -> list[Entry]:
        """The entries of a list."""
        if not isinstance(node, Sequence):
            raise self._no_list(node, what)
        return list(map(self._entry, node.items))

    def _no_list(self, node: TextNode, what: str) -> CnncalcError:
        """The error for what is no list of layers: often the blank behind the dashes is missing."""
        if isinstance(node, Scalar) and node.value is None and what == "`layers`":
            return self.source.error(
                node, f"{what} is empty", "write one layer a line, such as `- relu`", code="missing"
            )
        from cnncalc.spec.advice.forms import no_list_hint

        fact = f"{what} must be a list of layers, not {value_text(node.plain())}"
        return self.source.error(node, fact, no_list_hint(node))

    def _entry(self, node: TextNode) -> Entry:
        """One entry, in any spelling."""
        self.entry_count += 1
        try:
            return self._read(node)
        except CnncalcError as error:
            self.mistakes.add(error)
            return Unread(node, UNSAID)

    def _read(self, node: TextNode) -> Entry:
        """As `_entry`; raises `CnncalcError`."""
        if isinstance(node, Scalar):
            return self._of_type(node, {})
        if not isinstance(node, Mapping):
            raise self._list_for_layer(node)
        kind = node.get("type")
        if kind is not None:
            rest = {key.text: (key, value) for key, value in node.entries() if key.text != "type"}
            if not isinstance(kind, Scalar):
                raise self.source.error(kind, "`type` must be the name of a layer type")
            return self._of_type(kind, rest)
        if "layers" in node.keys and not any(word in node.keys for word in ("residual", "parallel")):
            return self._group(node)
        if "share" in node.keys and set(COMMON) >= node.keys.keys():
            return self._reuse(node)
        return self._short_form(node)

    def _reuse(self, node: Mapping) -> Entry:
        """An earlier entry once more: `share` names it, and there is neither type nor `layers`."""
        key = node.keys["share"]
        common = self._take_common({key.text: (key, value) for key, value in node.entries()})
        entry = Reuse(key, common)
        if not entry.shares:
            hint = "`share: NAME` alone is the layer, block or group of that name once more"
            raise self.source.error(key, "this entry has no type, and shares nothing", hint, code="missing")
        return entry

    def _short_form(self, node: Mapping) -> Entry:
        """An entry written as `type: {options}`."""
        if not node.keys:
            raise self.source.error(node, "an empty layer", hint="write its type, such as `relu`", code="missing")
        for word, rounds in (("repeat", "3"), ("for", "{width: [16, 32]}")):
            if word in node.keys:
                hint = f"a loop is a group: - {{{word}: {rounds}, layers: [...]}}"
                raise self.source.error(node.keys[word], f"`{word}` needs `layers` to go over", hint, code="missing")
        key, value = next((pair for pair in node.entries() if pair[0].text not in COMMON), next(node.entries()))
        if "share" in node.keys and not isinstance(value, Mapping):
            hint = "an entry with options of its own has a type: `conv2d: {share: NAME, ...}`"
            raise self.source.error(key, f"`{key.text}` stands beside `share`, which is an entry by itself", hint)
        if len(node.keys) > 1 or key.text in COMMON:
            from cnncalc.spec.advice.forms import misplaced_keys_error

            others = [other for other in node.keys.values() if other is not key]
            raise misplaced_keys_error(self.source, key, value, others, common=COMMON)
        if isinstance(value, Scalar) and value.value is None:
            return self._of_type(key, {})
        if not isinstance(value, Mapping):
            raise self._misshapen(key, value)
        return self._of_type(key, {key.text: (key, item) for key, item in value.entries()})

    def _misshapen(self, key: Scalar, value: TextNode) -> CnncalcError:
        """The error for a value where a mapping of options belongs."""
        from cnncalc.spec.advice.forms import form_hint

        hint = f"write {key.text}: {{...}}" if key.text in self.blocks else form_hint(key, value)
        hint = hint or did_you_mean(key.text, COMMON)
        message = f"the options of `{key.text}` must be a mapping, not {value_text(value.plain())}"
        return self.source.error(value, message, hint)

    def _list_for_layer(self, node: TextNode) -> CnncalcError:
        """The error for a list where a layer belongs."""
        from cnncalc.spec.advice.forms import list_hint

        fact = "a layer must be a type or a mapping, and this is a list"
        return self.source.error(node, fact, list_hint(node.plain()))

    def _of_type(self, kind: Scalar, options: Options) -> Entry:
        """An entry of a type: a layer or block, or a residual or parallel group."""
        if not isinstance(kind.value, str):
            message = f"a layer must have a type, not {value_text(kind.value)}"
            raise self.source.error(kind, message, "write the type of a layer, such as `- relu`")
        if kind.value == "residual":
            return self._residual(kind, options)
        if kind.value == "parallel":
            return self._parallel(kind, options)
        common = self._take_common(options)
        return LayerEntry(kind, options, common)

    def _take_common(self, options: Options) -> CommonValues:
        """The values of `COMMON`, which every entry may have, taken out of its options."""
        name, from_, when, share, trainable = (_value(options.pop(key, None)) for key in COMMON)
        if name is not None and (not isinstance(name, Scalar) or name.value is None or not name.text):
            hint = "quote a name that contains { or }" if isinstance(name, Mapping) else None
            raise self.source.error(name, f"`name` must be a word, not {value_text(name.plain())}", hint)
        if share is not None and not isinstance(share, Scalar):
            hint = "quote a name that contains { or }" if isinstance(share, Mapping) else "arrays have one owner"
            raise self.source.error(share, f"`share` must be a name, not {value_text(share.plain())}", hint)
        self.has_shares = self.has_shares or share is not None
        self.has_trainable = self.has_trainable or trainable is not None
        return name, from_, when, share, trainable

    def _group(self, node: Mapping) -> Group:
        """Entries under `layers`, once, or for each round of `repeat` or `for`."""
        options = {key.text: (key, value) for key, value in node.entries()}
        self._check_options(options, ("layers", "repeat", "for"), "a group")
        if "repeat" in options and "for" in options:
            raise self.source.error(options["repeat"][0], "`repeat` stands beside `for`", "nest one in the other")
        loop = node.get("for")
        if loop is not None and (not isinstance(loop, Mapping) or not loop.keys):
            hint = "such as for: {width: [64, 128, 256]}"
            raise self.source.error(loop, f"`for` must map names to lists, not {value_text(loop.plain())}", hint)
        self.has_loops = self.has_loops or loop is not None or "repeat" in options
        layers = self.entries(node.values["layers"], "`layers`")
        return Group(node.keys["layers"], layers, node.get("repeat"), loop, self._take_common(options))

    def _residual(self, at: Scalar, options: Options) -> Residual:
        """A `residual`: its layers, and its shortcut in whatever form."""
        are_known = self._check_options(options, ("layers", "shortcut", "activation"), "`residual`")
        layers = self._required(at, options, "layers", are_known=are_known)
        shortcut = self._shortcut(_value(options.get("shortcut")))
        entries, activation = self.entries(layers, "`layers`"), _value(options.get("activation"))
        return Residual(at, entries, shortcut, activation, self._take_common(options))

    def _shortcut(self, node: TextNode | None) -> list[Entry] | Scalar | None:
        """The shortcut of a `residual`, as `Residual` has it; no entries where none is written."""
        if node is None:
            return []
        if isinstance(node, Scalar) and node.dynamic:
            return node
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return [] if node.value else None
        return self.entries(node, "`shortcut`, where it is not true or false,")

    def _parallel(self, at: Scalar, options: Options) -> Parallel:
        """A `parallel`: its branches and the type of its merge."""
        are_known = self._check_options(options, ("branches", "merge", "activation"), "`parallel`")
        branches = self._required(at, options, "branches", are_known=are_known)
        if not isinstance(branches, Sequence) or not branches.items:
            raise self.source.error(branches, "`branches` must be a list of branches, each of them a list of layers")
        found = [self._branch(item) for item in branches.items]
        merge, activation = _value(options.get("merge")), _value(options.get("activation"))
        return Parallel(at, found, merge, activation, self._take_common(options))

    def _branch(self, node: TextNode) -> list[Entry] | Group:
        if isinstance(node, Mapping) and "layers" in node.keys:
            return self._group(node)
        return self.entries(node, "a branch")

    def _required(self, at: Scalar, options: Options, key: str, *, are_known: bool) -> TextNode:
        """The value of an option that must be there; an unknown one may be meant by it."""
        if key not in options:
            if not are_known:
                raise UnknowableError(key)
            raise self.source.error(at, f"`{at.text}` needs `{key}`", code="missing")
        return options[key][1]

    def _check_options(self, options: Options, known: tuple[str, ...], what: str) -> bool:
        """Whether all options are among these or those of every entry; each other is kept as a mistake."""
        allowed = (*known, *COMMON)
        for word, (key, _) in options.items():
            if word not in allowed:
                hint = did_you_mean(word, allowed, "options")
                self.mistakes.add(self.source.error(key, f"{what} has no option `{word}`", hint, code="unknown-option"))
        return set(allowed) >= options.keys()


def _value(option: tuple[Scalar, TextNode] | None) -> TextNode | None:
    """The value of an option, without its key; None where it is not written."""
    return None if option is None else option[1]
