"""Long lists of numbers, read at once, against the same text read value by value."""

from __future__ import annotations

from typing import Any

import pytest

import cnncalc
from cnncalc.spec import yaml_tree
from cnncalc.spec.number_lists import Numbers, without_numbers
from cnncalc.spec.yaml_tree import parse
from cnncalc.text_nodes import Source

ROW = "[" + ", ".join(f"{n}.5" for n in range(2000)) + "]"
ROWS = "[" + ",\n    ".join([ROW] * 3) + "]"

TEXTS = {
    "in a block": f"a: {ROW}\nb: 1\n",
    "in brackets": f"- {{a: {ROW}, b: [x, {ROW}]}}\n",
    "over several lines": f"a:\n  - w: {ROWS}\n    b: 2\n",
    "behind an anchor": f"a: &w {ROW}\nb: [*w, 1]\n",
    "nested and ragged": f"a: [[1, 2], {ROW}, [[3]], []]\n",
    "as words": f"a: '{ROW}'\nb: |\n  {ROW}\n",
    "in a comment": f"a: 1 # {ROW}\nb: {ROW}\n",
    "with words beside": f"a: [x, {ROW}, y]\n",
    "with a comma too many": f"a: {ROW[:-1]},]\n",
    "with numbers that JSON has not": f"a: [0x10, .5, 007, {ROW[1:]}\n",
    "with signs and powers": f"a: [-1, 1e-3, 2E+3, -0.0, {ROW[1:]}\n",
    "behind letters of other scripts": f"ä: 😀\nb: {ROW}\n",
}


def read(text: str, monkeypatch: pytest.MonkeyPatch, *, at_once: bool) -> tuple[Any, ...]:
    """The values, the size and the levels of a text; or what is wrong with it, and where."""
    monkeypatch.setattr(yaml_tree, "LONG", 0 if at_once else 10**9)
    try:
        root = parse(Source("x", f"root:\n  k: 1\nrest:\n  {text.replace(chr(10), chr(10) + '  ')}"))
    except cnncalc.CnncalcError as error:
        return error.message, error.place
    return root.plain(), root.weight, root.height


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_same_as_value_by_value(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(text, monkeypatch, at_once=True) == read(text, monkeypatch, at_once=False)


@pytest.mark.parametrize("end", ["b: [1, 2\n", "\tb: 1\n", "a: 2\n", "b: *none\n", "b: !tag 3\n"])
def test_what_is_wrong_behind_a_list_is_told_at_its_place(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = read(f"a: {ROWS}\n{end}", monkeypatch, at_once=False)
    assert isinstance(slow[0], str)
    assert read(f"a: {ROWS}\n{end}", monkeypatch, at_once=True) == slow


def test_only_long_lists_of_numbers_are_taken() -> None:
    for name, taken in {"in a block": 1, "over several lines": 1, "as words": 2, "with a comma too many": 0}.items():
        assert len(without_numbers(TEXTS[name])[1]) == taken, name


def test_items_are_nodes_at_the_place_of_the_list() -> None:
    root = parse(Source("x", f"a: {'x' * 10_000}\nb: [{ROW}, 7]\n"))
    found = root.get("b")  # type: ignore[attr-defined]
    assert isinstance(found, Numbers)
    inner, last = found.items
    assert isinstance(inner, Numbers)
    assert (last.plain(), last.line, last.column) == (7, 1, 3)
    assert (len(inner.items), inner.items[3].plain(), inner.weight) == (2000, 3.5, 2001)


def test_a_long_weight_reaches_the_layer() -> None:
    text = f"input: 2000\nlayers:\n- linear: {{out_features: 3, weight: {ROWS}, bias: false}}\n"
    output = cnncalc.load(text).forward([1.0] * 2000)
    assert output.tolist() == pytest.approx([sum(n + 0.5 for n in range(2000))] * 3)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (f"[{ROW}, [1, 2]]", "`weight` is ragged: it has parts of 2 and 2000"),
        (f"[{ROW}, {ROW}]", "`weight` is 2 x 2000, which does not broadcast to 3 x 2000"),
        (f"[{ROW}, []]", "`weight` has an empty list"),
    ],
)
def test_long_weights_that_do_not_fit(weight: str, message: str) -> None:
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(f"input: 2000\nlayers:\n- linear: {{out_features: 3, weight: {weight}}}\n")
    assert message in caught.value.message
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column) == (3, 37)
