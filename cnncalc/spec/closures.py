"""Compiles expressions: each node of Python's syntax tree becomes a function of the namespace."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import value_text
from cnncalc.spec.operators import (
    FUNCTIONS,
    OPERATORS,
    SIGNS,
    ExpressionError,
    bounded,
    check_size,
    index_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.spec.namespace import Namespace

MOST_STEPS: Final = 100_000
"""The most steps of one evaluation."""


def closure(node: ast.AST) -> Callable[[Namespace], Any]:
    """The function that evaluates a node of the syntax tree; raises `ExpressionError` outside of the language."""
    make = _MAKERS.get(type(node))
    if make is None:
        raise ExpressionError(f"not an expression of this language: `{ast.unparse(node)}`"[:200])
    return make(node)


def step(names: Namespace, count: int = 1) -> None:
    """Count steps of an evaluation; raises `ExpressionError` where they are too many."""
    names.steps += count
    if names.steps > MOST_STEPS:
        raise ExpressionError(f"it takes more than {MOST_STEPS:,} steps")


def _count_items(names: Namespace, *values: Any) -> None:
    """Count the items of lists and texts that an operation is about to read."""
    for value in values:
        if isinstance(value, (list, str, dict)):
            step(names, check_size(value, MOST_STEPS))


def _count_result(names: Namespace, value: Any) -> Any:
    """The result of an operation, if it is not too large; its items count as steps."""
    if isinstance(value, (list, str)):
        step(names, check_size(value))
        return value
    return bounded(value)


def _constant(node: ast.Constant) -> Callable[[Namespace], Any]:
    """A number or text; Python's own `True`, `False` and `None` are written otherwise here."""
    value = node.value
    if isinstance(value, bool) or value is None:
        ours = {True: "true", False: "false", None: "null"}[value]
        raise ExpressionError(f"there is no name `{value}`", f"it is written `{ours}` here")
    if not isinstance(value, (int, float, str)):
        raise ExpressionError(f"not a value of this language: `{ast.unparse(node)}`")
    bounded(value)
    return lambda _: value


def _name(node: ast.Name) -> Callable[[Namespace], Any]:
    name = node.id
    return lambda names: names.value(name)


def _list(node: ast.List | ast.Tuple) -> Callable[[Namespace], Any]:
    items = [closure(item) for item in node.elts]
    return lambda names: _count_result(names, [item(names) for item in items])


def _operator(node: ast.AST) -> Callable[..., Any]:
    """The function of an operator; raises `ExpressionError` for one that is not in the language."""
    function = OPERATORS.get(type(node))
    if function is None:
        sign = SIGNS.get(type(node).__name__, "?")
        hint = "a power is written `**`" if sign == "^" else None
        raise ExpressionError(f"there is no operator `{sign}` in this language", hint)
    return function


def _unary(node: ast.UnaryOp) -> Callable[[Namespace], Any]:
    function, operand = _operator(node.op), closure(node.operand)
    return lambda names: function(operand(names))


def _binary(node: ast.BinOp) -> Callable[[Namespace], Any]:
    """Arithmetic, on numbers, texts and lists."""
    function, left, right = _operator(node.op), closure(node.left), closure(node.right)

    def apply(names: Namespace) -> Any:
        step(names)
        a, b = left(names), right(names)
        _count_items(names, a, b)
        try:
            return _count_result(names, function(a, b))
        except TypeError:
            raise ExpressionError(
                f"{value_text(a)} and {value_text(b)} do not go together in `{ast.unparse(node)}`"
            ) from None

    return apply


def _boolean(node: ast.BoolOp) -> Callable[[Namespace], Any]:
    """`and` and `or`, which stop at the first operand that decides."""
    operands = [closure(value) for value in node.values]
    stop = isinstance(node.op, ast.Or)

    def apply(names: Namespace) -> Any:
        value = None
        for operand in operands:
            step(names)
            value = operand(names)
            if bool(value) is stop:
                break
        return value

    return apply


def _compare(node: ast.Compare) -> Callable[[Namespace], Any]:
    """A chain of comparisons, which stops at the first that does not hold."""
    first = closure(node.left)
    rest = [(_operator(op), closure(value)) for op, value in zip(node.ops, node.comparators, strict=True)]

    def apply(names: Namespace) -> bool:
        step(names)
        left = first(names)
        for function, operand in rest:
            right = operand(names)
            _count_items(names, left, right)
            if not function(left, right):
                return False
            left = right
        return True

    return apply


def _conditional(node: ast.IfExp) -> Callable[[Namespace], Any]:
    test, then, otherwise = closure(node.test), closure(node.body), closure(node.orelse)
    return lambda names: then(names) if test(names) else otherwise(names)


def _subscript(node: ast.Subscript) -> Callable[[Namespace], Any]:
    """An item or a slice."""
    value, index = closure(node.value), closure(node.slice)

    def apply(names: Namespace) -> Any:
        found = value(names)[index_of(index(names))]
        step(names, len(found) if isinstance(node.slice, ast.Slice) else 1)
        return found

    return apply


def _slice(node: ast.Slice) -> Callable[[Namespace], Any]:
    parts = [closure(part) if part else (lambda _: None) for part in (node.lower, node.upper, node.step)]
    return lambda names: slice(*(index_of(part(names)) for part in parts))


def _call(node: ast.Call) -> Callable[[Namespace], Any]:
    """A call of a named function with positional arguments."""
    if not isinstance(node.func, ast.Name) or node.keywords:
        hint = f"functions: {', '.join(FUNCTIONS)}; a root is x ** 0.5"
        raise ExpressionError(f"not a call of this language: `{ast.unparse(node)}`"[:200], hint)
    name = node.func.id
    arguments = [closure(argument) for argument in node.args]

    def apply(names: Namespace) -> Any:
        step(names)
        function = names.function(name)
        values = [argument(names) for argument in arguments]
        if name != "len":
            _count_items(names, *values)
        try:
            return _count_result(names, function(*values))
        except TypeError:
            raise ExpressionError(f"`{name}` does not take {', '.join(map(value_text, values))}") from None

    return apply


_MAKERS: Final[dict[type[ast.AST], Callable[[Any], Callable[[Namespace], Any]]]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _list,
    ast.Tuple: _list,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
}
