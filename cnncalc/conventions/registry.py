"""The conventions by the names under which they are asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError, did_you_mean

if TYPE_CHECKING:
    from cnncalc.conventions.rules import Convention

CONVENTIONS: Final = {
    "torchinfo": "torchinfo.TORCHINFO",
    "fvcore": "fvcore.FVCORE",
    "ptflops": "ptflops.PTFLOPS",
    "ptflops-aten": "ptflops.PTFLOPS_ATEN",
    "thop": "thop.THOP",
    "ultralytics-thop": "ultralytics_thop.ULTRALYTICS_THOP",
    "calflops": "calflops.CALFLOPS",
    "deepspeed": "deepspeed.DEEPSPEED",
    "onnx-tool": "onnx_tool.ONNX_TOOL",
    "torch": "flop_counter.TORCH",
}
"""The module and the constant of each."""


def find(name: str) -> Convention:
    """The convention of a tool; raises `CnncalcError`.

    >>> find("fvcore").version
    '0.1.5.post20221221'
    """
    if name not in CONVENTIONS:
        raise CnncalcError(f"there is no convention `{name}`", hint=did_you_mean(name, CONVENTIONS, "conventions"))
    module, _, constant = CONVENTIONS[name].partition(".")
    found: Convention = getattr(import_module(f"cnncalc.conventions.{module}"), constant)
    return found
