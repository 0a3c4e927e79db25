"""Every option refuses what it cannot be, and says so in words that name the option and the value."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.errors import LayerError
from cnncalc.layers import LAYERS
from tests.layers.cases import POINTWISE, REQUIRED

VECTOR = (12,)
MAP = (4, 6, 8)

WRONG: dict[str, list[tuple[object, str]]] = {
    "an integer of at least 1": [
        ("x", "must be an integer of at least 1, not 'x'"),
        (True, "must be an integer of at least 1, not true"),
        (1.5, "must be an integer of at least 1, not 1.5"),
        (0, "must be an integer of at least 1, not 0"),
    ],
    "an integer": [
        ("x", "must be an integer, not 'x'"),
        (True, "must be an integer, not true"),
        (1.5, "must be an integer, not 1.5"),
    ],
    "numbers nested to the array's shape, or an initialiser": [
        ("zeroes", "has no initialiser 'zeroes'; did you mean `zeros`?"),
        ([[1], [1, 2]], "is ragged: it has parts of 1 and 2"),
        ({"const": 1}, "must be numbers nested to the array's shape, or an initialiser, not {const: 1}"),
        (False, "must be numbers nested to the array's shape, or an initialiser, not false"),
    ],
    "true, false, numbers nested to the array's shape, or an initialiser": [
        ("zeroes", "has no initialiser 'zeroes'; did you mean `zeros`?"),
        ([[1], [1, 2]], "is ragged: it has parts of 1 and 2"),
        ({"const": 1}, "must be true, false, numbers nested to the array's shape, or an initialiser, not {const: 1}"),
    ],
    "the type of an activation, or {type: {options}}": [
        ("rely", "has no activation `rely`; did you mean `relu`?"),
        (3, "must be the type of an activation, or {type: {options}}, not 3"),
        ({"leaky_relu": {"slope": 1}}, "`leaky_relu`: has no option `slope`; options: negative_slope"),
    ],
    "an integer, or a list of such": [
        ("x", "must be an integer, or a list of such, not 'x'"),
        ([1.5], "must be an integer, or a list of such, not [1.5]"),
        ([True], "must be an integer, or a list of such, not [true]"),
    ],
    "an integer of at least 0, one per axis, [[before, after], ...] per axis": [
        ("same", "must be an integer of at least 0, one per axis, [[before, after], ...] per axis, not 'same'"),
        (-1, "must be an integer of at least 0, one per axis, [[before, after], ...] per axis, not -1"),
        (
            [[1, 2, 3]],
            "must be an integer of at least 0, one per axis, [[before, after], ...] per axis, not [[1, 2, 3]]",
        ),
        (1.5, "must be an integer of at least 0, one per axis, [[before, after], ...] per axis, not 1.5"),
    ],
    "constant, reflect, replicate or circular": [
        ("erf", "must be constant, reflect, replicate or circular, not 'erf'"),
    ],
    "a number": [
        ("x", "must be a number, not 'x'"),
        (True, "must be a number, not true"),
    ],
    "a number of at least 0": [
        ("x", "must be a number of at least 0, not 'x'"),
        (True, "must be a number of at least 0, not true"),
        (-1, "must be a number of at least 0, not -1"),
    ],
    "true or false": [
        ("yes", "must be true or false, not 'yes'"),
        (1, "must be true or false, not 1"),
    ],
    "a number above 0": [
        ("x", "must be a number above 0, not 'x'"),
        (True, "must be a number above 0, not true"),
        (0, "must be a number above 0, not 0"),
    ],
    "an integer of at least 1, or a list of such": [
        ("x", "must be an integer of at least 1, or a list of such, not 'x'"),
        (0, "must be an integer of at least 1, or a list of such, not 0"),
        ([4, 0], "must be an integer of at least 1, or a list of such, not [4, 0]"),
    ],
    "channels_first or channels_last": [
        ("NCHW", "must be channels_first or channels_last, not 'NCHW'"),
    ],
    "none or tanh": [
        ("erf", "must be none or tanh, not 'erf'"),
    ],
    "a number from 0 to 1": [
        ("x", "must be a number from 0 to 1, not 'x'"),
        (True, "must be a number from 0 to 1, not true"),
        (-1, "must be a number from 0 to 1, not -1"),
        (2, "must be a number from 0 to 1, not 2"),
    ],
}
"""By what an option allows: values that it refuses, and what follows the option's name in the error."""

