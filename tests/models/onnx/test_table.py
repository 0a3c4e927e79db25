"""The table of operators: which are read, and which layer types are written, all of them."""

from __future__ import annotations

from importlib import import_module

import pytest
from onnx import defs

import cnncalc
from cnncalc.exporting.onnx import OnnxExport
from cnncalc.layers import LAYERS
from cnncalc.models.onnx.operators.table import (
    EXTENDED,
    FAMILIES,
    READERS,
    REASONS,
    WRITERS,
    can_write,
    reader,
    writer_of,
)

NO_LAYER = ("split",)
"""A scope: what is written are its slices."""
UNKNOWN = ("opaque",)
"""Of which nothing but the shape is known."""


def test_every_operator_of_the_table_is_one_that_is_read() -> None:
    assert set(READERS) <= {schema.name for schema in defs.get_all_schemas_with_history() if not schema.domain}
    assert all(callable(reader(operator, "")) for operator in READERS)
    assert reader("Loop", "") is None
    assert reader("Conv", "com.microsoft") is None
    assert all(callable(reader(operator, "com.microsoft")) for operator in EXTENDED)


def test_what_a_family_does_for_itself_stands_in_the_table() -> None:
    homes = set(FAMILIES)
    done = {*READERS.values(), *WRITERS.values()}
    for home in sorted(homes):
        module = import_module(f"cnncalc.models.onnx.operators.{home}")
        made = [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]
        names = {each.__name__ for each in made if callable(each) and each.__name__.startswith(("read_", "write_"))}
        assert {(home, name) for name in names} <= done


def test_every_type_is_written() -> None:
    assert {name for name in LAYERS if not can_write(name)} == {*NO_LAYER, *UNKNOWN}
    assert all(callable(writer_of(name)) for name in LAYERS if can_write(name))
    assert not [name for name in REASONS if can_write(name)]


REFUSED = {
    "a projection": ("lstm: {hidden_size: 4, proj_size: 2, name: l}", "3x5", 20, "`proj_size` has no operator there"),
    "a deformable convolution": (
        "deform_conv2d: {out_channels: 2, kernel_size: 1, from: [input, input], name: l}",
        "2x4x4",
        18,
        "a deformable convolution needs opset 19, and 18 is asked for",
    ),
    "a grid of three axes": (
        "grid_sample: {from: [input, input], name: l}",
        "3x2x2x2",
        19,
        "grid_sample of a map with 3 axes needs opset 20, and 19 is asked for",
    ),
    "a grid": (
        "grid_sample: {from: [input, input], name: l}",
        "2x3x3",
        15,
        "grid_sample needs opset 16, and 15 is asked for",
    ),
    "a long sequence of maps": (
        "conv_lstm: {out_channels: 1, kernel_size: 1, name: l}",
        "1x300x2",
        20,
        "it has 300 steps, which are written one by one, and 256 are the most",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(what: str) -> None:
    entry, shape, opset, fact = REFUSED[what]
    network = cnncalc.load(f"input: {shape}\nlayers:\n  - {entry}\n")
    with pytest.raises(cnncalc.CnncalcError) as raised:
        OnnxExport(network, opset=opset)
    type_ = entry.partition(":")[0].removesuffix("2d")
    assert raised.value.message == f"`l` ({type_}) cannot be written as ONNX: {fact}"
