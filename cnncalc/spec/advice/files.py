"""Errors for files that are no specs, and hints for those that are not there."""

from __future__ import annotations

import os
from typing import Final

from cnncalc.errors import CnncalcError, did_you_mean, nearest
from cnncalc.models.pytorch.importing import is_target
from cnncalc.models.recognition import ENDINGS
from cnncalc.spec import bundled

MOST_FILES: Final = 5000
"""The most files of a folder that are looked at."""
SHOWN: Final = 4
"""The files of a folder that a hint names."""

_ARRAY: Final = "an array of NumPy"
_IMAGE: Final = "an image"
_SIGNATURES: Final = {
    b"\x89HDF": "an HDF5 file, such as Keras writes",
    b"\x93NUMPY": _ARRAY,
    b"\x89PNG": _IMAGE,
    b"\xff\xd8\xff": _IMAGE,
    b"GIF8": _IMAGE,
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a compressed file",
    b"\x80\x02": "a pickle of Python",
    b"\x80\x03": "a pickle of Python",
    b"\x80\x04": "a pickle of Python",
    b"\x7fELF": "a program",
}
"""What a file is that begins so."""
_ENDINGS: Final = {
    "an ONNX model": ".onnx",
    "a model of PyTorch": ".pt .pth .ckpt .torchscript",
    "a model of Keras": ".keras",
    "an HDF5 file, such as Keras writes": ".h5 .hdf5",
    "weights without a network": ".safetensors .bin .caffemodel .weights",
    "a model of TensorFlow": ".tflite .pb .pbtxt",
    "a model of Caffe": ".prototxt",
    "a model of darknet": ".cfg",
    "a Python program": ".py .ipynb",
    _ARRAY: ".npy .npz",
    _IMAGE: ".png .jpg .jpeg .gif .bmp .webp .tif .tiff",
    "a table": ".csv .tsv .xlsx",
    "a document": ".pdf .docx .md .tex .html",
}
_HINTS: Final = {
    "a model of PyTorch": "torch.onnx.export(model, (x,), 'model.onnx') writes one that is read, and "
    "cnncalc.from_torch(model, '3x224x224') takes the module itself",
    "a model of TensorFlow": "tf2onnx writes it as ONNX, which is read: "
    "`python -m tf2onnx.convert --tflite FILE --output model.onnx`",
    "a model of Caffe": "ONNX, Keras and darknet are read; a program such as MMdnn writes it as ONNX",
    "a Python program": "`cnncalc import MODULE:NAME --input 3x224x224` takes a PyTorch module that it has",
    "weights without a network": "`cnncalc run SPEC --weights FILE` takes .npz, .safetensors, those of a model, "
    "and for a .cfg its .weights",
}
"""What to do with a file that is not read."""
_READ: Final = ("an ONNX model", "a model of Keras", "an HDF5 file, such as Keras writes", "a model of darknet")
"""What is read where it is what its name says."""
_BY_ENDING: Final = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}


def foreign_error(name: str, data: bytes = b"") -> CnncalcError | None:
    """The error for a file, of which `data` is the beginning, that is known to be something else than a spec.

    Its ending tells, or else its first bytes; None where neither does.
    """
    ended = _BY_ENDING.get(os.path.splitext(name)[1].lower())
    kind = ended or next((kind for sign, kind in _SIGNATURES.items() if data.startswith(sign)), None)
    if kind is None:
        return None
    hint = "`cnncalc show lenet` is a spec"
    if ended in _READ:
        return CnncalcError(f"{name} does not begin as {ended} does", hint="is this a whole file?", code="unreadable")
    if kind in (_ARRAY, _IMAGE):
        hint = f"`cnncalc run SPEC --data {name}` takes it as the input"
    return CnncalcError(f"{name} is {kind}, and a spec is YAML", hint=_HINTS.get(kind, hint), code="unreadable")


