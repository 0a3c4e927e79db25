"""What the recognition of idioms asks of nodes that follow each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.models.onnx.constant_folding import folded
from cnncalc.models.onnx.constants import Constant, integers
from cnncalc.models.onnx.flows import Flow

if TYPE_CHECKING:
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.records import Node


MOST_AXES: Final = 8
"""More axes than a tensor has here."""


def chain(node: Reading, first: Node, operators: tuple[str, ...]) -> list[Node] | None:
    """The nodes after one that are of these operators and each the only reader of the one before."""
    found: list[Node] = []
    for operator in operators:
        follower = node.sole_reader(found[-1] if found else first)
        if follower is None or follower.op != operator:
            return None
        found.append(follower)
    return found


def tensor_and_number(node: Reading, own: Node) -> tuple[str, float] | None:
    """The name of the one operand that is a tensor, and the number that the other is; None where it is not so."""
    if len(own.inputs) != 2:
        return None
    for name, other in (own.inputs, own.inputs[::-1]):
        if isinstance(node.known(name), Flow):
            number = single(node.known(other))
            return None if number is None or (own.op == "Div" and other == own.inputs[0]) else (name, number)
    return None


def number_of(node: Reading, other: Node, name: str) -> float | None:
    """The number beside a tensor at a node of two operands; None where there is none."""
    return single(node.other(other, name))


def single(value: object) -> float | None:
    """The one number that a constant is."""
    if not isinstance(value, Constant) or value.size != 1 or value.dtype == "string":
        return None
    return None if value.uniform is None else float(value.uniform)


def reduced_axes(node: Reading, reduction: Node) -> list[int]:
    """The axes of a reduction as they are written, in either form; none where they are not known."""
    written = reduction.attributes.get("axes")
    if written is None and len(reduction.inputs) > 1:
        written = few_integers(node.known(reduction.inputs[1]))
    return [int(axis) for axis in written] if isinstance(written, list) else []


def known_ahead(node: Reading, name: str) -> object:
    """What a tensor is: a constant, too, that a later node computes of what is known, such as a shape."""
    found = node.known(name)
    later = node.network.producers.get(name) if found is None else None
    if (
        later is None
        or later.op != "Concat"
        or not all(isinstance(node.known(each), Constant) for each in later.inputs)
    ):
        return found
    return folded(node.of(later))


def few_integers(value: object) -> list[int] | None:
    """The whole numbers of a constant that has no more than a tensor has axes; None where there are none."""
    return integers(value.numbers()) if isinstance(value, Constant) and value.size <= MOST_AXES else None
