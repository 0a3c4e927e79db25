"""Names for the scopes of a network: what people call them or, where that is a number, what they do."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from cnncalc.exporting.source.scopes import Scope
from cnncalc.naming import residual_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.graph.node import Node

MOST_WORDS: Final = 4
"""The kinds of layers that are in a name at most."""
SHORTEST: Final = 3
"""The letters of a label that is a word: of ``cv1`` or ``m`` nobody knows what it is."""

_WORDS: Final = {
    "batch_norm": "norm",
    "layer_norm": "norm",
    "depthwise_conv": "depthwise",
    "conv_transpose": "transposed",
}


def scope_word(scopes: Sequence[Scope]) -> str:
    """A word for scopes that are alike: what most of them are called, or what they are made of.

    >>> import cnncalc
    >>> from cnncalc.exporting.source.scopes import scope_tree
    >>> tree = scope_tree(cnncalc.load("resnet50"), lambda scope: True)
    >>> scope_word([tree.scopes["layer1"].scopes["1"]]), scope_word([tree.scopes["layer1"].scopes["0"]])
    ('bottleneck', 'bottleneck')
    """
    stems = Counter(re.sub(r"_?\d+[a-z]?$", "", scope.label) for scope in scopes)
    stem, count = stems.most_common(1)[0]
    is_word = len(stem) >= SHORTEST and 2 * count > len(scopes) and stem != "block"
    return stem if is_word else _content(scopes[0])


def _content(scope: Scope) -> str:
    """A word for what a scope does, by its layers."""
    contents = [unit.content for unit in scope.units()]
    nodes = [content for content in contents if not isinstance(content, Scope)]
    sums = [node for node in nodes if node.layer.type_name == "add" and len(node.inputs) == 2]
    if sums:
        return residual_name(_longest_path(scope, sums[0]), is_depthwise=any(map(_is_depthwise, scope.layers)))
    words = [_WORDS.get(step.layer.type_name, step.layer.type_name) for node in nodes for step in node.steps]
    if len(nodes) == len(contents) and len(words) <= MOST_WORDS:
        return "_".join(words if len(words) == len(set(words)) else _counted(words))
    return "block"


def _counted(words: Sequence[str]) -> Sequence[str]:
    """Words of which those are left out that have been said: twice the same pair is the pair."""
    half = len(words) // 2
    return words[:half] if list(words[:half]) == list(words[half:]) else words


def _longest_path(scope: Scope, end: Node) -> int:
    """The most convolutions one after another in a scope, up to a layer."""
    longest: dict[int, int] = {}
    for node in scope.layers:
        before = max((longest.get(number, 0) for number in node.inputs), default=0)
        longest[node.output] = before + node.layer.type_name.endswith("conv")
        if node is end:
            break
    return longest[end.output]


def _is_depthwise(node: Node) -> bool:
    """Whether each channel is a group of its own."""
    if not node.layer.type_name.endswith("conv"):
        return False
    groups = node.layer.window_groups(node.input_shapes[0]) or 1
    return groups == node.input_shapes[0][0] > 1
