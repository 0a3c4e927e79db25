"""Shared and frozen arrays: who owns them, where they are counted, and what cannot share."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnncalc
from cnncalc.execution.executor import execute
from cnncalc.graph.restriction import restricted
from tests.rows import every_row
from tests.spec.reading import error_of, load, names, refused, wiring

if TYPE_CHECKING:
    from cnncalc import Network

HEAD = """
    inputs: {a: 4x8x8, b: 4x6x6}
    outputs: [left, right]
    blocks:
      head:
        parameters: {stride: 1}
        layers:
          - conv2d: {name: conv, out_channels: 4, kernel_size: 3, padding: 1, stride: =stride, bias: false}
          - batch_norm: {name: bn, share: SHARE}
          - relu
          - residual:
              name: res
              layers: [conv2d: {name: inner, out_channels: 4, kernel_size: 1}]
"""
CONV = 4 * 4 * 9
INNER = 4 * 4 + 4


def owners(network: Network) -> dict[str, str | None]:
    """Of each layer with arrays whose they are, None of its own."""
    return {n.name: n.shares for n in network.nodes if n.weight_shapes or n.buffer_shapes}


def test_a_block_whose_layers_are_those_of_another() -> None:
    network = load(
        HEAD.replace("SHARE", "null")
        + """
    layers:
      - head: {name: left, from: a}
      - head: {name: right, from: b, share: left, stride: 2}
    """
    )
    assert owners(network) == {
        "left.conv": None,
        "left.bn": None,
        "left.res.inner": None,
        "right.conv": "left.conv",
        "right.bn": "left.bn",
        "right.res.inner": "left.res.inner",
    }
    assert network.parameters == CONV + 8 + INNER
    assert network.buffers == 8
    assert network.macs == CONV * (64 + 9) + 16 * (64 + 9)


def test_a_layer_inside_keeps_its_own() -> None:
    network = load(
        HEAD.replace("SHARE", "false")
        + """
    layers:
      - head: {name: left, from: a}
      - head: {name: right, from: b, share: left}
    """
    )
    assert owners(network)["right.bn"] is None
    assert network.parameters == CONV + 8 + INNER + 8
    assert network.buffers == 16


FORMS = [
    ("- conv2d: {name: c, out_channels: 3, kernel_size: 3, padding: 1}\n- {share: c}", ["c", "conv2d_1"]),
    ("- conv: {name: c, out_channels: 3, kernel_size: 3, padding: 1}\n- {share: c, name: d}", ["c", "d"]),
    ("- conv2d: {out_channels: 3, kernel_size: 1}\n- {share: conv2d_1}", ["conv2d_1", "conv2d_2"]),
    (
        "- {name: g, layers: [conv2d: {out_channels: 3, kernel_size: 1}, relu]}\n- {share: g}\n- {share: g_1}",
        ["g.conv2d_1", "g.relu_1", "g_1.conv2d_1", "g_1.relu_1", "g_2.conv2d_1", "g_2.relu_1"],
    ),
    (
        "- for: {k: [1, 3]}\n  name: 's{k}'\n  layers: [conv2d: {out_channels: 3, kernel_size: =k, padding: same}]\n"
        "- {share: s3, name: again}",
        ["s1.conv2d_1", "s3.conv2d_1", "again.conv2d_1"],
    ),
    (
        "- residual: {name: r, layers: [conv2d: {out_channels: 3, kernel_size: 1}], activation: prelu}\n"
        "- {share: r, name: q}",
        ["r.conv2d_1", "r", "q.conv2d_1", "q"],
    ),
    (
        "- conv2d: {name: c, out_channels: 3, kernel_size: 1}\n"
        "- {repeat: 2, name: 't{index}', layers: [conv2d: {out_channels: 3, kernel_size: 1, share: c}]}",
        ["c", "t0.conv2d_1", "t1.conv2d_1"],
    ),
    (
        "- {name: g, layers: [conv2d: {out_channels: 3, kernel_size: 1}]}\n"
        "- {repeat: 3, share: g, name: 't{index}', layers: [conv2d: {out_channels: 3, kernel_size: 1}]}",
        ["g.conv2d_1", "t0.conv2d_1", "t1.conv2d_1", "t2.conv2d_1"],
    ),
]


@every_row(("entries", "expected"), FORMS)
def test_an_earlier_entry_once_more(entries: str, expected: list[str]) -> None:
    network = load("layers:\n" + entries.replace("\n- ", "\n- "))
    assert names(network) == expected
    counted = [node for node in network.nodes if node.parameters]
    assert len(counted) == len({node.storage for node in network.nodes if node.weight_shapes})
    assert any(node.shares for node in network.nodes)


def test_a_sharer_of_a_sharer_shares_the_first() -> None:
    network = load("""
        layers:
          - conv2d: {name: a, out_channels: 3, kernel_size: 1}
          - conv2d: {name: b, out_channels: 3, kernel_size: 1, share: a, stride: 2, activation: relu}
          - {share: b, name: c}
          - {share: "=['a', 'b'][1]", name: d}
          - {share: "{'c'}", name: e}
          - conv2d: {name: f, out_channels: 3, kernel_size: 1, share: null}
    """)
    assert owners(network) == {"a": None, "b": "a", "c": "a", "d": "a", "e": "a", "f": None}
    assert [node.output_shape[1] for node in network.nodes] == [8, 4, 2, 1, 1, 1]


def test_what_an_unnamed_copy_takes() -> None:
    network = load("""
        inputs: {left: 3x8x8, right: 3x8x8}
        layers:
          - name: twin
            from: left
            layers: [conv2d: {out_channels: 2, kernel_size: 1}, relu]
          - {share: twin, from: right}
          - subtract: {from: [twin, twin_1]}
    """)
    assert wiring(network) == {
        "twin.conv2d_1": ["left"],
        "twin.relu_1": ["twin.conv2d_1"],
        "twin_1.conv2d_1": ["right"],
        "twin_1.relu_1": ["twin_1.conv2d_1"],
        "subtract_1": ["twin.relu_1", "twin_1.relu_1"],
    }


C = "- conv2d: {name: c, out_channels: 3, kernel_size: 1}\n"
D = "- conv2d: {name: d, out_channels: 3, kernel_size: 1"
G = "- {name: g, layers: [conv2d: {name: a, out_channels: 3, kernel_size: 1}]}\n"
BESIDE = "`d` cannot use the arrays of `c`:"
REFUSED = [
    ("- relu: {name: r}\n- {share: r}", "`share`: `relu_1` has no arrays"),
    (C + "- {share: e}", "there is no earlier output `e`"),
    ("- {share: input}", "`input` is an input, and no layer, block or group"),
    ("- {share: null}", "this entry has no type, and shares nothing"),
    ("- {share: =null}", "this entry has no type, and shares nothing"),
    ("- {share: =1}", "`share` must be a name, not 1"),
    ("- {share: [c]}", "`share` must be a name, not ['c']"),
    (
        C + "- conv2d: {name: d, out_channels: 3, kernel_size: 3, share: c}",
        f"{BESIDE} its `weight` is 3 x 3 x 3 x 3, and that of the other 3 x 3 x 1 x 1",
    ),
    (C + D + ", bias: false, share: c}", f"{BESIDE} that has a `bias`, and it has none"),
    (
        C + "- depthwise_conv2d: {name: d, kernel_size: 1, share: c}",
        f"{BESIDE} it is a depthwise_conv2d, and that a conv2d",
    ),
    (C + D + ", bias: zeros, share: c}", f"{BESIDE} `bias` stands at the owner of the arrays only"),
    (C + D + ", activation: prelu, share: c}", f"{BESIDE} it has a `activation.weight`, and that has none"),
    (C + D + ", trainable: false, share: c}", "`trainable` stands beside `share`"),
    (
        G + D + ", share: g}",
        "`d` would use the arrays of `g`, which is a group or block, and this is one layer",
    ),
    (
        G + "- {name: h, share: g, layers: [conv2d: {name: b, out_channels: 3, kernel_size: 1}]}",
        "`h.b` would use the arrays of `g.b`, which is not there",
    ),
    (
        G.replace("}]}", "}, batch_norm: {name: b}]}")
        + "- {name: h, share: g, layers: [conv2d: {name: a, out_channels: 3, kernel_size: 1}]}",
        "`h` has no `b`, and `g`, whose arrays it shares, has",
    ),
    ("- {name: g, layers: [{share: g}]}", "`g` has no output yet: this entry is a part of it"),
    ("- residual: {layers: [batch_norm], activation: prelu}\n- {share: add_1}", "`add_1` ends a group without a name"),
    ("- relu: {trainable: false}", "`trainable`: `relu_1` has no weights"),
    ("- {trainable: false, layers: [relu, tanh]}", "`trainable`: the layers of this entry have no weights"),
    ("- {trainable: 3, layers: [batch_norm]}", "`trainable` must be true or false, not 3"),
    (C + "- {share: c, kernel_size: 2}", "`kernel_size` stands beside `share`, which is an entry by itself"),
    (
        C + "- conv2d: {out_channels: 3, kernel_size: 1}\n  share: c",
        "`share` stands beside `conv2d`, not among its options",
    ),
]


@every_row(("entries", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_cannot_share(entries: str, message: str) -> None:
    assert refused(f"layers:\n{entries}\n").message == message


def test_a_misspelt_word_for_sharing() -> None:
    assert refused(f"layers:\n{C}- {{shares: c}}\n").hint == "did you mean `share`?"


def test_an_error_in_full() -> None:
    assert str(error_of(f"input: 3x8x8\nlayers:\n{C}- linear: {{out_features: 2, dim: 0, share: c}}\n")) == dedent("""\
        error: <text>:4:44: `linear_1` cannot use the arrays of `c`: it is a linear, and that a conv2d
            4 | - linear: {out_features: 2, dim: 0, share: c}
              |                                            ^""")


CB = "layers: [conv2d: {out_channels: 3, kernel_size: 1}, batch_norm"
FROZEN = [
    ("- conv2d: {out_channels: 3, kernel_size: 1, trainable: false}\n- batch_norm", "", (6, 12, 6)),
    (f"- {{trainable: false, {CB}: {{trainable: true}}]}}", "", (6, 12, 6)),
    (f"- {{trainable: =1 > 2, {CB}]}}", "", (0, 18, 6)),
    (f"- {{trainable: false, {CB}: {{trainable: null}}]}}", "", (0, 18, 6)),
    (f"- {{trainable: =null, {CB}]}}\n- relu: {{trainable: null}}", "", (18, 0, 6)),
    (f"- {{name: g, {CB}]}}", "frozen: g\n", (0, 18, 6)),
    (f"- {{name: g, {CB}]}}", "frozen: [g.conv2d_1]\n", (6, 12, 6)),
    (f"- {{name: g, {CB}: {{trainable: true}}]}}", "frozen: g\n", (6, 12, 6)),
    (f"- {{name: g, {CB}]}}", "frozen: =['g']\n", (0, 18, 6)),
    (f"- {{name: g.h, {CB}]}}", "frozen: g\n", (0, 18, 6)),
    ("- conv2d: {name: g.h.c, out_channels: 3, kernel_size: 1}\n- batch_norm", "frozen: g.h\n", (6, 12, 6)),
    (f"- {{name: g, layers: [{{trainable: true, {CB}]}}]}}", "frozen: g\n", (18, 0, 6)),
    ("- conv2d: {name: c, out_channels: 3, kernel_size: 1, trainable: false}\n- {share: c}", "", (0, 12, 0)),
]


@every_row(("entries", "top", "expected"), FROZEN)
def test_frozen_counts(entries: str, top: str, expected: tuple[int, int, int]) -> None:
    network = load(f"{top}layers:\n{entries}\n")
    totals = network.report().totals
    assert (totals.parameters, totals.frozen, totals.buffers) == expected
    assert totals.weight_bytes == 4 * sum(expected)
    ran, _ = execute(network)
    assert ran.ok
    assert (ran.parameters, ran.frozen) == expected[:2]


@pytest.mark.parametrize(
    ("top", "message"),
    [
        ("frozen: x", "`frozen`: there is no earlier output `x`"),
        ("frozen: r", "`frozen`: `r` has no weights"),
        ("frozen: [c, d]", "`frozen`: `d` uses the arrays of another layer: freeze that"),
        ("frozen: {a: 1}", "a name must stand here, not {a: 1}"),
    ],
)
def test_names_that_cannot_be_frozen(top: str, message: str) -> None:
    assert refused(f"{top}\nlayers:\n{C}- {{share: c, name: d}}\n- relu: {{name: r}}\n").message == message


def test_a_variant_has_its_own_frozen_names() -> None:
    text = """
        frozen: a
        variants: {one: {}, two: {frozen: b}}
        layers: [conv2d: {name: a, out_channels: 2, kernel_size: 1}, conv2d: {name: b, out_channels: 4, kernel_size: 1}]
    """
    assert [load(text, variant=name).frozen for name in ("one", "two")] == [8, 12]


def test_shared_arrays_are_one_storage() -> None:
    """Both twins give the same for the same image, whatever is drawn; with arrays of their own they do not."""
    text = """
        inputs: {left: 1x12x12, right: 1x12x12}
        outputs: [twin, other]
        layers:
          - name: twin
            from: left
            layers:
              - conv2d: {out_channels: 4, kernel_size: 3}
              - batch_norm
              - flatten
              - linear: {out_features: 5}
          - {share: twin, from: right, name: other}
    """
    image = np.random.default_rng(1).standard_normal((2, 1, 12, 12))
    for seed in (0, 3):
        found = load(text).forward({"left": image, "right": image}, seed=seed)
        assert np.array_equal(found["twin.linear_1"], found["other.linear_1"])
    apart = text.replace(
        "{share: twin, from: right, name: other}",
        "{from: right, name: other, layers: [flatten, linear: {out_features: 5}]}",
    )
    assert load(apart).parameters == load(text).parameters + 5 * 145


def test_an_output_that_needs_the_sharer_alone_counts_its_arrays() -> None:
    network = load("""
        inputs: {left: 3x4x4, right: 3x4x4}
        outputs: [a, b]
        layers:
          - conv2d: {name: a, from: left, out_channels: 2, kernel_size: 1}
          - {share: a, from: right, name: b}
        expect: {parameters: 8, outputs: {a: {parameters: 8}, b: {parameters: 8, macs: 96}}}
    """)
    alone = restricted(network, [network.tensor("b")])
    assert (alone.parameters, alone.nodes[0].storage, alone.nodes[0].shares) == (8, "a", None)
    image = np.ones((3, 4, 4))
    both = network.forward({"left": image, "right": image})
    assert np.array_equal(both["a"], both["b"])


def test_many_copies_are_bounded() -> None:
    """Each level holds the one before twice: the layers double, and the limit of a network is told."""
    levels = "\n".join(
        f"  - {{name: g{n}, layers: [{{share: g{n - 1}, name: x}}, {{share: g{n - 1}, name: y}}]}}"
        for n in range(1, 40)
    )
    text = f"input: 1x1\nlayers:\n  - {{name: g0, layers: [conv1d: {{out_channels: 1, kernel_size: 1}}]}}\n{levels}\n"
    assert error_of(text).code == "limit"


def test_at_another_size_arrays_must_still_fit() -> None:
    network = load("""
        inputs: {left: 1x8, right: 1x8}
        layers:
          - {name: a, from: left, layers: [flatten, linear: {out_features: 3}]}
          - {share: a, from: right, name: b}
          - add: {from: [a, b]}
    """)
    assert network.at({"left": "1x9", "right": "1x9"}).parameters == 30
    with pytest.raises(cnncalc.CnncalcError, match="its `weight` is 3 x 8, and that of the other 3 x 9"):
        network.at({"left": "1x9", "right": "1x8"})


def test_an_error_in_a_copy_names_both_places() -> None:
    first = "- conv2d: {name: c, from: a, out_channels: 3, kernel_size: 3}\n"
    text = f"inputs: {{a: 3x8x8, b: 3x2x2}}\nlayers:\n{first}- {{share: c, from: b}}\n"
    assert str(error_of(text)) == dedent("""\
        error: <text>:3:3: `conv2d_1` cannot take 3 x 2 x 2: its window spans 3 pixels, the height has 2
            3 | - conv2d: {name: c, from: a, out_channels: 3, kernel_size: 3}
              |   ^^^^^^
        note: <text>:4:4: once more here, as `conv2d_1`
            4 | - {share: c, from: b}
              |    ^^^^^
        hint: with this network the smallest input is 3 x 3 x 3, 3 x 3 x 3""")
