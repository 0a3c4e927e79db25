"""Hints for options that stand in the wrong form: a number, a list or a word instead of a mapping."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnncalc.layers import LAYERS, find, translate
from cnncalc.layers.other_words import type_hint
from cnncalc.spec.advice.writing import LONGEST, entry, example_hint, short
from cnncalc.spec.yaml_scalars import resolve
from cnncalc.text_nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Collection

    from cnncalc.errors import CnncalcError
    from cnncalc.layers.base import Layer
    from cnncalc.text_nodes import Source, TextNode


_BULLETS: Final = "\N{EN DASH}\N{EM DASH}\N{BULLET}*\N{MINUS SIGN}"
"""What word processors make of a hyphen, and other beginnings of lists."""


def form_hint(kind: Scalar, value: TextNode) -> str | None:
    """The hint for options that are no mapping: as the mapping that was probably meant.

    >>> from cnncalc.text_nodes import Source
    >>> from cnncalc.spec.yaml_tree import parse
    >>> spec = parse(Source("<text>", "{max_pool2d: 2, conv2d: [16, 3], concat: [a, b], relu: true}"))
    >>> for key, value in spec.entries(): print(form_hint(key, value))
    write max_pool2d: {kernel_size: 2}
    write conv2d: {out_channels: 16, kernel_size: 3}
    write concat: {from: [a, b]}
    write - relu
    """
    plain, group = value.plain(), {"residual": "layers", "parallel": "branches"}.get(kind.text)
    if group is not None:
        return f"write {kind.text}: {{{group}: [...]}}" if isinstance(plain, list) else None
    ours = kind.text if find(kind.text) else translate(kind.text)
    if ours is None:
        return _of_unknown(kind.text, plain)
    found = find(ours)
    assert found is not None
    options = _meant(found[0], plain)
    if options or not any(known.required for known in found[0].options.values()):
        return short(f"write {entry(ours, options)}")
    return example_hint(ours)


def _meant(kind: type[Layer], plain: Any) -> dict[str, Any]:
    """The options that were probably meant by a value in their place."""
    items = plain if isinstance(plain, list) else [plain]
    if kind.arity != (1, 1) and all(isinstance(item, str) for item in items):
        return {"from": plain}
    if isinstance(plain, str):
        items = list(map(resolve, re.split(r"[,\s]+", plain.strip())))
    if any(isinstance(item, (bool, str)) for item in items) or len(items) > len(kind.positional):
        return {}
    return dict(zip(kind.positional, items, strict=False))


def list_hint(items: list[Any]) -> str | None:
    """The hint for a list where a layer belongs: a type with its options in a row, or a group of layers.

    >>> list_hint(["conv2d", 16, 3]), list_hint(["relu", "sigmoid"])
    ('write conv2d: {out_channels: 16, kernel_size: 3}', 'a group of layers is `- layers: [...]`')
    """
    first, *rest = items or [None]
    found = find(first) if isinstance(first, str) else None
    if found is not None and rest and not any(isinstance(item, (dict, str)) for item in rest):
        return short(f"write {entry(str(first), _meant(found[0], rest))}")
    return "a group of layers is `- layers: [...]`"


def no_list_hint(node: TextNode) -> str:
    """The hint for what stands in place of a list of layers: one that lacks its dashes, their blanks, or its brackets.

    >>> from cnncalc.text_nodes import Source
    >>> from cnncalc.spec.yaml_tree import parse
    >>> no_list_hint(parse(Source("<text>", "-relu"))), no_list_hint(parse(Source("<text>", "relu, flatten")))
    ('a blank belongs behind each dash: - relu', 'write [relu, flatten]')
    """
    plain = node.plain()
    words = list(plain) if isinstance(plain, dict) else re.split(r"[,;|]\s*|\s+", str(plain)[:LONGEST].strip())
    words = words or [""]  # of {}
    if words[0].startswith("-") and words[0] != "-":
        return f"a blank belongs behind each dash: - {words[0][1:]}"
    if words[0][:1] in _BULLETS:
        return "a layer begins with a hyphen and a blank: `- `"
    bare = not isinstance(plain, dict) or not any(value is not None for value in plain.values())
    if bare and all(map(find, words)):
        return f"write [{', '.join(words)}]"
    return "begin each layer with `- `"


def _of_unknown(word: str, plain: Any) -> str | None:
    """The hint where the type is not known either, such as in `activation: relu`."""
    if isinstance(plain, str) and find(plain):
        return f"write - {plain}"
    return type_hint(word, LAYERS)


_OTHER_WORDS_FOR_TYPE: Final = frozenset(("layer", "kind", "class", "class_name", "op", "op_type", "module"))
"""What other programs call the type."""


def misplaced_keys_error(
    source: Source, key: Scalar, value: TextNode, others: list[Scalar], *, common: Collection[str]
) -> CnncalcError:
    """The error for an entry with several keys: options that stand beside the type, or no type at all.

    `common` are the keys that every entry may have.
    """
    bare = isinstance(value, Scalar) and value.value is None
    if key.text in common or not (bare or isinstance(value, Mapping)):
        called = key.text if key.text in _OTHER_WORDS_FOR_TYPE else None
        hint = f"`{called}` is called `type` here" if called else "write `type: conv2d`, or conv2d: {...}"
        return source.error(key, "this layer has no type", hint, code="missing")
    return source.error(
        others[0],
        f"`{others[0].text}` stands beside `{key.text}`, not among its options",
        hint=f"indent it below `{key.text}:`, or write {key.text}: {{{others[0].text}: ...}}",
    )
