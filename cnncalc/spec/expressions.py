"""The expressions of a spec: a small language over Python's syntax, evaluated by closures of our own.

Only what is listed here exists: no attributes, no calls but of the named functions. Every result is bounded in size and
every evaluation in steps, so that no expression can make the program slow or large. Steps are operations, and the items
of the lists and texts that they read or make; so the steps of all expressions bound their time and memory together.
"""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import did_you_mean, shown
from cnncalc.spec.operations import (
    FUNCTIONS,
    MOST_LEVELS,
    OPERATORS,
    SIGNS,
    ExpressionError,
    bounded,
    check_size,
    index_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_CHARACTERS: Final = 500
MOST_STEPS: Final = 100_000
"""The most steps of one evaluation."""
STEPS_AT_LEAST: Final = 10
"""What an evaluation costs beside its operations, in steps."""
MOST_KEPT: Final = 500_000
"""The characters of the expressions whose closures are kept."""

CONSTANTS: Final = {"true": True, "false": False, "null": None}


class Names:
    """What an expression may name: values, and functions beside the built-in ones; it counts the steps.

    `depth` counts the names with expressions that are being filled in, as one may ask for another.
    """

    def __init__(self, values: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]] | None = None) -> None:
        self.values = values
        self.functions = functions or {}
        self.steps = 0
        self.depth = 0

    def value(self, name: str) -> Any:
        """The value of a name."""
        try:
            return self.values[name]
        except KeyError:
            if name in CONSTANTS:
                return CONSTANTS[name]
        raise ExpressionError(f"there is no name `{name}`", lambda: did_you_mean(name, self.known(), "names"))

    def known(self) -> list[str]:
        """The names that there are."""
        return [*self.values, *CONSTANTS]

    def function(self, name: str) -> Callable[..., Any]:
        """The function of a name."""
        function = self.functions.get(name) or FUNCTIONS.get(name)
        if function is None:
            known = [*FUNCTIONS, *self.functions]
            hint = did_you_mean(name, known, "functions")
            raise ExpressionError(f"there is no function `{name}`", hint)
        return function


def evaluate(text: str, names: Names) -> Any:
    """The value of an expression; raises `ExpressionError`.

    >>> evaluate("make_divisible(width * 0.75, 8) if wide else [1, 2][-1]", Names({"width": 32, "wide": True}))
    24
    """
    _step(names, STEPS_AT_LEAST)
    try:
        return _compiled(text, names)(names)
    except ExpressionError:
        raise
    except RecursionError:
        raise ExpressionError("it is nested too deeply") from None
    except ZeroDivisionError:
        raise ExpressionError("division by zero") from None
    except OverflowError:
        raise ExpressionError("a number that is too large") from None
    except KeyError as error:
        raise ExpressionError(f"there is no key {shown(error.args[0])}") from None
    except (TypeError, ValueError, IndexError) as error:
        raise ExpressionError(str(error)) from None


_KEPT: Final[dict[str, Callable[[Names], Any]]] = {}


def _compiled(text: str, names: Names) -> Callable[[Names], Any]:
    """The closure of an expression, kept for the next time; to make it costs a step a character."""
    closure = _KEPT.get(text)
    if closure is None:
        _step(names, len(text))
        closure = _parsed(text)
        if len(_KEPT) % 256 == 0 and sum(map(len, _KEPT)) > MOST_KEPT:
            _KEPT.clear()
        _KEPT[text] = closure
    return closure


def _parsed(text: str) -> Callable[[Names], Any]:
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"an expression has at most {MOST_CHARACTERS} characters, not {len(text)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval")
        _check_depth(tree.body)
        return _closure(tree.body)
    except SyntaxError as error:
        raise ExpressionError(f"not an expression: {error.msg}", _bracket_hint(text)) from None
    except (RecursionError, MemoryError):
        raise ExpressionError(_TOO_DEEP) from None
    except ValueError as error:
        raise error if isinstance(error, ExpressionError) else ExpressionError(f"not an expression: {error}") from None


def _check_depth(tree: ast.AST) -> None:
    """Refuse what is nested so deeply that walking it could exhaust the stack."""
    level = [tree]
    for _ in range(MOST_LEVELS):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise ExpressionError(_TOO_DEEP)


_TOO_DEEP: Final = "not an expression: it is nested too deeply"


def _bracket_hint(text: str) -> str | None:
    """A hint where brackets do not match, as when YAML has cut the text at a comma."""
    pairs = (("(", ")"), ("[", "]"), ("{", "}"))
    if all(text.count(left) == text.count(right) for left, right in pairs):
        return None
    return "brackets do not match; inside { } or [ ], YAML wants quotes around what contains , [ ] { }"


def _closure(node: ast.AST) -> Callable[[Names], Any]:
    make = _MAKERS.get(type(node))
    if make is None:
        raise ExpressionError(f"not an expression of this language: `{ast.unparse(node)}`"[:200])
    return make(node)


