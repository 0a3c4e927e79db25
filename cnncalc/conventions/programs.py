"""What is known of a program in PyTorch and cannot be seen in its graph.

Tools that hook modules miss what is called as a function; some miss classes derived from PyTorch's; and an exporter
stores equal arrays once, so that it matters which biases start at zero. For the bundled networks that have their layers'
names from torchvision, these are facts about torchvision 0.29's sources.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node


class Program(NamedTuple):
    """How a program makes and calls its layers; `functions` and `subclasses` are patterns of layers' full names.

    `functions` are called as functions (``F.relu``), not as modules, `subclasses` are modules of the program's own
    classes. `zero_biases` says that the biases of convolutions and linear layers start at zero.
    """

    functions: tuple[str, ...] = ()
    subclasses: tuple[str, ...] = ()
    zero_biases: bool = False

    def calls_as_function(self, node: Node) -> bool:
        """Whether a node is no module: its name, a scope around it or its type is among `functions`.

        >>> import cnncalc
        >>> pool, relu = cnncalc.load("max_pool2d(2) | relu", input="3x8x8").nodes
        >>> program = Program(functions=("max_pool2d",))
        >>> program.calls_as_function(pool), program.calls_as_function(relu)
        (True, False)
        """
        return bool(self.functions) and any(_means(pattern, node) for pattern in self.functions)

    def is_subclass(self, node: Node) -> bool:
        """Whether a node is a module of a class of the program's own."""
        return any(fnmatchcase(node.name, pattern) for pattern in self.subclasses)


def _means(pattern: str, node: Node) -> bool:
    """Whether a word names this node, a scope around it or its type."""
    return (
        pattern in (node.type, node.layer.type_name)
        or fnmatchcase(node.name, pattern)
        or node.name.startswith(f"{pattern}.")
    )


TORCHVISION: Final = {
    "ConvNeXt": Program(
        subclasses=("features.0.1", "features.[246].0", "classifier.0"),  # LayerNorm2d
        zero_biases=True,
    ),
    "DenseNet": Program(functions=("relu_1", "global_avg_pool2d_1"), zero_biases=True),
    "EfficientNet": Program(zero_biases=True),
    "GoogLeNet": Program(functions=("relu",)),
    "MobileNet v2": Program(functions=("global_avg_pool2d_1",), zero_biases=True),
    "MobileNet v3": Program(zero_biases=True),
    "VGG": Program(zero_biases=True),
}
"""Torchvision's programs by the names of the bundled networks, where there is something to tell."""


def program_of(network: Graph) -> Program:
    """What is known of a network's program: of one that is named as torchvision's, and takes its names from there.

    >>> import cnncalc
    >>> program_of(cnncalc.load("googlenet")).functions, program_of(cnncalc.load("lenet")).functions
    (('relu',), ())
    """
    from_torchvision = "torchvision" in network.blueprint.choice.reference
    return TORCHVISION.get(network.name, Program()) if from_torchvision else Program()
