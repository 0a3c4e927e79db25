"""Blocks: small networks used like types."""

from __future__ import annotations

import pytest

from tests.rows import every_row
from tests.spec.reading import load, refused, shapes, wiring


def test_a_block_is_a_scope() -> None:
    network = load("""
        blocks:
          cbr:
            parameters: {width: null, k: 1}
            layers:
              - conv2d: {name: conv, out_channels: =width, kernel_size: =k}
              - relu
        layers:
          - cbr: {width: 4}
          - {type: cbr, name: mid, width: 5, k: 3}
          - cbr: {width: 6}
          - add: {from: [cbr_1, cbr_1.conv]}
          - relu: {from: mid.conv}
    """)
    assert shapes(network) == {
        "cbr_1.conv": (4, 8, 8),
        "cbr_1.relu_1": (4, 8, 8),
        "mid.conv": (5, 6, 6),
        "mid.relu_1": (5, 6, 6),
        "cbr_2.conv": (6, 6, 6),
        "cbr_2.relu_1": (6, 6, 6),
        "add_1": (4, 8, 8),
        "relu_1": (5, 6, 6),
    }
    assert wiring(network)["add_1"] == ["cbr_1.relu_1", "cbr_1.conv"]


@every_row(
    ("parameters", "options", "channels"),
    [
        ("{w: =in_channels * 2}", "", 6),
        ("{w: =in_shape[-1]}", "", None),
        ("{a: 2, w: =a * factor}", "", 20),
        ("{a: 2, w: =a * factor}", "a: 3", 30),
        ("{w: 1}", "w: =in_channels + 4", 7),
        ("{w: \"=channels('input') + 1\"}", "", 4),
        ("{w: \"=size('input')[0]\"}", "", 8),
        ("{factor: 3, w: =factor}", "", 3),
        ("{w: null}", "w: =factor", 10),
    ],
)
def test_parameters_of_a_block(parameters: str, options: str, channels: int | None) -> None:
    text = f"""
        parameters: {{factor: 10}}
        blocks:
          b:
            parameters: {parameters}
            layers: [{{type: conv2d, out_channels: =w, kernel_size: 1}}]
        layers:
          - b: {{{options}}}
    """
    if channels is None:
        assert "unbalanced bracket" in str(refused(text).hint)
        return
    assert load(text).nodes[0].output_shape == (channels, 8, 8)


def test_a_default_sees_the_entrance_and_not_the_network() -> None:
    network = load("""
        blocks:
          b: {parameters: {w: "=channels('input')"}, layers: [{type: conv2d, out_channels: =w, kernel_size: 1}]}
        layers: [{type: conv2d, out_channels: 5, kernel_size: 1}, b]
    """)
    assert network.nodes[1].output_shape == (5, 8, 8)


def test_several_inputs_in_the_order_of_from() -> None:
    network = load("""
        blocks:
          cell:
            inputs: [x, before]
            parameters: {w: =in_channels}
            layers:
              - conv2d: {name: c, from: before, out_channels: =w, kernel_size: 1}
              - subtract: {name: s, from: [x, c]}
        layers:
          - conv2d: {name: one, out_channels: 4, kernel_size: 1}
          - conv2d: {name: two, out_channels: 5, kernel_size: 1}
          - cell: {name: cell, from: [one, two]}
    """)
    assert wiring(network)["cell.c"] == ["two"]
    assert wiring(network)["cell.s"] == ["one", "cell.c"]
    assert shapes(network)["cell.c"] == (4, 8, 8)


HEAD = "blocks:\n  b: {parameters: {w: 1}, layers: [{type: relu, name: r}]}\n"


@every_row(
    ("text", "message"),
    [
        ("blocks: {parallel: {layers: [tanh]}}\nlayers: [relu]", "block `parallel` bears the name of a layer type"),
        ("blocks: {residual: {layers: [tanh]}}\nlayers: [relu]", "block `residual` bears the name of a layer type"),
        ("blocks: {b: {layers: [b]}}\nlayers: [b]", "block `b` contains itself"),
        ("blocks: {a: {layers: [b]}, b: {layers: [a]}}\nlayers: [a]", "block `a` contains itself"),
        ("blocks: {b: {}}\nlayers: [b]", "block `b` has no `layers`"),
        ("blocks: {b: [relu]}\nlayers: [b]", "block `b` must be a mapping with `layers`, not ['relu']"),
        ("blocks: [b]\nlayers: [b]", "`blocks` must map names to blocks"),
        ("blocks: {b: {layer: [relu]}}\nlayers: [b]", "a block has no `layer`"),
        ("blocks: {a b: {layers: [relu]}}\nlayers: [relu]", "`a b` cannot be the name of a block"),
        ("blocks: {b: {inputs: [x, x], layers: [relu]}}\nlayers: [b]", "`inputs` names `x` twice"),
        ("blocks: {b: {inputs: [previous], layers: [relu]}}\nlayers: [b]", "`previous` means something else in `from`"),
        (
            "blocks: {b: {inputs: x, layers: [relu]}}\nlayers: [b]",
            "`inputs` of a block must be a list of names, not 'x'",
        ),
        ("blocks: {b: {inputs: [x, y], layers: [add]}}\nlayers: [b]", "`b_1` takes 2, 1 arrive" + "s: input"),
        (
            "blocks: {b: {parameters: {name: 1}, layers: [relu]}}\nlayers: [b]",
            "`name` cannot be the name of a parameter",
        ),
        (
            "blocks: {b: {parameters: {when: 1}, layers: [relu]}}\nlayers: [b]",
            "`when` cannot be the name of a parameter",
        ),
        (HEAD + "layers: [{type: b, v: 3}]", "`b_1`: block `b` has no parameter `v`"),
        (HEAD.replace("1", "null") + "layers: [b]", "`b_1`: block `b` needs `w`"),
        (HEAD + "layers: [b, {type: relu, from: r}]", "there is no earlier output `r`"),
        (HEAD + "layers: [{type: tanh, name: b_1}, b]", "the name `b_1` is taken by an earlier layer"),
        (
            "blocks: {b: {layers: [{type: add, from: [previous, out]}]}}\nlayers: [{type: relu, name: out}, b]",
            "there is no earlier output `out`",
        ),
        (
            "blocks: {b: {layers: [{type: conv2d, out_channels: =w, kernel_size: 1}]}}\n"
            "layers: [{for: {w: [4]}, layers: [b]}]",
            "in `w`: there is no name `w`",
        ),
        (
            "blocks: {b: {layers: [{type: conv2d, out_channels: =index, kernel_size: 1}]}}\n"
            "layers: [{repeat: 2, layers: [b]}]",
            "in `index`: there is no name `index`",
        ),
    ],
)
def test_blocks_that_cannot_be(text: str, message: str) -> None:
    assert refused(text).message == message


@pytest.mark.parametrize(
    ("inputs", "arriving", "fact", "hint"),
    [
        ("", "split: {sections: [1, 2]}", "`b_1` takes 1, 2 arrive: split_1.0, split_1.1", "choose with `from: NAME`"),
        (
            "inputs: [x, y, z], ",
            "split: {sections: [1, 2]}",
            "`b_1` takes 3, 2 arrive: split_1.0, split_1.1",
            "`from` lists the tensors for x, y, z, in this order",
        ),
    ],
)
def test_a_block_takes_as_many_tensors_as_it_has_inputs(inputs: str, arriving: str, fact: str, hint: str) -> None:
    fault = refused(f"blocks: {{b: {{{inputs}layers: [relu]}}}}\nlayers: [{{{arriving}}}, b]")
    assert (fault.message, fault.hint) == (fact, hint)
