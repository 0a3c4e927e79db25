"""What is known of torchvision's programs holds of the bundled networks, and of no others."""

from __future__ import annotations

from fnmatch import fnmatchcase
from math import prod

import pytest

from cnncalc import load
from cnncalc.conventions.programs import TORCHVISION, Program, program_of
from tests.marking import slow_but

ARCHITECTURES = {
    "ConvNeXt": "convnext_tiny",
    "DeepLab v3": "deeplabv3_resnet50",
    "DenseNet": "densenet121",
    "EfficientNet": "efficientnet_b0",
    "EfficientNet v2": "efficientnet_v2_s",
    "FCN, ResNet": "fcn_resnet50",
    "GoogLeNet": "googlenet",
    "Inception v3": "inception_v3_aux",
    "Lite R-ASPP, MobileNet v3": "lraspp_mobilenet_v3_large",
    "MNASNet": "mnasnet1_0",
    "MobileNet v2": "mobilenet_v2",
    "MobileNet v3": "mobilenet_v3_large",
    "S3D": "s3d",
    "ShuffleNet v2": "shufflenet_v2_x1_0",
    "SqueezeNet": "squeezenet1_0",
    "VGG": "vgg16",
    "Video ResNet": "mc3_18",
}


@pytest.mark.parametrize("name", slow_but({"ConvNeXt", "DenseNet", "Inception v3", "MNASNet"}, TORCHVISION))
def test_what_is_told_of_a_program_is_there(name: str) -> None:
    """Each bundled network has the layers that are named, and says that it follows torchvision."""
    network = load(ARCHITECTURES[name])
    program = program_of(network.name, network.blueprint.choice.reference)
    assert program is TORCHVISION[name]
    types = {node.name: node.type for node in network.nodes}
    for function in program.functions:
        alone = Program(functions=(function,))
        assert any(alone.calls_as_function(node.name, node.type, node.layer.type_name) for node in network.nodes)
    for scope in program.training_only:
        assert any(not Program(training_only=(scope,)).is_run(node) for node in types)
    for pattern in program.zero_biases:
        assert any(fnmatchcase(node, pattern) for node in types)
    assert set(program.chunks) <= set(types.values())
    for mean in program.means:
        assert types[mean] in ("global_avg_pool2d", "global_avg_pool3d")
    for pattern in program.subclasses:
        assert {types[node] for node in types if fnmatchcase(node, pattern)} <= {"layer_norm", "conv3d"}
        assert any(fnmatchcase(node, pattern) for node in types)


def test_a_mean_is_no_module() -> None:
    """thop hooks nothing where a tensor's own method is called, and onnx-tool sees a ReduceMean."""
    network = load("mnasnet")
    (pool,) = (node for node in network.nodes if node.type == "global_avg_pool2d")
    arriving = prod(pool.input_shapes[0])
    for tool, counted in (("thop", 0), ("fvcore", 0), ("onnx-tool", arriving)):
        (quantity,) = network.count_as(tool).quantities
        (mean,) = (kind for kind in quantity.kinds if kind.kind == "reduce_mean")
        assert mean.theirs == counted


def test_what_is_run_in_training_only_is_not_counted() -> None:
    """The auxiliary classifier of Inception: what follows from the graph counts it, what hooks a run does not."""
    report = load("inception_v3_aux").count_as("fvcore")
    (quantity,) = report.quantities
    skipped = {kind.kind: kind.layers for kind in quantity.kinds if kind.rule == "not counted: run in training only"}
    labels = ["avg_pool2d", "conv2d", "batch_norm", "relu", "adaptive_avg_pool2d", "flatten", "linear"]
    assert skipped == {label: 1 + (label in labels[1:4]) for label in labels}
    assert report.notes == ("torchvision runs this in training only, so that it is not counted: AuxLogits",)
    assert load("inception_v3").count_as("fvcore").notes == ()


def test_a_network_of_that_name_without_that_source_is_not_it() -> None:
    assert program_of("GoogLeNet", "my own, after arXiv:1409.4842") == Program()
    assert program_of("My net", "names as in torchvision") == Program()
