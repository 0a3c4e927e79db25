"""Several mistakes of one spec are told in one run, and nothing that only follows from another mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.error_codes import CODES
from cnncalc.spec import bundled
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.sources import choose_all
from cnncalc.spec.survey import every_mistake
from tests.marking import slow_but
from tests.rows import every_row
from tests.spec.reading import error_of, refused

if TYPE_CHECKING:
    from cnncalc.error_codes import Code


def table(name: str) -> list[str]:
    """The cases of a file beside this one."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8").split("====\n")[1:]


@every_row("case", table("mistakes.txt"))
def test_all_are_told_in_the_order_of_lines(case: str) -> None:
    text, told = case.split("----\n")
    parts = error_of(text).parts
    assert sorted(f"{part.place.line if part.place else 0} {part.code}" for part in parts) == told.splitlines()
    places = [part.place[1:3] if part.place else (0, 0) for part in parts]
    assert places == sorted(places)


@every_row("layers", table("one_mistake.txt"))
def test_what_follows_from_a_mistake_is_none(layers: str) -> None:
    error = refused("layers:\n" + layers)
    assert len(error.parts) == 1, str(error)


def test_a_mistake_in_a_block_tells_who_uses_it() -> None:
    text = "input: 3x8x8\nblocks:\n  b: {layers: [x]}\n  c: {layers: [b, y]}\nlayers: [c, z]\n"
    assert [len(part.notes) for part in error_of(text).parts] == [2, 1, 0]


def test_the_text_of_very_many_is_bounded() -> None:
    text = "input: 3x8x8\nlayers:\n" + "- rleu\n" * 30
    error = error_of(text)
    assert len(error.parts) == 30
    assert str(error).count("error: ") == 20
    assert str(error).endswith("\nnote: and 10 more mistakes")
    assert str(error_of(text.replace("- rleu\n", "", 9))).endswith("\nnote: and 1 more mistake")
    assert len(error_of("input: 3x8x8\nlayers:\n" + "- rleu\n" * 3000).parts) == 200


def test_a_limit_is_told_alone() -> None:
    error = error_of(
        "input: 3x8x8\nfoo: 1\nlayers:\n- {repeat: 1000000, layers: [{repeat: 1000, layers: [relu]}]}\n- rleu\n"
    )
    assert {part.code for part in error.parts} <= {"unknown-key", "unknown-type", "limit"}
    error = error_of("input: 3x8x8\nlayers:\n- {repeat: 1000000, layers: [{repeat: 1000, layers: [relu]}]}\n- rleu\n")
    assert [part.code for part in error.parts] == ["limit"]


def test_only_the_first_of_several_that_are_too_small_has_the_smallest_input() -> None:
    text = "input: 1x4x4\nlayers:\n- max_pool2d: {kernel_size: 5}\n- max_pool2d: {kernel_size: 6, from: input}\n"
    assert [part.hint for part in error_of(text).parts] == ["with this network the smallest input is 1 x 6 x 6", None]


@pytest.mark.parametrize("name", slow_but(["lenet", "resnet", "densenet", "unet"], bundled.names()))
def test_nothing_is_wrong_with_a_good_spec_whose_input_is_not_known(name: str) -> None:
    """Everything that depends on the input's shape is unknowable then; no word may be said of it."""
    first = CnncalcError("the input is not known")
    for choice in choose_all(name, None, {}):
        choice.inputs = {}
        assert every_mistake(Blueprint(choice), first) is first


CODE_OF: dict[Code, str] = {
    "syntax": "layers: [\n",
    "duplicate-key": "input: 3\ninput: 3\nlayers: [relu]\n",
    "unknown-key": "input: 3\nlayer: [relu]\n",
    "unknown-type": "input: 3\nlayers: [rleu]\n",
    "unknown-option": "input: 3\nlayers: [relu: {a: 1}]\n",
    "missing": "input: 3\nlayers: [linear: {}]\n",
    "bad-value": "input: 3\nlayers: [linear: {out_features: x}]\n",
    "expression": "input: 3\nlayers: [linear: {out_features: =x}]\n",
    "name": "input: 3\nlayers: [relu: {from: x}]\n",
    "shape": "input: 3x8\nlayers: [conv2d: {out_channels: 1, kernel_size: 1}]\n",
    "limit": "input: 3\nlayers: [{repeat: 1000000, layers: [{repeat: 9, layers: [relu]}]}]\n",
    "not-found": "nosuch",
    "unreadable": "/",
}


@every_row(("code", "text"), CODE_OF.items())
def test_codes(code: Code, text: str) -> None:
    assert [part.code for part in error_of(text).parts] == [code]


def test_every_code_means_something_and_is_one_word() -> None:
    assert CODES.keys() == {*CODE_OF, "weights", "unexpected", "over-budget"}
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", code) and meaning for code, meaning in CODES.items())


def test_from_python_all_are_in_the_text() -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load("input: 3x8x8\nlayers: [rleu, tnah]\n")
    assert [line for line in str(caught.value).splitlines() if line.startswith("error: ")] == [
        "error: <text>:2:10: unknown layer type `rleu`",
        "error: <text>:2:16: unknown layer type `tnah`",
    ]
