"""The line of a program that called PyTorch."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

_OURS: Final = __file__.rpartition("/")[0]


@cache
def _is_between(file: str) -> bool:
    """Whether a file is PyTorch's or ours, and not that of a network."""
    return file.startswith((_OURS, "<frozen", "<string", *_folders_of_pytorch()))


def _folders_of_pytorch() -> list[str]:
    """Where PyTorch is, if it is imported."""
    found = getattr(sys.modules.get("torch"), "__path__", ())
    return [f"{folder.replace(chr(92), '/')}/" for folder in found]


def calling_line() -> str:
    """The innermost line that is neither PyTorch's nor ours, such as ``resnet.py:93``; empty where there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename.replace("\\", "/")
        if not _is_between(file):
            return f"{file.rpartition('/')[2]}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def raising_line(error: BaseException) -> str:
    """As `calling_line`, of the innermost such line that an error went through."""
    found, trace = "", error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename.replace("\\", "/")
        if not _is_between(file):
            found = f"{file.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
