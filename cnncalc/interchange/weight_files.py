"""Weights from files, .npz and .safetensors: headers are read at once, values when they are needed."""

from __future__ import annotations

import os
import stat
import zipfile
from math import prod
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from cnncalc.errors import CnncalcError
from cnncalc.interchange import npy_header, safetensors
from cnncalc.models.stored_arrays import Store, StoredArray
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.errors import Place
    from cnncalc.kernels import Array

ENDINGS: Final = (".npz", ".safetensors")
MOST_ARRAYS: Final = 100_000
_ARCHIVE: Final = b"PK"
_HINT: Final = "weights are read from .npz, which numpy.savez writes, and from .safetensors"


def opened(path: str | os.PathLike[str], place: Place | None = None) -> Store:
    """The arrays of a file, which stays open until the store is closed; raises `CnncalcError`, at a place in a spec."""
    name = os.fspath(path)
    shown = printable(name)
    try:
        return _opened(name, shown, place)
    except FileNotFoundError:
        raise CnncalcError(f"there is no file {shown}", hint=_HINT, place=place, code="not-found") from None
    except OSError as error:
        raise CnncalcError(f"cannot read {shown}: {error.strerror or error}", place=place, code="unreadable") from None
    except (ValueError, zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        reason = printable(" ".join(str(error).split()))[:200] or "it cannot be read"
        fact = f"{shown} holds no weights that can be read: {reason}"
        raise CnncalcError(fact, hint=_HINT, place=place, code="unreadable") from None


def _opened(path: str, shown: str, place: Place | None) -> Store:
    """As `opened`; raises `ValueError`, `OSError` or what `zipfile` raises, too."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise CnncalcError(f"cannot read {shown}: it is not a regular file", hint=_HINT, place=place, code="unreadable")
    file = open(path, "rb")  # noqa: SIM115 - the store closes it
    try:
        return _store(path, shown, file, place)
    except BaseException:
        file.close()
        raise


def _store(path: str, shown: str, file: BinaryIO, place: Place | None) -> Store:
    """The arrays of an open file, whose kind is known by its first bytes."""
    first_bytes = file.read(9)
    file.seek(0)
    if first_bytes.startswith(_ARCHIVE):
        return _Archive(shown, file, place)
    if safetensors.begins_one(first_bytes) or path.lower().endswith(".safetensors"):
        return _SafeTensors(shown, file, place)
    store = _store_of_model(path, shown, place)
    if store is not None:
        file.close()
        return store
    from cnncalc.interchange.foreign_weights import foreign_error

    raise foreign_error(path, first_bytes, place)


def _store_of_model(path: str, shown: str, place: Place | None) -> Store | None:
    """The arrays of a model of another program, under the names of its layers here; None for any other file."""
    from cnncalc.models.recognition import model_in

    try:
        model = model_in(path)
    except CnncalcError:
        if path.lower().endswith(".onnx"):
            raise
        return None  # weights without a network, as Keras writes them too
    if model is None:
        return None
    if model.free_inputs:
        fact = f"{shown}: sizes of its inputs are free, and the names of its arrays follow from its layers"
        hint = f"`cnncalc import {shown} --input SHAPE --weights net.npz` writes them to a file"
        raise CnncalcError(fact, hint=hint, place=place, code="unreadable")
    imported = model.at(model.own_inputs)
    if not imported.has_weights:
        raise CnncalcError(f"{shown} is a model without weights that are read", place=place, code="unreadable")
    return Store(shown, imported.arrays(), place)


class _OpenFile(Store):
    """What is read from an open file."""

    def __init__(self, name: str, file: BinaryIO, arrays: Mapping[str, StoredArray], place: Place | None) -> None:
        super().__init__(name, arrays, place)
        self.file = file

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class FileArray(StoredArray):
    """An array in a file: `stream` opens it at its first value."""

    __slots__ = ("code", "is_fortran", "stream", "where")

    def __init__(
        self,
        header: npy_header.ArrayHeader | safetensors.Stretch,
        where: str,
        stream: Callable[[], Any],
    ) -> None:
        super().__init__(header.shape, header.dtype)
        self.where = where
        self.stream = stream
        self.code, self.is_fortran = None, False
        if isinstance(header, npy_header.ArrayHeader):
            self.code, self.is_fortran = header.code, header.is_fortran

    def values(self, dtype: str) -> Array:
        """The values, read and converted in parts."""
        from cnncalc.models.float_values import read_floats

        try:
            flat = read_floats(self.stream(), prod(self.shape), self.dtype, dtype, self.code)
        except (OSError, EOFError, ValueError, TypeError, RuntimeError, zipfile.BadZipFile) as error:
            reason = printable(" ".join(str(error).split()))[:200] or "it ends too early"
            raise CnncalcError(f"cannot read {self.where}: {reason}", code="unreadable") from None
        except Exception as error:
            if type(error).__module__ != "zlib":  # imported where an archive is compressed, and not before
                raise
            raise CnncalcError(f"cannot read {self.where}: it is damaged", code="unreadable") from None
        return flat.reshape(self.shape[::-1]).T if self.is_fortran else flat.reshape(self.shape)


class _SafeTensors(_OpenFile):
    """The arrays of a .safetensors file."""

    def __init__(self, name: str, file: BinaryIO, place: Place | None) -> None:
        found = safetensors.stretches(file, os.fstat(file.fileno()).st_size)
        arrays = {
            word: FileArray(at, f"`{printable(word)}` of {name}", self._at(at.start)) for word, at in found.items()
        }
        super().__init__(name, file, arrays, place)

    def _at(self, start: int) -> Callable[[], BinaryIO]:
        """What moves the file to a place."""

        def stream() -> BinaryIO:
            self.file.seek(start)
            return self.file

        return stream


class _Archive(_OpenFile):
    """The arrays of an .npz file."""

    def __init__(self, name: str, file: BinaryIO, place: Place | None) -> None:
        self.archive = zipfile.ZipFile(file)
        members = self.archive.infolist()
        if len(members) > MOST_ARRAYS:
            raise ValueError(f"it has {len(members):,} members, and {MOST_ARRAYS:,} are the most")
        words = [member.filename for member in members]
        if not words or not all(word.endswith(".npy") for word in words):
            from cnncalc.interchange.foreign_weights import foreign_archive_error

            raise foreign_archive_error(name, words, place)
        if len(set(words)) < len(words):
            raise ValueError("it has two arrays of one name")
        arrays = {member.filename.removesuffix(".npy"): self._array(name, member) for member in members}
        super().__init__(name, file, arrays, place)

    def _array(self, name: str, member: zipfile.ZipInfo) -> FileArray:
        """A member, whose header fits its size."""
        where = f"`{printable(member.filename.removesuffix('.npy'))}` of {name}"
        try:
            with self.archive.open(member) as stream:
                header = npy_header.read_header(stream)  # type: ignore[arg-type]
        except (ValueError, RuntimeError, EOFError) as error:
            raise ValueError(f"`{member.filename[:80]}`: {error}") from None
        if header.value_bytes and prod(header.shape) * header.value_bytes > member.file_size - header.length:
            raise ValueError(f"`{member.filename[:80]}` is shorter than its header says")

        def stream_at_values() -> Any:
            stream = self.archive.open(member)
            stream.read(header.length)
            return stream

        return FileArray(header, where, stream_at_values)
