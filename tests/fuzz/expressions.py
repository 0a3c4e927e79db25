"""Drawn expressions: nested calls, huge ranges, texts, names that are and that are not."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from tests.fuzz.tree_mutations import places

if TYPE_CHECKING:
    from random import Random

ATOMS: Final = (
    *("0", "1", "2", "3", "-1", "0.5", "48.0", "1e300", "2 ** 31", "10 ** 40", "0x10", "1_000", "true", "null"),
    *("in_channels", "in_shape", "index", "width", "depth", "w", "s", "n", "nosuch", "in_shape[0]", "in_shape[-1]"),
    *("'a'", "'{index}'", "''", '"x" * 3', "[]", "[1, 2]", "[[1, 2], [3, 4]]", "range(3)", "(1,)", "{}", "f'{w}'"),
)
NAMES: Final = ("input", "previous", "c1", "stage1.0", "nosuch", "", "a.b", "{index}", "c{index}", "{size('c1')[0]}")
BINARY: Final = (
    *("+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "in", "not in", "and", "or", "is", "<<"),
)
FUNCTIONS: Final = (
    *("min", "max", "abs", "sum", "len", "range", "round", "ceil", "floor", "int", "make_divisible", "size"),
    *("channels", "print", "open", "__import__"),
)
MOST_CHARACTERS: Final = 2_000


def expression(rng: Random, depth: int = 4) -> str:
    """An expression of the language, or nearly one."""
    if depth == 0 or rng.randrange(4) == 0:
        return rng.choice(ATOMS)
    inner = [expression(rng, depth - 1) for _ in range(3)]
    forms = (
        f"{inner[0]} {rng.choice(BINARY)} {inner[1]}",
        f"({inner[0]}) {rng.choice(BINARY)} ({inner[1]})",
        f"{rng.choice(FUNCTIONS)}({', '.join(inner[: rng.randrange(4)])})",
        f"{rng.choice(('size', 'channels'))}({rng.choice(NAMES)!r})",
        f"{inner[0]} if {inner[1]} else {inner[2]}",
        f"[{', '.join(inner[: rng.randrange(4)])}]",
        f"({inner[0]})[{inner[1]}]",
        f"({inner[0]})[{inner[1]}:{inner[2]}]",
        f"{rng.choice(('-', 'not ', '~', '+'))}({inner[0]})",
        f"[{inner[0]} for n in {inner[1]} if {inner[2]}]",
        f"[{inner[0]} for {rng.choice(('n', 'w, s', 'n, n', 'index', 'a.b', '(n, w), s'))} in {inner[1]}]",
        f"[n for n in range({inner[0]}) for w in range({inner[1]})]",
        f"['{rng.choice(('c{n}', '{n}x{w}', '{', '{}', 'c{n + nosuch}'))}' for n in {inner[0]}]",
        f"range({rng.choice(('10 ** 9', '9999', '-1', '2 ** 70', inner[0]))})",
        f"({inner[0]}).{rng.choice(('real', '__class__', 'x'))}",
        rng.choice(("(", "[", "-", "not ")) * rng.choice((1, 30, 400)) + inner[0],
        f"lambda: {inner[0]}",
    )
    return rng.choice(forms)[:MOST_CHARACTERS]


def equal(rng: Random, value: Any, depth: int = 2) -> str:
    """An expression that gives the value, in a roundabout way."""
    if depth == 0 or not isinstance(value, (int, str)) or isinstance(value, bool):
        return {"True": "true", "False": "false", "None": "null"}.get(repr(value), repr(value))
    inner = equal(rng, value, depth - 1)
    return rng.choice((
        *(inner, f"({inner})", f"[{inner}][0]", f"{inner} if true else nosuch", f"[0, {inner}][-1]", f"{inner} + 0"),
        *(f"max({inner}, {inner})", f"sum([{inner}])", f"({inner} and {inner})", f"int({inner})", f"{inner} * 1.0"),
        *(f"[n for n in [{inner}]][0]", f"[{inner} for n in range(2)][1]"),
        *(f"len(range({inner}))", f"make_divisible({inner}, 1)", f"in_channels * 0 + {inner}", f"7 // 7 * {inner}"),
    ))  # fmt: skip


def with_expressions(rng: Random, tree: dict[str, Any]) -> dict[str, Any]:
    """A copy of a spec in which a few values are expressions, or names with expressions in them."""
    copy = deepcopy(tree)
    for _ in range(rng.choice((1, 1, 2, 3))):
        found = places(copy)
        named = [place for place in found if place.key in {"name", "from", "type", "when"}]
        scalars = [place for place in found if not isinstance(place.value, (dict, list))]
        place = rng.choice(named if named and rng.randrange(3) == 0 else scalars or found)
        text = equal(rng, place.value) if rng.randrange(5) else expression(rng)
        place.put(f"{place.value}{{{text}}}" if rng.randrange(8) == 0 else f"={text}")
    if rng.randrange(8) == 0:
        copy.setdefault("parameters", {})
        if isinstance(copy["parameters"], dict):
            copy["parameters"] |= {"a": f"={expression(rng)}", "b": f"=a + {expression(rng, 2)}"}
    return copy
