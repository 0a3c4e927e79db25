"""A network that is written as a spec and read again is the same network, whatever structure the text has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.structure.branches import DEEPEST
from cnncalc.structure.flat import flat
from cnncalc.structure.recovery import recovered
from tests.marking import slow_but
from tests.networks import FIRST, NAMES
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc import Network

QUICK = {"lenet", "resnet18", "unet", "squeezenet1_1", "segnet", "yolo_v3", "shufflenet_v2_x0_5", "siamese"}
LINES = Path(__file__).with_name("lines.tsv")
"""How many lines the text of each bundled network has."""


def described(network: Network) -> list[tuple[Any, ...]]:
    """Of each layer what could differ, merges of two in either order, without a look at its options' spelling."""
    names = [tensor.name for tensor in network.tensors]
    found: list[tuple[Any, ...]] = []
    for node in network.nodes:
        inputs = [names[number] for number in node.inputs]
        if node.type in ("add", "multiply") and len(inputs) == 2:
            inputs.sort()
        arrays = {**node.weight_shapes, **node.buffer_shapes}
        windows = node.windows
        found.append(
            (node.name, node.type, inputs, node.output_shape, arrays, node.macs, node.flops, node.shares, node.frozen)
        )
        found.append((node.name, None if windows is None else [window.padding for window in windows]))
    return [*found, ("outputs", [names[number] for number in network.outputs])]


@pytest.fixture
def held_lines(request: pytest.FixtureRequest) -> Callable[[str, int], None]:
    """Hold the lines of a network's text against the table, or renew its row with `--update-golden`."""

    def held(address: str, lines: int) -> None:
        rows = dict(row.split("\t") for row in LINES.read_text(encoding="utf-8").splitlines())
        if request.config.getoption("--update-golden"):
            rows[address] = str(lines)
            LINES.write_text("".join(f"{name}\t{rows[name]}\n" for name in sorted(rows)), encoding="utf-8", newline="")
        assert f"{address}: {lines} lines" == f"{address}: {rows[address]} lines"

    return held


@pytest.mark.parametrize("address", slow_but(QUICK, NAMES, FIRST.values()))
def test_bundled_networks_are_the_same_once_they_were_written(
    address: str, held_lines: Callable[[str, int], None]
) -> None:
    """In as many lines as are known: more would be a loss that nobody sees, and fewer is written down."""
    network = cnncalc.load(address)
    if len(network.nodes) > 700 and address not in QUICK:
        pytest.skip("its size tells nothing more")
    text = network.to_yaml()
    held_lines(address, len(text.splitlines()))
    assert described(cnncalc.load(text)) == described(network)
    assert max(len(line) for line in text.splitlines() if "[[" not in line) <= 120  # an array is on one line


def test_a_flat_text_is_the_same_network_too() -> None:
    network = cnncalc.load("resnet18")
    text = network.to_yaml(flat=True)
    assert "blocks" not in text
    assert len(text.splitlines()) > len(network.nodes)
    assert described(cnncalc.load(text)) == described(network)


@pytest.mark.parametrize("address", ["resnet18", "mobilenet_v2", "densenet121"])
def test_texts(address: str, golden: Callable[[str, str], None]) -> None:
    golden(f"to_yaml_{address}.yaml", cnncalc.load(address).to_yaml())


