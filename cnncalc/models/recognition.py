"""Which program a file is of, by what it begins with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnncalc.models.model import Model

ENDINGS: Final = (".onnx", ".keras", ".h5", ".hdf5", ".json", ".cfg")
"""How the names of models end. What a file is tells its beginning alone."""
HEAD: Final = 4096
"""The bytes by which a file is recognised."""

_ONNX: Final = re.compile(rb"\x08[\x01-\x7f][\x12\x1a\x22\x28\x32\x3a\x42\x72]", re.DOTALL)
"""An ONNX model: the field `ir_version`, and another field of `ModelProto`."""
_DARKNET: Final = re.compile(rb"(?:\s|[#;][^\n]*\n)*\[net(?:work)?\]\s*(?:[#;\n]|\w+\s*=)")
_KERAS_JSON: Final = re.compile(rb'\s*\{\s*"(?:class_name|module|config|keras_version|backend)"')


def format_of(head: bytes) -> str | None:
    r"""The format of a file that begins so: ``onnx``, ``keras`` or ``darknet``; None for any other.

    >>> format_of(b"\x08\x07\x12\x07pytorch"), format_of(b"# yolo\n[net]\nbatch=1"), format_of(b"input: 3x8x8")
    ('onnx', 'darknet', None)
    """
    if _ONNX.match(head):
        return "onnx"
    if head.startswith((b"PK\x03\x04", b"\x89HDF\r\n\x1a\n")) or _KERAS_JSON.match(head):
        return "keras"
    return "darknet" if _DARKNET.match(head) else None


def model_in(path: str) -> Model | None:
    """The model in a file; None where it is not recognised, and `CnncalcError` where it cannot be read."""
    with open(path, "rb") as file:
        head = file.read(HEAD)
    return _read(format_of(head), path)


def model_of(data: bytes, name: str) -> Model:
    """The ONNX model that bytes from elsewhere than a file are, which cannot be had again; raises `CnncalcError`."""
    from cnncalc.models.onnx.onnx_model import OnnxModel

    model = OnnxModel(data, name, None)
    model.is_in_file = False
    return model


def _read(format_: str | None, path: str) -> Model | None:
    """The model of a file of a format that has a reader."""
    if format_ == "onnx":
        from cnncalc.models.onnx import onnx_model

        return onnx_model.read(path)
    if format_ == "keras":
        from cnncalc.models.keras import model

        return model.read(path)
    if format_ == "darknet":
        from cnncalc.models.darknet import model as darknet_model

        return darknet_model.read(path)
    return None
