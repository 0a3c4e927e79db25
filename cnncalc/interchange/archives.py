"""Several arrays by name in one file: NumPy's .npz, in and out."""

from __future__ import annotations

import warnings
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from cnncalc.errors import CnncalcError, shape_text
from cnncalc.execution.resources import available
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.kernels import Array

MOST_MEMBERS: Final = 10_000
_HINT: Final = "numpy.savez(file, name=array) writes such a file"


def member_names(path: str) -> list[str]:
    """The names of the arrays in an archive; raises `CnncalcError`."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()]
    except Exception as error:  # noqa: BLE001 - a broken archive may make a reader stumble in any way
        raise _broken(path, error) from None
    if not names:
        raise CnncalcError(f"{path} holds no arrays", hint=_HINT)
    if len(names) > MOST_MEMBERS:
        raise CnncalcError(f"{path} has {len(names):,} members, and {MOST_MEMBERS:,} are the most")
    return [name.removesuffix(".npy") for name in names]


def read_member(path: str, name: str) -> Array:
    """An array of an archive, which is as large as its header says and fits in memory; raises `CnncalcError`."""
    where = f"`{printable(name)}` of {path}"
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(f"{name}.npy" if f"{name}.npy" in archive.namelist() else name)
            _check_room(where, info.file_size)
            with archive.open(info) as member, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                array = _read(member, info.file_size)
    except CnncalcError:
        raise
    except Exception as error:  # noqa: BLE001 - NumPy evaluates the header, and may stumble over it in any way
        raise _broken(where, error) from None
    if min(array.shape, default=1) < 1:
        raise CnncalcError(f"{where} is {shape_text(array.shape)}, which holds no values")
    return array


def _check_room(where: str, size: int) -> None:
    """Raise `CnncalcError` where there is no memory for what an archive says that it holds."""
    room = available()
    if room is not None and size > room:
        fact = f"{where} does not fit in memory: it takes {size:,} bytes, and {room:,} are free"
        raise CnncalcError(fact, hint="save it by numpy.save, which is read in parts")


def _read(member: Any, size: int) -> Array:
    """An array whose header does not promise more than there is: NumPy would make room for it first."""
    version = np.lib.format.read_magic(member)
    headers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in headers:
        raise ValueError("its version of the format is not known")
    shape, fortran_order, dtype = headers[version](member)
    if dtype.hasobject:
        raise ValueError("it holds objects, not numbers")
    count = 1
    for length in shape:
        count *= int(length)
    if count * dtype.itemsize > size:
        raise ValueError("it is shorter than its header says")
    data = member.read(count * dtype.itemsize)
    if len(data) < count * dtype.itemsize:
        raise ValueError("it is shorter than its header says")
    flat = np.frombuffer(data, dtype)
    return flat.reshape(shape[::-1]).T if fortran_order else flat.reshape(shape)


def _broken(what: str, error: Exception) -> CnncalcError:
    """The error for what is no archive of arrays."""
    reason = str(error) if isinstance(error, (ValueError, OSError, zipfile.BadZipFile)) else "it cannot be read"
    return CnncalcError(f"{what} is not an array of numbers: {printable(' '.join(reason.split()))[:200]}", hint=_HINT)


def write(file: BinaryIO, arrays: Mapping[str, Array]) -> None:
    """Write arrays by name, as `numpy.savez` does."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