ODD = [
    # names that a scope and a layer both have, and a scope that is left and entered again
    "input: 3x8x8\nlayers: [{relu: {name: a.b}}, {tanh: {name: c}}, {relu: {name: a.d}}, {add: {from: [a.b, a.d]}}]\n",
    # a tensor of its own lets pass what arrives
    "input: 3x8x8\nlayers: [relu, {parameter: {name: g, shape: 3x1x1}}, tanh, {multiply: {from: [previous, g]}}]\n",
    # one input twice, an output that is not the last, and an output twice
    "input: 3x8x8\nlayers: [{relu: {name: a}}, {add: {name: b, from: [a, a]}}, tanh]\noutputs: [a, b]\n",
    # shared and frozen arrays, and channels that are last
    "input: 8x8x3\ndata_format: channels_last\nlayers:\n- conv2d: {name: a, out_channels: 3, kernel_size: 1}\n"
    "- {share: a, name: b}\n- conv2d: {out_channels: 2, kernel_size: 1, trainable: false}\n- softmax: {dim: 0}\n",
    # a product whose first factor is the smaller one; scopes that are alike but for constants of many numbers
    "input: 8x8x8\nlayers: [{global_avg_pool2d: {name: g}}, {multiply: {from: [g, input]}}]\n",
    "input: 2x8x8\nlayers:\n"
    + "".join(
        f"- relu: {{name: s{scope}.a}}\n"
        f"- add: {{name: s{scope}.b, value: {[[[scope + at / 64] * 8] * 8 for at in range(2)]}}}\n"
        f"- conv2d: {{name: s{scope}.c, out_channels: 2, kernel_size: 1}}\n"
        for scope in range(3)
    ),
    # several inputs
    "inputs: {left: 3x8x8, right: 3x8x8}\nlayers: [{relu: {from: right}}, {add: {from: [left, relu_1]}}]\n",
    # words that YAML takes for something else, and numbers in short
    'input: 3x8x8\nlayers: [{relu: {name: "null"}}, {tanh: {name: "1e3"}}, {relu: {name: "on", from: "null"}}]\n',
    "input: 3x9x9\nlayers: [{max_pool2d: {kernel_size: [2, 2], stride: [2, 2], padding: [[0, 1], [0, 1]]}}]\n",
    "input: 3x9x9\nlayers: [{avg_pool2d: {kernel_size: [2, 3], padding: [[1, 1], [0, 0]], stride: 1}}]\n",
    # a loop whose rounds take what stands before it
    "input: 3x8x8\nlayers: [{relu: {name: s}}, {tanh: {name: h1, from: s}}, {tanh: {name: h2, from: s}}, "
    "{tanh: {name: h3, from: s}}, {tanh: {name: h4, from: s}}, {concat: {from: [h1, h2, h3, h4]}}]\n",
]


@every_row("text", ODD)
def test_odd_networks_are_the_same_too(text: str) -> None:
    network = cnncalc.load(text)
    assert described(cnncalc.load(network.to_yaml())) == described(network)


FROZEN = """
input: 3x8x8
layers:
- for: {at: [1, 2]}
  name: "backbone.stage{at}"
  layers: [conv2d: {name: c, out_channels: 3, kernel_size: 1}, batch_norm: {name: bn}, relu: {name: r}]
- name: neck
  layers: [conv2d: {name: a, out_channels: 3, kernel_size: 1}, conv2d: {name: b, out_channels: 3, kernel_size: 1}]
- {share: backbone.stage2.c, name: shared.c}
- conv2d: {name: shared.d, out_channels: 3, kernel_size: 1}
frozen: [backbone.stage1, backbone.stage2.c, backbone.stage2.bn, neck.b, shared.d]
"""


@pytest.mark.parametrize("is_flat", [False, True])
def test_a_scope_that_is_frozen_as_a_whole_is_named_once(is_flat: bool) -> None:
    network = cnncalc.load(FROZEN)
    text = network.to_yaml(flat=is_flat)
    assert "\nfrozen: [backbone, neck.b, shared.d]\n" in text
    assert described(cnncalc.load(text)) == described(network)


def test_conditions_of_shortcuts_are_those_of_sizes() -> None:
    text = cnncalc.load("resnet18").to_yaml()
    assert "when: =stride != 1" in text
    assert "basic_block:" in text


def test_scopes_of_a_list_that_take_turns_with_other_layers_are_a_loop() -> None:
    """As in ``for block in self.blocks: x = x + block(x)``."""
    layers = "".join(
        f"""
- residual:
    layers:
      - conv2d: {{name: blocks.{number}.conv, out_channels: 3, kernel_size: 3, padding: 1}}
      - relu: {{name: blocks.{number}.act}}"""
        for number in range(3)
    )
    written = cnncalc.load(f"input: 3x8x8\nlayers:{layers}\n").to_yaml()
    assert written.splitlines()[3:-1] == [
        "  - repeat: 3",
        "    layers:",
        "      - residual:",
        "          layers:",
        '            - name: "blocks.{index}"',
        "              layers:",
        "                - conv2d: {name: conv, out_channels: 3, kernel_size: 3, padding: 1}",
        "                - relu: {name: act}",
    ]


