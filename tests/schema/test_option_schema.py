"""The schema of each layer type refuses the options that the type refuses, and no others."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.layers import LAYERS
from cnncalc.layers.options import Kind
from cnncalc.schema.option_schema import kind_schema
from cnncalc.schema.spec_schema import spec_schema
from tests.layers.cases import REQUIRED, WINDOWED
from tests.marking import slow_but
from tests.schema.validators import of_definition

VALUES: list[Any] = [
    *(0, 1, -1, 3, 2.0, 2.5, -0.5, 1e-5, 1e301, 2**31 - 1, 2**31, True, False, None),
    *("same", "valid", "causal", "word", "relu", "linear", "prelu", "threshold", "zeros", "constant", "bilinear", ""),
    *([], [1], [2, 3], [1, 2, 3], [1, 2, 3, 4], [0, -1], [None, 2], [True], ["a"], [1.5, 2], [[1, 2], [3, 4]]),
    *([[1, 2, 3]], [[]], [[1, [2]]], {}, {"relu": {}}, {"relu": None}, {"prelu": {"num_parameters": 0}}),
    *({"leaky_relu": {"negative_slope": 0.1}}, {"leaky_relu": {"slope": 0.1}}, {"threshold": {}}, {"rleu": {}}),
    *({"threshold": {"threshold": 1, "value": 0}}, {"relu": {}, "tanh": {}}, {"relu": {"activation": "tanh"}}),
    *({"constant": 1}, {"constant": "x"}, {"constant": 1, "x": 2}, {"normal": 1}),
]
RAGGED = [[1, [2]]]
"""No schema can tell that lists are ragged."""

SOME = ("conv", "linear", "leaky_relu", "slice")


@pytest.mark.parametrize("name", slow_but(SOME, LAYERS))
def test_what_is_refused(name: str) -> None:
    kind, validator = LAYERS[name], of_definition(name)
    needed = {**WINDOWED, **REQUIRED}.get(name, {})
    assert validator.is_valid(needed)
    for option in kind.options:
        for value in VALUES:
            options = {**needed, option: value}
            refused = any(kind.faults(options, options))
            if value != RAGGED or validator.is_valid(options):
                assert validator.is_valid(options) is not refused or value == RAGGED, (option, value)


@pytest.mark.parametrize("name", slow_but(SOME, LAYERS))
def test_a_word_that_is_no_option_is_refused(name: str) -> None:
    kind, validator = LAYERS[name], of_definition(name)
    needed = {**WINDOWED, **REQUIRED}.get(name, {})
    for option in kind.options:
        for word in (option[:-1], option + "s", option.upper(), option[1:] + option[0], "activation", "type", "layers"):
            options = {**needed, word: needed.get(option, 1)}
            if word not in kind.options:
                assert any(kind.faults(options, options))
                assert not validator.is_valid(options), word
        missing = {word: value for word, value in needed.items() if word != option}
        assert validator.is_valid(missing) is not any(kind.faults(missing, missing))


@pytest.mark.parametrize("name", slow_but(SOME, LAYERS))
def test_an_expression_may_stand_for_every_option_and_in_every_list(name: str) -> None:
    needed = {**WINDOWED, **REQUIRED}.get(name, {})
    for option, known in LAYERS[name].options.items():
        if option not in LAYERS[name].references:
            assert of_definition(name).is_valid({**needed, option: "=a"}), option
        if of_definition(name).is_valid({**needed, option: [2, 3]}):
            assert of_definition(name).is_valid({**needed, option: ["=a", 3]}), (option, known)


def test_what_help_says_is_in_it() -> None:
    properties = spec_schema()["$defs"]["conv"]["properties"]
    assert properties["stride"]["description"].startswith("pixels from one position to the next: an integer of at le")
    assert properties["stride"]["default"] == 1
    assert "default" not in properties["kernel_size"]


def test_somebodys_own_kind_of_option_may_be_anything() -> None:
    class Own(Kind):
        text = "whatever"

    assert kind_schema(Own()) == {}
