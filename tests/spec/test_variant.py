"""Parameters, variants, and conditions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncalc
from tests.rows import every_row
from tests.spec.reading import layers, load, names, outputs, refused, wiring

CONV = "layers: [{type: conv2d, out_channels: =c, kernel_size: 1}]"


def channels(text: str, **options: Any) -> int:
    return load(text, **options).nodes[0].output_shape[0]


@every_row(
    ("parameters", "settings", "expected"),
    [
        ("{c: 4}", {}, 4),
        ("{a: 2, c: =a * 3}", {}, 6),
        ("{a: 2, c: =a * 3}", {"a": 5}, 15),
        ("{a: 2, c: =a * 3}", {"c": 7}, 7),
        ("{c: null}", {"c": 7}, 7),
        ("{c: }", {"c": 7.0}, 7),
        ("{l: [1, =2 + 3], c: '=l[1]'}", {}, 5),
        ("{l: [1, 2], c: =sum(l)}", {"l": [3, 4]}, 7),
        ("{m: {a: 9}, c: \"=m['a']\"}", {}, 9),
        ("{ä: 3, c: =ä}", {}, 3),
    ],
)
def test_parameters(parameters: str, settings: dict[str, Any], expected: int) -> None:
    assert channels(f"parameters: {parameters}\n{CONV}", set=settings) == expected


@every_row(
    ("parameters", "settings", "message", "hint"),
    [
        ("{c: null}", {}, "the parameter `c` has no value", "set it, as by --set c=VALUE, or give it in a variant"),
        ("{c: 3}", {"d": 1}, "<text> has no parameter `d`", "parameters: c"),
        ("{width: 3, c: 1}", {"widht": 1}, "<text> has no parameter `widht`", "did you mean `width`?"),
        ("{c: =d, d: 3}", {}, "in `d`: there is no name `d`", "names: true, false, null"),
        ("{c: =in_channels}", {}, "in `in_channels`: there is no name `in_channels`", None),
        ("{index: 3, c: 1}", {}, "`index` cannot be the name of a parameter", "`index` means something else there"),
        ("{in_shape: 3, c: 1}", {}, "`in_shape` cannot be the name of a parameter", None),
        ("{lambda: 3, c: 1}", {}, "`lambda` cannot be the name of a parameter", None),
        ("{a-b: 3, c: 1}", {}, "`a-b` cannot be the name of a parameter", "letters, digits and _ make one; it does"),
        ("{1a: 3, c: 1}", {}, "`1a` cannot be the name of a parameter", None),
        ("[c]", {}, "`parameters` must map names to defaults, not ['c']", None),
        ("{c: 1 / 0}", {}, "`conv2d_1`: `out_channels` must be an integer of at least 1, not '1 / 0'", None),
        ("{c: =1 / 0}", {}, "in `1 / 0`: division by zero", None),
    ],
)
def test_parameters_that_cannot_be(parameters: str, settings: dict[str, Any], message: str, hint: str | None) -> None:
    error = refused(f"parameters: {parameters}\n{CONV}", set=settings)
    assert error.message == message
    assert hint is None or str(error.hint).startswith(hint)


VARIANTS = """
name: Net
source: one
description: base
input: 3x8x8
parameters: {c: null, d: =c * 2}
variants:
  small: {c: 4}
  large: {c: 8, d: 5, input: 3x16x16, source: two, description: big, outputs: [a], expect: {parameters: 7}}
  inputs: {c: 1, inputs: {x: 3x4x4}}
expect: {parameters: 1}
outputs: [b]
layers:
  - conv2d: {name: a, out_channels: =c, kernel_size: 1}
  - conv2d: {name: b, out_channels: =d, kernel_size: 1}