def test_a_gate_of_means_is_called_a_block_of_squeeze_and_excitation() -> None:
    layers = "".join(
        f"""
- name: "{number}"
  layers:
    - parallel:
        merge: multiply
        branches:
          - - global_avg_pool
            - conv2d: {{name: a, out_channels: {number + 2}, kernel_size: 1}}
            - conv2d: {{name: b, out_channels: 6, kernel_size: 1, activation: sigmoid}}
          - []
- conv2d: {{name: c{number * number}, out_channels: 6, kernel_size: {2 * number + 1}}}"""
        for number in range(3)
    )
    written = cnncalc.load(f"input: 6x16x16\nlayers:{layers}\n").to_yaml()
    assert "  se_block:\n" in written
    assert '- se_block: {name: "1", ' in written


def test_constants_of_many_numbers_are_no_parameters() -> None:
    """Each is written where it is used, and equal ones in a block or a loop once."""
    row = [[[at / 8] for at in range(8)] for _ in range(2)]
    layers = "".join(f"- add: {{name: s{n}.a, value: {row}}}\n- relu: {{name: s{n}.b}}\n" for n in range(4))
    text = f"input: 2x8x1\nlayers:\n{layers}- multiply: {{value: {row}}}\n- multiply: {{value: {[row[0]] * 2}}}\n"
    network = cnncalc.load(text)
    written = network.to_yaml()
    assert written.count(str(row)) == 3
    assert "repeat: 4" in written
    values = [[getattr(node.layer, "value", None) for node in of.nodes] for of in (network, cnncalc.load(written))]
    assert values[0] == values[1]


def test_a_scope_whose_layers_share_with_those_of_another_says_so_once() -> None:
    """As heads on several levels do, each with a batch norm of its own."""
    heads = "".join(
        f"- conv2d: {{name: p{n}.up, from: x, out_channels: 8, kernel_size: 1}}\n"
        f"- conv2d: {{name: head{n}.a.conv, {share.format('a.conv')}out_channels: 8, kernel_size: 3}}\n"
        f"- batch_norm: {{name: head{n}.a.bn}}\n"
        f"- conv2d: {{name: head{n}.b.conv, {share.format('b.conv')}out_channels: 8, kernel_size: 3}}\n"
        f"- batch_norm: {{name: head{n}.b.bn}}\n"
        for n, share in enumerate(["", "share: head0.{}, ", "share: head0.{}, "])
    )
    network = cnncalc.load(f"inputs: {{x: 8x16x16}}\nlayers:\n{heads}outputs: [head0.b.bn, head1.b.bn, head2.b.bn]\n")
    text = network.to_yaml()
    assert described(cnncalc.load(text)) == described(network)
    assert '- head: {name: "head{index + 1}", share: head0}' in text
    assert text.count("- batch_norm: {name: bn, share: false}") == 2


def dense(prefix: str, depth: int, first: str) -> str:
    """Scopes that concatenate what all those before them give, as PyTorch's DenseNet is written."""
    layers = ""
    for number in range(1, depth + 1):
        scope, taken = f"{prefix}.layer{number}", [first, *(f"{prefix}.layer{at}.conv" for at in range(1, number))]
        merge = f"- concat: {{name: {scope}.concat_1, from: {taken}}}\n"
        layers += merge if number > 1 else ""
        taken_by_norm = f", from: {first}" if number == 1 else ""
        layers += f"- batch_norm: {{name: {scope}.norm{taken_by_norm}}}\n"
        layers += f"- conv2d: {{name: {scope}.conv, out_channels: 4, kernel_size: 3, padding: 1, bias: false}}\n"
    taken = [first, *(f"{prefix}.layer{at}.conv" for at in range(1, depth + 1))]
    return f"{layers}- concat: {{name: {prefix}.concat_1, from: {taken}}}\n"


