"""A network written as a file of code."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from cnncalc.exporting.targets import STANDARD_OUTPUT
from cnncalc.interchange.output_files import opened, write_errors

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph

WRITERS: Final = {"pytorch": "pytorch.program.pytorch_code", "keras": "keras.program.keras_code"}
"""The function that makes the text of each target."""


def code_of(graph: Graph, target: str) -> str:
    """The text of the program; raises `CnncalcError` that names all layers that have no counterpart.

    >>> import cnncalc
    >>> "class LeNet5(nn.Module):" in code_of(cnncalc.load("lenet"), "pytorch")
    True
    """
    module, _, name = WRITERS[target].rpartition(".")
    text: str = getattr(import_module(f"{__package__}.{module}"), name)(graph)
    return text


def write_code(graph: Graph, path: str, target: str) -> None:
    """Write the program, whole or not at all; raises `CnncalcError`."""
    text = code_of(graph, target)
    path = "/dev/stdout" if path == STANDARD_OUTPUT else path
    with opened(path) as file, write_errors(path):
        file.write(text.encode())
