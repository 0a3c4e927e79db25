"""Hints for values that an option does not allow: what was probably meant, as YAML writes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnncalc.layers.options import Boolean, Integer, ListOf, Number, Option, Padding, Sizes
from cnncalc.layers.weights import Weight
from cnncalc.spec.advice.entries import variables
from cnncalc.spec.advice.words import truth_hint
from cnncalc.spec.advice.writing import LONGEST, flow, short
from cnncalc.spec.yaml_scalars import resolve
from cnncalc.text_nodes import Scalar, TextNode

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer
    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import LayerEntry

_NOTHING: Final = frozenset(("none", "nil", "undefined", "default"))
_VARIABLE: Final = re.compile(r"\$?\{+ *([^{}]+?) *\}+|\$\(?(\w+)\)?|<(\w+)>")
"""A variable as shells and templates write it: `$width`, `${width}`, `{{ width }}`."""


def value_hint(name: str, node: TextNode, written: LayerEntry, kind: type[Layer], spec: Spec) -> str | None:
    """What was probably meant by the value of an option; None where nothing is known of it."""
    known = kind.options[name]
    if isinstance(node, Scalar) and node.dynamic:
        return _of_expression(known, node)
    meant = _of_scalar(known, node, written, spec) if isinstance(node, Scalar) else _of_list(known, node.plain())
    return None if meant is None else short(meant)


def _of_expression(known: Option, node: Scalar) -> str | None:
    """The hint for the value of an expression."""
    whole = isinstance(known.kind, (Integer, Sizes, Padding))
    return "`//` divides into whole numbers, `int(...)` cuts off" if whole and "/" in node.text else None


def _of_scalar(known: Option, node: Scalar, written: LayerEntry, spec: Spec) -> str | None:
    """The hint for a number or word."""
    name, text = known.name, node.text.strip()
    if isinstance(known.kind, (Boolean, Weight)):
        switched = _switched(known, node.value, text)
        if switched is not None:
            return switched
    if not isinstance(node.value, str) or len(text) > LONGEST:
        return None
    if text.lower() in _NOTHING:
        return f"leave `{name}` out, or write `{name}: null`" if known.default is None else f"leave `{name}` out"
    return (
        _padding_word(known, text.lower(), written)
        or _ended(name, text)
        or _number_text(known, text)
        or _tuple(name, node, spec)
        or _expression(name, text, spec)
    )


def _switched(known: Option, value: Any, text: str) -> str | None:
    """The hint for a word or number that stands for true or false."""
    said = truth_hint(known.name, text)
    if said is not None:
        return said
    if isinstance(value, bool):
        return None
    if isinstance(known.kind, Boolean) and value in (0, 1, "true", "false", "True", "False"):
        return f"write `{known.name}: {'true' if str(value).lower() in ('1', 'true') else 'false'}`"
    return None


def _padding_word(known: Option, word: str, written: LayerEntry) -> str | None:
    """The numbers that a word of other programs stands for."""
    if not isinstance(known.kind, Padding) or word not in ("causal", "full"):
        return None
    kind = written.kind.text
    if word == "causal" and (kind.endswith(("2d", "3d")) or kind.startswith("conv_transpose")):
        return None
    options = written.options
    sizes = [options[name][1].plain() if name in options else 1 for name in ("kernel_size", "dilation")]
    if not all(isinstance(size, int) for size in sizes):
        return None
    reach = sizes[1] * (sizes[0] - 1)
    return f"write its numbers: padding: {f'[[{reach}, 0]]' if word == 'causal' else reach}"


def _ended(name: str, text: str) -> str | None:
    """The number before a comma or semicolon, which ends no line in YAML."""
    if text[-1:] not in (",", ";") or isinstance(resolve(text[:-1]), str):
        return None
    return f"no comma ends a line: {name}: {text[:-1]}"


def _number_text(known: Option, text: str) -> str | None:
    """The number that a text stands for which is none."""
    name = known.name
    if not isinstance(known.kind, (Integer, Number, Sizes, Padding, ListOf)):
        return None
    if not isinstance(resolve(text), str):
        return f"a number stands without quotes: {name}: {text}"
    if re.fullmatch(r"\d+( ?[x*] ?\d+)+", text) and isinstance(known.kind, (Sizes, Padding)):
        return f"one size for each axis is a list: {name}: [{', '.join(re.findall(r'[0-9]+', text))}]"
    if re.fullmatch(r"\d+(\.\d+)? ?%", text):
        return f"write it as a fraction: {name}: {float(text.rstrip('% ')) / 100:g}"
    if re.fullmatch(r"\d+,\d+", text) and isinstance(known.kind, Number):
        return f"decimals stand behind a point: {name}: {text.replace(',', '.')}"
    return None


def _tuple(name: str, node: TextNode, spec: Spec) -> str | None:
    """The list that a tuple of Python is, of which YAML may have seen the beginning alone."""
    place = spec.source.place(node)
    found = re.match(r"[\"']?\(([^()]*)\)", place.text[place.column - 1 :])
    return f"a list stands in square brackets: {name}: [{found[1].strip().rstrip(',')}]" if found else None


def _expression(name: str, text: str, spec: Spec) -> str | None:
    """The hint for what would be an expression with `=` before it."""
    inside = _VARIABLE.fullmatch(text)
    formula = next(filter(None, inside.groups())) if inside else text
    words = re.findall(r"(?<![\w'\"])[A-Za-z_]\w*", formula)
    if not words or not set(words) <= variables(spec):
        return None
    quotes = '"' if re.search(r"[,\[\]{}]", formula) else ""
    return f"an expression begins with `=`: {name}: {quotes}={formula}{quotes}"


def _of_list(known: Option, value: Any) -> str | None:
    """The pairs that a flat list of padding stands for."""
    if not isinstance(known.kind, Padding) or not isinstance(value, list) or len(value) not in (4, 6):
        return None
    if not all(isinstance(size, int) for size in value):
        return None
    pairs = [value[at : at + 2] for at in range(0, len(value), 2)]
    return f"before and after are a pair for each axis: padding: {flow(pairs)}"
