"""Layers at their place in a graph: what a type of somebody's own may give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.shapes import Shape

NO_SHAPES = [(None, "None"), ([4, 9], "[4, 9]"), ((4, 4.5), "(4, 4.5)"), ((), "()")]


@pytest.mark.parametrize(("given", "told"), NO_SHAPES)
def test_what_is_no_shape_is_refused_where_it_is_given(given: Any, told: str) -> None:
    class Odd(Layer):
        type_name = "odd"

        def output_shape(self, inputs: Sequence[Shape]) -> Shape:
            del inputs
            return given  # type: ignore[no-any-return]

    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load("input: 4x9\nlayers:\n- odd: {name: o}\n", layers={**LAYERS, "odd": Odd})
    fact = f"`o` cannot take 4 x 9: its type gives {told} as the output's shape, which is a tuple of integers"
    assert fact in str(caught.value)


@pytest.mark.parametrize(("shape", "type_"), [("5", "spatial_dropout"), ("5x4", "spatial_dropout1d")])
def test_a_type_has_the_rank_of_a_map_and_none_of_a_vector(shape: str, type_: str) -> None:
    assert cnncalc.load(f"input: {shape}\nlayers:\n- spatial_dropout\n").nodes[0].type == type_
