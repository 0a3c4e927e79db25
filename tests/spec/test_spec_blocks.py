"""Blocks that are other specs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.execution.executor import execute
from cnncalc.spec.sources import find_beside
from tests.spec.reading import wiring

if TYPE_CHECKING:
    from pathlib import Path

FPN = """
input: 3x64x64
outputs: [p4, p5]
blocks:
  backbone: {spec: resnet18, until: layer4}
layers:
  - backbone: {name: body}
  - conv2d: {name: p5, out_channels: 8, kernel_size: 1}
  - conv2d: {name: p4, from: body.layer3, out_channels: 8, kernel_size: 1}
"""


def test_a_backbone_as_far_as_a_layer() -> None:
    network, whole = cnncalc.load(FPN), cnncalc.load("resnet18")
    inside = [node for node in network.nodes if node.name.startswith("body.")]
    assert [node.name.removeprefix("body.") for node in inside] == [
        node.name for node in whole.nodes if node.name not in ("avgpool", "flatten_1", "fc")
    ]
    assert sum(node.parameters for node in inside) == whole.parameters - 513_000  # without its last layer, 512 to 1000
    assert network.tensors[network.tensor("body")].shape == (512, 2, 2)
    assert execute(cnncalc.load(FPN))[0].ok


def test_its_parameters_are_options_and_its_variant_is_chosen() -> None:
    text = "input: 3x32x32\nparameters: {size: 34}\nblocks: {b: {spec: 'resnet{size}'}}\nlayers: [b]\n"
    for size, parameters in ((18, 11_689_512), (34, 21_797_672)):
        assert cnncalc.load(text, set={"size": size}).parameters == parameters
    text = "input: 3x224x224\nblocks: {b: {spec: mobilenet}}\nlayers: [b: {alpha: 0.5, classes: 10}]\n"
    assert cnncalc.load(text).parameters == cnncalc.load("mobilenet", set={"alpha": 0.5, "classes": 10}).parameters


def test_what_a_layer_does_not_need_is_left_out() -> None:
    """GoogLeNet's auxiliary classifiers, and the branches beside the one that is wanted."""
    text = "input: 3x224x224\nblocks: {b: {spec: inception_v1, until: UNTIL}}\nlayers: [b, global_avg_pool, flatten]\n"
    whole = cnncalc.load("inception_v1")
    last = whole.nodes[20].name
    network = cnncalc.load(text.replace("UNTIL", last))
    inside = [node.name.removeprefix("b_1.") for node in network.nodes[:-2]]
    needed = {last}
    for node in reversed(whole.nodes):
        if node.name in needed:
            needed |= {whole.tensors[number].name for number in node.inputs}
    assert inside == [node.name for node in whole.nodes if node.name in needed]
    assert [tuple(node.inputs) for node in network.nodes] == [
        tuple(sorted(node.inputs, key=node.inputs.index)) for node in network.nodes
    ]
    assert execute(network)[0].ok


