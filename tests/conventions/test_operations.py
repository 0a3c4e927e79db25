"""The calls of which a program consists: nothing of a layer is lost, and nothing counted twice."""

from __future__ import annotations

import pytest

from cnncalc import load
from cnncalc.conventions.operations import operations_of
from cnncalc.conventions.programs import Program
from cnncalc.spec import bundled
from tests.marking import slow_but
from tests.rows import every_row

COMPOSED = [
    ("separable_conv2d(8, 3, padding=1, depth_multiplier=2)", ["conv2d", "conv2d"]),
    ("separable_conv2d(8, 3, bias=False, activation=relu)", ["conv2d", "conv2d", "relu"]),
    ("depthwise_conv2d(3, depth_multiplier=2)", ["conv2d"]),
    (
        "squeeze_excite(2, activation=silu, scale_activation=hardsigmoid)",
        ["adaptive_avg_pool2d", "conv2d", "silu", "conv2d", "hardsigmoid", "multiply"],
    ),
    ("squeeze_excite(2, activation=null)", ["adaptive_avg_pool2d", "conv2d", "conv2d", "sigmoid", "multiply"]),
    (
        "squeeze_excite(2, activation=prelu)",
        ["adaptive_avg_pool2d", "conv2d", "prelu", "conv2d", "sigmoid", "multiply"],
    ),
    ("scale(2.0)", ["multiply"]),
    ("scale(bias=True, activation=relu)", ["multiply", "add", "relu"]),
    ("global_max_pool2d()", ["adaptive_max_pool2d"]),
    ("conv2d(4, 3, activation=prelu)", ["conv2d", "prelu"]),
]


@every_row(("line", "labels"), COMPOSED)
def test_parts(line: str, labels: list[str]) -> None:
    """Their labels; and MACs, FLOPs and parameters are those of the layer."""
    network = load(line, input="4x6x7")
    found = list(operations_of(network, Program()))
    assert [operation.label for operation in found] == labels
    assert sum(operation.macs for operation in found) == network.macs
    assert sum(operation.flops for operation in found) == network.report().totals.flops
    counted = sum(operation.parameters for operation in found if operation.is_counted)
    assert counted == network.parameters + network.frozen


@pytest.mark.parametrize("name", slow_but({"mobilenet_v3", "xception"}, bundled.names()))
def test_parts_add_up_to_the_network(name: str) -> None:
    network = load(name)
    found = list(operations_of(network, Program()))
    assert sum(operation.macs for operation in found) == network.macs
    assert sum(operation.flops for operation in found) == network.report().totals.flops
    counted = sum(operation.parameters for operation in found if operation.is_counted)
    assert counted == network.parameters + network.frozen


FOLDED = [
    ("conv2d(4, 3) | batch_norm() | relu()", [True, True, False]),
    ("depthwise_conv2d(3) | batch_norm()", [True, True]),
    ("separable_conv2d(8, 3) | batch_norm()", [False, True, True]),
    ("conv_transpose2d(4, 3) | batch_norm()", [False, False]),
    ("conv2d(4, 3) | relu() | batch_norm()", [False, False, False]),
    ("conv2d(4, 3, activation=relu) | batch_norm()", [False, False, False]),
    ("conv2d(4, 3) | batch_norm(track_running_stats=False)", [False, False]),
    ("conv2d(4, 3, name=c) | batch_norm() | add(from=[c, previous])", [False, False, False]),
]


@pytest.mark.parametrize(("line", "folded"), FOLDED)
def test_a_batch_norm_is_folded_into_the_convolution_that_it_alone_reads(line: str, folded: list[bool]) -> None:
    found = operations_of(load(line, input="4x6x7"), Program())
    assert [operation.is_folded for operation in found] == folded
