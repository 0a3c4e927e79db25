"""The language of expressions: what it has, what it has not, and that nothing in it grows large or slow."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.spec.expressions import evaluate
from cnncalc.spec.namespace import Namespace
from cnncalc.spec.operators import ExpressionError
from tests.rows import every_row

VALUES: dict[str, Any] = {
    "width": 64,
    "depths": [3, 4, 6, 3],
    "kind": "basic",
    "half": 0.5,
    "flag": True,
    "map": {"a": 1},
}


@every_row(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 - 10", -3),
        ("7 / 2", 3.5),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 3", 1),
        ("-7 % 3", 2),
        ("2 ** 10", 1024),
        ("2 ** -1", 0.5),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("+3", 3),
        ("1e3", 1000.0),
        ("0x10 + 0o10 + 1_000", 1024),
        ("'a' + \"b\"", "ab"),
        ("'ab' * 2", "abab"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("1 < 2", True),
        ("1 < 2 < 2", False),
        ("2 >= 2 > 1", True),
        ("1 == 1.0", True),
        ("'a' != 'b'", True),
        ("3 in depths", True),
        ("3 not in depths", False),
        ("'as' in kind", True),
        ("'a' in map", True),
        ("true and false", False),
        ("true or false", True),
        ("not true", False),
        ("0 or 5", 5),
        ("1 and 2", 2),
        ("false and 1 / 0", False),
        ("1 if flag else 1 / 0", 1),
        ("width * 2 if kind == 'basic' else width", 128),
        ("[1, 2] + [3]", [1, 2, 3]),
        ("[0] * 3", [0, 0, 0]),
        ("3 * [0]", [0, 0, 0]),
        ("(1, 2)", [1, 2]),
        ("[]", []),
        ("[[1, 2], [3]][0][-1]", 2),
        ("depths[0]", 3),
        ("depths[-1]", 3),
        ("depths[1.0]", 4),
        ("depths[1:3]", [4, 6]),
        ("depths[::-1]", [3, 6, 4, 3]),
        ("depths[:2.0]", [3, 4]),
        ("kind[0]", "b"),
        ("map['a']", 1),
        ("min(3, 1, 2)", 1),
        ("min(depths)", 3),
        ("max(3, 1.5)", 3),
        ("abs(-4)", 4),
        ("sum(depths)", 16),
        ("sum([])", 0),
        ("len(depths)", 4),
        ("len(kind)", 5),
        ("range(3)", [0, 1, 2]),
        ("range(1, 7, 2)", [1, 3, 5]),
        ("range(3.0)", [0, 1, 2]),
        ("range(5, 0, -2)", [5, 3, 1]),
        ("range(0)", []),
        ("round(2.6)", 3),
        ("round(2.345, 1)", 2.3),
        ("round(1234, -2)", 1200),
        ("ceil(2.1)", 3),
        ("floor(-2.1)", -3),
        ("int(2.9)", 2),
        ("int(-2.9)", -2),
        ("make_divisible(24 * 0.35, 8)", 8),
        ("make_divisible(32 * 1.4, 8)", 48),
        ("make_divisible(16 * 0.75, 8)", 16),
        ("make_divisible(96 * 0.35, 8)", 32),
        ("make_divisible(3, 8)", 8),
        ("make_divisible(11, 8)", 16),
        ("  1 + 1  ", 2),
        ("[x for x in depths]", [3, 4, 6, 3]),
        ("[2 * x for x in depths if x > 3]", [8, 12]),
        ("[x for x in range(20) if x % 2 if x % 3]", [1, 5, 7, 11, 13, 17, 19]),
        ("[a * b for a, b in [[1, 2], [3, 4]]]", [2, 12]),
        ("[a + c[0] for [a, c] in [[1, [2]], [3, [4]]]]", [3, 7]),
        ("[[i, j] for i in range(3) for j in range(i)]", [[1, 0], [2, 0], [2, 1]]),
        ("[[j for j in range(i)] for i in range(3)]", [[], [0], [0, 1]]),
        ("[width for width in depths] + [width]", [3, 4, 6, 3, 64]),
        ("[width + [width for width in [1]][0] + width for width in [10]]", [21]),
        ("[half for half in [half]]", [0.5]),
        ("[row for row in [[1], [2, 3]] for row in row]", [1, 2, 3]),
        ("[1 / 0 for x in []]", []),
        ("[x if x > 3 else 0 for x in depths]", [0, 4, 6, 0]),
        ("[min for min in [2]] + [min(4, 3)]", [2, 3]),
        ("[depths[0] for depths in [[7], [8]]]", [7, 8]),
        ("sum([x for x in depths])", 16),
        ("'b{width // 2}'", "b32"),
        ("['b{i}' for i in range(3)]", ["b0", "b1", "b2"]),
        ("'{kind}_{half * 4}_{flag}_{null}_{depths}' + 's'", "basic_2_true_null_[3, 4, 6, 3]s"),
        ("['{a}x{b}' for a, b in [[1, 2.0]]]", ["1x2"]),
        ("'{kind}' == kind", True),
    ],
)
def test_values(text: str, value: object) -> None:
    found = evaluate(text, Namespace(VALUES))
    assert found == value
    assert type(found) is type(value)


@every_row(
    ("text", "fact"),
    [
        ("widht * 2", "there is no name `widht`"),
        ("rnge(3)", "there is no function `rnge`"),
        ("min", "there is no name `min`"),
        ("True", "there is no name `True`"),
        ("None", "there is no name `None`"),
        ("1 / 0", "division by zero"),
        ("0 ** -1", "division by zero"),
        ("5 // (2 - 2)", "division by zero"),
        ("5 % 0", "division by zero"),
        ("make_divisible(3, 0)", "division by zero"),
        ("1 + 'a'", "1 and 'a' do not go together in `1 + 'a'`"),
        ("depths + 1", "[3, 4, 6, 3] and 1 do not go together in `depths + 1`"),
        ("'%d' % 3", "`%` takes numbers"),
        ("(-8) ** 0.5", "the root of a negative number"),
        ("depths[9]", "list index out of range"),
        ("depths[0.5]", "list indices must be integers or slices, not float"),
        ("map['b']", "there is no key 'b'"),
        ("abs('a')", "`abs` does not take 'a'"),
        ("int('5')", "`int` does not take '5'"),
        ("len(5)", "`len` does not take 5"),
        ("1 +", "not an expression: invalid syntax"),
        ("", "not an expression: invalid syntax"),
        ("width = 3", "not an expression: "),
        ("1\n2", "not an expression: "),
        ("1 & 2", "there is no operator `&` in this language"),
        ("1 << 2", "there is no operator `<<` in this language"),
        ("~1", "there is no operator `~` in this language"),
        ("1 is 1", "there is no operator `is` in this language"),
        ("1j", "not a value of this language: `1j`"),
        ("b'a'", "not a value of this language: `b'a'`"),
        ("...", "not a value of this language: `...`"),
        ("min(1, key=2)", "not a call of this language: `min(1, key=2)`"),
        ("depths.append(1)", "not a call of this language: `depths.append(1)`"),
        ("depths.__class__", "not an expression of this language: `depths.__class__`"),
        ("().__class__.__bases__[0]", "not an expression of this language: "),
        ("__import__('os')", "there is no function `__import__`"),
        ("open('x')", "there is no function `open`"),
        ("eval('1')", "there is no function `eval`"),
        ("(lambda: 1)()", "not a call of this language: `(lambda: 1)()`"),
        ("lambda x: x", "not an expression of this language: "),
        ("[x for x in 5]", "`for` walks a list, and that of `x` is 5"),
        ("[x for x in kind]", "`for` walks a list, and that of `x` is 'basic'"),
        ("[x for x in map]", "`for` walks a list, and that of `x` is {a: 1}"),
        ("[a for a, b in depths]", "each row of `a, b` has 2 values, not 3"),
        ("[a for a, b in [[1, 2, 3]]]", "each row of `a, b` has 2 values, not [1, 2, 3]"),
        ("[a for a, a in depths]", "`(a, a)` names a variable twice"),
        ("[a for (a, b), c in depths]", "`(a, b)` cannot be the name of a variable"),
        ("[a for () in depths]", "`()` cannot be the name of a variable"),
        ("[a for a.b in depths]", "`a.b` cannot be the name of a variable"),
        ("[a for *a in depths]", "`*a` cannot be the name of a variable"),
        ("[1 for in_channels in depths]", "`in_channels` cannot be the name of a variable"),
        ("[1 for null in depths]", "`null` cannot be the name of a variable"),
        ("[x for y in depths for x in x]", "`x` has no value yet where it is read"),
        ("[flag for y in depths for flag in [flag]]", "`flag` has no value yet where it is read"),
        ("[x for x in depths] + [x]", "there is no name `x`"),
        ("[x for y in depths for z in x]", "there is no name `x`"),
        ("[x async for x in depths]", "there is no `async` in this language"),
        ("[y := 3 for x in depths]", "not an expression of this language: `(y := 3)`"),
        ("[x if x for x in depths]", "not an expression: expected 'else' after 'if' expression"),
        ("{x for x in depths}", "not an expression of this language: `{x for x in depths}`"),
        ("{x: 1 for x in depths}", "not an expression of this language: `{x: 1 for x in depths}`"),
        ("['{y}' for x in depths]", "there is no name `y`"),
        ("'a{'", "a `{` without its `}`"),
        ("'a}'", "a `}` without its `{`"),
        ("'{}'", "not an expression: invalid syntax"),
        ("sum(x for x in depths)", "not an expression of this language: "),
        ("{1: 2}", "not an expression of this language: `{1: 2}`"),
        ("{1, 2}", "not an expression of this language: `{1, 2}`"),
        ("f'{width}'", "not an expression of this language: "),
        ("(x := 3)", "not an expression of this language: "),
        ("[*depths]", "not an expression of this language: `*depths`"),
        ("min(*depths)", "not an expression of this language: `*depths`"),
        ("await width", "not an expression of this language: "),
        ("print(1)", "there is no function `print`"),
    ],
)
def test_what_there_is_not(text: str, fact: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, Namespace(VALUES))
    assert str(caught.value).startswith(fact)


@every_row(
    "text",
    [
        "9**9**9",
        "9**9**9**9",
        "2**1000",
        "(2**100)**100",
        "1e308 * 10",
        "1e308 ** 2",
        "1e400",
        "[0] * 10**9",
        "10**9 * [0]",
        "[0] * 10**30",
        "'a' * 10**9",
        "'aaaaaaaaaa' * 1001",
        "[[0] * 100] * 101",
        "[[[0] * 100] * 100] * 100",
        "[range(9999), range(9999)]",
        "range(10**9)",
        "range(10**30)",
        "range(-10**30, 10**30)",
        "sum(range(10**8))",
        "+".join(["range(9999)"] * 30),
        "[" + ",".join(["range(9999)"] * 30) + "]",
        "round(5, -10**9)",
        "round(5, -10**30)",
        "10**9 ** 10**9",
        "int(1e300)",
        "(" * 200 + "1" + ")" * 200,
        "[" * 150 + "]" * 150,
        "-" * 400 + "1",
        "not " * 120 + "true",
        "+".join(["1"] * 240),
        "1 " * 300,
        "width" + "[0]" * 150,
        "a" * 501,
        "'" + "a" * 600 + "'",
        "9" * 490,
        "[0 for i in range(9999) for j in range(9999)]",
        "[x for i in range(9999) if false for j in range(9999)]",
        "[0 for i in range(9999) for j in range(9999) if false]",
        "[range(9999) for i in range(9999)]",
        "[depths for i in range(9999)]",
        "[" * 30 + "0" + " for i in range(9)]" * 30,
        "[0" + "".join(f" for a{n} in [1, 2]" for n in range(25)) + "]",
        "[[x, x] for x in [1]]" + "".join(f" + [[x{n}, x{n}] for x{n} in [1]]" for n in range(15)),
        "['{depths}{depths}{depths}' for i in range(9999)]",
        "'" + "{range(9999)}" * 30 + "'",
        "max(range(9999), range(9999))" + " or max(range(9999))" * 20,
    ],
)
def test_hostile_expressions_are_bounded(text: str) -> None:
    outcome = result(text)
    assert len(repr(outcome)) < 100_000


def result(text: str) -> object:
    """The value of an expression, or the error that it ends in."""
    try:
        return evaluate(text, Namespace(VALUES))
    except ExpressionError as error:
        return str(error)


def arithmetic() -> st.SearchStrategy[str]:
    """Expressions that mean the same in Python."""
    numbers = st.integers(0, 30).map(str)
    operators = st.sampled_from(["+", "-", "*", "//", "%", "<", "<=", ">", ">=", "==", "!=", "and", "or"])

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(inner, operators, inner).map(" ".join),
            st.tuples(inner, operators, inner).map(lambda found: f"({' '.join(found)})"),
            inner.map(lambda text: f"-({text})"),
            inner.map(lambda text: f"(not {text})"),
            st.tuples(inner, inner, inner).map(lambda found: f"({found[0]} if {found[1]} else {found[2]})"),
        )

    return st.recursive(numbers, grown, max_leaves=12)


@given(arithmetic())
def test_arithmetic_agrees_with_python(text: str) -> None:
    try:
        expected = eval(text, {"__builtins__": {}})
    except ZeroDivisionError:
        with pytest.raises(ExpressionError, match="division by zero"):
            evaluate(text, Namespace({}))
        return
    found = evaluate(text, Namespace({}))
    assert (found, type(found)) == (expected, type(expected))


def lists() -> st.SearchStrategy[str]:
    """Lists by `for` that mean the same in Python: its names hide others, or are not there."""
    rows = st.sampled_from(["range(3)", "[1, 2]", "[]", "a", "b", "[a, b]", "[[1, 2], [3, 4]]", "[[a, b], b]"])
    names = st.sampled_from(["a", "b", "a, b", "[b, a]"])
    items = st.sampled_from(["a", "b", "[a, b]", "a + b", "a * 2", "len(b)"])
    conditions = st.sampled_from(["", " if a", " if b != 1", " if a == a if b"])
    clauses = st.lists(st.tuples(names, rows, conditions), min_size=1, max_size=3)
    texts = clauses.map(lambda found: "".join(f" for {name} in {row}{condition}" for name, row, condition in found))

    def made(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.tuples(st.one_of(items, inner), texts).map(lambda pair: f"[{pair[0]}{pair[1]}]")

    whole = st.recursive(made(items), made, max_leaves=3)
    return st.one_of(whole, st.tuples(whole, items).map(lambda pair: f"{pair[0]} + [{pair[1]}]"))


@given(lists())
def test_lists_agree_with_python(text: str) -> None:
    values = {"a": [5, 6], "b": 2}
    try:
        expected = eval(text, {"__builtins__": {}, "range": lambda count: list(range(count)), "len": len, **values})
    except (TypeError, ValueError, NameError):
        with pytest.raises(ExpressionError):
            evaluate(text, Namespace(values))
        return
    names = Namespace(values)
    assert evaluate(text, names) == expected
    assert names.bound == {}


@every_row(
    ("text", "hint"),
    [
        ("sum(x for x in depths)", "a list is made in [ ], such as [2 * x for x in list]"),
        ("{x: 1 for x in depths}", "a list is made in [ ], such as [2 * x for x in list]"),
        ("x for x in depths", "a list is made in [ ], such as [2 * x for x in list]"),
        ("{1, 2}", "a list stands in [ ]"),
        ("[*depths]", "lists are joined by `+`: [1] + list"),
        ("[x async for x in depths]", "write `for` alone"),
        ("(x := 3)", "an expression gives no names: a parameter holds what several expressions use"),
        ("f'{width}'", "a text needs no `f` for its { }: 'stage{index}'"),
        ("depths.count", "there are no attributes"),
        ("lambda x: x", "there are no functions but the named ones"),
        ("3 if flag", "write `A if CONDITION else B`"),
        ("[x if x for x in depths]", "write [x for x in list if CONDITION], or [A if CONDITION else B for x in list]"),
        (
            "[x for x in depths if x else 3]",
            "write [x for x in list if CONDITION], or [A if CONDITION else B for x in list]",
        ),
        (
            "[a, b for a, b in depths]",
            "an item of several values stands in brackets: [[a, b] for a, b in rows]",
        ),
        ("[a for (a, b), c in depths]", "names stand between `for` and `in`, such as [a + b for a, b in rows]"),
        ("[1 for true in depths]", "`true` means something else there"),
        ("[a for a, a in depths]", "rename one of the two"),
        ("[widht for x in depths]", "did you mean `width`?"),
        ("[numbr for number in depths]", "did you mean `number`?"),
        ("zip(depths, depths)", "walk the positions: [a[i] * b[i] for i in range(len(a))]"),
        ("str(width)", "a value in a text stands in { }: 'stage{index}'"),
        ("'a{'", "in a text, { } holds an expression"),
        (
            "[x for x in depths",
            "brackets do not match; inside { } or [ ], YAML wants quotes around what contains , [ ] { }",
        ),
    ],
)
def test_what_to_do(text: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, Namespace(VALUES))
    assert caught.value.hint == hint


@given(st.text(st.sampled_from("019.+-*/%()[]{}'\",:=<> abwidthnotifelse\n\\#@é"), max_size=60))
def test_any_text_is_a_value_or_refused(text: str) -> None:
    assert result(text) != ""