def files(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


INNER = """\
parameters: {width: 4}
variants: {narrow: {width: 2}, wide: {width: 9}}
input: 3x8x8
blocks: {unit: {layers: [conv2d: {name: c, out_channels: =width, kernel_size: 1}]}}
layers:
  - unit: {name: u}
  - relu: {name: r}
"""


def test_files_are_found_from_the_folder_of_the_one_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    middle = "input: 3x8x8\nblocks: {i: {spec: 'inner.yaml:wide'}}\nlayers: [i]\n"
    files(tmp_path / "parts", inner=INNER, middle=middle)
    outer = "blocks: {m: {spec: parts/middle.yaml}}\nlayers: [m: {name: x}, {share: x, name: s, from: input}]\n"
    files(tmp_path, outer=f"input: 3x8x8\n{outer}")
    network = cnncalc.load(tmp_path / "outer.yaml")
    assert [(node.name, node.output_shape) for node in network.nodes] == [
        ("x.i_1.u.c", (9, 8, 8)),
        ("x.i_1.r", (9, 8, 8)),
        ("s.i_1.u.c", (9, 8, 8)),
        ("s.i_1.r", (9, 8, 8)),
    ]


def test_a_name_is_a_file_before_it_is_bundled(tmp_path: Path) -> None:
    files(tmp_path, outer="input: 3x8x8\nblocks: {b: {spec: resnet18}}\nlayers: [b]\n")
    (tmp_path / "resnet18").write_text("input: 3x8x8\nlayers: [relu]\n", encoding="utf-8")
    assert [node.name for node in cnncalc.load(tmp_path / "outer.yaml").nodes] == ["b_1.relu_1"]


def test_several_inputs_and_outputs(tmp_path: Path) -> None:
    files(
        tmp_path,
        pair="inputs: {p: 3x8x8, q: 3x8x8}\noutputs: [s, d]\nlayers:\n"
        "- add: {name: s, from: [p, q]}\n- subtract: {name: d, from: [p, q]}\n",
        outer="inputs: {a: 3x8x8, b: 3x8x8}\nblocks: {pair: {spec: pair.yaml}}\nlayers:\n"
        "- pair: {name: x, from: [b, a]}\n- concat: {from: x}\n",
    )
    assert wiring(cnncalc.load(tmp_path / "outer.yaml")) == {
        "x.s": ["b", "a"],
        "x.d": ["b", "a"],
        "concat_1": ["x.s", "x.d"],
    }


BESIDE = "stands beside `spec`, which says what is in the block"
REFUSED = [
    ("{spec: nowhere}", "[b]", "there is no file `nowhere`, and no bundled architecture of that name"),
    ("{spec: 'inner.yaml:thin'}", "[b]", "inner.yaml has no variant `thin`"),
    ("{spec: 'conv2d(3)'}", "[b]", "`conv2d(3)` is neither a file nor a bundled architecture"),
    ("{spec: inner.yaml, until: relu_7}", "[b]", "inner.yaml has no layer `relu_7`"),
    ("{spec: inner.yaml}", "[b: {depth: 3}]", "`b_1`: inner.yaml, which is block `b`, has no parameter `depth`"),
    ("{spec: inner.yaml, layers: [relu]}", "[b]", f"`layers` {BESIDE}"),
    ("{spec: inner.yaml, parameters: {}}", "[b]", f"`parameters` {BESIDE}"),
    ("{layers: [relu], until: r}", "[b]", "`until` needs a `spec`, of which it names a layer"),
    ("{spec: [a]}", "[b]", "`spec` of a block must be a name, not ['a']"),
    ("{spec: outer.yaml}", "[b]", "specs that are blocks of each other in a circle: outer.yaml -> outer.yaml"),
    ("{spec: inner.yaml}", "[b, relu: {from: b_1.v}]", "there is no earlier output `b_1.v`"),
    (
        "{spec: deep.yaml, until: last}",
        "[b, relu: {from: b_1.side}]",
        "`b_1.side` is left out here: the block's `until` does not need it",
    ),
    ("{spec: pair.yaml}", "[b]", "`b_1` takes 2, 1 arrives: input"),
]


@pytest.mark.parametrize(("block", "layers", "message"), REFUSED, ids=[message for *_, message in REFUSED])
def test_what_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: str, layers: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    files(
        tmp_path,
        inner=INNER,
        pair="inputs: {p: 3x8x8, q: 3x8x8}\nlayers: [add: {from: [p, q]}]\n",
        deep="input: 3x8x8\nlayers: [relu: {name: a}, tanh: {name: side}, relu: {name: last, from: a}, relu]\n",
        outer=f"input: 3x8x8\nblocks: {{b: {block}}}\nlayers: {layers}\n",
    )
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load("outer.yaml")
    assert caught.value.message == message


def test_an_error_inside_names_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files(tmp_path, inner="input: 3x8x8\nlayers:\n  - conv2d: {out_channels: 2, kernel_size: 5}\n")
    files(tmp_path, outer="input: 3x4x4\nblocks: {b: {spec: inner.yaml}}\nlayers:\n  - b\n")
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load("outer.yaml")
    assert str(caught.value) == (
        "error: inner.yaml:3:5: `b_1.conv2d_1` cannot take 3 x 4 x 4: its window spans 5 pixels, the height has 4\n"
        "    3 |   - conv2d: {out_channels: 2, kernel_size: 5}\n"
        "      |     ^^^^^^\n"
        "note: outer.yaml:4:5: in block `b`, used here as `b_1`\n"
        "    4 |   - b\n"
        "      |     ^\n"
        "hint: with this network the smallest input is 3 x 5 x 5"
    )


def test_a_circle_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
        files(tmp_path, **{one: f"input: 3x8x8\nblocks: {{n: {{spec: {other}.yaml}}}}\nlayers: [n]\n"})
    with pytest.raises(CnncalcError, match=r"in a circle: a\.yaml -> b\.yaml -> c\.yaml -> a\.yaml"):
        cnncalc.load("a.yaml")


def test_a_block_hides_the_type_whose_name_it_bears() -> None:
    network = cnncalc.load(
        "input: 3x8x8\nblocks: {relu: {layers: [tanh]}, conv2d: {layers: [linear: {out_features: 2, dim: 0}]}}\n"
        "layers: [relu, conv2d]\n"
    )
    assert [node.name for node in network.nodes] == ["relu_1.tanh_1", "conv2d_1.linear_1"]
    assert network.notes == (
        "block `relu` hides the layer type of that name",
        "block `conv2d` hides the layer type of that name",
    )


def test_frozen_and_shared_from_outside() -> None:
    text = (
        FPN.replace("{name: body}", "{name: body, trainable: false}") + "  - {share: body, name: twin, from: input}\n"
    )
    network = cnncalc.load(text)
    body = [node for node in network.nodes if node.name.startswith("body.")]
    twin = [node for node in network.nodes if node.name.startswith("twin.")]
    assert [node.storage for node in twin if node.weight_shapes] == [node.name for node in body if node.weight_shapes]
    assert network.frozen == sum(node.frozen for node in body) == 11_176_512
    assert sum(node.parameters for node in twin) == sum(node.buffers for node in twin) == 0


def test_names_inside_another_spec_are_frozen_from_outside(tmp_path: Path) -> None:
    """Of it, of a spec in it, and besides what its own file freezes."""
    files(tmp_path, inner="input: 1x8\nlayers: [conv1d: {name: c, out_channels: 2, kernel_size: 1}]\n")
    files(
        tmp_path,
        middle="input: 1x8\nblocks: {inner: {spec: inner.yaml}}\nfrozen: own\nlayers:\n"
        "  - inner: {name: deep}\n"
        "  - conv1d: {name: own, out_channels: 5, kernel_size: 1}\n"
        "  - conv1d: {name: more, out_channels: 1, kernel_size: 1}\n",
    )
    for frozen, counts in {"[]": [0, 15, 0], "m.deep": [4, 15, 0], "[m.deep.c, m.more]": [4, 15, 6]}.items():
        outer = f"input: 1x8\nblocks: {{m: {{spec: middle.yaml}}}}\nfrozen: {frozen}\nlayers: [m: {{name: m}}]\n"
        files(tmp_path, outer=outer)
        assert [node.frozen for node in cnncalc.load(tmp_path / "outer.yaml").nodes] == counts


def test_channels_last_stays_within_its_file(tmp_path: Path) -> None:
    files(
        tmp_path,
        inner="data_format: channels_last\ninput: 8x8x3\nlayers: [softmax: {dim: -1}, layer_norm: {dims: [-1]}]\n",
    )
    files(tmp_path, outer="input: 3x8x8\nblocks: {b: {spec: inner.yaml}}\nlayers: [b]\n")
    [softmax, norm] = cnncalc.load(tmp_path / "outer.yaml").nodes
    assert (softmax.output_shape, norm.weight_shapes) == ((3, 8, 8), {"weight": (3,), "bias": (3,)})


def loop_of(options: str, rounds: int, block: str) -> str:
    return f"input: 3x8x8\nblocks: {{b: {{{block}}}}}\nlayers: [{{repeat: {rounds}, layers: [b: {{{options}}}]}}]\n"


@pytest.mark.slow
def test_what_a_spec_costs_is_counted_where_it_is_used(tmp_path: Path) -> None:
    """The expressions of its parameters for each value that they are given, and layers that are left out again."""
    files(
        tmp_path,
        steps="parameters: {n: 1, m: '=sum([a * b for a in range(100) for b in range(100)])'}\n"
        "input: 3x8x8\nlayers: [relu]\n",
        dead="input: 3x8x8\nlayers: [relu: {name: a}, {repeat: 199, layers: [relu]}, relu: {name: z, from: a}]\n",
        many=loop_of("n: =index", 1000, "spec: steps.yaml"),
        left=loop_of("", 1000, "spec: dead.yaml, until: z"),
    )
    with pytest.raises(CnncalcError, match=r"the expressions of the spec take more than 1,5\d\d,\d\d\d steps"):
        cnncalc.load(tmp_path / "many.yaml")
    with pytest.raises(CnncalcError, match=r"the network has more than 2\d,\d\d\d entries up to here"):
        cnncalc.load(tmp_path / "left.yaml")


def test_a_file_is_read_once_for_all_values_of_its_parameters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Mock(wraps=find_beside)
    monkeypatch.setattr("cnncalc.spec.spec_blocks.find_beside", finding)
    files(tmp_path, inner=INNER, outer=loop_of("width: =index + 1", 5, "spec: inner.yaml"))
    network = cnncalc.load(tmp_path / "outer.yaml")
    assert [node.output_shape[0] for node in network.nodes] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert finding.call_count == 1
