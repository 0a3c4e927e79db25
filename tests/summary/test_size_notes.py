"""Layers whose number of parameters follows the input size are noted where another size is given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import cnncalc
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

FOLLOWS = "the parameters of `{}` follow the input size: {} in all at {}, {} here"
# The numbers at both sizes: of LeNet-5 only those of c5 change, from 16 x 5 x 5 inputs to 16 x (n / 4 - 2)^2.
SIZES = [
    ("lenet", None, ()),
    ("lenet", "1x28x28", ()),
    ("lenet", "1x32x32", (FOLLOWS.format("c5", "61,706", "1 x 28 x 28", f"{61_706 + (36 - 25) * 16 * 120:,}"),)),
    ("lenet", "3x28x28", ()),
    ("lenet", "3x32x32", (FOLLOWS.format("c5", "62,006", "3 x 28 x 28", f"{62_006 + (36 - 25) * 16 * 120:,}"),)),
    ("alexnet_torchvision", "3x320x320", ()),
    ("input: 3x8x8\nlayers: [relu, flatten]\n", "3x9x9", ()),
    ("layers: [flatten, {linear: {out_features: 2}}]\n", "3x9x9", ()),
    ("input: 3x8\nlayers: [flatten, {linear: {out_features: 2}}]\n", "3x9x9", ()),
]


@every_row(("spec", "size", "notes"), SIZES)
def test_parameters_that_follow_the_size(spec: str, size: str | None, notes: tuple[str, ...]) -> None:
    """Said where another size is given, and of layers behind what makes channels of positions."""
    network = cnncalc.load(spec, input=size)
    assert network.report().notes == notes
    assert network.notes == ()


def test_the_summary_tells_it_once(run: Callable[..., Any]) -> None:
    note = FOLLOWS.format("c5", "61,706", "1 x 28 x 28", "82,826")
    outcome = run("summary", "--input", "1x32x32", "--json")
    assert outcome.err == f"note: {note}\n"
    assert json.loads(outcome.out)["notes"] == [note]
    assert run("receptive-field", "--input", "1x32x32").err == ""
