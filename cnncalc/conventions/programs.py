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
    the global average pools that are the method ``mean`` of a tensor, and `chunks` the slices that are ``chunk``;
    `subclasses` are patterns of the names of modules of the program's own classes, and `zero_biases` of those
    convolutions and linear layers whose biases start at zero. `training_only` are scopes that are not run at inference.
    """

    functions: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    chunks: tuple[str, ...] = ()
    subclasses: tuple[str, ...] = ()
    zero_biases: tuple[str, ...] = ()
    training_only: tuple[str, ...] = ()

    def calls_as_function(self, name: str, *types: str) -> bool:
        """Whether a layer of that name and types is no module: one of these, or a scope around it, is in `functions`.

        >>> program = Program(functions=("head", "relu"))
        >>> program.calls_as_function("stem.relu_1", "relu"), program.calls_as_function("head.pool", "max_pool2d")
        (True, True)
        """
        return any(known in types or _is_within(name, known) for known in self.functions)

    def is_subclass(self, name: str) -> bool:
        """Whether a layer of that name is a module of a class of the program's own."""
        return any(fnmatchcase(name, pattern) for pattern in self.subclasses)

    def has_zero_bias(self, name: str) -> bool:
        """Whether the bias of a convolution or linear layer of that name starts at zero."""
        return any(fnmatchcase(name, pattern) for pattern in self.zero_biases)

    def is_run(self, name: str) -> bool:
        """Whether a layer of that name is run at inference.

        >>> Program(training_only=("aux",)).is_run("aux.conv1"), Program(training_only=("aux",)).is_run("auxiliary")
        (False, True)
        """
        return not any(_is_within(name, scope) for scope in self.training_only)


def _is_within(name: str, scope: str) -> bool:
    """Whether a name is that of a scope or of a layer in it."""
    return name == scope or name.startswith(f"{scope}.")


_ALL: Final = ("*",)

TORCHVISION: Final = {
    "ConvNeXt": Program(
        subclasses=("features.0.1", "features.[246].0", "classifier.0"),  # LayerNorm2d
        zero_biases=_ALL,
    ),
    "DeepLab v3": Program(functions=("upsample",), zero_biases=("backbone.*",)),
    "DenseNet": Program(functions=("relu_1", "global_avg_pool2d_1"), zero_biases=_ALL),
    "EfficientNet": Program(zero_biases=_ALL),
    "EfficientNet v2": Program(zero_biases=_ALL),
    "FCN, ResNet": Program(functions=("upsample",)),
    "GoogLeNet": Program(functions=("relu",)),
    "Inception v3": Program(
        functions=(
            "relu",
            "avg_pool2d",
            "Mixed_6a.max_pool2d_1",
            "Mixed_7a.max_pool2d_1",
            "AuxLogits.global_avg_pool2d_1",
        ),
        training_only=("AuxLogits",),
    ),
    "Lite R-ASPP, MobileNet v3": Program(functions=("upsample",), zero_biases=("backbone.*",)),
    "MNASNet": Program(means=("global_avg_pool2d_1",), zero_biases=_ALL),
    "MobileNet v2": Program(functions=("global_avg_pool2d_1",), zero_biases=_ALL),
    "MobileNet v3": Program(zero_biases=_ALL),
    "S3D": Program(means=("global_avg_pool3d_1",)),
    "ShuffleNet v2": Program(means=("global_avg_pool2d_1",), chunks=("slice",)),
    "SqueezeNet": Program(zero_biases=_ALL),
    "Video ResNet": Program(subclasses=("layer?.?.conv?.0",)),  # Conv3DSimple, Conv3DNoTemporal
    "VGG": Program(zero_biases=_ALL),
}
"""Torchvision's programs by the names of the bundled networks, where there is something to tell."""


def program_of(name: str, reference: str) -> Program:
    """What is known of the program of a network of that name, whose `source` says that it follows torchvision.

    >>> program_of("GoogLeNet", "names as in torchvision").functions, program_of("GoogLeNet", "").functions
    (('relu',), ())
    """
    return TORCHVISION.get(name, Program()) if "torchvision" in reference else Program()
