"""Activations that are written out in arithmetic."""

from __future__ import annotations

from math import isclose, sqrt
from typing import TYPE_CHECKING

from cnncalc.models.onnx.constants import Constant
from cnncalc.models.onnx.idioms.matching import chain, number_of, tensor_and_number

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.records import Node


def silu(node: Reading) -> Flow | None:
    """``x * sigmoid(x)``, where nothing else reads the sigmoid."""
    follower = node.sole_reader()
    if follower is None or follower.op != "Mul" or set(follower.inputs) != {node.node.inputs[0], node.node.outputs[0]}:
        return None
    x = node.any_flow()
    node.consume([follower])
    return node.layer("silu", {}, [x])


def gelu(node: Reading) -> Flow | None:
    """``x * (1 + erf(x / sqrt(2))) * 0.5`` in any order of its factors (Hendrycks and Gimpel 2016)."""
    name = tensor_and_number(node, node.node)
    if name is None:
        return None
    tensor, number = name
    if not isclose(number, sqrt(2) if node.op == "Div" else sqrt(0.5), rel_tol=1e-3):
        return None
    found = chain(node, node.node, ("Erf", "Add"))
    if found is None or number_of(node, found[1], found[0].outputs[0]) != 1:
        return None
    rest = _product_with(node, found[1], tensor)
    if rest is None:
        return None
    x = node.any_flow(list(node.node.inputs).index(tensor))
    node.consume([*found, *rest])
    return node.layer("gelu", {}, [x])


def _product_with(node: Reading, sum_: Node, tensor: str) -> list[Node] | None:
    """The two multiplications after a sum, one by the tensor and one by a half; or one by half the tensor."""
    first = node.sole_reader(sum_)
    if first is None or first.op != "Mul":
        return None
    output = sum_.outputs[0]
    halves = [each for each in first.inputs if each not in (output, tensor)]
    if not halves:
        second = node.sole_reader(first)
        good = second is not None and second.op == "Mul" and number_of(node, second, first.outputs[0]) == 0.5
        return [first, second] if good and second is not None else None
    if number_of(node, first, output) == 0.5:
        second = node.sole_reader(first)
        good = second is not None and second.op == "Mul" and set(second.inputs) == {first.outputs[0], tensor}
        return [first, second] if good and second is not None else None
    return _half_tensor(node, first, halves[0], tensor)


def _half_tensor(node: Reading, first: Node, half: str, tensor: str) -> list[Node] | None:
    """The multiplication by ``x * 0.5``, which stands elsewhere in the graph, and that node."""
    for reader in node.readers(tensor):
        if reader.op == "Mul" and reader.outputs[0] == half and number_of(node, reader, tensor) == 0.5:
            # It may have been translated already, where it stands before the first node.
            return [reader, first] if node.sole_reader(reader) is first and half not in _given(node) else None
    return None


def _given(node: Reading) -> dict[str, object]:
    return node.network.values  # type: ignore[return-value]


def hardswish(node: Reading) -> Flow | None:
    """``x * clip(x + 3, 0, 6) / 6`` (Howard et al. 2019)."""
    pair = tensor_and_number(node, node.node)
    if pair is None or pair[1] != 3:
        return None
    tensor = pair[0]
    clip = node.sole_reader()
    if clip is None or clip.op != "Clip" or _clip_bounds(node, clip) != (0, 6):
        return None
    rest = _sixth(node, clip, tensor)
    if rest is None:
        return None
    x = node.any_flow(list(node.node.inputs).index(tensor))
    node.consume([clip, *rest])
    return node.layer("hardswish", {}, [x])


def hardswish_by_sigmoid(node: Reading) -> Flow | None:
    """``x * hardsigmoid(x)`` with a slope of 1/6, which is how exporters write it before opset 14."""
    slope, shift = node.node.attributes.get("alpha", 0.2), node.node.attributes.get("beta", 0.5)
    follower = node.sole_reader()
    if follower is None or follower.op != "Mul" or not isclose(slope, 1 / 6, rel_tol=1e-4) or shift != 0.5:
        return None
    if set(follower.inputs) != {node.node.inputs[0], node.node.outputs[0]}:
        return None
    x = node.any_flow()
    node.consume([follower])
    return node.layer("hardswish", {}, [x])


def _sixth(node: Reading, clip: Node, tensor: str) -> list[Node] | None:
    """The product with the tensor and the division by 6, in either order."""
    first = node.sole_reader(clip)
    second = None if first is None else node.sole_reader(first)
    if first is None or second is None:
        return None
    by_tensor = first.op == "Mul" and set(first.inputs) == {clip.outputs[0], tensor}
    if by_tensor and _is_sixth(node, second, first.outputs[0]):
        return [first, second]
    if _is_sixth(node, first, clip.outputs[0]) and second.op == "Mul":
        return [first, second] if set(second.inputs) == {first.outputs[0], tensor} else None
    return None


def _is_sixth(node: Reading, other: Node, name: str) -> bool:
    """Whether a node divides a tensor by 6."""
    number = number_of(node, other, name)
    if number is None:
        return False
    if other.op == "Div":
        return number == 6 and other.inputs[0] == name
    return other.op == "Mul" and isclose(number, 1 / 6, rel_tol=1e-4)


def _clip_bounds(node: Reading, clip: Node) -> tuple[float, float] | None:
    """The bounds of a `Clip`, in either form."""
    if "min" in clip.attributes or "max" in clip.attributes:
        return clip.attributes.get("min", 0.0), clip.attributes.get("max", 0.0)
    found = [node.known(name) for name in clip.inputs[1:3] if name]
    numbers = [each.numbers()[0] for each in found if isinstance(each, Constant) and each.size == 1]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None
