"""No layer type without a comparison of values; an example, a meaning and names for each."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import cnncalc
from cnncalc.execution.executor import run
from cnncalc.layers import LAYERS, translate
from cnncalc.layers.description import DRAWN, describe, written


def compared() -> dict[str, tuple[str, ...]]:
    """What each test module of this directory compares the values of, by its own word."""
    modules = sorted(path.stem for path in Path(__file__).parent.glob("test_*.py"))
    named = {name: getattr(import_module(f"tests.layers.{name}"), "COMPARED", ()) for name in modules}
    return {name: types for name, types in named.items() if types}


def test_the_values_of_every_type_are_compared() -> None:
    union = {name for types in compared().values() for name in types}
    assert union == set(LAYERS)


def spec_with(name: str, example: str) -> str:
    """A spec whose second layer is the example; a type that refers to a max pool has one before it."""
    [first, *others] = describe(LAYERS[name]).example_inputs or [(8, 6, 6)]
    if LAYERS[name].references:
        return f"input: {list(others[0])}\nlayers:\n  - max_pool: {{name: pool1, kernel_size: 2}}\n  {example}\n"
    return f"input: {list(first)}\nlayers:\n  - identity\n  {example}\n"


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_the_example_works(name: str) -> None:
    """It is expanded at the shapes that it names, and executed."""
    network = cnncalc.load(spec_with(name, describe(LAYERS[name]).example))
    report, _ = run(network)
    assert report.ok
    assert network.nodes[1].layer.type_name == name


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_every_type_and_option_is_explained(name: str) -> None:
    described = describe(LAYERS[name])
    assert 5 < len(described.summary) <= 100
    assert "FLOPs" in " ".join(described.paragraphs)
    assert [option.name for option in described.options if not option.meaning] == []
    required = [option.required for option in described.options]
    assert required == sorted(required, reverse=True)


@pytest.mark.parametrize("name", sorted(LAYERS))
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


@pytest.mark.parametrize(
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
        ("SpatialDropout2D", "dropout"),
        ("StochasticDepth", "drop_path"),
        ("SqueezeExcitation", "squeeze_excite"),
        ("Permute", "permute"),
        ("Transpose", "permute"),
        ("View", "reshape"),
    ],
)
def test_names_of_other_programs(theirs: str, ours: str) -> None:
    assert translate(theirs) == ours


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_the_table_of_types_names_the_class(name: str) -> None:
    assert LAYERS[name].type_name == name
