"""Output files: regular files are written whole or not at all; devices, pipes and descriptors as they are."""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from cnncalc.errors import CnncalcError
from cnncalc.interchange.interruption import cleaning_up

if TYPE_CHECKING:
    from collections.abc import Iterator

_DESCRIPTOR: Final = re.compile(r"/dev/(?:fd/(\d{1,9})|std(out|err))|/proc/self/fd/(\d{1,9})", re.ASCII)
"""The names of files that are open already; bash gives `>(command)` such a name."""


_PRINTED: Final = "; \\input takes a .tex, and Inkscape or rsvg-convert make a PDF of an .svg"
_SHOWN: Final = "; slides and texts take an .svg as a picture"
_FROM_SVG: Final = {
    **dict.fromkeys((".pdf", ".eps", ".ps"), _PRINTED),
    **dict.fromkeys((".ppt", ".pptx", ".odp", ".key", ".doc", ".docx", ".odt"), _SHOWN),
}


def instead_of(ending: str) -> str:
    """What is done with a figure where a file is wished for that we do not write, behind a list of those we do.

    >>> instead_of(".docx"), instead_of(".svg")
    ('; slides and texts take an .svg as a picture', '')
    """
    return _FROM_SVG.get(ending, "")


def descriptor(path: str) -> int | None:
    """The number of the open file that a path names, or None.

    >>> descriptor("/dev/stdout"), descriptor("/dev/fd/63"), descriptor("out.json")
    (1, 63, None)
    """
    found = _DESCRIPTOR.fullmatch(path)
    if found is None:
        return None
    return {"out": 1, "err": 2}[found[2]] if found[2] else int(found[1] or found[3])


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """A binary file to write what `path` shall hold, opened at once; raises `CnncalcError`.

    A regular file, or one that is not there yet, is written under a temporary name beside it, and replaced when the
    block ends. It stays as it is if the block fails or writes nothing, or if a signal ends the program. Links are
    followed, permissions are kept. Anything else is written to directly.
    """
    with write_errors(path):
        number = descriptor(path)
        existing = None if number is not None else _existing(path)
    if number is not None or not (existing is None or stat.S_ISREG(existing.st_mode)):
        writing = _direct(path, number)
    else:
        writing = _replacement(path, existing)
    with writing as file:
        yield file


@contextmanager
def write_errors(path: str) -> Iterator[None]:
    """Raise `CnncalcError` where `path` cannot be written; a reader of a pipe that went away is no error."""
    try:
        yield
    except BrokenPipeError:
        return
    except (OSError, ValueError) as error:
        folder = os.path.dirname(path)
        hint = f"there is no folder `{folder}`" if folder and not os.path.exists(folder) else None
        raise CnncalcError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}", hint=hint) from None


def _existing(path: str) -> os.stat_result | None:
    """What stands at `path`, or None; raises `OSError` as the shell's `>` fails there."""
    try:
        existing = os.stat(path)
    except FileNotFoundError:
        if path.endswith(os.sep):
            raise _failure(errno.EISDIR) from None
        return None
    if stat.S_ISDIR(existing.st_mode):
        raise _failure(errno.EISDIR)
    if not os.access(path, os.W_OK):
        raise _failure(errno.EACCES)
    return existing


def _failure(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@contextmanager
def _direct(path: str, number: int | None) -> Iterator[BinaryIO]:
    """A device, a pipe or an open file, without a way back from what is written."""
    with write_errors(path):
        file = os.fdopen(os.open(path, os.O_WRONLY) if number is None else _duplicate(number), "wb")
    try:
        yield file
    except BaseException:
        with suppress(OSError):
            file.close()
        raise
    with write_errors(path):
        file.close()


def _duplicate(number: int) -> int:
    """Another number of an open file, which fails at once where this is open for reading only."""
    from fcntl import F_GETFL, fcntl

    if fcntl(number, F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise _failure(errno.EBADF)
    return os.dup(number)


@contextmanager
def _replacement(path: str, existing: os.stat_result | None) -> Iterator[BinaryIO]:
    """A new file beside the target, of a name that nobody else has, which takes its place at the end."""
    target = os.path.realpath(path)
    temporary = os.path.join(os.path.dirname(target), f".{os.urandom(8).hex()}.part")

    def remove() -> None:
        with suppress(OSError):
            os.unlink(temporary)

    with cleaning_up(remove):  # before there is a file, which a signal right behind its making would leave
        with write_errors(path if existing is None else f"{path} by way of a new file beside it"):
            file = open(temporary, "xb")  # noqa: SIM115 - it is closed before it is renamed
        try:
            yield file
            with write_errors(path):
                _replace(file, temporary, target, existing)
        finally:
            with suppress(OSError):
                file.close()
            remove()


def _replace(file: BinaryIO, temporary: str, target: str, existing: os.stat_result | None) -> None:
    """Let a written file take the place of the target, with the owner and permissions that this has."""
    file.flush()
    number = file.fileno()
    if os.fstat(number).st_size == 0:
        return
    if existing is not None:
        _copy_ownership(number, existing)
    os.fsync(number)
    file.close()
    os.replace(temporary, target)
    _sync_folder(os.path.dirname(target))


def _copy_ownership(number: int, existing: os.stat_result) -> None:
    """Give an open file the owner and permissions of another, where the file system knows them and lets us."""
    with suppress(OSError):
        os.fchown(number, existing.st_uid, existing.st_gid)
    with suppress(OSError):
        os.fchmod(number, stat.S_IMODE(existing.st_mode))


def _sync_folder(folder: str) -> None:
    """Let the new name outlast a power cut, where the file system can."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
