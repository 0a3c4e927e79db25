"""Files of weights that are not read: what they are, and how to make one of them that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.errors import Place

_HDF5: Final = b"\x89HDF\r\n\x1a\n"
_PICKLE: Final = b"\x80"
_NPY: Final = b"\x93NUMPY"
_TORCH_ENDINGS: Final = (".pt", ".pth", ".bin", ".ckpt", ".tar", ".pkl")
_KERAS_ENDINGS: Final = (".h5", ".hdf5", ".keras")


def foreign_error(path: str, first_bytes: bytes, place: Place | None) -> CnncalcError:
    """The error for a file that is no archive of arrays, by its first bytes and its ending."""
    ending = path.lower()
    if first_bytes.startswith(_HDF5) or ending.endswith(_KERAS_ENDINGS):
        return _keras_error(path, place)
    if first_bytes.startswith(_PICKLE) or ending.endswith(_TORCH_ENDINGS):
        return _torch_error(path, place)
    if first_bytes.startswith(_NPY):
        fact = f"{printable(path)} is one array, and weights are several by their names"
        return _error(fact, "numpy.savez(file, **{'conv1.weight': array, ...}) writes several", place)
    what = "is empty" if not first_bytes else "is neither .npz nor .safetensors"
    return _error(f"{printable(path)} {what}", "numpy.savez(file, **arrays) writes an .npz file", place)


def foreign_archive_error(path: str, members: Sequence[str], place: Place | None) -> CnncalcError:
    """The error for an archive that holds something else than arrays, as PyTorch's files and Keras' do."""
    if any(name.endswith("data.pkl") for name in members):
        return _torch_error(path, place)
    if any(name.endswith(".h5") for name in members):
        return _keras_error(path, place)
    fact = f"{printable(path)} holds no arrays" if not members else f"{printable(path)} is no archive of arrays"
    return _error(fact, "numpy.savez(file, **arrays) writes an .npz file", place)


def _torch_error(path: str, place: Place | None) -> CnncalcError:
    """The error for what PyTorch saved: a pickle, which is a program."""
    hint = (
        f"in Python: state = torch.load({path!r}, map_location='cpu', weights_only=True); "
        f"safetensors.torch.save_file(state, {_renamed(path)!r})"
    )
    return _error(f"{printable(path)} is a file of PyTorch's, a pickle, which is not read", hint, place)


def _keras_error(path: str, place: Place | None) -> CnncalcError:
    """The error for what Keras saved, whose kernels have other orders of axes."""
    hint = (
        "in Python: numpy.savez(file, **{'conv1.weight': kernel.transpose(3, 2, 0, 1), 'conv1.bias': bias, ...}) "
        "of each layer's get_weights()"
    )
    return _error(f"{printable(path)} is a file of Keras', which is not read", hint, place)


def _renamed(path: str) -> str:
    """The file with the ending of what is read."""
    stem, dot, ending = path.rpartition(".")
    return f"{stem if dot and '/' not in ending else path}.safetensors"


def _error(fact: str, hint: str, place: Place | None) -> CnncalcError:
    return CnncalcError(fact, hint=hint, place=place, code="unreadable")