"""


@pytest.mark.parametrize(
    ("variant", "settings", "shapes", "output"),
    [
        (None, {}, [(4, 8, 8), (8, 8, 8)], "b"),
        ("small", {}, [(4, 8, 8), (8, 8, 8)], "b"),
        ("small", {"c": 5}, [(5, 8, 8), (10, 8, 8)], "b"),
        ("large", {}, [(8, 16, 16), (5, 16, 16)], "a"),
        ("large", {"c": 3, "d": 2}, [(3, 16, 16), (2, 16, 16)], "a"),
        ("inputs", {}, [(1, 4, 4), (2, 4, 4)], "b"),
    ],
)
def test_variants(variant: str | None, settings: dict[str, Any], shapes: list[Any], output: str) -> None:
    network = cnncalc.load(VARIANTS, variant=variant, set=settings)
    assert [node.output_shape for node in network.nodes] == shapes
    assert outputs(network) == [output]
    assert network.variant == (variant or "small")


def test_what_else_a_variant_sets() -> None:
    small, large = (cnncalc.load(VARIANTS, variant=variant).blueprint.choice for variant in ("small", "large"))
    assert (small.reference, small.description, small.expect) == ("one", "base", {"parameters": 1})
    assert (large.reference, large.description, large.expect) == ("two", "big", {"parameters": 7})


@pytest.mark.parametrize(
    ("variants", "variant", "message", "hint"),
    [
        ("{small: {c: 1}}", "smal", "<text> has no variant `smal`", "did you mean `small`?"),
        ("{small: {c: 1}}", "zzz", "<text> has no variant `zzz`", "variants: small"),
        ("{small: {d: 1}}", None, "variant `small` sets `d`, which is no parameter", None),
        (
            "{small: {c: 1, inptu: 3}}",
            None,
            "variant `small` sets `inptu`, which is no parameter",
            "did you mean `input`",
        ),
        ("{small: 3}", None, "variant `small` must map parameters to values", None),
        ("{}", None, "`variants` must map names to sets of parameters", None),
        ("[a]", None, "`variants` must map names to sets of parameters", None),
    ],
)
def test_variants_that_cannot_be(variants: str, variant: str | None, message: str, hint: str | None) -> None:
    error = refused(f"parameters: {{c: 2}}\nvariants: {variants}\n{CONV}", variant=variant)
    assert error.message == message
    assert hint is None or str(error.hint).startswith(hint)


def test_no_variants() -> None:
    error = refused("layers: [relu]", variant="a")
    assert (error.message, error.hint) == ("<text> has no variant `a`", "it has no variants")
    error = refused("layers: [relu]", set={"a": 1})
    assert (error.message, error.hint) == ("<text> has no parameter `a`", "it has no parameters")
    assert load("variants: {a: , b: }\nlayers: [relu]").variant == "a"


def test_a_type_by_expression() -> None:
    network = load("""
        parameters: {act: tanh, conv: conv2d}
        layers:
          - {type: =conv, out_channels: 4, kernel_size: 1}
          - =act
          - "='re' + 'lu'"
    """)
    assert names(network) == ["conv2d_1", "tanh_1", "relu_1"]
    for value in ("3", "[1.0, 2]", "{a: 1}"):
        for loop in ("[=act]", "[{repeat: 2, layers: [=act]}]"):
            error = refused(f"parameters: {{act: {value}}}\nblocks: {{cell: {{layers: [relu]}}}}\nlayers: {loop}")
            assert error.message == f"`=act` must be a name, not {value}"


def test_an_absent_entry_is_as_if_not_written() -> None:
    network = layers("""
        - relu
        - {type: tanh, when: false}
        - {type: sigmoid, when: =in_channels == 3}
        - {when: false, layers: [tanh]}
        - {type: residual, when: false, layers: [tanh]}
        - {type: parallel, when: false, branches: [[tanh]]}
        - relu
    """)
    assert wiring(network) == {"relu_1": ["input"], "sigmoid_1": ["relu_1"], "relu_2": ["sigmoid_1"]}


def test_what_is_wrong_with_an_absent_entry_does_not_matter() -> None:
    network = layers("""
        - {type: conv2d, name: skip, when: false, out_channels: =nothing, kernel_size: 1}
        - {type: add, when: false, from: [previous, skip]}
        - {type: add, when: false, from: [previous, nowhere]}
        - {type: relu, when: false, name: "{nothing}"}
        - {repeat: =nothing, when: false, name: "a{index}", layers: [relu]}
        - relu
    """)
    assert names(network) == ["relu_1"]


@every_row(
    "absent",
    [
        "{type: relu, name: a, when: false}",
        "{name: a, when: false, layers: [{type: relu, name: b}]}",
        "{residual: {name: a, when: false, layers: [{type: relu, name: b}]}}",
        "{repeat: 2, when: false, name: \"{'xa'[index]}\", layers: [{type: relu, name: b}]}",
        "{type: relu, when: false, name: \"{'a'}\"}",
    ],
)
@every_row("name", ["a", "a.b"])
def test_naming_an_absent_entry_is_an_error_and_never_a_namesake(absent: str, name: str) -> None:
    error = refused(f"""
        layers:
          - {{name: a, layers: [{{type: tanh, name: b}}]}}
          - name: g
            layers:
              - {absent}
              - {{type: relu, from: {name}}}
    """)
    assert error.message == f"`{name}` is left out here: its `when` is false"


def test_deep_inside_an_absent_group() -> None:
    error = refused("""
        layers:
          - {name: a, layers: [{name: b, layers: [{type: tanh, name: c}]}]}
          - name: g
            layers:
              - {name: a, layers: [relu, {name: b, when: false, layers: [{type: tanh, name: c}]}]}
              - {type: relu, from: a.b.c}
    """)
    assert error.message == "`a.b.c` is left out here: its `when` is false"


@pytest.mark.parametrize(("big", "kind"), [(True, "conv2d"), (False, "tanh")])
def test_complementary_conditions_may_share_a_name(big: bool, kind: str) -> None:
    network = load(
        """
        parameters: {big: true}
        layers:
          - {type: conv2d, name: a, when: =big, out_channels: 3, kernel_size: 1}
          - {type: tanh, name: a, when: =not big}
          - {type: relu, from: a}
        """,
        set={"big": big},
    )
    assert names(network) == ["a", "relu_1"]
    assert network.nodes[0].type == kind


def test_a_condition_sees_the_tensor_that_arrives() -> None:
    network = layers("""
        - conv2d: {out_channels: 4, kernel_size: 3}
        - when: =in_channels == 4
          layers:
            - conv2d: {out_channels: 5, kernel_size: 1}
            - conv2d: {out_channels: 6, kernel_size: 1}
        - {type: relu, when: =in_channels == 3, from: input}
        - {type: tanh, when: "=size('previous')[0] == 6 and in_channels == 3", from: input}
        - {type: tanh, when: "=size('previous')[0] == 6", from: relu_1}
    """)
    assert names(network) == ["conv2d_1", "conv2d_2", "conv2d_3", "relu_1"]


def test_without_parameters_the_same_network_at_other_sizes() -> None:
    network = cnncalc.load(VARIANTS)
    assert network.at("3x5x5").nodes[0].output_shape == (4, 5, 5)
    assert network.at(set={"c": 2}).nodes[0].output_shape == (2, 8, 8)
    assert network.at(variant="large").nodes[0].output_shape == (8, 16, 16)


@pytest.mark.parametrize(
    ("value", "expected"), [((3, 4), [3, 4]), ([(1, 2.5)], [[1, 2.5]]), ({1: (2,)}, {"1": [2]}), (np.int64(7), 7)]
)
def test_set_takes_what_a_program_has(value: object, expected: object) -> None:
    choice = load("parameters: {c: 1}\nlayers: [relu]", set={"c": value}).blueprint.choice
    assert choice.values == {"c": expected}


@pytest.mark.parametrize(
    "value", [object(), 10**5000, [10**5000], 1j, b"4"], ids=["object", "huge", "in a list", "complex", "bytes"]
)
def test_set_refuses_what_no_spec_could_say(value: object) -> None:
    error = refused("parameters: {c: 1}\nlayers: [relu]", set={"c": value})
    assert error.message.startswith("the parameter `c` cannot be ")
