"""Expressions where they stand: in names, options and lists, and what they see there."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.spec.namespace import Namespace
from cnncalc.spec.operators import ExpressionError
from cnncalc.spec.syntax import template_parts
from cnncalc.spec.templates import filled
from tests.rows import every_row
from tests.spec.reading import layers, load, names, outputs, refused, wiring

VALUES: dict[str, Any] = {"width": 64, "kind": "basic", "half": 0.5, "flag": True}


@every_row(
    ("template", "expected"),
    [
        ("stage{index + 1}", "stage2"),
        ("{kind}_{width}x{width // 2}", "basic_64x32"),
        ("plain", "plain"),
        ("{width / 2}", "32"),
        ("{half}", "0.5"),
        ("{flag}", "true"),
        ("{null}", "null"),
        ("{'a'}{'b'}", "ab"),
    ],
)
def test_templates(template: str, expected: str) -> None:
    assert filled(template, Namespace(VALUES | {"index": 1})) == expected


@pytest.mark.parametrize("template", ["a{b", "a}b", "a{1}}", "{" * 10, "{1}" * 1000])
def test_templates_that_are_none(template: str) -> None:
    with pytest.raises(ExpressionError):
        template_parts(template)


@every_row(
    ("written", "channels"),
    [
        ("=in_channels * 2", 6),
        ('"=in_shape[0] + in_shape[1]"', 11),
        ("=len(in_shape)", 3),
        ("\"=size('input')[0]\"", 8),
        ("=channels('input')", 3),
        ("=channels('previous')", 3),
        ("=96 / 2", 48),
        ("= 4", 4),
        ('"=max(2, 5)"', 5),
        ("48.0", 48),
    ],
)
def test_what_an_option_sees(written: str, channels: int) -> None:
    network = layers(f"- conv2d: {{out_channels: {written}, kernel_size: 1}}")
    assert network.nodes[0].output_shape == (channels, 8, 8)


def test_expressions_inside_lists() -> None:
    network = load("""
        parameters: {p: 2, q: 1}
        layers:
          - conv2d: {out_channels: 4, kernel_size: [=p + 1, =p], padding: [[=p, =q], [0, 0]]}
    """)
    assert network.nodes[0].output_shape == (4, 9, 7)


@every_row(
    ("written", "message"),
    [
        ("48.5", "must be an integer of at least 1, not 48.5"),
        ("=97 / 2", "must be an integer of at least 1, not 48.5"),
        ("=-3", "must be an integer of at least 1, not -3"),
        ("=true", "must be an integer of at least 1, not true"),
        ("=null", "must be an integer of at least 1, not null"),
        ("\"='a'\"", "must be an integer of at least 1, not 'a'"),
        ("=2 ** 31", "must be at most 2147483647, not 2147483648"),
        ("\"=channels('c2')\"", "there is no earlier output `c2`"),
        ("=channels(c1)", "there is no name `c1`"),
        ("=channels(1)", "the name of a tensor stands in quotes, as in size('conv1')"),
        ("=in_chanels", "there is no name `in_chanels`"),
        ("=size('input')", "must be an integer of at least 1, not [8, 8]"),
    ],
)
def test_wrong_values(written: str, message: str) -> None:
    assert message in refused(f"layers: [conv2d: {{out_channels: {written}, kernel_size: 1}}]").message


def test_expressions_see_what_arrives_by_from() -> None:
    network = layers("""
        - conv2d: {name: a, out_channels: 5, kernel_size: 3}
        - conv2d: {name: b, out_channels: 7, kernel_size: 3, from: input}
        - conv2d: {name: c, out_channels: =in_channels, kernel_size: 1, from: a}
        - conv2d: {name: d, out_channels: "=channels('previous') + in_channels", kernel_size: 1, from: b}
        - concat: {name: e, from: [a, b], when: =in_channels == 5}
        - concat: {name: f, from: [b, a], when: =in_channels == 5}
    """)
    assert [node.output_shape[0] for node in network.nodes] == [5, 7, 5, 12, 12]
    assert names(network)[-1] == "e"


def test_size_by_a_template() -> None:
    network = layers("""
        - repeat: 2
          layers: [{conv2d: {name: "enc{index}", out_channels: "=4 + index", kernel_size: 3}}]
        - repeat: 2
          layers:
            - conv2d: {kernel_size: 1, out_channels: "=channels('enc{index}') * size('enc{index}')[0]"}
    """)
    assert [node.output_shape[0] for node in network.nodes[2:]] == [24, 20]


def test_a_list_of_earlier_outputs() -> None:
    network = load("""
        parameters: {n: 3, widths: "=[4 * w for w in range(1, n + 1)]"}
        layers:
          - for: {width: "=[w for w in widths if w > 4]"}
            layers:
              - conv2d: {name: "c{index}", out_channels: =width, kernel_size: 3, padding: "=[1 for s in in_shape[1:]]"}
          - concat: {name: all, from: "=['c{i}' for i in range(n - 1)]"}
          - concat: {name: more, from: [all, "=['c{i}' for i in range(n - 1) if i]"]}
          - conv2d: {name: last, out_channels: "=sum([channels('c{i}') for i in range(n - 1)])", kernel_size: 1}
        outputs: ["=['c{i}' for i in range(n - 1)]", last]
    """)
    assert [node.output_shape[0] for node in network.nodes] == [8, 12, 20, 32, 20]
    assert wiring(network)["more"] == ["all", "c1"]
    assert outputs(network) == ["c0", "c1", "last"]


def test_a_list_of_sizes_follows_the_size_of_the_input() -> None:
    network = layers("""
        - relu: {name: a}
        - conv2d: {name: b, kernel_size: 1, out_channels: "=sum([s for n in ['a'] for s in size('{n}')])"}
    """)
    assert network.nodes[1].output_shape[0] == 16
    assert network.at((3, 8, 4)).nodes[1].output_shape[0] == 12


def test_variables_of_a_list_hide_those_around_it() -> None:
    network = layers("""
        - repeat: 2
          layers: [{conv2d: {kernel_size: 1, out_channels: "=sum([index for index in [5, 6]]) + index"}}]
    """)
    assert [node.output_shape[0] for node in network.nodes] == [11, 12]
