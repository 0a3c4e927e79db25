"""Expressions of Python as trees, whose literal values may become parameters of what they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator


class Code(NamedTuple):
    """Text as it is."""

    text: str


class Value(NamedTuple):
    """A literal: None, a truth value, a number, a text, or a tuple of such. `role` is what it is, in a word."""

    value: Any
    role: str = ""


class Arg(NamedTuple):
    """An argument, by its `name` unless that is empty; left out where it is the literal `default`."""

    value: Expression
    name: str = ""
    default: Any = ...


class Call(NamedTuple):
    """A call of `function`."""

    function: Expression
    arguments: tuple[Arg, ...]


class Attribute(NamedTuple):
    """An attribute, or a method."""

    owner: Expression
    name: str


class Item(NamedTuple):
    """What stands under an index; `keys` are the expressions that stand between the brackets."""

    owner: Expression
    keys: tuple[Expression, ...]


class Infix(NamedTuple):
    """Operands with an operator between them."""

    operator: str
    operands: tuple[Expression, ...]


class Display(NamedTuple):
    """A list, or a tuple of at least two items, by its `opener`."""

    opener: str
    items: tuple[Expression, ...]


class Unpacked(NamedTuple):
    """``*(element for variable in values)``, or without the star the comprehension itself."""

    element: Expression
    clause: str
    star: str = "*"


Expression: TypeAlias = "Code | Value | Call | Attribute | Item | Infix | Display | Unpacked"

CLOSERS: Final = {"(": ")", "[": "]"}


def call(function: str | Expression, *positional: Expression | Any, **named: Any) -> Call:
    """A call whose arguments are expressions or plain values; those by name may be `Arg`s with a default.

    >>> flat(call("f", Code("x"), 3, stride=2))
    'f(x, 3, stride=2)'
    """
    arguments = [item if isinstance(item, Arg) else Arg(expression(item)) for item in positional]
    for name, item in named.items():
        arguments.append(item._replace(name=name) if isinstance(item, Arg) else Arg(expression(item, name), name))
    return Call(expression_of(function), tuple(arguments))


def expression_of(function: str | Expression) -> Expression:
    """A text as code."""
    return Code(function) if isinstance(function, str) else function


def expression(item: Any, role: str = "") -> Expression:
    """A plain value as a literal; an expression as it is."""
    return item if isinstance(item, _NODES) else Value(item, role)


def optional(value: Any, default: Any, role: str = "") -> Arg:
    """An argument that is left out where it is the default."""
    return Arg(expression(value, role), "", default)


_NODES: Final = (Code, Value, Call, Attribute, Item, Infix, Display, Unpacked)


def literal(value: Any) -> str:
    """A value as Python has it, in double quotes and with short exponents.

    >>> literal("same"), literal(1e-05), literal((3, 5)), literal(float("-inf"))
    ('"same"', '1e-5', '(3, 5)', 'float("-inf")')
    """
    if isinstance(value, str):
        text = repr(value)
        return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def _number(value: float) -> str:
    text = repr(value)
    if text in ("inf", "-inf", "nan"):
        return f'float("{text}")'
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def flat(tree: Expression) -> str:  # noqa: PLR0911 - a way to write for each kind
    """The expression on one line."""
    if isinstance(tree, Code):
        return tree.text
    if isinstance(tree, Value):
        return literal(tree.value)
    if isinstance(tree, Call):
        return f"{_tight(tree.function)}({', '.join(map(flat_argument, written(tree)))})"
    if isinstance(tree, Attribute):
        return f"{_tight(tree.owner)}.{tree.name}"
    if isinstance(tree, Item):
        return f"{_tight(tree.owner)}[{', '.join(map(flat, tree.keys))}]"
    if isinstance(tree, Infix) and tree.operator == ":":
        bounds = [flat(operand) for operand in tree.operands]
        apart = " " if any(isinstance(operand, (Infix, Attribute)) for operand in tree.operands) else ""
        return f"{apart}:{apart}".join(bounds).strip()
    if isinstance(tree, Infix):
        return f" {tree.operator} ".join(_operand(tree, at) for at in range(len(tree.operands)))
    if isinstance(tree, Display):
        comma = "," if tree.opener == "(" and len(tree.items) == 1 else ""
        return f"{tree.opener}{', '.join(map(flat, tree.items))}{comma}{CLOSERS[tree.opener]}"
    inside = f"{flat(tree.element)} {tree.clause}"
    return f"{tree.star}({inside})" if tree.star else inside


def flat_argument(argument: Arg) -> str:
    """An argument on one line."""
    return f"{argument.name}={flat(argument.value)}" if argument.name else flat(argument.value)


def written(tree: Call) -> list[Arg]:
    """The arguments of a call that are not left out; by name from the first that is left out on."""
    return [
        argument
        for argument in tree.arguments
        if not (
            isinstance(argument.value, Value)
            and argument.value.value == argument.default
            and type(argument.value.value) is type(argument.default)
        )
    ]


_STRENGTH: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2, "**": 4}


def _operand(tree: Infix, at: int) -> str:
    """An operand, in parentheses where it binds less than the operator."""
    operand = tree.operands[at]
    text = flat(operand)
    if isinstance(operand, Infix):
        own, inner = _STRENGTH[tree.operator], _STRENGTH[operand.operator]
        if inner < own or (inner == own and (at > 0 or own > 2)):
            return f"({text})"
    if isinstance(operand, Value) and text[0] == "-" and (at > 0 or tree.operator == "**"):
        return f"({text})"
    return text


def _tight(tree: Expression) -> str:
    """An expression before a dot or a bracket."""
    text = flat(tree)
    return f"({text})" if isinstance(tree, (Infix, Value)) or text.startswith("-") else text


def values(tree: Any) -> Iterator[Value]:
    """All literal values of an expression, or of a tuple of such, in order."""
    if isinstance(tree, Value):
        yield tree
    elif isinstance(tree, tuple):
        for part in tree[: -1 if isinstance(tree, Arg) else None]:
            yield from values(part)


def skeleton(tree: Any) -> Hashable:
    """What is left of an expression, or of a tuple of such, when literal values are taken out."""
    if isinstance(tree, Value):
        return Value
    if isinstance(tree, Arg):  # its default stays: what may be left out is left out alike
        return (Arg, skeleton(tree.value), tree.name, type(tree.default), tree.default)
    if isinstance(tree, tuple):
        return (type(tree), *map(skeleton, tree))
    return tree  # type: ignore[no-any-return]


def replaced(tree: Any, make: Callable[[Value], Expression]) -> Any:
    """An expression, or a tuple of such, with something else in place of each literal value, in the order of `values`.

    >>> flat(replaced(call("f", 1, 2), lambda value: Value(value.value + 1)))
    'f(2, 3)'
    """
    if isinstance(tree, Value):
        return make(tree)
    if isinstance(tree, Arg):
        return tree._replace(value=replaced(tree.value, make))
    if isinstance(tree, tuple):
        parts = [replaced(part, make) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    return tree
