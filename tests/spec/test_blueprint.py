"""What a network is built from: kept by `at`, and never mixed with what another is built from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.layers import LAYERS
from cnncalc.layers.linear import Linear
from cnncalc.layers.pooling import MaxPool
from tests.rows import every_row
from tests.spec.reading import load, shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc import Network
    from cnncalc.shapes import Shape

SPEC = """
    input: 3x8x8
    parameters: {width: 4, kernel: 3}
    variants: {small: {}, wide: {width: 16}, tall: {input: 3x32x8}}
    layers:
      - conv2d: {name: c, out_channels: =width, kernel_size: =kernel}
      - max_pool2d: {name: p, kernel_size: 2}
"""


class Halving(MaxPool):
    """A pool of somebody else, which gives one position less."""

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        channels, *sizes = super().output_shape(inputs)
        return (channels, *(size - 1 for size in sizes))


OWN = {**LAYERS, "max_pool": Halving}

KEPT: list[tuple[dict[str, Any], list[dict[str, Any]], Shape]] = [
    ({}, [{}], (4, 3, 3)),
    ({}, [{"set": {"width": 5}}], (5, 3, 3)),
    ({}, [{"set": {"width": 5}}, {"input": "3x12x12"}], (5, 5, 5)),
    ({"set": {"width": 5}}, [{"input": "3x12x12"}], (5, 5, 5)),
    ({"set": {"width": 5}}, [{"set": {"kernel": 1}}], (5, 4, 4)),
    ({"set": {"width": 5}}, [{"set": {"width": 6}}], (6, 3, 3)),
    ({"set": {"width": 5}}, [{"variant": "wide"}], (5, 3, 3)),
    ({"input": "3x12x12"}, [{"set": {"width": 5}}], (5, 5, 5)),
    ({"input": "3x12x12"}, [{"input": "3x6x6"}, {"set": {"kernel": 1}}], (4, 3, 3)),
    ({"input": "3x12x12"}, [{"variant": "tall"}], (4, 5, 5)),
    ({}, [{"variant": "tall"}], (4, 15, 3)),
    ({"variant": "tall"}, [{"set": {"kernel": 1}}], (4, 16, 4)),
    ({"variant": "tall"}, [{"variant": "small"}], (4, 3, 3)),
    ({"variant": "wide"}, [{"input": "3x12x12"}, {"set": {"kernel": 1}}], (16, 6, 6)),
    ({"layers": OWN}, [{"input": "3x12x12"}], (4, 4, 4)),
    ({"layers": OWN}, [{"set": {"width": 5}}, {"variant": "tall"}], (5, 14, 2)),
]
"""What `load` is given, what each `at` after it is given, and the shape worked out by hand."""


@every_row(("given", "changes", "shape"), KEPT)
def test_at_keeps_what_it_is_not_told(given: dict[str, Any], changes: list[dict[str, Any]], shape: Shape) -> None:
    network = load(SPEC, **given)
    before = shapes(network)
    other = network
    for change in changes:
        other = other.at(**change)
    assert other.nodes[-1].output_shape == shape
    assert shapes(network) == before


def test_a_network_tells_its_variant_and_settings() -> None:
    network = load(SPEC, variant="wide", set={"kernel": 1}).at(set={"width": 5})
    assert (network.variant, network.settings) == ("wide", {"kernel": 1, "width": 5})
    network.settings["kernel"] = 3
    assert network.settings == {"kernel": 1, "width": 5}


def test_inputs_are_kept_by_name() -> None:
    text = "inputs: {a: 1x4x4, b: 1x4x4}\nlayers: [{concat: {from: [a, b]}}]"
    network = load(text, input={"a": "2x4x4"}).at({"b": "3x4x4"})
    assert network.inputs == {"a": (2, 4, 4), "b": (3, 4, 4)}
    assert network.at({"a": "1x4x4"}).nodes[0].output_shape == (4, 4, 4)


def test_an_input_that_a_variant_does_not_have_is_forgotten() -> None:
    text = """
        variants: {one: {input: 1x8x8}, two: {inputs: {x: 1x6x6}}}
        layers: [relu]
    """
    network = cnncalc.load(text, input="1x9x9")
    assert network.inputs == {"input": (1, 9, 9)}
    assert network.at(variant="two").inputs == {"x": (1, 6, 6)}


def test_a_spec_without_input_keeps_the_one_given() -> None:
    network = cnncalc.load(
        "parameters: {width: 2}\nlayers: [{conv2d: {out_channels: =width, kernel_size: 1}}]\n", input="3x5x5"
    )
    assert network.at(set={"width": 7}).nodes[0].output_shape == (7, 5, 5)
    with pytest.raises(CnncalcError, match="has no `input`"):
        cnncalc.load("layers:\n- relu\n", input={})


def test_layers_of_other_types_are_never_mixed() -> None:
    """Of one parsed spec, built with one registry, then with another, and again with the first."""
    network = load(SPEC)
    blueprint = network.blueprint
    own = type(blueprint)(blueprint.choice, OWN)
    for _ in range(2):
        assert blueprint.at(blueprint.inputs).nodes[-1].output_shape == (4, 3, 3)
        assert own.at(own.inputs).nodes[-1].output_shape == (4, 2, 2)
        assert isinstance(own.at(own.inputs).nodes[-1].layer, Halving)
    assert own.cache is not blueprint.cache
    assert blueprint.relaxed.cache is not blueprint.cache


def test_layers_are_made_once() -> None:
    network = load(SPEC)
    layers = [network.at("3x20x20").nodes[i].layer for i in range(2)]
    assert all(layer is node.layer for layer, node in zip(layers, network.nodes, strict=True))


def test_layers_that_follow_the_size_are_not_all_kept() -> None:
    from cnncalc.spec.layer_factory import MOST_KEPT, LayerCache

    cache = LayerCache({})
    layer = load(SPEC).nodes[0].layer
    for number in range(2 * MOST_KEPT + 5):
        cache.keep(str(number), (layer, None))
    assert len(cache.of_values) <= MOST_KEPT


# Relaxed

FITTED = """
    input: 2x9x9
    layers:
      - max_pool2d: {name: p, kernel_size: 2}
      - flatten
      - TYPE: {name: fc, out_features: 3, in_features: 32}