OPTIONS = [(type_name, name) for type_name in POINTWISE for name in LAYERS[type_name].options]


@pytest.mark.parametrize(("type_name", "name"), OPTIONS)
def test_every_option_refuses_what_it_cannot_be(type_name: str, name: str) -> None:
    for value, words in WRONG[LAYERS[type_name].options[name].kind.text]:
        with pytest.raises(LayerError) as caught:
            LAYERS[type_name](**{**REQUIRED.get(type_name, {}), name: value})
        assert caught.value.fact == f"`{name}` {words}"
        assert caught.value.option == name


CONTRADICTIONS: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("relu", {"slope": 1}, "has no option `slope`", "it takes no options"),
    ("batch_norm", {"epsilon": 0.001}, "has no option `epsilon`", "it is called `eps` here"),
    ("batch_norm", {"ep": 1}, "has no option `ep`", "did you mean `eps`?"),
    ("threshold", {}, "`threshold` is missing: it must be a number", None),
    ("reshape", {}, "`shape` is missing: it must be an integer, or a list of such", None),
    ("hardtanh", {"min_val": 1, "max_val": 1}, "`min_val` 1 is not below `max_val` 1", None),
    ("reshape", {"shape": [0, 4]}, "`shape` must have sizes of at least 1, and at most one -1, not [0, 4]", None),
    ("reshape", {"shape": [-1, -1]}, "`shape` must have sizes of at least 1, and at most one -1, not [-1, -1]", None),
    (
        "unflatten",
        {"dim": 0, "sizes": [-2]},
        "`sizes` must have sizes of at least 1, and at most one -1, not [-2]",
        None,
    ),
    ("permute", {"dims": [0, 0, 1]}, "`dims` names an axis twice: [0, 0, 1]", None),
    (
        "layer_norm",
        {"dims": [0], "normalized_shape": [4]},
        "`dims` and `normalized_shape` are both given",
        None,
    ),
    ("scale", {"factor": 2, "value": 1}, "`value` belongs to learnt weights, and `factor` is given", None),
    ("scale", {"factor": 2, "bias": True}, "`bias` belongs to learnt weights, and `factor` is given", None),
    ("scale", {"factor": 2, "weight": 1}, "`weight` belongs to learnt weights, and `factor` is given", None),
    ("scale", {"value": 2, "weight": 1}, "`value` and `weight` both say what the weights are", None),
    ("normalize", {"variance": [1, -1]}, "`variance` must not be negative, and has -1", None),
    ("normalize", {"variance": -1}, "`variance` must not be negative, and has -1", None),
    ("normalize", {"variance": [[1], [-2]]}, "`variance` must not be negative, and has -2", None),
    ("normalize", {"variance": {"constant": -1}}, "`variance` must not be negative, and has -1.0", None),
    (
        "normalize",
        {"variance": "normal"},
        "`variance` must not be negative, and `normal` draws such numbers",
        "`uniform`, `ones` and numbers are not negative",
    ),
]


@pytest.mark.parametrize(("type_name", "options", "fact", "hint"), CONTRADICTIONS)
def test_options_that_cannot_be_together(type_name: str, options: dict[str, Any], fact: str, hint: str | None) -> None:
    with pytest.raises(LayerError) as caught:
        LAYERS[type_name](**options)
    assert (caught.value.fact, caught.value.hint) == (fact, hint)


