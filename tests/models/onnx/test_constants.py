"""Constants: their values in every form in which a file may have them, and what their shapes cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from cnncalc.errors import CnncalcError
from cnncalc.models.onnx.constants import Filled
from cnncalc.models.onnx.stored_tensor import Stored
from cnncalc.models.onnx.tensor_records import TensorRecord
from cnncalc.models.onnx.wire import DamagedError
from tests.models.onnx.graphs import drawn

if TYPE_CHECKING:
    from pathlib import Path

DTYPES = ["float32", "float64", "float16", "int8", "uint8", "int16", "uint16", "int32", "int64", "bool"]
ODD = [TensorProto.BFLOAT16, TensorProto.FLOAT8E4M3FN, TensorProto.FLOAT8E5M2]


def stored(proto: Any, folder: str | None = None) -> Stored:
    """A tensor as the reader has it."""
    data = proto.SerializeToString()
    return Stored(TensorRecord(data, (0, len(data))), folder)


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
def test_values_are_those_that_were_written(dtype: str, *, raw: bool) -> None:
    array = (8 * drawn(3, 4)).astype(dtype)
    kind = helper.np_dtype_to_tensor_dtype(array.dtype)
    values = array.tobytes() if raw else array.ravel().tolist()
    constant = stored(helper.make_tensor("w", kind, array.shape, values, raw=raw))
    assert (constant.shape, constant.dtype) == ((3, 4), dtype)
    assert constant.numbers() == array.ravel().tolist()
    np.testing.assert_array_equal(constant.array(), array)
    np.testing.assert_array_equal(constant.transposed((1, 0)).array(), array.T)
    np.testing.assert_array_equal(constant.reshaped((12,)).array(), array.reshape(12))
    assert constant.values("float32").dtype == "float32"


@pytest.mark.parametrize("kind", ODD)
def test_floats_that_numpy_does_not_have_are_those_of_the_format(kind: int) -> None:
    values = [0.0, 1.0, -1.5, 0.25, 448.0, 0.0078125]
    proto = helper.make_tensor("w", kind, [6], values)
    expected = numpy_helper.to_array(proto).astype("float32")
    constant = stored(proto)
    assert constant.is_float
    np.testing.assert_array_equal(constant.values("float32"), expected)
    assert constant.numbers() == expected.tolist()


def test_a_filled_constant_of_any_size_is_one_number() -> None:
    constant = Filled(0.5, (2**14, 2**14), "float32", "w")
    assert constant.uniform == 0.5
    assert constant.transposed((1, 0)).reshaped((2**28,)).array().strides == (0,)


def external(**entries: str) -> Any:
    """A tensor of six values in another file."""
    proto = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2, 3], data_location=TensorProto.EXTERNAL)
    for key, value in entries.items():
        proto.external_data.add(key=key, value=value)
    return proto


def test_values_in_another_file_are_read_from_their_place(tmp_path: Path) -> None:
    array = drawn(2, 3)
    (tmp_path / "w.bin").write_bytes(b"before--" + array.tobytes())
    constant = stored(external(location="w.bin", offset="8", length="24"), str(tmp_path))
    np.testing.assert_array_equal(constant.array(), array)


OUTSIDE = [
    (
        {"location": "../w.bin"},
        "the values of `w` are said to be in `../w.bin`, and only files in the model's folder are read",
    ),
    (
        {"location": "/etc/passwd"},
        "the values of `w` are said to be in `/etc/passwd`, and only files in the model's folder are read",
    ),
    (
        {"location": "a/../../w.bin"},
        "the values of `w` are said to be in `a/../../w.bin`, and only files in the model's folder are read",
    ),
    ({"location": "link"}, "the values of `w` are said to be in `link`, which is a link out of the model's folder"),
    ({"location": "short", "offset": "8"}, "the values of `w` should end at byte 32 of `{}/short`, which is shorter"),
    ({"location": "short", "length": "12"}, "the values of `w` have 24 bytes, and 12 are said to be in `short`"),
    ({"location": "short", "offset": "-1"}, "the values of `w` begin or end at '-1', which is no number"),
    ({"location": "none"}, "the values of `w` are in `{}/none`, which cannot be read: No such file"),
]


@pytest.mark.parametrize(("entries", "message"), OUTSIDE)
def test_no_file_outside_of_the_folder_is_read(entries: dict[str, str], message: str, tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(drawn(2, 3).tobytes())
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(tmp_path / "w.bin")
    (inside / "short").write_bytes(drawn(2, 3).tobytes())
    with pytest.raises(CnncalcError) as caught:
        stored(external(**entries), str(inside)).array()
    assert caught.value.message == message.format(inside)


def test_a_shape_that_the_bytes_do_not_fill_is_damage() -> None:
    proto = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2**20, 2**20], raw_data=bytes(8))
    with pytest.raises(DamagedError, match="`w` has 8 bytes for 1,099,511,627,776 values of type float32"):
        stored(proto)
