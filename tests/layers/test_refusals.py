"""Every option refuses what it cannot be, and says so in words that name the option and the value."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.errors import LayerError
from cnncalc.layers import LAYERS
from tests.layers.cases import POINTWISE, REQUIRED
from tests.rows import every_row

WRONG: dict[str, list[tuple[object, str]]] = {
    "an integer of at least 1": [
        ("x", "must be an integer of at least 1, not 'x'"),
        (True, "must be an integer of at least 1, not true"),
        (1.5, "must be an integer of at least 1, not 1.5"),
        (0, "must be an integer of at least 1, not 0"),
    ],
    "an integer of at least 0": [
        ("x", "must be an integer of at least 0, not 'x'"),
        (-1, "must be an integer of at least 0, not -1"),
    ],
    "an integer of at least 1, or a list of one per axis": [
        (0, "must be an integer of at least 1, or a list of one per axis, not 0"),
        ([0, 1], "must be an integer of at least 1, or a list of one per axis, not [0, 1]"),
    ],
    "an integer of at least 0, one per axis, [[before, after], ...] per axis, valid, same or same_lower": [
        (
            -1,
            "must be an integer of at least 0, one per axis, [[before, after], ...] per axis, valid, same or same_lower"
            ", not -1",
        ),
    ],
    "sequence or last": [("all", "must be sequence or last, not 'all'")],
    "tanh or relu": [("elu", "must be tanh or relu, not 'elu'")],
    "an integer": [
        ("x", "must be an integer, not 'x'"),
        (True, "must be an integer, not true"),
        (1.5, "must be an integer, not 1.5"),
    ],
    "numbers nested to the array's shape, or an initialiser": [
        ("zeroes", "has no initialiser 'zeroes'"),
        ([[1], [1, 2]], "is ragged: it has parts of 1 and 2"),
        ({"const": 1}, "must be numbers nested to the array's shape, or an initialiser, not {const: 1}"),
        (False, "must be numbers nested to the array's shape, or an initialiser, not false"),
    ],
    "true, false, numbers nested to the array's shape, or an initialiser": [
        ("zeroes", "has no initialiser 'zeroes'"),
        ([[1], [1, 2]], "is ragged: it has parts of 1 and 2"),
        ({"const": 1}, "must be true, false, numbers nested to the array's shape, or an initialiser, not {const: 1}"),
    ],
    "a number, or nested numbers": [
        ("x", "must be a number, or nested numbers, not 'x'"),
        (True, "must be a number, or nested numbers, not true"),
        ([[1], [1, 2]], "is ragged: it has parts of 1 and 2"),
        ([1, "x"], "must be a number, or nested numbers, not 'x'"),
        ([], "has an empty list"),
        (1e301, "must be a number, or nested numbers, not 1e+301"),
    ],
    "the type of an activation, or {type: {options}}": [
        ("rely", "has no activation `rely`"),
        (3, "must be the type of an activation, or {type: {options}}, not 3"),
        ({"leaky_relu": {"slope": 1}}, "`leaky_relu`: has no option `slope`"),
    ],
    "an integer, or a list of such": [
        ("x", "must be an integer, or a list of such, not 'x'"),
        ([1.5], "must be an integer, or a list of such, not [1.5]"),
        ([True], "must be an integer, or a list of such, not [true]"),
    ],
    "an integer, or a list of such; null is where the axis begins": [
        ("x", "must be an integer, or a list of such; null is where the axis begins, not 'x'"),
        ([1.5], "must be an integer, or a list of such; null is where the axis begins, not [1.5]"),
    ],
    "an integer, or a list of such; null is where the axis ends": [
        ("x", "must be an integer, or a list of such; null is where the axis ends, not 'x'"),
        ([True], "must be an integer, or a list of such; null is where the axis ends, not [true]"),
    ],
    "an integer of at least 0, or a list of such": [
        ("x", "must be an integer of at least 0, or a list of such, not 'x'"),
        (-1, "must be an integer of at least 0, or a list of such, not -1"),
        ([4, 0.5], "must be an integer of at least 0, or a list of such, not [4, 0.5]"),
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
    "a shape, such as 3x224x224 or [3, 224, 224]": [
        ("x", "must be a shape such as 3x224x224, not 'x'"),
        ("3x0", "must have sizes from 1 to 2147483647, not 0"),
        ([1, 2, 3, 4, 5], "must have 1 to 4 sizes, without the batch, not 5"),
    ],
    "a word": [
        ("", "must be a word, not ''"),
        (3, "must be a word, not 3"),
    ],
    "a number of values, or shapes of arrays by name, such as {W: 64x3}": [
        ("x", "must be a number of values, or shapes of arrays by name, such as {W: 64x3}, not 'x'"),
        (-1, "must be a number of values, or shapes of arrays by name, such as {W: 64x3}, not -1"),
        ({"a.b": 3}, "must be a number of values, or shapes of arrays by name, such as {W: 64x3}, not {a.b: 3}"),
        ({"W": 0}, "must have sizes from 1 to 2147483647, not 0"),
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


@every_row(("type_name", "name"), OPTIONS)
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
    ("slice", {"step": [1, 0]}, "`step` must not be 0", "a negative step goes backwards"),
    ("expand", {"sizes": [0, 4]}, "`sizes` must be at least 1, or -1, not [0, 4]", None),
    ("roll", {"shifts": [1, 2], "dim": 1}, "`shifts` has 2 values, and `dim` has 1", None),
    (
        *("pad", {}),
        "`padding` is missing: it must be an integer of at least 0, one per axis, [[before, after], ...] per axis",
        None,
    ),
    (
        *("pad", {"channel_padding": [1, 2, 3]}),
        *("`channel_padding` must be a number or [before, after], not [1, 2, 3]", None),
    ),
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
    (
        "reduce_var",
        {"unbiased": False},
        "has no option `unbiased`",
        "`unbiased: false` is `correction: 0`, and true is 1",
    ),
    (
        "prelu",
        {"num_parameters": 4, "shared_axes": [1]},
        "`num_parameters` and `shared_axes` both say how many slopes there are",
        None,
    ),
    ("divide", {"value": 0}, "`value` has a 0, by which nothing can be divided", None),
    ("divide", {"value": [[1], [0]]}, "`value` has a 0, by which nothing can be divided", None),
    (
        "subtract",
        {"reverse": True},
        "`reverse` belongs to `value`, which is not given",
        "the order of `from` is that of the operands",
    ),
    ("scale", {"factor": 2, "value": 1}, "`value` belongs to learnt weights, and `factor` is given", None),
    ("scale", {"factor": 2, "bias": True}, "`bias` belongs to learnt weights, and `factor` is given", None),
    ("scale", {"factor": 2, "weight": 1}, "`weight` belongs to learnt weights, and `factor` is given", None),
    ("scale", {"value": 2, "weight": 1}, "`value` and `weight` both say what the weights are", None),
    ("normalize", {"variance": [1, -1]}, "`variance` must not be negative, and has -1", None),
    ("normalize", {"variance": -1}, "`variance` must not be negative, and has -1", None),
    ("normalize", {"variance": [[1], [-2]]}, "`variance` must not be negative, and has -2", None),
    ("normalize", {"variance": {"constant": -1}}, "`variance` must not be negative, and has -1.0", None),
    *(
        (
            *("normalize", {given: 0.5, **others}),
            f"`{given}` is given in numbers, and `{other}` is not",
            "give numbers for both, or for neither: then they are buffers",
        )
        for given, other, others in (
            ("mean", "variance", {}),
            ("variance", "mean", {}),
            ("variance", "mean", {"mean": "zeros"}),
        )
    ),
    (
        "normalize",
        {"variance": "normal"},
        "`variance` must not be negative, and `normal` draws such numbers",
        "`uniform`, `ones` and numbers are not negative",
    ),
]


@every_row(("type_name", "options", "fact", "hint"), CONTRADICTIONS)
def test_options_that_cannot_be_together(type_name: str, options: dict[str, Any], fact: str, hint: str | None) -> None:
    with pytest.raises(LayerError) as caught:
        LAYERS[type_name](**options)
    assert (caught.value.fact, caught.value.hint) == (fact, hint)