REFUSED: list[tuple[str, dict[str, Any], list[tuple[int, ...]], str, str | None, bool]] = [
    (
        "prelu",
        {"num_parameters": 3},
        [MAP],
        "`num_parameters` is 3, the input has 4 channels",
        "it is 1 or the number of channels",
        False,
    ),
    ("softmax", {"dim": 3}, [MAP], "`dim` must be from -3 to 2, not 3", None, False),
    ("log_softmax", {"dim": -4}, [MAP], "`dim` must be from -3 to 2, not -4", None, False),
    ("glu", {"dim": 0}, [(5, 2)], "it halves an axis of 5, which is odd", None, False),
    ("group_norm", {"num_groups": 3}, [MAP], "its 4 channels are not a multiple of `num_groups` 3", None, False),
    (
        "instance_norm",
        {},
        [VECTOR],
        "it needs a map to take statistics over, and this is a vector",
        "`layer_norm` normalises vectors",
        False,
    ),
    ("batch_norm", {"num_features": 3}, [MAP], "`num_features` is 3, the input has 4", None, False),
    ("batch_norm", {"num_features": 3}, [VECTOR], "`num_features` is 3, the input has 12", None, False),
    ("instance_norm", {"num_features": 3}, [MAP], "`num_features` is 3, the input has 4", None, False),
    (
        "group_norm",
        {"num_groups": 2, "num_channels": 8},
        [MAP],
        "`num_channels` is 8, the input has 4",
        None,
        False,
    ),
    (
        "layer_norm",
        {"normalized_shape": 4},
        [MAP],
        "`normalized_shape` is 4, the input is 4 x 6 x 8",
        "it must be the sizes of the input's last axes",
        False,
    ),
    (
        "layer_norm",
        {"normalized_shape": [1, 4, 6, 8]},
        [MAP],
        "`normalized_shape` is 1 x 4 x 6 x 8, the input is 4 x 6 x 8",
        "it must be the sizes of the input's last axes",
        False,
    ),
    ("layer_norm", {"dims": [3]}, [MAP], "`dims` must be from -3 to 2, not 3", None, False),
    ("layer_norm", {"dims": [0, -3]}, [MAP], "`dims` names an axis twice: [0, -3]", None, False),
    (
        "linear",
        {"out_features": 2},
        [MAP],
        "it takes a vector",
        "put `flatten` before it, or say which axis with `dim`",
        False,
    ),
    ("linear", {"out_features": 2, "dim": 4}, [MAP], "`dim` must be from -3 to 2, not 4", None, False),
    ("linear", {"out_features": 2, "in_features": 3}, [VECTOR], "`in_features` is 3, the input has 12", None, False),
    ("flatten", {"start_dim": 3}, [MAP], "`start_dim` must be from -3 to 2, not 3", None, False),
    ("flatten", {"start_dim": 2, "end_dim": 1}, [MAP], "`end_dim` 1 is before `start_dim` 2", None, False),
    ("flatten", {"end_dim": -4}, [MAP], "`end_dim` must be from -3 to 2, not -4", None, False),
    ("unflatten", {"dim": 0, "sizes": [3, 2]}, [MAP], "4 values cannot be laid out as 3 x 2", None, False),
    ("unflatten", {"dim": 0, "sizes": [3, -1]}, [MAP], "4 values cannot be laid out as 3 x -1", None, False),
    (
        "unflatten",
        {"dim": 0, "sizes": [2, 2, 1]},
        [MAP],
        "2 x 2 x 1 x 6 x 8 would have 5 axes, and 4 are the most",
        None,
        False,
    ),
    ("unflatten", {"dim": 5, "sizes": [2]}, [MAP], "`dim` must be from -3 to 2, not 5", None, False),
    ("reshape", {"shape": [5, -1]}, [MAP], "192 values cannot be laid out as 5 x -1", None, False),
    ("reshape", {"shape": [4, 6]}, [MAP], "192 values cannot be laid out as 4 x 6", None, False),
    (
        "reshape",
        {"shape": [4, 2, 3, 2, 4]},
        [MAP],
        "4 x 2 x 3 x 2 x 4 would have 5 axes, and 4 are the most",
        None,
        False,
    ),
    ("squeeze", {"dim": 1}, [MAP], "`dim` 1 has size 6, and only 1 can be left out", None, False),
    ("squeeze", {"dim": 0}, [(1,)], "`dim` 0 is the only axis", None, False),
    ("squeeze", {"dim": 7}, [MAP], "`dim` must be from -3 to 2, not 7", None, False),
    ("reduce_mean", {"dim": [0, 1, -3]}, [MAP], "`dim` names an axis twice: [0, 1, -3]", None, False),
    ("reduce_mean", {"dim": 3}, [MAP], "`dim` must be from -3 to 2, not 3", None, False),
    ("permute", {"dims": [0, 1]}, [MAP], "`dims` has 2 axes, the input has 3", None, False),
    ("permute", {"dims": [0, 1, -3]}, [MAP], "`dims` names an axis twice: [0, 1, -3]", None, False),
    ("permute", {"dims": [0, 1, 5]}, [MAP], "`dims` must be from -3 to 2, not 5", None, False),
    ("slice", {"start": 4}, [MAP], "from 4 to the end nothing is left of an axis of 4", None, False),
    ("slice", {"dim": 1, "start": 6}, [MAP], "from 6 to the end nothing is left of an axis of 6", None, True),
    ("slice", {"dim": 1, "start": 3, "end": 2}, [MAP], "from 3 to 2 nothing is left of an axis of 6", None, False),
    ("slice", {"dim": 9}, [MAP], "`dim` must be from -3 to 2, not 9", None, False),
    ("pad", {"padding": [1, 2, 3]}, [MAP], "`padding` has 3 values, the input has 2 spatial axes", None, False),
    (
        "pad",
        {"padding": 1},
        [VECTOR],
        "it needs a map with 1 to 3 spatial axes, and this is a vector",
        "put the layer before `flatten`, or write the input as channels x height x width",
        False,
    ),
    (
        "pad",
        {"padding": 6, "mode": "reflect"},
        [MAP],
        "`padding` 6 in `reflect` mode needs a height of at least 7, the input has 6",
        None,
        True,
    ),
    (
        "pad",
        {"padding": [0, 9], "mode": "circular"},
        [MAP],
        "`padding` 9 in `circular` mode needs a width of at least 9, the input has 8",
        None,
        True,
    ),
    (
        "squeeze_excite",
        {"squeeze_channels": 2, "scale_activation": {"softmax": {"dim": 5}}},
        [MAP],
        "`scale_activation` softmax: `dim` must be from -3 to 2, not 5",
        None,
        False,
    ),
    (
        "squeeze_excite",
        {"squeeze_channels": 2, "activation": {"prelu": {"num_parameters": 3}}},
        [MAP],
        "`activation` prelu: `num_parameters` is 3, the input has 2 channels",
        "it is 1 or the number of channels",
        False,
    ),
    ("add", {}, [(4, 6), MAP], "they have 2 and 3 axes", "bring them to one number of axes first", False),
    ("add", {}, [MAP, (3, 6, 8)], "their channels differ: 4 and 3", None, False),
    ("multiply", {}, [MAP, (4, 6, 7)], "their widths differ: 8 and 7", None, False),
    ("concat", {}, [MAP, (4, 5, 8)], "their heights differ: 6 and 5", None, False),
    ("concat", {"dim": 1}, [MAP, (3, 6, 8)], "their channels differ: 4 and 3", None, False),
    ("concat", {"dim": 3}, [MAP], "`dim` must be from -3 to 2, not 3", None, False),
]
"""Inputs that cannot pass: the options, the shapes, the fact, the hint, and whether a larger input would pass."""


@pytest.mark.parametrize(("type_name", "options", "inputs", "fact", "hint", "too_small"), REFUSED)
def test_inputs_that_cannot_pass(
    type_name: str,
    options: dict[str, Any],
    inputs: list[tuple[int, ...]],
    fact: str,
    hint: str | None,
    too_small: bool,
) -> None:
    with pytest.raises(LayerError) as caught:
        LAYERS[type_name](**options).output_shape(inputs)
    assert (caught.value.fact, caught.value.hint, caught.value.too_small) == (fact, hint, too_small)