def test_scopes_that_take_all_those_before_them_are_a_loop_whose_rounds_take_a_series() -> None:
    stem, middle = "- conv2d: {name: stem, out_channels: 8, kernel_size: 3}\n", "- relu: {name: mid}\n"
    network = cnncalc.load(f"input: 3x16x16\nlayers:\n{stem}{dense('a', 3, 'stem')}{middle}{dense('b', 5, 'mid')}")
    text = network.to_yaml()
    assert described(cnncalc.load(text)) == described(network)
    assert text.splitlines()[2:-1] == [
        "blocks:",
        "  dense_block:",
        "    parameters: {depth: null}",
        "    layers:",
        "      - repeat: =depth",
        "        layers:",
        '          - name: "layer{index + 1}"',
        """            from: "=['input'] + ['layer{i + 1}' for i in range(index)]\"""",
        "            layers:",
        "              - concat: {when: =index > 0}",
        "              - batch_norm: {name: norm}",
        "              - conv2d: {name: conv, out_channels: 4, kernel_size: 3, padding: 1, bias: false}",
        """      - concat: {from: "=['input'] + ['layer{i + 1}' for i in range(depth)]"}""",
        "layers:",
        "  - conv2d: {name: stem, out_channels: 8, kernel_size: 3}",
        "  - dense_block: {name: a, depth: 3}",
        "  - relu: {name: mid}",
        "  - dense_block: {name: b, depth: 5}",
    ]


def test_scopes_that_grow_and_differ_otherwise_take_names() -> None:
    """The third has another layer, so that they are no rounds of a loop."""
    layers = dense("a", 4, "stem").replace("- batch_norm: {name: a.layer3.norm}", "- relu: {name: a.layer3.norm}")
    network = cnncalc.load(f"input: 3x16x16\nlayers:\n- relu: {{name: stem}}\n{layers}")
    text = network.to_yaml()
    assert described(cnncalc.load(text)) == described(network)
    assert "from: [stem, layer1, layer2, previous]" in text or "from: [stem, layer1, layer2, layer3]" in text


def written(layers: str, shape: str = "8x32x32") -> list[str]:
    """The lines under `layers` of the text of a network, and those of blocks, which is the same network."""
    network = cnncalc.load(f"input: {shape}\nlayers:\n{layers}")
    text = network.to_yaml()
    assert described(cnncalc.load(text)) == described(network)
    return text.splitlines()[2:-1]


def test_loops_stand_in_loops_and_letters_in_names_follow_the_round() -> None:
    """Names as Keras gives them: `block2a_conv`, `block2b_conv`, `block3a_conv`."""
    layers = "".join(
        f"- conv2d: {{name: block{stage}a_conv, out_channels: {width}, kernel_size: 3, stride: 2}}\n"
        + "".join(
            f"- conv2d: {{name: block{stage}{letter}_conv, out_channels: {width}, kernel_size: 3, padding: 1}}\n"
            f"- batch_norm: {{name: block{stage}{letter}_bn}}\n- relu: {{name: block{stage}{letter}_relu}}\n"
            for letter in letters
        )
        for stage, width, letters in [(2, 16, "bc"), (3, 24, "bcd"), (4, 32, "bcde")]
    )
    assert written(layers) == [
        "layers:",
        "  - for: {number: [2, 3, 4], width: [16, 24, 32], letters: [[b, c], [b, c, d], [b, c, d, e]]}",
        "    layers:",
        '      - conv2d: {name: "block{number}a_conv", out_channels: =width, kernel_size: 3, stride: 2}',
        "      - for: {letter: =letters}",
        "        layers:",
        '          - conv2d: {name: "block{number}{letter}_conv", out_channels: =width, kernel_size: 3, padding: 1}',
        '          - batch_norm: {name: "block{number}{letter}_bn"}',
        '          - relu: {name: "block{number}{letter}_relu"}',
    ]


def test_rounds_that_are_alike_up_to_some_place_are_a_loop_up_to_there() -> None:
    names = ["c1", "c2", "c3", "c4", "c5", "x", "c40"]
    layers = "".join(
        f"- conv2d: {{name: {name}, out_channels: 8, kernel_size: 3, padding: 1}}\n- relu: {{name: {name}_relu}}\n"
        for name in names
    )
    assert "  - repeat: 5" in written(layers)


def test_a_kernel_is_no_part_of_a_width_and_padding_follows_from_kernel_and_dilation() -> None:
    layers = "".join(
        f"- conv2d: {{name: s{n}.a, out_channels: {8 * kernel}, kernel_size: {kernel}, "
        f"padding: {dilation * (kernel // 2)}, dilation: {dilation}}}\n"
        f"- batch_norm: {{name: s{n}.b}}\n- relu: {{name: s{n}.c}}\n- max_pool2d: {{name: p{n * n}, kernel_size: 1}}\n"
        for n, (kernel, dilation) in enumerate([(1, 1), (3, 2), (5, 1), (3, 4)])
    )
    lines = written(layers)
    assert "    parameters: {width: null, kernel: 3, dilation: 1}" in lines
    assert any("padding: =dilation * (kernel // 2)" in line for line in lines)
    assert not any("width //" in line for line in lines)