def _step(names: Names, count: int = 1) -> None:
    names.steps += count
    if names.steps > MOST_STEPS:
        raise ExpressionError(f"it takes more than {MOST_STEPS:,} steps")


def _read(names: Names, *values: Any) -> None:
    """Count the items of lists and texts that an operation is about to read."""
    for value in values:
        if isinstance(value, (list, str, dict)):
            _step(names, check_size(value, MOST_STEPS))


def _made(names: Names, value: Any) -> Any:
    """The result of an operation, if it is not too large; its items count as steps."""
    if isinstance(value, (list, str)):
        _step(names, check_size(value))
        return value
    return bounded(value)


def _constant(node: ast.Constant) -> Callable[[Names], Any]:
    value = node.value
    if isinstance(value, bool) or value is None:
        ours = {True: "true", False: "false", None: "null"}[value]
        raise ExpressionError(f"there is no name `{value}`", f"it is written `{ours}` here")
    if not isinstance(value, (int, float, str)):
        raise ExpressionError(f"not a value of this language: `{ast.unparse(node)}`")
    bounded(value)
    return lambda _: value


def _name(node: ast.Name) -> Callable[[Names], Any]:
    name = node.id
    return lambda names: names.value(name)


def _list(node: ast.List | ast.Tuple) -> Callable[[Names], Any]:
    items = [_closure(item) for item in node.elts]
    return lambda names: _made(names, [item(names) for item in items])


def _operator(node: ast.AST) -> Callable[..., Any]:
    function = OPERATORS.get(type(node))
    if function is None:
        raise ExpressionError(f"there is no operator `{SIGNS.get(type(node).__name__, '?')}` in this language")
    return function


def _unary(node: ast.UnaryOp) -> Callable[[Names], Any]:
    function, operand = _operator(node.op), _closure(node.operand)
    return lambda names: function(operand(names))


def _binary(node: ast.BinOp) -> Callable[[Names], Any]:
    function, left, right = _operator(node.op), _closure(node.left), _closure(node.right)

    def apply(names: Names) -> Any:
        _step(names)
        a, b = left(names), right(names)
        _read(names, a, b)
        try:
            return _made(names, function(a, b))
        except TypeError:
            raise ExpressionError(f"{shown(a)} and {shown(b)} do not go together in `{ast.unparse(node)}`") from None

    return apply


def _boolean(node: ast.BoolOp) -> Callable[[Names], Any]:
    operands = [_closure(value) for value in node.values]
    stop = isinstance(node.op, ast.Or)

    def apply(names: Names) -> Any:
        value = None
        for operand in operands:
            _step(names)
            value = operand(names)
            if bool(value) is stop:
                break
        return value

    return apply


def _compare(node: ast.Compare) -> Callable[[Names], Any]:
    first = _closure(node.left)
    rest = [(_operator(op), _closure(value)) for op, value in zip(node.ops, node.comparators, strict=True)]

    def apply(names: Names) -> bool:
        _step(names)
        left = first(names)
        for function, operand in rest:
            right = operand(names)
            _read(names, left, right)
            if not function(left, right):
                return False
            left = right
        return True

    return apply


def _conditional(node: ast.IfExp) -> Callable[[Names], Any]:
    test, then, otherwise = _closure(node.test), _closure(node.body), _closure(node.orelse)
    return lambda names: then(names) if test(names) else otherwise(names)


def _subscript(node: ast.Subscript) -> Callable[[Names], Any]:
    value, index = _closure(node.value), _closure(node.slice)

    def apply(names: Names) -> Any:
        found = value(names)[index_of(index(names))]
        _step(names, len(found) if isinstance(node.slice, ast.Slice) else 1)
        return found

    return apply


def _slice(node: ast.Slice) -> Callable[[Names], Any]:
    parts = [_closure(part) if part else (lambda _: None) for part in (node.lower, node.upper, node.step)]
    return lambda names: slice(*(index_of(part(names)) for part in parts))


def _call(node: ast.Call) -> Callable[[Names], Any]:
    if not isinstance(node.func, ast.Name) or node.keywords:
        raise ExpressionError(f"not a call of this language: `{ast.unparse(node)}`"[:200])
    name = node.func.id
    arguments = [_closure(argument) for argument in node.args]

    def apply(names: Names) -> Any:
        _step(names)
        function = names.function(name)
        values = [argument(names) for argument in arguments]
        if name != "len":
            _read(names, *values)
        try:
            return _made(names, function(*values))
        except TypeError:
            raise ExpressionError(f"`{name}` does not take {', '.join(map(shown, values))}") from None

    return apply


_MAKERS: Final[dict[type[ast.AST], Callable[[Any], Callable[[Names], Any]]]] = {
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
