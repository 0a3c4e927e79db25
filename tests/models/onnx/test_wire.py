"""The wire format: values as the `protobuf` package writes them, and bytes that are no message."""

from __future__ import annotations

from typing import Any

import pytest
from onnx import AttributeProto, TensorProto, helper

from cnncalc.models.onnx import wire
from cnncalc.models.onnx.records import Node
from cnncalc.models.onnx.wire import DamagedError
from tests.rows import every_row

NUMBERS = [0, 1, -1, 127, 128, 300, 2**31, -(2**31), 2**63 - 1, -(2**63)]


@every_row("number", NUMBERS)
def test_numbers_are_those_that_were_written(number: int) -> None:
    data = AttributeProto(i=number).SerializeToString()
    ((field, kind, value),) = wire.fields(data, 0, len(data))
    assert (field, wire.integers(data, kind, value)) == (3, [number])


def test_lists_are_read_packed_and_one_by_one() -> None:
    for proto in (TensorProto(int64_data=NUMBERS), AttributeProto(ints=NUMBERS)):
        data = proto.SerializeToString()
        found = [n for _, kind, value in wire.fields(data, 0, len(data)) for n in wire.integers(data, kind, value)]
        assert found == NUMBERS


ATTRIBUTES: dict[str, Any] = {
    "whole": -3,
    "real": 0.25,
    "word": "SAME_UPPER",
    "sizes": [1, 2, -3],
    "reals": [0.5, -2.0],
    "words": ["a", "b"],
    "zero": 0,
    "nothing": 0.0,
}


def test_attributes_are_those_that_were_written() -> None:
    made = helper.make_node("Op", ["x", ""], ["y"], "name", domain="domain", **ATTRIBUTES)
    made.metadata_props.add(key="k", value="v")
    data = made.SerializeToString()
    node = Node(data, (0, len(data)), 0)
    assert node.attributes == ATTRIBUTES
    assert (node.op, node.name, node.domain, node.inputs, node.outputs, node.metadata) == (
        *("Op", "name", "domain", ["x", ""], ["y"]),
        {"k": "v"},
    )


DAMAGED = [
    (b"\x0a\x05ab", "a field should have 5 bytes, and 2 are left"),
    (
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        "a field should have 18,446,744,073,709,551,615 bytes, and 0 are left",
    ),
    (b"\x08", "a number is cut off"),
    (b"\x08\xff", "a number is cut off"),
    (b"\x08" + b"\xff" * 20, "a number is cut off"),
    (b"\x0d\x00\x00", "a number is cut off"),
    (b"\x09\x00\x00\x00\x00", "a number is cut off"),
    (b"\x0b", "a field has the wire type 3, which is none"),
    (b"\x0f", "a field has the wire type 7, which is none"),
    (b"\x08\x00" * 1_000_001, "a message has more than 1,000,000 fields"),
]


@pytest.mark.parametrize(("data", "fault"), DAMAGED)
def test_what_is_no_message_is_told(data: bytes, fault: str) -> None:
    with pytest.raises(DamagedError, match=fault.replace("(", r"\(")):
        list(wire.fields(data, 0, len(data)))
