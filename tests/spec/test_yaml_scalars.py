"""Plain scalars, held against the tables of the YAML 1.2.2 specification, chapter 10.3."""

from __future__ import annotations

from math import isnan

import pytest

from cnncalc.spec.yaml_scalars import resolve
from cnncalc.spec.yaml_tree import parse
from cnncalc.text_nodes import Mapping, Scalar, Source
from tests.rows import every_row
from tests.spec.reading import error_of, load


@every_row(
    ("text", "value"),
    [
        ("0", 0),
        ("12", 12),
        ("-19", -19),
        ("+7", 7),
        ("007", 7),
        ("010", 10),
        ("0o14", 12),
        ("0o7", 7),
        ("0x1F", 31),
        ("0xff", 255),
        ("1e3", 1000.0),
        ("1e-5", 1e-5),
        ("1E5", 1e5),
        ("1.5e+3", 1500.0),
        ("-1.5", -1.5),
        (".5", 0.5),
        ("-.5", -0.5),
        ("+.5", 0.5),
        ("5.", 5.0),
        ("1.e2", 100.0),
        ("12e03", 12000.0),
        ("-2E+05", -200000.0),
        ("0.", 0.0),
        (".inf", float("inf")),
        ("+.inf", float("inf")),
        ("-.Inf", float("-inf")),
        (".INF", float("inf")),
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("false", False),
        ("False", False),
        ("FALSE", False),
    ],
)
def test_what_is_a_value(text: str, value: object) -> None:
    found = resolve(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number(text: str) -> None:
    found = resolve(text)
    assert isinstance(found, float)
    assert isnan(found)


@every_row(
    "text",
    [
        *("yes", "no", "on", "off", "y", "n", "Yes", "NO", "On", "OFF"),
        *("tRUE", "nULL", "None", "inf", "nan", "infinity", "+.nan", ".iNF", "-.nan"),
        *("1_000", "1,000", "0b101", "0O7", "0X1F", "-0x1F", "+0o7", "0o8", "0xg", "0x", "0o"),
        *("12:30", "1:30:00", "2024-01-01", "1x28x28", "3 x 4", "1e", "e5", "1e+", ".", "+", "-", "+.", "1.2.3", "--1"),
        *("1e5.5", "1 2", "١٢", "²", "=", "<<", "=1 + 1"),
    ],
)
def test_what_is_a_word(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize("text", ["9" * 4001, "-" + "9" * 5000, "0x" + "F" * 4000, "0o" + "7" * 4000])
def test_a_number_of_absurd_length(text: str) -> None:
    with pytest.raises(ValueError, match=r"a number of \d+ digits"):
        resolve(text)


@pytest.mark.parametrize(("written", "value"), [("'12'", "12"), ('"null"', "null"), ("! 12", "12"), ("|-\n  12", "12")])
def test_quoted_and_block_scalars_are_words(written: str, value: str) -> None:
    root = parse(Source("x", f"key: {written}\n"))
    assert isinstance(root, Mapping)
    node = root.values["key"]
    assert isinstance(node, Scalar)
    assert node.value == value


def test_a_small_number_as_an_option() -> None:
    layer = load("layers: [{type: batch_norm, eps: 1e-3}]").nodes[0].layer
    assert vars(layer)["eps"] == 0.001


@pytest.mark.parametrize("word", ["no", "off", "n"])
def test_words_are_no_truth_values(word: str) -> None:
    error = error_of(f"input: 3x8x8\nlayers: [conv2d: {{out_channels: 4, kernel_size: 1, bias: {word}}}]\n")
    assert f"'{word}'" in error.message


@pytest.mark.parametrize("word", ["no", "on", "1e3", "0x10", "true", "12"])
def test_a_name_is_kept_as_written(word: str) -> None:
    assert load(f"layers: [{{type: relu, name: {word}}}]").nodes[0].name == word
