"""Specs that are written in Python: the same networks as from YAML, and what is wrong told in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.layers import LAYERS, Add, BatchNorm, Convolution, Flatten, LeakyReLU, Linear, Scale
from cnncalc.layers.activations_piecewise import ReLU
from cnncalc.layers.base import Layer
from cnncalc.spec.structure import Structure
from tests.layers.cases import KINDS, network_of
from tests.marking import slow_but
from tests.rows import every_row

if TYPE_CHECKING:
    from cnncalc.graph.node import Node


def _own(node: Node) -> tuple[int, ...]:
    """The inputs that an entry names: those of a layer that it refers to follow its own."""
    return node.inputs[:1] if node.layer.references else node.inputs


@pytest.mark.parametrize("name", slow_but(KINDS, LAYERS))
def test_every_type_comes_back(name: str) -> None:
    """A network of the layers that a YAML spec made has the same layers and figures."""
    network = network_of(name)
    names = [tensor.name for tensor in network.tensors]
    entries: list[dict[str, Any]] = [
        {"layer": node.layer, "name": node.name, **({"from": [names[n] for n in _own(node)]} if node.inputs else {})}
        for node in network.nodes
    ]
    outputs = [names[number] for number in network.outputs]
    again = cnncalc.load({"inputs": dict(network.inputs), "layers": entries, "outputs": outputs})
    assert [repr(node.layer) for node in again.nodes] == [repr(node.layer) for node in network.nodes]
    assert again.report().layers == network.report().layers


def test_a_network_with_names_and_groups() -> None:
    """As from the YAML that says the same."""
    written = """
input: 3x32x32
layers:
  - conv2d: {name: c1, out_channels: 8, kernel_size: [3, 5], padding: [1, 2], bias: false}
  - batch_norm: {activation: {leaky_relu: {negative_slope: 0.2}}}
  - residual:
      name: block
      layers:
        - conv: {out_channels: 8, kernel_size: 3, padding: same, weight: {constant: 0.5}}
        - relu
  - add: {from: [previous, c1]}
  - flatten
  - linear: {out_features: 10, bias: zeros}
"""
    block = [Convolution(out_channels=8, kernel_size=3, padding="same", weight={"constant": 0.5}), ReLU()]
    layers = [
        {
            "layer": Convolution(out_channels=8, kernel_size=(3, 5), padding=((1, 1), (2, 2)), bias=False),
            "name": "c1",
        },
        BatchNorm(activation=LeakyReLU(negative_slope=0.2)),
        {"residual": {"name": "block", "layers": block}},
        {"layer": Add(), "from": ("previous", "c1")},
        "flatten",
        Linear(out_features=np.int64(10), bias="zeros"),
    ]
    network, expected = cnncalc.load({"input": (3, 32, 32), "layers": layers}), cnncalc.load(written)
    assert [repr(node.layer) for node in network.nodes] == [repr(node.layer) for node in expected.nodes]
    assert network.report().totals == expected.report().totals
    assert (network.forward(seed=1) == expected.forward(seed=1)).all()  # type: ignore[union-attr]


def test_a_list_is_a_spec_and_stays_one_at_other_sizes() -> None:
    network = cnncalc.load([Convolution(out_channels=4, kernel_size=3), ReLU(), Flatten()], input="1x8x8")
    assert network.at("1x9x9").nodes[-1].output_shape == (4 * 7 * 7,)
    assert cnncalc.load(("relu", {"conv2d": {"out_channels": 2, "kernel_size": 1}}), input="1x8x8").parameters == 4


def test_arrays_and_expressions() -> None:
    kernel = np.arange(9.0).reshape(1, 1, 3, 3)
    spec = {
        "input": "1x5x5",
        "parameters": {"width": 1},
        "layers": [
            Convolution(out_channels=1, kernel_size=3, weight=kernel, bias=False),
            {"scale": {"factor": "=2 * width"}},
            Scale(factor=0.5),
        ],
    }
    image = np.ones((1, 5, 5), np.float32)
    assert (cnncalc.load(spec).forward(image) == 36).all()  # type: ignore[union-attr]
    assert (cnncalc.load(spec, set={"width": 3}).forward(image) == 108).all()  # type: ignore[union-attr]


class Doubled(ReLU):
    """A type of one's own."""

    type_name = "doubled"


def test_a_class_of_ones_own_needs_no_registry() -> None:
    network = cnncalc.load([Doubled(), ReLU()], input="1x4x4")
    assert [node.type for node in network.nodes] == ["doubled", "relu"]
    assert [node.type for node in network.at("1x5x5").nodes] == ["doubled", "relu"]


RING: list[Any] = []
RING.append(RING)

WRONG = [
    (
        {"layers": [ReLU]},
        "a spec cannot have <class 'cnncalc.layers.activations_piecewise.ReLU'>",
        "a class is called with its options to make a layer: ReLU(...)",
    ),
    (
        {"layers": [{"layer": ReLU}]},
        "`layer` takes a layer such as ReLU(), not <class 'cnncalc.layers.activations_piecewise.ReLU'>",
        "a class is called with its options to make a layer: ReLU(...)",
    ),
    ({"layers": [{"layer": "relu"}]}, "`layer` takes a layer such as ReLU(), not 'relu'", None),
    ({"layers": [b"relu"]}, "a spec cannot have b'relu'", "numbers, texts, lists, dicts and layers can"),
    (
        {"layers": [{"scale": {"factor": float("nan")}}]},
        "a spec cannot have nan",
        "numbers, texts, lists, dicts and layers can",
    ),
    ({3: "relu"}, "the keys of a spec are texts, not 3", None),
    ({"layers": [{"scale": {("a", 1): 3}}]}, "the keys of a spec are texts, not ('a', 1)", None),
    (RING, "dicts and lists stand in each other, more than 50 deep", None),
    ({}, "<text> has no `layers`", "write `layers:` into it and, below, one layer a line, such as `  - relu`"),
]


@every_row(("spec", "message", "hint"), WRONG)
def test_what_no_spec_can_have(spec: Any, message: str, hint: str | None) -> None:
    with pytest.raises(cnncalc.CnncalcError) as error:
        cnncalc.load(spec, input="1x4x4")
    assert (error.value.message, error.value.hint) == (message, hint)


def test_an_error_shows_the_entry() -> None:
    with pytest.raises(cnncalc.CnncalcError) as error:
        cnncalc.load({"input": "3x8x8", "layers": [ReLU(), Convolution(out_channels=8, kernel_size=9)]})
    assert str(error.value) == (
        "error: <text>:4:14: `conv_1` cannot take 3 x 8 x 8: its window spans 9 pixels, the height has 8\n"
        '    4 |   - {"type": "conv", "out_channels": 8, "kernel_size": 9}\n'
        "      |              ^^^^^^\n"
        "hint: with this network the smallest input is 3 x 9 x 9"
    )


def test_only_what_is_not_default_is_written() -> None:
    text = Structure([Convolution(out_channels=4, kernel_size=3, stride=1, activation=ReLU())]).text
    assert text == 'layers:\n  - {"type": "conv", "out_channels": 4, "kernel_size": 3, "activation": "relu"}\n'


def test_classes_have_their_names() -> None:
    from cnncalc import layers

    assert {type_.__name__ for type_ in LAYERS.values()} <= set(dir(layers))
    assert all(issubclass(getattr(layers, type_.__name__), Layer) for type_ in LAYERS.values())
    with pytest.raises(AttributeError, match="has no attribute 'Conv'"):
        _ = layers.Conv
