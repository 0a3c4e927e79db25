"""What the parameters of other frameworks' classes mean: rules that turn a value into options of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from cnncalc.errors import RefusedError, value_text
from cnncalc.text_nodes import TextNode

Rule = Callable[[TextNode], Mapping[str, Any]]
"""Takes a parameter's value, and returns the options of ours that it stands for, as nodes or as plain values.

Raises `RefusedError` with the words that follow the parameter's name in the error.
"""


def renamed(ours: str) -> Rule:
    """The option of ours that means the same, under its name."""
    return lambda node: {ours: node}


def ignored(node: TextNode) -> Mapping[str, Any]:
    """Nothing: whatever the value is, it changes none of our numbers."""
    del node
    return {}


def only(*allowed: object, ours: str | None = None, hint: str | None = None) -> Rule:
    """Nothing, or the option `ours`, for the values that are allowed; no other has a counterpart."""

    def rule(node: TextNode) -> Mapping[str, Any]:
        value = node.plain()
        if value not in allowed:
            names = " or ".join(map(repr, allowed))
            raise RefusedError(f"must be {names}: {spelt(value)} has no counterpart here", hint)
        return {} if ours is None else {ours: node}

    return rule


def unless_none(ours: str) -> Rule:
    """The option of ours, or its default where the value is None."""
    return lambda node: {} if node.plain() is None else {ours: node}


def without_batch(ours: str) -> Rule:
    """An axis or several, of which 0 is the batch, as ours, which do not count it."""

    def rule(node: TextNode) -> Mapping[str, Any]:
        value = node.plain()
        if value is None:
            return {ours: node}
        several = isinstance(value, list)
        dims = [_without_batch(dim, value) for dim in (value if several else [value])]
        return {ours: dims if several else dims[0]}

    return rule


def _without_batch(dim: object, whole: object) -> int:
    if not isinstance(dim, int) or isinstance(dim, bool):
        raise RefusedError(f"must be an integer, or a list of such, not {spelt(whole)}")
    if dim == 0:
        raise RefusedError("must not be 0, which is the batch", "the first axis behind the batch is 1")
    return dim if dim < 0 else dim - 1


def from_last_axis(rank: int) -> Rule:
    """Padding of PyTorch's order (left, right, top, bottom, front, back), as `padding`, whose pairs go by axis."""

    def rule(node: TextNode) -> Mapping[str, Any]:
        value = node.plain()
        if not isinstance(value, list):
            return {"padding": node}
        if len(value) != 2 * rank:
            order = ", ".join(("left", "right", "top", "bottom", "front", "back")[: 2 * rank])
            raise RefusedError(f"must be one number, or {2 * rank}: {order}; not {spelt(value)}")
        return {"padding": [value[at : at + 2] for at in range(2 * rank - 2, -1, -2)]}

    return rule


def one_axis(ours: str) -> Rule:
    """A number, or what stands before and after the only axis, as ours, which takes a pair an axis."""

    def rule(node: TextNode) -> Mapping[str, Any]:
        value = node.plain()
        return {ours: [value] if isinstance(value, list) and len(value) == 2 else node}

    return rule


SINGLE: Final = (None, "float32", "float", "torch.float32", "torch.float", "tf.float32")
"""How single precision may be written."""


def single_precision(node: TextNode) -> Mapping[str, Any]:
    """Nothing for single precision, which figures are for unless `--dtype` says otherwise."""
    if node.plain() not in SINGLE:
        hint = "--dtype float16 counts the memory of all layers for another"
        raise RefusedError(f"must be float32, not {spelt(node.plain())}: no layer here has a type of its own", hint)
    return {}


def plain(options: Mapping[str, Any], name: str, default: Any = None) -> Any:
    """The plain value of an option among those that rules made."""
    value = options.get(name, default)
    return value.plain() if isinstance(value, TextNode) else value


def spelt(value: object) -> str:
    """A value as the line spells it."""
    return repr(value) if value is None or isinstance(value, bool) else value_text(value)
