"""What convolutions and pools say of their windows, as options of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.reading import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.reading import Reading

_SAME = {"SAME_UPPER": "same", "SAME_LOWER": "same_lower"}


def window_options(node: Reading, kernel: Sequence[int], *, stride_is_kernel: bool = False) -> dict[str, Any]:
    """The options of a window; those that are as they would be without them are left out.

    `stride_is_kernel` says that our layer steps by its kernel where no stride is written; ONNX's always steps by 1.
    """
    axes = len(kernel)
    options: dict[str, Any] = {"kernel_size": short(kernel)}
    stride = sizes(node, "strides", axes, 1)
    if stride != (list(kernel) if stride_is_kernel else [1] * axes):
        options["stride"] = short(stride)
    padding = pads(node, axes)
    if padding:
        options["padding"] = padding
    dilation = sizes(node, "dilations", axes, 1)
    if dilation != [1] * axes:
        options["dilation"] = short(dilation)
    return options


def sizes(node: Reading, name: str, axes: int, default: int) -> list[int]:
    """An attribute with a size for each spatial axis."""
    found = node.integers(name)
    if not found:
        return [default] * axes
    if len(found) != axes:
        raise node.refuse(f"its `{name}` has {len(found)} sizes for {axes} axes")
    return found


def pads(node: Reading, axes: int) -> Any:
    """The padding as a spec writes it: a word, a size, one an axis or pairs; 0 where there is none."""
    word = node.word("auto_pad", "NOTSET")
    if word in _SAME:
        return _SAME[word]
    if word == "VALID":
        return 0
    found = sizes(node, "pads", 2 * axes, 0)
    return pairs(found)


def pairs(found: Sequence[int]) -> Any:
    """All the beginnings and then all the ends, as a spec writes padding.

    >>> pairs([1, 1, 1, 1]), pairs([0, 1, 0, 2])
    (1, [[0, 0], [1, 2]])
    """
    axes = len(found) // 2
    before, after = list(found[:axes]), list(found[axes:])
    return short(before) if before == after else [list(pair) for pair in zip(before, after, strict=True)]