def folder_error(name: str) -> CnncalcError:
    """The error for a folder in place of a file; the hint names specs in it."""
    paths = [os.path.join(name, file) for file in _specs_in(name)]
    hint = f"specs in it: {', '.join(paths[:SHOWN])}{', …' * (len(paths) > SHOWN)}" if paths else "name a file in it"
    return CnncalcError(f"{name} is a folder, and a spec is a file", hint=hint, code="unreadable")


def missing_error(name: str) -> CnncalcError:
    """The error for a spec that is neither a file nor bundled; the hint names the nearest of both."""
    folder, file = os.path.split(name)
    is_path = bool(folder) or os.path.splitext(file)[1].lower() in _BY_ENDING
    if is_path:
        fact = f"there is no file `{name}`"
        if folder and not os.path.isdir(folder):
            return CnncalcError(fact, hint=f"there is no folder `{folder}`", code="not-found")
    else:
        fact = f"there is no file `{name}`, and no bundled architecture of that name"
    here = _specs_in(folder or os.curdir)
    stem = file.partition(":")[0]
    best = _nearest_in(folder, stem, bundled.ENDINGS)
    if best is not None:
        return CnncalcError(fact, hint=f"did you mean `{best}`?", code="not-found")
    if is_path:
        hint = f"files {'there' if folder else 'here'}: {', '.join(here[:SHOWN])}" if here else None
        return CnncalcError(fact, hint=hint, code="not-found")
    hint = did_you_mean(stem, bundled.every_name(), "bundled") or _type_hint(stem)
    hint = hint or _code_hint(name) or bundled.LISTED
    return CnncalcError(fact, hint=hint, code="not-found")


def missing_model_error(name: str) -> CnncalcError:
    """The error for a model that is no file: the hint names the nearest one, or code that may be meant."""
    fact = f"there is no file `{name}`"
    folder, file = os.path.split(name)
    best = _nearest_in(folder, file, ENDINGS)
    module, _, last = name.rpartition(".")
    if best is not None:
        hint = f"did you mean `{best}`?"
    elif folder or os.path.splitext(file)[1].lower() in _BY_ENDING:
        return missing_error(name)
    elif is_target(f"{module}:{last}"):
        hint = f"if it is code: `cnncalc import {module}:{last} --input 3x224x224` executes it"
    elif near := nearest(name, bundled.every_name()):
        hint = f"`{near}` is a bundled spec, which `cnncalc show {near}` prints"
    else:
        hint = "a model is a file, such as model.onnx, or code, MODULE:NAME, such as torchvision.models:resnet18"
    return CnncalcError(fact, hint=hint, code="not-found")


def _nearest_in(folder: str, file: str, endings: tuple[str, ...]) -> str | None:
    """The path of the file that a name without its ending, or with a slip in it, probably means; None if none."""
    here = _specs_in(folder or os.curdir)
    ended = next((file + ending for ending in (*endings, *ENDINGS) if file + ending in here), None)
    best = ended or (nearest(file, here) if os.path.splitext(file)[1] else None)
    return None if best is None else os.path.join(folder, best)


def _code_hint(name: str) -> str | None:
    """The hint for what names something in a module of Python; None for any other word."""
    return f"if it is code: `cnncalc import {name}` executes it, and no other command does" if is_target(name) else None


def _type_hint(name: str) -> str | None:
    """The hint for the name of a layer type in place of a spec; None for any other word."""
    from cnncalc.layers import find

    word, *options = name.split(maxsplit=1) or [""]
    if find(word) is None:
        return None
    if options:
        return f"layers in one line have brackets, such as '{word}({', '.join(options[0].split())})'"
    return f"it is a layer type, see `cnncalc layers {name}`; a network of one line has brackets: '{name}(...)'"


def _specs_in(folder: str) -> list[str]:
    """The names of the specs and models in a folder, but of hidden ones; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            found = [entry.name for entry, _ in zip(entries, range(MOST_FILES), strict=False)]
    except OSError:
        return []
    return sorted(name for name in found if name.endswith((*bundled.ENDINGS, *ENDINGS)) and not name.startswith("."))
