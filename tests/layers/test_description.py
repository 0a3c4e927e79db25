"""An example, a meaning and names for each layer type."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.execution.executor import run
from cnncalc.layers import LAYERS, translate
from cnncalc.layers.description import DRAWN, describe, written
from tests.layers.cases import KINDS, OPAQUE, spec_with
from tests.marking import slow_but
from tests.rows import every_row

SCOPES = {name for name, kind in LAYERS.items() if kind.is_scope}
"""Types that are several layers."""


@pytest.mark.parametrize("name", slow_but(KINDS - {*OPAQUE}, sorted(set(LAYERS) - set(OPAQUE))))
def test_the_example_works(name: str) -> None:
    """It is expanded at the shapes that it names, and executed."""
    network = cnncalc.load(spec_with(name, describe(LAYERS[name]).example))
    report, _ = run(network)
    assert report.ok
    assert network.nodes[1].layer.type_name == ("slice" if LAYERS[name].is_scope else name)


@every_row("name", sorted(LAYERS))
def test_every_type_and_option_is_explained(name: str) -> None:
    described = describe(LAYERS[name])
    assert 5 < len(described.summary) <= 100
    assert "FLOPs" in " ".join(described.paragraphs)
    assert [option.name for option in described.options if not option.meaning] == []
    required = [option.required for option in described.options]
    assert required == sorted(required, reverse=True)


def test_options_are_in_the_order_of_a_line_and_seldom_ones_at_the_end() -> None:
    named = [option.name for option in describe(LAYERS["conv"]).options]
    assert named[:6] == ["out_channels", "kernel_size", "stride", "padding", "dilation", "groups"]
    assert named[-7:-4] == ["weight", "activation", "weight_norm"]
    assert named[-1] == "in_channels"
    assert describe(LAYERS["reduce_mean"]).options[-1].name == "data_format"


@pytest.mark.parametrize("name", slow_but(KINDS - SCOPES, sorted(LAYERS.keys() - SCOPES)))
def test_defaults_may_be_written(name: str) -> None:
    """What help shows as a default is what the layer has when a spec writes it."""
    described = describe(LAYERS[name])
    by_default = cnncalc.load(spec_with(name, described.example)).nodes[1].layer
    given = {option.name for option in described.options if f"{option.name}: " in described.example}
    defaults = [
        f"{option.name}: {written(option.default)}"
        for option in described.options
        if option.name not in given and not option.required and option.default != DRAWN
    ]
    head, brace, rest = described.example.partition("{")
    example = f"{head}{{{', '.join([*defaults, rest])}" if brace else f"{head}: {{{', '.join(defaults)}}}"
    explicit = cnncalc.load(spec_with(name, example)).nodes[1].layer
    for option in described.options:
        assert repr(getattr(explicit, option.name)) == repr(getattr(by_default, option.name))


@every_row(
    ("theirs", "ours"),
    [
        ("BatchNormalization", "batch_norm"),
        ("BatchNorm2d", "batch_norm"),
        ("LayerNormalization", "layer_norm"),
        ("GroupNorm", "group_norm"),
        ("GroupNormalization", "group_norm"),
        ("InstanceNorm3d", "instance_norm"),
        ("LRN", "local_response_norm"),
        ("Normalization", "normalize"),
        ("Rescaling", "scale"),
        ("LeakyReLU", "leaky_relu"),
        ("PReLU", "prelu"),
        ("HardSwish", "hardswish"),
        ("hard_sigmoid", "hardsigmoid"),
        ("Softmax2d", "softmax"),
        ("LogSoftmax", "log_softmax"),
        ("ThresholdedReLU", "threshold"),
        ("swish", "silu"),
        ("ZeroPadding2D", "pad"),
        ("ReflectionPad2d", "pad"),
        ("InnerProduct", "linear"),
        ("Dense", "linear"),
        ("Eltwise", "add"),
        ("Concatenate", "concat"),
        ("SpatialDropout2D", "spatial_dropout2d"),
        ("StochasticDepth", "drop_path"),
        ("SqueezeExcitation", "squeeze_excite"),
        ("Permute", "permute"),
        ("Transpose", "permute"),
        ("View", "reshape"),
        ("Clip", "clamp"),
        ("ReduceLogSumExp", "reduce_logsumexp"),
        ("amax", "reduce_max"),
        ("std", "reduce_std"),
        ("AbsVal", "abs"),
        ("absolute", "abs"),
        ("Pow", "power"),
        ("negative", "neg"),
        ("true_divide", "divide"),
    ],
)
def test_names_of_other_programs(theirs: str, ours: str) -> None:
    assert translate(theirs) == ours


@every_row("name", sorted(LAYERS))
def test_the_table_of_types_names_the_class(name: str) -> None:
    assert LAYERS[name].type_name == name
