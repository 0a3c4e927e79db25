"""A split in a spec: a scope of slices, whose name stands for all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc.layers import LAYERS
from tests.rows import every_row


def load(layers: str, shape: str = "8x6x6", **options: Any) -> cnncalc.Network:
    return cnncalc.load(f"input: {shape}\nlayers:\n{layers}", **options)


def names(network: cnncalc.Network) -> list[str]:
    return [node.name for node in network.nodes]


def test_its_parts_are_slices_in_its_scope() -> None:
    network = load("- split: {name: s, sections: [2, -1]}\n- conv: {from: s.1, out_channels: 4, kernel_size: 1}\n")
    assert names(network) == ["s.0", "s.1", "conv_1"]
    assert [node.layer.type_name for node in network.nodes] == ["slice", "slice", "conv"]
    assert [node.output_shape for node in network.nodes] == [(2, 6, 6), (6, 6, 6), (4, 6, 6)]


@pytest.mark.parametrize("source", ["", "from: s", "from: [s.0, s.1, s.2, s.3]", "from: previous"])
def test_its_name_and_what_comes_behind_it_are_all_parts(source: str) -> None:
    """Split and concatenated, a tensor is what it was."""
    network = load(f"- split: {{name: s, sections: 4}}\n- concat: {{{source}}}\n")
    x = np.arange(8 * 36, dtype=np.float32).reshape(1, 8, 6, 6)
    np.testing.assert_array_equal(network.forward(x), x)


def test_without_a_name_it_is_counted() -> None:
    network = load("- split: {sections: 2}\n- add: {from: [split_1.0, split_1.1]}\n- split: {sections: 2, dim: -1}\n")
    assert names(network) == ["split_1.0", "split_1.1", "add_1", "split_2.0", "split_2.1"]


def test_all_parts_of_the_last_layer_are_outputs() -> None:
    network = load("- split: {sections: 3, dim: 1}\n")
    found = network.forward(np.zeros((1, 8, 6, 6), np.float32))
    assert isinstance(found, dict)
    assert {name: array.shape[1:] for name, array in found.items()} == {
        f"split_1.{number}": (8, 2, 6) for number in range(3)
    }


@pytest.mark.parametrize("sections", ["[8]", "[-1]", "'=[8 for i in range(1)]'", "'=[in_channels]'"])
def test_a_list_of_one_size_is_one_part(sections: str) -> None:
    network = load(f"- split: {{name: s, sections: {sections}}}\n- relu: {{from: s.0}}\n")
    assert names(network) == ["s.0", "relu_1"]
    assert network.nodes[0].output_shape == (8, 6, 6)


def test_in_loops_blocks_and_by_expressions() -> None:
    """Two units of ShuffleNet v2 without a stride."""
    text = (
        "input: 8x6x6\nblocks:\n  unit:\n    layers:\n    - split: {name: half, sections: =in_channels // 4}\n"
        "    - conv: {from: half.1, out_channels: =in_channels, kernel_size: 1}\n"
        "    - concat: {from: [half.0, previous]}\n"
        "    - channel_shuffle: {groups: 2}\nlayers:\n- {repeat: 2, name: 'stage{index}', layers: [unit]}\n"
    )
    network = cnncalc.load(text)
    assert names(network)[5:7] == ["stage1.unit_1.half.0", "stage1.unit_1.half.1"]
    assert network.report().totals.parameters == 2 * (4 * 4 + 4)
    assert network.run().report.ok


def test_of_one_line_and_of_python() -> None:
    line = cnncalc.load("split(2) | add", input="8x6x6")
    made = cnncalc.load({"input": (8, 6, 6), "layers": [LAYERS["split"](sections=2), "add"]})
    for network in (line, made):
        assert names(network) == ["split_1.0", "split_1.1", "add_1"]


def test_left_out_by_a_condition() -> None:
    network = load("- split: {name: s, sections: 2, when: false}\n- relu\n")
    assert names(network) == ["relu_1"]
    with pytest.raises(cnncalc.CnncalcError, match=r"`s\.1` is left out here"):
        load("- split: {name: s, sections: 2, when: false}\n- relu: {from: s.1}\n")


def test_bounds_along_a_spatial_axis_follow_the_input() -> None:
    network = load("- split: {name: s, dim: 1, sections: 2}\n")
    assert network.at("8x10x6").nodes[1].output_shape == (8, 5, 6)


def test_channels_last() -> None:
    text = "- split: {name: s, sections: 3}\n- split: {from: s.2, dim: 0, sections: [1, 3]}\n"
    network = load(text, "4x5x6\ndata_format: channels_last")
    shapes = [network.layout.external(node.output_shape) for node in network.nodes]
    assert shapes == [(4, 5, 2)] * 3 + [(1, 5, 2), (3, 5, 2)]


MISTAKES = [
    ("- split: {name: s, sections: 2}\n- relu\n", "`relu_1` takes 1 input, 2 arrive: s.0, s.1"),
    ("- split: {name: s, sections: 2}\n- relu: {from: s.2}\n", "there is no earlier output `s.2`"),
    ("- split: {name: s, sections: 2}\n- relu: {name: s, from: s.0}\n", "the name `s` is taken by an earlier layer"),
    ("- split: {name: s, sections: 3}\n", "`s` cannot take 8 x 6 x 6: an axis of 8 cannot be cut into 3 equal parts"),
    ("- split: {sections: [4, 5]}\n", "`sections` [4, 5] need an axis of 9, and this has 8"),
    ("- split: {sections: [8, -1]}\n", "`sections` [8, -1] need an axis of at least 9, and this has 8"),
    ("- split: {sections: [8, 0]}\n", "`sections` must have sizes of at least 1, and at most one -1, not [8, 0]"),
    ("- split: {sections: 0}\n", "`sections` must be at least 1, or a list of sizes, not 0"),
    ("- split: {sections: 2, dim: 3}\n", "`dim` must be from -3 to 2, not 3"),
    ("- split: {chunks: 2}\n", "has no option `chunks`"),
]


@every_row(("layers", "fact"), MISTAKES)
def test_mistakes(layers: str, fact: str) -> None:
    with pytest.raises(cnncalc.CnncalcError) as caught:
        load(layers)
    assert fact in str(caught.value)


def test_monstrous_numbers_of_parts_are_refused() -> None:
    with pytest.raises(cnncalc.CnncalcError, match="must be at most 4096 parts"):
        load("- split: {sections: 2000000000}\n", "2000000000")
