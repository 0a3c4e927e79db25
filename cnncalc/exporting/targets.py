"""What a network can be written as, and by which ending of a file's name."""

from __future__ import annotations

import os
from typing import Final

from cnncalc.errors import CnncalcError, did_you_mean, enumerated
from cnncalc.interchange.output_files import descriptor

ENDINGS: Final = {"onnx": (".onnx",), "pytorch": (".py",), "keras": (".py",)}
"""The endings of each target; that of several is the first's of them, unless another is asked for."""

STANDARD_OUTPUT: Final = "-"


def is_stream(path: str) -> bool:
    """Whether it is no file that is written whole or not at all: standard output, or what is open already.

    >>> is_stream("-"), is_stream("net.onnx")
    (True, False)
    """
    return path == STANDARD_OUTPUT or descriptor(path) is not None


def target_of(path: str, wanted: str | None = None) -> str:
    """What goes into a file: what is wanted, or what its ending says; raises `CnncalcError`.

    >>> target_of("net.onnx"), target_of("-"), target_of("net.py")
    ('onnx', 'onnx', 'pytorch')
    """
    if wanted is not None and wanted not in ENDINGS:
        fact = f"a network cannot be written as {wanted}"
        raise CnncalcError(fact, hint=did_you_mean(wanted, ENDINGS) or enumerated(list(ENDINGS), "or"))
    ending = os.path.splitext(path)[1].lower()
    by_ending = [target for target, endings in ENDINGS.items() if ending in endings]
    if is_stream(path) or (wanted is not None and not ending):
        return wanted or next(iter(ENDINGS))
    if not by_ending:
        what = f"{ending} files" if ending else "a file without an ending"
        writable = list(dict.fromkeys(each for endings in ENDINGS.values() for each in endings))
        raise CnncalcError(f"{path}: `export` cannot write {what}", hint=f"it writes {enumerated(writable, 'and')}")
    if wanted is not None and wanted not in by_ending:
        raise CnncalcError(f"{path} is {enumerated(by_ending, 'or')} by its ending, and {wanted} is asked for")
    return wanted or by_ending[0]