"""


class Tripled(Linear):
    """A linear layer of somebody else."""

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        return (3 * super().output_shape(inputs)[0],)


@pytest.mark.parametrize("name", ["linear", "my_linear"])
@pytest.mark.parametrize("kind", [Linear, Tripled])
def test_relaxed_layers_take_any_features(kind: type[Linear], name: str) -> None:
    text = FITTED.replace("TYPE", name)
    network = load(text, layers={**LAYERS, name: kind})
    wide = network.blueprint.relaxed.at({"input": (2, 20, 20)})
    assert wide.nodes[-1].output_shape == ((9,) if kind is Tripled else (3,))
    assert isinstance(wide.nodes[-1].layer, kind)
    assert wide.nodes[-1].layer.in_features == 32
    assert network.blueprint.relaxed.relaxed is network.blueprint.relaxed
    with pytest.raises(CnncalcError, match="`in_features` is 32, the input has 200"):
        network.at("2x20x20")


def test_given_weights_fit_one_size_too() -> None:
    text = """
        input: 1x2x2
        layers: [flatten, {linear: {out_features: 1, weight: [[1, 2, 3, 4]]}}]
    """
    network = load(text)
    assert network.blueprint.relaxed.at({"input": (1, 5, 5)}).nodes[-1].output_shape == (1,)
    with pytest.raises(CnncalcError, match="`weight` "):
        network.at("1x5x5")


def outcome(network: Network, size: int, most: int) -> tuple[bool, bool, int]:
    found = network.blueprint.attempt({"input": (3, size, size)}, most)
    return found.network is not None, found.error is not None, found.cost


def test_an_attempt_tells_what_it_cost() -> None:
    text = """
        layers:
          - {repeat: 100, layers: [{relu: {when: =index < 0}}]}
          - conv2d: {out_channels: 1, kernel_size: 3}
    """
    network = load(text)
    conditions = 100 * 11 // 100  # each of 11 steps, of which 100 are taken for a visit
    assert network.entries == 1 + 100 + 100 + 1 + conditions
    assert outcome(network, 8, 1000) == (True, False, 202 + conditions)
    assert outcome(network, 2, 1000) == (False, True, 202 + conditions)
    assert outcome(network, 8, 150) == (False, False, 151)
