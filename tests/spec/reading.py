"""What the tests of the spec language share: a spec in, names, shapes and errors out."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc import CnncalcError

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.shapes import Shape


def load(text: str, **options: Any) -> Network:
    """The network of a spec; it gets an input of 3 x 8 x 8 if it has none, and a line break."""
    text = dedent(text).strip("\n") + "\n"
    if not re.search(r"^inputs?:", text, re.MULTILINE):
        text = "input: 3x8x8\n" + text
    return cnncalc.load(text, **options)


def layers(text: str, **options: Any) -> Network:
    """The network of a list of layers."""
    text = dedent(text).strip("\n")
    return load(f"layers:{' ' if text.startswith('[') else chr(10)}{text}", **options)


def names(network: Network) -> list[str]:
    return [node.name for node in network.nodes]


def shapes(network: Network) -> dict[str, Shape]:
    return {node.name: node.output_shape for node in network.nodes}


def wiring(network: Network) -> dict[str, list[str]]:
    """The names of the tensors that each layer takes."""
    known = [tensor.name for tensor in network.tensors]
    return {node.name: [known[tensor] for tensor in node.inputs] for node in network.nodes}


def outputs(network: Network) -> list[str]:
    return [network.tensors[tensor].name for tensor in network.outputs]


def error_of(text: str, **options: Any) -> CnncalcError:
    """The error that a spec, as it stands, ends in."""
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(text, **options)
    return caught.value


def refused(text: str, **options: Any) -> CnncalcError:
    """The error that `load` ends in."""
    with pytest.raises(CnncalcError) as caught:
        load(text, **options)
    return caught.value
