"""What is known of torchvision's programs holds of the bundled networks, and of no others."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from cnncalc import load
from cnncalc.conventions.programs import TORCHVISION, Program, program_of

ARCHITECTURES = {
    "ConvNeXt": "convnext_tiny",
    "DenseNet": "densenet121",
    "EfficientNet": "efficientnet_b0",
    "GoogLeNet": "googlenet",
    "MobileNet v2": "mobilenet_v2",
    "MobileNet v3": "mobilenet_v3_large",
    "VGG": "vgg16",
}


@pytest.mark.parametrize("name", TORCHVISION)
def test_what_is_told_of_a_program_is_there(name: str) -> None:
    """Each bundled network has the layers that are named, and says that it follows torchvision."""
    network = load(ARCHITECTURES[name])
    program = program_of(network.name, network.blueprint.choice.reference)
    assert program is TORCHVISION[name]
    for function in program.functions:
        assert any(Program(functions=(function,)).calls_as_function(node.name, node.type) for node in network.nodes)
    for pattern in program.subclasses:
        found = [node.type for node in network.nodes if fnmatchcase(node.name, pattern)]
        assert set(found) == {"layer_norm"}


def test_a_network_of_that_name_without_that_source_is_not_it() -> None:
    assert program_of("GoogLeNet", "my own, after arXiv:1409.4842") == Program()
    assert program_of("My net", "names as in torchvision") == Program()
