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
    index_of,
    word_of,
)
from cnncalc.spec.steps import count_items, count_result, step
from cnncalc.spec.syntax import syntax_tree, template_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.spec.namespace import Closure, Namespace


def closure(node: ast.AST) -> Closure:
    """The function that evaluates a node of the syntax tree; raises `ExpressionError` outside of the language."""
    make = _MAKERS.get(type(node))
    if make is None:
        from cnncalc.spec.advice.expressions import node_hint

        raise ExpressionError(f"not an expression of this language: `{ast.unparse(node)}`"[:200], node_hint(node))
    return make(node)


def _constant(node: ast.Constant) -> Closure:
    """A number or text; Python's own `True`, `False` and `None` are written otherwise here."""
    value = node.value
    if isinstance(value, bool) or value is None:
        ours = {True: "true", False: "false", None: "null"}[value]
        raise ExpressionError(f"there is no name `{value}`", f"it is written `{ours}` here")
    if not isinstance(value, (int, float, str)):
        raise ExpressionError(f"not a value of this language: `{ast.unparse(node)}`")
    bounded(value)
    if isinstance(value, str) and ("{" in value or "}" in value):
        return _template(value)
    return lambda _: value


def _template(text: str) -> Closure:
    """A text with `{expressions}` in it, which are filled in."""
    hint = "in a text, { } holds an expression"
    parts = [(closure(syntax_tree(part)) if inside else None, part) for inside, part in template_parts(text, hint)]

    def apply(names: Namespace) -> Any:
        step(names, len(parts))
        return count_result(names, "".join(word_of(part(names)) if part else text for part, text in parts))

    return apply


def _name(node: ast.Name) -> Closure:
    name = node.id
    return lambda names: names.value(name)


def _list(node: ast.List | ast.Tuple) -> Closure:
    items = [closure(item) for item in node.elts]
    return lambda names: count_result(names, [item(names) for item in items])


def _comprehension(node: ast.ListComp) -> Closure:
    """A list by `for`."""
    from cnncalc.spec.comprehensions import Clause, list_maker, variables

    clauses = [
        Clause(variables(clause), closure(clause.iter), list(map(closure, clause.ifs))) for clause in node.generators
    ]
    return list_maker(clauses, closure(node.elt))


def _operator(node: ast.AST) -> Callable[..., Any]:
    """The function of an operator; raises `ExpressionError` for one that is not in the language."""
    function = OPERATORS.get(type(node))
    if function is None:
        sign = SIGNS.get(type(node).__name__, "?")
        hint = "a power is written `**`" if sign == "^" else None
        raise ExpressionError(f"there is no operator `{sign}` in this language", hint)
    return function


def _unary(node: ast.UnaryOp) -> Closure:
    function, operand = _operator(node.op), closure(node.operand)
    return lambda names: function(operand(names))


def _binary(node: ast.BinOp) -> Closure:
    """Arithmetic, on numbers, texts and lists."""
    function, left, right = _operator(node.op), closure(node.left), closure(node.right)

    def apply(names: Namespace) -> Any:
        step(names)
        a, b = left(names), right(names)
        count_items(names, a, b)
        try:
            return count_result(names, function(a, b))
        except TypeError:
            raise ExpressionError(
                f"{value_text(a)} and {value_text(b)} do not go together in `{ast.unparse(node)}`"
            ) from None

    return apply


def _boolean(node: ast.BoolOp) -> Closure:
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


def _compare(node: ast.Compare) -> Closure:
    """A chain of comparisons, which stops at the first that does not hold."""
    first = closure(node.left)
    rest = [(_operator(op), closure(value)) for op, value in zip(node.ops, node.comparators, strict=True)]

    def apply(names: Namespace) -> bool:
        step(names)
        left = first(names)
        for function, operand in rest:
            right = operand(names)
            count_items(names, left, right)
            if not function(left, right):
                return False
            left = right
        return True

    return apply


def _conditional(node: ast.IfExp) -> Closure:
    test, then, otherwise = closure(node.test), closure(node.body), closure(node.orelse)
    return lambda names: then(names) if test(names) else otherwise(names)


def _subscript(node: ast.Subscript) -> Closure:
    """An item or a slice."""
    value, index = closure(node.value), closure(node.slice)

    def apply(names: Namespace) -> Any:
        found = value(names)[index_of(index(names))]
        step(names, len(found) if isinstance(node.slice, ast.Slice) else 1)
        return found

    return apply


def _slice(node: ast.Slice) -> Closure:
    parts = [closure(part) if part else (lambda _: None) for part in (node.lower, node.upper, node.step)]
    return lambda names: slice(*(index_of(part(names)) for part in parts))


def _call(node: ast.Call) -> Closure:
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
            count_items(names, *values)
        try:
            return count_result(names, function(*values))
        except TypeError:
            raise ExpressionError(f"`{name}` does not take {', '.join(map(value_text, values))}") from None

    return apply


_MAKERS: Final[dict[type[ast.AST], Callable[[Any], Closure]]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _list,
    ast.Tuple: _list,
    ast.ListComp: _comprehension,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
}