def test_a_scope_that_takes_its_input_again_is_a_block_although_it_is_used_in_one_place() -> None:
    """Only in a block is there a word for what arrives in each round."""
    layers = "- relu: {name: stem}\n" + "".join(
        f"- conv2d: {{name: body.{n}.conv, out_channels: 8, kernel_size: 3, padding: 1}}\n"
        f"- add: {{name: body.{n}.sum, from: [body.{n}.conv, {f'body.{n - 1}.act' if n else 'stem'}]}}\n"
        f"- relu: {{name: body.{n}.act}}\n"
        for n in range(5)
    )
    lines = written(layers)
    assert "      - add: {name: sum, from: [previous, input]}" in lines
    assert "      - repeat: 5" in lines


def test_a_name_that_another_hides_is_told_with_the_scopes_around() -> None:
    layers = "{relu: {name: r.0}}, {tanh: {name: r.1}}, {relu: {name: r.2.0}}, {add: {name: r.2.s, from: [r.2.0, r.0]}}"
    network = cnncalc.load(f"input: 3x8x8\nlayers: [{layers}]\n")
    text = network.to_yaml()
    assert described(cnncalc.load(text)) == described(network)
    assert "- add: {name: s, from: [previous, r.0]}" in text


def test_what_a_loop_gives_has_the_name_of_its_last_round() -> None:
    rounds = "".join(f"- conv2d: {{name: c{n}, out_channels: 8, kernel_size: 3, padding: 1}}\n" for n in range(4))
    layers = f"{rounds}- relu: {{name: s.a}}\n- tanh: {{name: s.b}}\n- add: {{name: s.c, from: [s.b, c3]}}\n"
    network = cnncalc.load(f"input: 8x8x8\nlayers:\n{layers}")
    text = network.to_yaml()
    assert described(cnncalc.load(text)) == described(network)
    assert "  - repeat: 4\n" in text
    assert "- add: {name: c, from: [previous, c3]}" in text


def test_a_scope_in_which_a_name_hides_another_is_none() -> None:
    """`r.up` cannot be named in `b`, which has an `r` of its own; the other scopes stay."""
    layers = "{relu: {name: r.up}}, {tanh: {name: a.c}}, {relu: {name: b.r.down}}, "
    layers += "{add: {name: b.s, from: [b.r.down, r.up]}}"
    network = cnncalc.load(f"input: 3x8x8\nlayers: [{layers}]\n")
    text = network.to_yaml()
    assert described(cnncalc.load(text)) == described(network)
    assert "- name: a\n" in text
    assert "name: b.s" in text


def test_a_flat_layer_is_as_a_reader_of_models_gives_it() -> None:
    layers = flat(cnncalc.load("resnet18")).layers
    assert [layer.name for layer in layers[:3]] == ["conv1", "bn1", "relu_1"]
    assert layers[0].options == {
        "out_channels": 64,
        "kernel_size": 7,
        "stride": 2,
        "padding": 3,
        "bias": False,
    }


def test_a_network_of_many_layers_takes_a_moment() -> None:
    """What is looked for in 1,000 layers that repeat nothing is bounded."""
    layers = "".join(f"- relu: {{name: a{number * number}}}\n" for number in range(400))
    program = recovered(cnncalc.load(f"input: 3x8x8\nlayers:\n{layers}"))
    assert sum(1 for _ in program.body) > 0


def test_paths_that_stand_in_each_other_without_end_stay_merges() -> None:
    """A way down and one up, each step of which adds one of the way down; it would exhaust Python's stack."""
    down = "".join(f"  - tanh: {{name: a{number}}}\n" for number in range(400))
    up = "".join(f"  - add: {{from: [previous, a{number}]}}\n" for number in reversed(range(400)))
    network = cnncalc.load(f"input: 1x8\nlayers:\n{down}  - relu\n{up}")
    text = network.to_yaml()
    assert text.count("residual:") == DEEPEST
    assert described(cnncalc.load(text)) == described(network)
