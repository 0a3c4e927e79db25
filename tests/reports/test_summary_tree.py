"""The tree of a summary: what becomes one part, and that no layer and no figure is lost or counted twice."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.reports.equal_parts import numbered_apart
from cnncalc.reports.parts import deepest, depth_with_room, units, walked
from cnncalc.reports.summary_rows import flat_rows, selected
from cnncalc.reports.summary_tree import chains, tree
from cnncalc.reports.view import View
from tests.marking import slow_but
from tests.rows import every_row

MAP = "input: 4x8x8\nlayers:\n"


def parts_of(layers: str, depth: int = 9) -> list[str]:
    """The labels of the tree, set in, with the copies and the layers that each stands for."""
    parts = tree(cnncalc.load(MAP + layers).report())
    return [
        " " * level + part.label + f" x{part.copies}" * (part.copies > 1) + f" {part.start}-{part.stop - 1}"
        for part, level, _ in walked(parts, depth)
    ]


CONV = "conv: {name: %s, out_channels: 4, kernel_size: 1}"
CHAINS = {
    "a norm and an activation follow": (f"  - {CONV % 'c'}\n  - batch_norm\n  - relu\n", ["c 0-2"]),
    "an activation follows": (f"  - {CONV % 'c'}\n  - relu\n", ["c 0-1"]),
    "a norm follows no activation": (f"  - {CONV % 'c'}\n  - relu\n  - batch_norm: {{name: n}}\n", ["c 0-1", "n 2-2"]),
    "one activation is enough": (f"  - {CONV % 'c'}\n  - relu\n  - tanh: {{name: t}}\n", ["c 0-1", "t 2-2"]),
    "a norm is the first": ("  - batch_norm: {name: n}\n  - relu\n", ["n 0-1"]),
    "an activation is by itself": ("  - relu: {name: r}\n  - relu: {name: s}\n", ["r 0-0", "s 1-1"]),
    "a pool takes none": ("  - max_pool: {name: p, kernel_size: 2}\n  - relu: {name: r}\n", ["p 0-0", "r 1-1"]),
    "softmax is no activation here": (f"  - {CONV % 'c'}\n  - softmax: {{name: s}}\n", ["c 0-0", "s 1-1"]),
    "a sum takes one": ("  - add: {name: a, from: [input, input]}\n  - relu\n", ["a 0-1"]),
    "another layer reads it too": (
        f"  - {CONV % 'c'}\n  - relu: {{name: r}}\n  - add: {{name: a, from: [r, c]}}\n",
        ["c 0-0", "r 1-1", "a 2-2"],
    ),
    "it is an output": (f"  - {CONV % 'c'}\n  - relu: {{name: r}}\noutputs: [c, r]\n", ["c 0-0", "r 1-1"]),
    "another layer is read": (f"  - {CONV % 'c'}\n  - relu: {{name: r, from: input}}\n", ["c 0-0", "r 1-1"]),
    "a scope ends between them": (
        f"  - {{name: s, layers: [{CONV % 'c'}, {CONV % 'd'}]}}\n  - relu: {{name: r}}\n",
        ["s 0-1", " c 0-0", " d 1-1", "r 2-2"],
    ),
}


@every_row("case", CHAINS)
def test_chains(case: str) -> None:
    layers, expected = CHAINS[case]
    assert parts_of(layers) == expected


def block(name: str, body: str = "conv: {out_channels: 4, kernel_size: 3, padding: 1}", more: str = "max_pool") -> str:
    pool = ", max_pool: {kernel_size: 1}" if more == "max_pool" else ""
    return f"  - {{name: {name}, layers: [{body}{pool}]}}\n"


DILATED = "conv: {out_channels: 4, kernel_size: 3, padding: 2, dilation: 2}"
WIDE = "conv: {out_channels: 5, kernel_size: 3, padding: 1}"
SIBLINGS = {
    "equal and numbered": (block("b1") + block("b2") + block("b3"), ["b1 to 3 x3 0-5"]),
    "numbers that lack": (block("b1") + block("b3") + block("b5"), ["b1 to 5 x3 0-5"]),
    "steps that differ": (block("b1") + block("b2") + block("b5"), ["b1 to 2 x2 0-3", "b5 4-5"]),
    "numbers that fall": (block("b2") + block("b1"), ["b2 0-1", "b1 2-3"]),
    "names that are no numbers": (block("left") + block("right"), ["left 0-1", "right 2-3"]),
    "another dilation": (block("b1") + block("b2", DILATED), ["b1 0-1", "b2 2-3"]),
    "another width": (block("b1") + block("b2", WIDE), ["b1 0-1", "b2 2-3"]),
    "other inputs of the last": (
        block("b1", WIDE) + block("b2", WIDE) + block("b3", WIDE),
        ["b1 0-1", "b2 to 3 x2 2-5"],
    ),
    "single layers": (f"  - {CONV % 'c1'}\n  - {CONV % 'c2'}\n  - {CONV % 'c3'}\n", ["c1 to 3 x3 0-2"]),
    "one that reads something earlier": (
        f"  - {CONV % 'c1'}\n  - {CONV % 'c2'}\n  - conv: {{name: c3, from: c1, out_channels: 4, kernel_size: 1}}\n",
        ["c1 to 2 x2 0-1", "c3 2-2"],
    ),
    "branches of one map": (
        "  - conv: {name: c1, from: input, out_channels: 4, kernel_size: 1}\n"
        "  - conv: {name: c2, from: input, out_channels: 4, kernel_size: 1}\n"
        "  - concat: {name: m, from: [c1, c2]}\n",
        ["c1 to 2 x2 0-1", "m 2-2"],
    ),
    "one that is an output": (
        f"  - {CONV % 'c1'}\n  - {CONV % 'c2'}\n  - {CONV % 'c3'}\noutputs: [c2, c3]\n",
        ["c1 0-0", "c2 to 3 x2 1-2"],
    ),
    "inside others": (
        "  - repeat: 2\n    name: s{index}\n    layers:\n      - {repeat: 3, name: 'b{index}', layers: [max_pool: "
        "{kernel_size: 1}, conv: {out_channels: 4, kernel_size: 1}]}\n      - dropout\n",
        ["s0 to 1 x2 0-13", " b0 to 2 x3 0-5", "  max_pool_1 0-0", "  conv_1 1-1", " dropout_1 6-6"],
    ),
}


@every_row("case", SIBLINGS)
def test_siblings(case: str) -> None:
    layers, expected = SIBLINGS[case]
    depth = 9 if case == "inside others" else 1
    assert parts_of(layers, depth) == expected


SCOPES = {
    "a scope with one chain is that chain": (
        f"  - {{name: s, layers: [{CONV % 'c'}, batch_norm]}}\n  - dropout\n",
        ["s 0-1", "dropout_1 2-2"],
    ),
    "a scope with one layer is that layer": (
        f"  - {{name: s, layers: [{CONV % 'c'}]}}\n  - dropout\n",
        ["s.c 0-0", "dropout_1 1-1"],
    ),
    "a scope with one scope bears both names": (
        "  - {name: s, layers: [{name: t, layers: [max_pool: {kernel_size: 1}, dropout]}]}\n",
        ["s.t 0-1", " max_pool_1 0-0", " dropout_1 1-1"],
    ),
    "a sum that bears the name of its scope": (
        f"  - residual: {{name: r, layers: [{CONV % 'c'}, dropout]}}\n  - dropout\n",
        ["r 0-2", " c 0-0", " dropout_1 1-1", " r 2-2", "dropout_1 3-3"],
    ),
}


@pytest.mark.parametrize("case", SCOPES)
def test_scopes(case: str) -> None:
    layers, expected = SCOPES[case]
    assert parts_of(layers) == expected


NAMES = [
    ("conv3_1", "conv3_2", 1),
    ("3", "12", 9),
    ("b1_conv", "b2_conv", 1),
    ("b1_conv1", "b2_conv2", 0),
    ("b1", "b1", 0),
    ("b2", "b1", 0),
    ("b", "c", 0),
    ("b1", "c2", 0),
    ("b", "b1", 0),
    ("9" * 5000, "1" + "0" * 5000, 0),
]


@every_row(("one", "other", "step"), NAMES, ids=[str(number) for number in range(len(NAMES))])
def test_names_that_are_numbered(one: str, other: str, step: int) -> None:
    assert numbered_apart(one, other) == step


NETWORKS = ["resnet50", "densenet121", "unet", "lenet", "googlenet", "efficientnet_b0", "keras_NASNetMobile", "lraspp"]


@pytest.mark.parametrize("spec", slow_but({"resnet50", "densenet121", "unet", "lenet"}, NETWORKS))
def test_every_layer_is_in_one_row_and_every_figure_counted_once(spec: str) -> None:
    report = cnncalc.load(spec).report()
    parts = tree(report)
    assert [number for part in chains(report.layers, report.outputs) for number in range(part.start, part.stop)] == [
        *range(len(report.layers))
    ]
    for depth in range(1, deepest(parts) + 1):
        covered = [number for part in units(parts, depth) for number in range(part.start, part.stop)]
        assert covered == [*range(len(report.layers))]
        view = View(depth=depth)
        for rows in (flat_rows(report, view), [row for row in selected(report, view).rows if row.level == 0]):
            for figure in ("parameters", "buffers", "macs", "flops", "output_bytes"):
                assert sum(getattr(row, figure) for row in rows) == getattr(report.totals, figure), (depth, figure)
            assert max(row.live_bytes for row in rows) == report.totals.peak_activation_bytes
            assert sum(row.layers * row.copies for row in rows) == report.totals.layers


@pytest.mark.parametrize("spec", slow_but({"resnet50", "lenet", "efficientnet_b0"}, NETWORKS))
def test_an_open_row_is_the_sum_of_those_below_it(spec: str) -> None:
    """As often as it stands for equal ones."""
    report = cnncalc.load(spec).report()
    rows = selected(report, View(depth=99)).rows
    for number, row in enumerate(rows):
        if row.is_open:
            below = []
            for other in rows[number + 1 :]:
                if other.level <= row.level:
                    break
                below += [other] if other.level == row.level + 1 else []
            assert row.macs == row.copies * sum(each.macs for each in below)
            assert row.parameters == row.copies * sum(each.parameters for each in below)
            assert row.layers == sum(each.layers * each.copies for each in below)


def test_resnet152_is_short() -> None:
    """Its blocks as in table 1 of the paper (He et al. 2015, arXiv:1512.03385): 3, 8, 36, 3, the first apart."""
    report = cnncalc.load("resnet152").report()
    rows = selected(report, View()).rows
    assert [(row.label, row.copies) for row in rows if row.copies > 1] == [
        ("1 to 2", 2),
        ("1 to 7", 7),
        ("1 to 35", 35),
        ("1 to 2", 2),
    ]
    assert len(report.layers) > 500
    assert len(rows) < 60


@pytest.mark.parametrize("spec", ["densenet121", "efficientnet_b7", "inception_v3", "keras_NASNetMobile"])
def test_large_networks_are_folded_to_what_one_reads(spec: str) -> None:
    report = cnncalc.load(spec).report()
    parts = tree(report)
    depth = depth_with_room(parts)
    found = selected(report, View())
    assert 10 < len(found.rows) <= 60
    assert found.deeper == depth + 1
    assert len(selected(report, View(depth=depth + 1)).rows) > 60


def test_names_without_scopes_are_not_folded_away() -> None:
    report = cnncalc.load(MAP + "  - {repeat: 70, layers: [dropout, max_pool: {kernel_size: 1}]}\n").report()
    found = selected(report, View())
    assert (len(found.rows), found.deeper) == (140, None)
