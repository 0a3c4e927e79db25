"""Closed forms, against the network built at many sizes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.solve.closed_forms import closed_forms
from cnncalc.solve.solver import solve
from tests.marking import slow_but
from tests.solve.chains import CHAINS, at, chain


@given(CHAINS, st.integers(20, 60))
def test_forms_are_what_is_built(links: list[str], size: int) -> None:
    network = chain(links, size)
    forms = closed_forms(network).forms
    for other in range(1, 120):
        built = at(network, other)
        for axes, shape in zip(forms, [tensor.shape for tensor in built.tensors] if built else [], strict=False):
            for form, expected in zip(axes, shape, strict=True):
                if form is not None:
                    assert (form.constant or form.at(other)) == expected, (links, other, form)


FORMED = ["alexnet", "lenet", "resnet18", "googlenet", "unet", "segnet", "inception_v3"]


@pytest.mark.parametrize("name", slow_but({"alexnet", "lenet"}, FORMED))
def test_forms_of_bundled_networks(name: str) -> None:
    network = cnncalc.load(name)
    forms = closed_forms(network).forms
    [(channels, *_)] = network.inputs.values()
    built = 0
    for size in [*range(20, 80, 3), 188, 189, 190, 299, 300, 571, 573]:
        try:
            other = network.at([channels, size, size + 3])
        except CnncalcError:
            continue
        built += 1
        for axes, shape in zip(forms, [tensor.shape for tensor in other.tensors], strict=True):
            for form, expected in zip(axes, shape, strict=True):
                if form is not None:
                    start = 0 if form.variable is None else (channels, size, size + 3)[form.variable[1]]
                    assert (form.steps[0].plus if form.variable is None else form.at(start)) == expected
    assert built > 4


def test_windows_collapse_to_one_floor() -> None:
    """Every layer of a network without upsampling has one floor."""
    forms = closed_forms(cnncalc.load("resnet50")).forms
    assert all(len(form.steps) <= 1 for axes in forms for form in axes if form is not None)


@pytest.mark.slow
def test_options_that_follow_the_input_are_not_taken_for_constants() -> None:
    upsample = 'upsample: {name: b, size: "=in_shape[1] * in_shape[1]"}'
    text = f"name: follows\ninput: 1x8\nlayers:\n  - identity: {{name: a}}\n  - {upsample}\n"
    network = cnncalc.load(text)
    assert closed_forms(network).forms[2][1] is None
    [axis] = solve(network, "b", [81]).axes
    assert (axis.inputs, axis.closed_form) == (((9, 9),), None)
    assert axis.enumerated is not None
