"""Loops: `repeat` and `for`."""

from __future__ import annotations

import pytest

from tests.rows import every_row
from tests.spec.reading import layers, load, names, refused, shapes, wiring


def test_a_loop_walks_its_lists_together() -> None:
    network = layers("""
        - for: {w: [4, 5, 6], k: [1, 3, 1]}
          name: "s{index + 1}"
          layers: [{type: conv2d, name: "c{w}", out_channels: =w, kernel_size: =k}]
        - {type: relu, from: s2}
    """)
    assert shapes(network) == {"s1.c4": (4, 8, 8), "s2.c5": (5, 6, 6), "s3.c6": (6, 6, 6), "relu_1": (5, 6, 6)}


@pytest.mark.parametrize(
    "loop",
    [
        "{w: [4, 5], k: [1, 3]}",
        '{"w, k": [[4, 1], [5, 3]]}',
        '{"w,k": =rows}',
        "{w: =widths, k: '=[1, 3]'}",
        "{w: [=4, '=widths[1]'], k: '=range(1, 4, 2)'}",
        '{w: =widths, "k, unused": [[1, 0], [3, 0]]}',
    ],
)
def test_columns_and_rows(loop: str) -> None:
    network = load(f"""
        parameters: {{widths: [4, 5], rows: [[4, 1], [5, 3]]}}
        layers: [{{for: {loop}, layers: [{{type: conv2d, out_channels: =w, kernel_size: =k}}]}}]
    """)
    assert [node.output_shape for node in network.nodes] == [(4, 8, 8), (5, 6, 6)]


@every_row(
    ("loop", "message"),
    [
        ("for: {a: [1, 2], b: [1]}", "`a` has 2 values and `b` has 1"),
        ("for: {a: 3}", "`for` walks a list, and `a` is 3"),
        ("for: {'a, b': [[1, 2], [3]]}", "each row of `a, b` has 2 values, not [3]"),
        ("for: {'a, b': [1]}", "each row of `a, b` has 2 values, not 1"),
        ("for: {'a, a': [[1, 2]]}", "`a, a` names a variable twice"),
        ("for: {'a, b': [[1, 2]], b: [1]}", "`b` stands twice in this `for`"),
        ("for: {index: [1]}", "`index` cannot be the name of a loop's variable"),
        ("for: {in_channels: [1]}", "`in_channels` cannot be the name of a loop's variable"),
        ("for: {a b: [1]}", "`a b` cannot be the name of a loop's variable"),
        ("for: {}", "`for` must map names to lists, not {}"),
        ("for: [1]", "`for` must map names to lists, not [1]"),
        ("for: {a: =index}", "in `index`: there is no name `index`"),
        ("for: {a: [1], b: =a}", "in `a`: there is no name `a`"),
        ("repeat: -1", "`repeat` must be an integer of at least 0, not -1"),
        ("repeat: 2.5", "`repeat` must be an integer of at least 0, not 2.5"),
        ("repeat: true", "`repeat` must be an integer of at least 0, not true"),
        ("repeat: ", "`repeat` must be an integer of at least 0, not null"),
        ("repeat: no", "`repeat` must be an integer of at least 0, not 'no'"),
        ("repeat: .nan", "`repeat` must be an integer of at least 0, not nan"),
        ("repeat: .inf", "`repeat` must be an integer of at least 0, not inf"),
    ],
)
def test_loops_that_cannot_be(loop: str, message: str) -> None:
    assert refused(f"layers: [{{{loop}, layers: [relu]}}]").message == message


def test_an_inner_index_hides_the_outer() -> None:
    network = layers("""
        - repeat: 2
          name: "a{index}"
          layers:
            - {repeat: 2, name: "b{index}", layers: [{type: relu, name: "r{index}"}]}
            - relu: {name: "after{index}"}
    """)
    assert names(network) == ["a0.b0.r0", "a0.b1.r1", "a0.after0", "a1.b0.r0", "a1.b1.r1", "a1.after1"]


def test_lists_are_evaluated_outside_their_loop() -> None:
    network = layers("""
        - for: {w: [4, 6]}
          layers:
            - for: {w: "=[w, w + 1]"}
              layers: [{type: conv2d, out_channels: =w, kernel_size: 1}]
            - conv2d: {out_channels: =w, kernel_size: 1}
    """)
    assert [node.output_shape[0] for node in network.nodes] == [4, 5, 4, 6, 7, 6]


def test_a_loop_hides_a_parameter() -> None:
    network = load("""
        parameters: {n: 1000000}
        layers:
          - for: {n: [1, 2]}
            layers: [{repeat: =n, layers: [{repeat: =n, layers: [relu]}]}]
    """)
    assert len(network.nodes) == 5


@pytest.mark.parametrize("loop", ["repeat: 0", "for: {a: []}", "repeat: =1 - 1", "for: {a: =range(0)}"])
def test_no_rounds_pass_the_input_on(loop: str) -> None:
    network = layers(f'[relu, {{{loop}, name: "a{{index}}", layers: [tanh]}}, sigmoid]')
    assert wiring(network) == {"relu_1": ["input"], "sigmoid_1": ["relu_1"]}


def test_a_loop_among_branches_makes_each_round_a_branch() -> None:
    network = layers("""
        - relu
        - parallel:
            name: aspp
            branches:
              - []
              - for: {d: [1, 2]}
                layers: [{conv2d: {name: "c{d}", out_channels: 4, kernel_size: 3, dilation: =d, padding: =d}}]
    """)
    assert wiring(network)["aspp"] == ["relu_1", "aspp.c1", "aspp.c2"]
    assert wiring(network)["aspp.c2"] == ["relu_1"]
    assert shapes(network)["aspp"] == (11, 8, 8)


def test_an_expression_in_a_round_sees_that_round() -> None:
    network = layers("""
        - repeat: 3
          layers:
            - conv2d: {out_channels: =in_channels + index, kernel_size: 1}
            - {type: relu, when: =index == 1}
    """)
    assert [node.output_shape[0] for node in network.nodes] == [3, 4, 4, 6]
    assert names(network) == ["conv2d_1", "conv2d_2", "relu_1", "conv2d_3"]


def test_a_dense_block_by_names_from_an_expression() -> None:
    network = layers("""
        - relu: {name: l0}
        - repeat: 3
          layers:
            - concat: {name: "in{index}", from: "=['l0', 'l1', 'l2'][:index + 1]"}
            - conv2d: {name: "l{index + 1}", out_channels: 2, kernel_size: 1}
    """)
    assert wiring(network)["in2"] == ["l0", "l1", "l2"]
    assert shapes(network)["in2"] == (7, 8, 8)
