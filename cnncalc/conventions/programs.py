"""What is known of a program in PyTorch and cannot be seen in its graph.

Tools that hook modules miss what is called as a function; some miss classes derived from PyTorch's; and an exporter
stores equal arrays once, so that it matters which biases start at zero. For the bundled networks that have their
layers' names from torchvision, these are facts about torchvision 0.29's sources.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final, NamedTuple


class Program(NamedTuple):
    """How a program makes and calls its layers.

    `functions` are the layers, scopes and types that are called as functions (``F.relu``), not as modules; `means` are
    the global average pools that are the method ``mean`` of a tensor; `subclasses` are patterns of the names of modules
    of the program's own classes. `zero_biases` says that the biases of convolutions and linear layers start at zero.
    """

    functions: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    subclasses: tuple[str, ...] = ()
    zero_biases: bool = False

    def calls_as_function(self, name: str, *types: str) -> bool:
        """Whether a layer of that name and types is no module: one of these, or a scope around it, is in `functions`.

        >>> program = Program(functions=("head", "relu"))
        >>> program.calls_as_function("stem.relu_1", "relu"), program.calls_as_function("head.pool", "max_pool2d")
        (True, True)
        """
        return any(known in types or name == known or name.startswith(f"{known}.") for known in self.functions)

    def is_subclass(self, name: str) -> bool:
        """Whether a layer of that name is a module of a class of the program's own."""
        return any(fnmatchcase(name, pattern) for pattern in self.subclasses)


TORCHVISION: Final = {
    "ConvNeXt": Program(
        subclasses=("features.0.1", "features.[246].0", "classifier.0"),  # LayerNorm2d
        zero_biases=True,
    ),
    "DeepLab v3": Program(functions=("upsample",)),
    "DenseNet": Program(functions=("relu_1", "global_avg_pool2d_1"), zero_biases=True),
    "EfficientNet": Program(zero_biases=True),
    "EfficientNet v2": Program(zero_biases=True),
    "FCN, ResNet": Program(functions=("upsample",)),
    "GoogLeNet": Program(functions=("relu",)),
    "Inception v3": Program(
        functions=(
            "relu",
            "avg_pool2d",
            "Mixed_6a.max_pool2d_1",
            "Mixed_7a.max_pool2d_1",
            "AuxLogits.global_avg_pool2d_1",
        )
    ),
    "Lite R-ASPP, MobileNet v3": Program(functions=("upsample",)),
    "MNASNet": Program(means=("global_avg_pool2d_1",), zero_biases=True),
    "MobileNet v2": Program(functions=("global_avg_pool2d_1",), zero_biases=True),
    "MobileNet v3": Program(zero_biases=True),
    "S3D": Program(means=("global_avg_pool3d_1",)),
    "ShuffleNet v2": Program(means=("global_avg_pool2d_1",)),
    "SqueezeNet": Program(zero_biases=True),
    "VGG": Program(zero_biases=True),
}
"""Torchvision's programs by the names of the bundled networks, where there is something to tell."""


def program_of(name: str, reference: str) -> Program:
    """What is known of the program of a network of that name, whose `source` says that it follows torchvision.

    >>> program_of("GoogLeNet", "names as in torchvision").functions, program_of("GoogLeNet", "").functions
    (('relu',), ())
    """
    return TORCHVISION.get(name, Program()) if "torchvision" in reference else Program()
