"""What is noted of a network beside its figures."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.spec import bundled
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.sources import choose_all
from tests.marking import slow_but
from tests.rows import every_row

LEADS_NOWHERE = {"wavenet": ("`layer49.onwards` is taken by no layer, and is no output",)}
"""Of the bundled architectures, those with a layer whose output nobody uses: the last residual path ends."""


@pytest.mark.parametrize("spec", slow_but({"alexnet", "lenet", "unet"}, bundled.names()))
def test_bundled_architectures_are_quiet(spec: str) -> None:
    for choice in choose_all(spec, None, {}):
        if choice.inputs:
            assert Blueprint(choice).at(choice.inputs).notes == LEADS_NOWHERE.get(spec, ())


# Layers, and what is said of those whose output nobody uses.
UNUSED = [
    ("[relu, sigmoid]", ()),
    ("[{relu: {name: a}}, {sigmoid: {from: input}}]", ("`a` is taken by no layer, and is no output",)),
    (
        "[{relu: {name: a}}, {sigmoid: {name: b, from: input}}, {tanh: {from: input}}]",
        ("`a` and `b` are taken by no layer, and are no outputs",),
    ),
    (
        '[{repeat: 5, layers: [{relu: {name: "a{index}", from: input}}]}, {tanh: {from: input}}]',
        ("`a0`, `a1`, `a2` and 2 more are taken by no layer, and are no outputs",),
    ),
]


@pytest.mark.parametrize(("layers", "notes"), UNUSED)
def test_what_nobody_uses(layers: str, notes: tuple[str, ...]) -> None:
    assert cnncalc.load(f"input: 3x8x8\nlayers: {layers}\n").notes == notes


def test_an_input_that_nobody_uses() -> None:
    network = cnncalc.load("inputs: {left: 3x8x8, right: 3x8x8}\nlayers: [{relu: {from: left}}]\n")
    assert network.notes == ("`right` is taken by no layer, and is no output",)


def test_what_is_an_output_is_used() -> None:
    text = "input: 3x8x8\noutputs: [a, b]\nlayers: [{relu: {name: a}}, {tanh: {name: b, from: input}}]\n"
    assert cnncalc.load(text).notes == ()


POSITIONS = [
    ("conv2d(3, 16, 3)", "3x32x32", True),
    ("conv1d(3, 64, 7)", "3x100", True),
    ("conv2d(16, 3)", "3x32x32", False),
    ("conv2d(64, 3, 2)", "64x32x32", False),
    ("conv2d(3, 16, 16)", "3x32x32", False),
    ("conv2d(96, 11, 4)", "3x227x227", False),
    ("Conv2d(3, 3, 11, 4)", "3x32x32", False),
    ("input: 3x32x32\nlayers: [conv2d: {out_channels: 3, kernel_size: 16, stride: 3}]\n", "3x32x32", False),
]


@every_row(("spec", "shape", "noted"), POSITIONS)
def test_the_arriving_channels_in_front_are_noted(spec: str, shape: str, noted: bool) -> None:
    """As only PyTorch's class has them there."""
    notes = cnncalc.load(spec, input=shape).notes
    assert [note.partition("; ")[2].partition(" or ")[0] for note in notes] == (
        [f"{spec.split(', ')[1]} filters of size {spec[-2]} are C{spec[1:]}"] if noted else []
    )
