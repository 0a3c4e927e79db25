"""What a model of another program becomes: a spec at some sizes of its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnncalc import CnncalcError, Network
from cnncalc.models.imported import Imported, ImportedLayer
from cnncalc.models.model import Model
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.given_inputs import build_at
from cnncalc.spec.model_specs import spec_of
from cnncalc.spec.variant import ChosenVariant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.model import FreeShape
    from cnncalc.shapes import Shape


class Pooled(Model):
    """A convolution, and an upsampling to the size of the input, which is written as numbers."""

    def __init__(self, shape: FreeShape, said: Shape | None = None) -> None:
        super().__init__("pooled", "pooled.model", {"x": shape})
        self.said = said

    def translated(self, inputs: Mapping[str, Shape]) -> Imported:
        options = {"out_channels": 4, "kernel_size": 3, "stride": 2}
        size = list(inputs["x"][1:])
        layers = [
            ImportedLayer("a.conv", "conv2d", options, ["x"], shape=self.said),
            ImportedLayer("a.up", "upsample", {"size": size}, ["a.conv"]),
            ImportedLayer("cat", "concat", {}, ["x", "a.up"]),
        ]
        return Imported("pooled", inputs, layers, ["cat"], follows_sizes=True, notes=["a note"])


def network(model: Model, given: object = None) -> Network:
    return Network(build_at(Blueprint(ChosenVariant(spec_of(model))), given))


def test_a_model_is_built_at_its_own_size_and_read_again_at_another() -> None:
    found = network(Pooled((3, 9, 9)))
    assert [node.output_shape for node in found.nodes] == [(4, 4, 4), (4, 9, 9), (7, 9, 9)]
    assert [node.output_shape for node in found.at("3x21x13").nodes] == [(4, 10, 6), (4, 21, 13), (7, 21, 13)]
    assert "a note" in found.notes


class Fixed(Pooled):
    """As `Pooled`, and at other sizes than its own only told as an error."""

    def translated(self, inputs: Mapping[str, Shape]) -> Imported:
        if inputs != self.own_inputs:
            raise CnncalcError("pooled.model reshapes to 4 x 9 x 9")
        return super().translated(inputs)


def test_a_translation_in_vain_costs_what_it_takes() -> None:
    """A search for sizes translates the model at each, and is to be given up after some of them."""
    found = network(Fixed((3, 9, 9))).blueprint.attempt({"x": (3, 21, 13)}, 1000)
    assert found.error is not None
    assert found.cost == 1 + 8 * 3


def test_free_sizes_must_be_given() -> None:
    model = Pooled((3, "height", "?"))
    with pytest.raises(CnncalcError) as raised:
        network(model)
    assert str(raised.value) == (
        "error: pooled.model: `x` has free sizes: 3 x height x ?\nhint: say which, such as --input 3x224x224"
    )
    assert network(model, "3x9x11").nodes[-1].output_shape == (7, 9, 11)
    with pytest.raises(CnncalcError, match=r"`x` is 1 x 9 x 9, and pooled\.model takes 3 x height x \?"):
        network(model, "1x9x9")


def test_a_shape_that_the_model_does_not_have_is_an_error() -> None:
    with pytest.raises(CnncalcError) as raised:
        network(Pooled((3, 9, 9), said=(4, 5, 5)))
    assert raised.value.message == ("pooled.model: `a.conv`: its output is 4 x 4 x 4 here, and 4 x 5 x 5 in the file")


def test_errors_name_the_file_without_a_line() -> None:
    with pytest.raises(CnncalcError) as raised:
        network(Pooled((3, 2, 2)))
    assert str(raised.value).startswith("error: pooled.model: `a.conv` cannot take 3 x 2 x 2: its window spans 3")
