"""What is said of an error that the code of a module raised in a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError, shape_text
from cnncalc.models.pytorch.frames import raising_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.shapes import Shape

MOST_SAID: Final = 160
"""The characters of an error from which on only its first sentence is told."""
_HINTS: Final = (
    (
        ("meta tensor", "meta device", "no data", "data-dependent", "data-independent", "nonzero"),
        "the pass has shapes and no values: what hangs on values, such as `if x.sum() > 0`, cannot be followed",
    ),
    (("should be the same", "same dtype", "expected scalar type"), "module.float() has one type of values throughout"),
    (("NVIDIA", "CUDA", "cuda"), "the pass needs no GPU where code takes the device of its input, as x.device"),
)
"""Words of errors of PyTorch, with what to do."""


def failure(name: str, error: Exception, path: str, inputs: Mapping[str, Shape], batch: int) -> CnncalcError:
    """The error for one that was raised in the module at `path`, with the line of it.

    `inputs` are those of the pass, without the `batch`.
    """
    place = ", ".join(each for each in (f"in `{path}`" if path else "", raising_line(error)) if each)
    fact = f"{name}: forward() raised {type(error).__name__}{f' {place}' if place else ''}: {said(error)}"
    return CnncalcError(fact, hint=_hint(error, inputs, batch))


def said(error: Exception) -> str:
    """The first line of an error, or its first sentence.

    >>> said(ValueError("no 2\\nnever")), said(ValueError())
    ('no 2', 'it says nothing more')
    """
    line = next(iter(str(error).splitlines()), "") or "it says nothing more"
    return line if len(line) <= MOST_SAID else line.partition(". ")[0]


def _hint(error: Exception, inputs: Mapping[str, Shape], batch: int) -> str | None:
    text = str(error)
    if isinstance(error, TypeError) and "positional argument" in text:
        return "several inputs are a dict of shapes by the names of forward()'s parameters, or a list of them"
    for words, hint in _HINTS:
        if any(word in text for word in words):
            return hint
    given = " and ".join(f"`{name}` {shape_text(shape)}" for name, shape in inputs.items())
    if "is invalid for input of size" in text:
        return f"the pass has {batch} samples of {given}: the size of a batch must not be written into the code"
    return f"the pass has {batch} samples of {given}" if isinstance(error, (RuntimeError, ValueError)) else None
