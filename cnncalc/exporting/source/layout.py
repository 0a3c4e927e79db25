"""Statements as lines of at most 88 characters, broken as the usual formatters of Python break them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.exporting.source.expressions import (
    CLOSERS,
    Attribute,
    Call,
    Display,
    Infix,
    Item,
    Unpacked,
    flat,
    flat_argument,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.exporting.source.expressions import Expression

WIDTH: Final = 88
"""What Black and Ruff take unless they are told otherwise."""

STEP: Final = 4


def statement(before: str, tree: Expression, indent: int = 0, after: str = "") -> list[str]:
    """The lines of `before`, an expression and `after`, broken inside brackets where they are too long for one.

    >>> from cnncalc.exporting.source.expressions import Code, call
    >>> statement("x = ", call("f", Code("x")), 4)
    ['    x = f(x)']
    """
    one_line = f"{' ' * indent}{before}{flat(tree)}{after}"
    if len(one_line) <= WIDTH:
        return [one_line]
    if isinstance(tree, Infix):
        return _broken_sum(before, tree, indent, after)
    if isinstance(tree, Unpacked):
        return _broken_loop(before, tree, indent, after)
    parts = _brackets(tree, WIDTH - indent - len(before))
    if parts is None:
        return [one_line]
    head, items, closer, single = parts
    if before and len(before + head) > WIDTH - indent:
        return [f"{' ' * indent}{before}(", *statement("", tree, indent + STEP), f"{' ' * indent}){after}"]
    return bracketed(before + head, items, closer + after, indent, comma=not single)


def bracketed(
    head: str, items: Sequence[tuple[str, Expression]], tail: str, indent: int, *, comma: bool = True
) -> list[str]:
    """The lines of a bracket that is opened in `head` and closed in `tail`: the items on one line, or one each."""
    inside = " " * (indent + STEP) + ", ".join(name + flat(item) for name, item in items)
    lines = [" " * indent + head]
    if len(inside) <= WIDTH:
        lines.append(inside)
    else:
        for name, item in items:
            lines += statement(name, item, indent + STEP, "," if comma else "")
    return [*lines, " " * indent + tail]


def _brackets(  # noqa: PLR0911 - a way for each kind
    tree: Expression, room: int
) -> tuple[str, list[tuple[str, Expression]], str, bool] | None:
    """What stands before the last bracket of an expression, in it with its names, and what closes it.

    Before the bracket there is so much room on a line.
    """
    if isinstance(tree, Call):
        arguments = written(tree)
        if not arguments:
            found = _brackets(tree.function, room)
            return None if found is None else (*found[:2], f"{found[2]}()", found[3])
        if isinstance(tree.function, Call) and len(flat(tree.function)) + 1 > room:
            # A layer of Keras that is made and called: it is broken where it is made.
            found = _brackets(tree.function, room)
            rest = ", ".join(map(flat_argument, arguments))
            return None if found is None else (*found[:2], f"{found[2]}({rest})", found[3])
        items = [(f"{a.name}=" if a.name else "", a.value) for a in arguments]
        generator = len(items) == 1 and isinstance(items[0][1], Unpacked) and not items[0][1].star
        return f"{flat(tree.function)}(", items, ")", generator
    if isinstance(tree, Display):
        return tree.opener, [("", item) for item in tree.items], CLOSERS[tree.opener], False
    if isinstance(tree, (Attribute, Item)):
        found = _brackets(tree.owner, room)
        if found is None:
            return None
        rest = f".{tree.name}" if isinstance(tree, Attribute) else f"[{', '.join(map(flat, tree.keys))}]"
        return (*found[:2], found[2] + rest, found[3])
    return None


def _broken_sum(before: str, tree: Infix, indent: int, after: str) -> list[str]:
    """Operands one a line, in parentheses."""
    lines = [f"{' ' * indent}{before}("]
    for at, operand in enumerate(tree.operands):
        lines += statement(f"{tree.operator} " if at else "", operand, indent + STEP)
    return [*lines, f"{' ' * indent}){after}"]


def _broken_loop(before: str, tree: Unpacked, indent: int, after: str) -> list[str]:
    """The element and the loop on a line each."""
    if not tree.star:
        return [*statement(before, tree.element, indent), *(" " * indent + tree.clause + after,)]
    inner = indent + STEP
    return [
        f"{' ' * indent}{before}{tree.star}(",
        *statement("", tree.element, inner),
        f"{' ' * inner}{tree.clause}",
        f"{' ' * indent}){after}",
    ]


def paragraphs(text: str, indent: int = 0, width: int = WIDTH) -> Iterator[str]:
    """Text as lines of at most `width`, broken between words."""
    from textwrap import wrap

    for paragraph in text.split("\n"):
        yield from wrap(paragraph, width - indent, break_on_hyphens=False, break_long_words=False) or [""]
