"""Writing output files whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replacing(path: str, mode: str = "w") -> Iterator[IO[Any]]:
    """A file to write to, which takes the place of `path` once it is complete; raises `CnncalcError`.

    What is at `path` stays as it is if anything goes wrong. Devices and pipes are written to directly.
    """
    encoding = None if "b" in mode else "utf-8"
    target = os.path.realpath(path)
    try:
        known = os.stat(target) if os.path.exists(target) else None
        if known is not None and not stat.S_ISREG(known.st_mode):
            with open(target, mode, encoding=encoding) as file:
                yield file
            return
        temporary = f"{target}.{os.getpid()}.part"
        try:
            with open(temporary, mode.replace("w", "x"), encoding=encoding) as file:
                yield file
            if known is not None:
                os.chmod(temporary, stat.S_IMODE(known.st_mode))
            os.replace(temporary, target)
        except BaseException:
            if os.path.exists(temporary):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise CnncalcError(f"cannot write {path}: {error.strerror or error}") from None
