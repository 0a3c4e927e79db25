"""What each section of a `.cfg` file becomes: its options, with darknet's defaults, as layers of ours.

Facts from the parser and the layers of darknet (J. Redmon's, and A. Bochkovskiy's, which goes on with it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.models.darknet.activations import split
from cnncalc.models.darknet.windows import (
    EPSILON,
    arriving_map,
    avgpool,
    connected,
    convolutional,
    deconvolutional,
    local,
    local_avgpool,
    maxpool,
    own_activation,
)
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.models.darknet.building import Building, Tensor
    from cnncalc.models.darknet.sections import Section


def route(building: Building, section: Section) -> Tensor:
    """The outputs of other layers, one after another; or a part of the channels of each."""
    numbers = section.integers("layers")
    if not numbers:
        raise section.error("needs `layers`, such as layers=-1,8")
    takes = [building.output(section, number, "layers") for number in numbers]
    groups, group = section.integer("groups", 1), section.integer("group_id")
    if groups > 1:
        cut = []
        for number, tensor in enumerate(takes):
            channels = tensor.shape[0] // groups
            if not 0 <= group < groups or channels * groups != tensor.shape[0]:
                raise section.error(f"`group_id` {group} of {groups} groups of {tensor.shape[0]} channels", "groups")
            options = {"dim": 0, "start": channels * group, "end": channels * (group + 1)}
            part = "" if len(takes) == 1 else f"group_{number}"
            cut.append(building.emit("slice", options, [tensor], part))
        takes = cut
        if len(takes) > 1:
            return building.emit("concat", {}, takes, "concat")
        return takes[0]
    if len(takes) == 1:
        return building.emit("identity", {}, takes)
    sizes = {tensor.shape[1:] for tensor in takes}
    if len(sizes) > 1:
        texts = " and ".join(" x ".join(map(str, size)) for size in sorted(sizes))
        raise section.error(f"joins maps of {texts} pixels", "layers")
    return building.emit("concat", {}, takes)


def shortcut(building: Building, section: Section) -> Tensor:
    """The sum of what arrives and other layers; of a larger map every second pixel, of more channels the first."""
    if section.text("weights_type", "none") not in ("none", ""):
        raise UntranslatableError("with weights has no counterpart here")
    numbers = section.integers("from")
    if not numbers:
        raise section.error("needs `from`, such as from=-3")
    x = building.input()
    takes = [building.output(section, number, "from") for number in numbers]
    activation = own_activation(section, "linear")
    if all(tensor.shape == x.shape for tensor in takes):
        return building.emit("add", {"activation": activation}, [x, *takes])
    building.follows_sizes = True
    fitted = [_fitted(building, x, tensor, number) for number, tensor in enumerate(takes)]
    return building.emit("add", {"activation": activation}, [x, *fitted], "add")


def _fitted(building: Building, x: Tensor, tensor: Tensor, number: int) -> Tensor:
    """Another layer's output with the shape of what arrives."""
    if tensor.shape == x.shape:
        return tensor
    steps = {theirs / ours for theirs, ours in zip(tensor.shape[1:], x.shape[1:], strict=True)}
    step = steps.pop() if len(steps) == 1 else 0
    if step < 1 or step != int(step):
        raise UntranslatableError("adds a map of fewer pixels, or of another form, which has no counterpart here")
    found = tensor
    if step > 1:
        along = {"dim": [1, 2], "step": [int(step)] * 2}
        found = building.emit("slice", along, [found], f"pixels_{number}")
    channels = x.shape[0] - found.shape[0]
    if channels < 0:
        found = building.emit("slice", {"dim": 0, "end": x.shape[0]}, [found], f"channels_{number}")
    elif channels > 0:
        found = building.emit("pad", {"channel_padding": [0, channels]}, [found], f"channels_{number}")
    return found


def upsample(building: Building, section: Section) -> Tensor:
    """Each pixel several times along both axes, or, for a stride below 0, one of several."""
    stride = section.integer("stride", 2)
    factor = section.number("scale", 1.0)
    if stride <= 0:
        raise UntranslatableError("with a stride below 0 has no counterpart here")
    x = arriving_map(building)
    if factor == 1:
        return building.emit("upsample", {"scale_factor": stride}, [x])
    x = building.emit("upsample", {"scale_factor": stride}, [x], "upsample")
    return building.emit("scale", {"factor": factor}, [x], "scale")


def reorg(building: Building, section: Section) -> Tensor:
    """Pixels to channels; darknet's own order of them is another than anyone else's."""
    stride = section.integer("stride", 1)
    if section.integer("reverse") or section.integer("flatten") or section.integer("extra"):
        raise UntranslatableError("reversed, flattened or with extra values has no counterpart here")
    building.note("[reorg] is space_to_depth here: the values of its channels stand in another order in darknet")
    return building.emit("space_to_depth", {"block_size": stride}, [arriving_map(building)])


def softmax(building: Building, section: Section) -> Tensor:
    """Softmax over all values, or over the channels of each pixel for `spatial`."""
    if section.integer("groups", 1) > 1 or section.options.get("tree"):
        raise UntranslatableError("in groups or along a tree has no counterpart here")
    if section.number("temperature", 1.0) != 1:
        raise UntranslatableError("with a temperature has no counterpart here")
    x = building.input()
    whole = len(x.shape) == 1 or all(size == 1 for size in x.shape[1:]) or section.number("spatial")
    if not whole:
        x = building.emit("flatten", {}, [x], "flatten")
        return building.emit("softmax", {}, [x], "softmax")
    return building.emit("softmax", {}, [x])


def dropout(building: Building, section: Section) -> Tensor:
    """Dropout, which changes nothing at inference."""
    return building.emit("dropout", {"p": section.number("probability", 0.2)}, [building.input()])


def crop(building: Building, section: Section) -> Tensor:
    """The middle of the map, whose values of 0 to 1 are then brought to -1 to 1."""
    sizes = [section.integer("crop_height", 1), section.integer("crop_width", 1)]
    options = {"size": sizes[0] if sizes[0] == sizes[1] else sizes}
    x = arriving_map(building)
    if section.integer("noadjust"):
        return building.emit("crop", options, [x])
    x = building.emit("crop", options, [x], "crop")
    x = building.emit("scale", {"factor": 2}, [x], "scale")
    return building.emit("add", {"value": -1}, [x], "add")


def normalization(building: Building, section: Section) -> Tensor:
    """Normalisation by neighbouring channels, whose alpha is not divided by the size."""
    size = section.integer("size", 5)
    options = {
        "size": size,
        "alpha": section.number("alpha", 0.0001) * size,
        "beta": section.number("beta", 0.75),
        "k": section.number("kappa", 1.0),
    }
    return building.emit("local_response_norm", options, [arriving_map(building)])


def batchnorm(building: Building, section: Section) -> Tensor:
    """Batch norm alone."""
    del section
    return building.emit("batch_norm", {"eps": EPSILON}, [arriving_map(building)])


def activation(building: Building, section: Section) -> Tensor:
    """An activation alone."""
    return building.emit(*split(own_activation(section, "linear")), [building.input()])


def scale_channels(building: Building, section: Section) -> Tensor:
    """Another layer's map, weighed by the channels that arrive: squeeze and excitation."""
    return _weighed(building, section)


def sam(building: Building, section: Section) -> Tensor:
    """Another layer's map, weighed by what arrives: spatial attention."""
    return _weighed(building, section)


def _weighed(building: Building, section: Section) -> Tensor:
    if section.integer("scale_wh"):
        raise UntranslatableError("with scale_wh has no counterpart here")
    numbers = section.integers("from")
    if len(numbers) != 1:
        raise section.error("needs `from`, one number such as from=-4")
    other = building.output(section, numbers[0], "from")
    return building.emit("multiply", {"activation": own_activation(section, "linear")}, [other, building.input()])


def passed(building: Building, section: Section) -> Tensor:
    """What changes nothing, or only in training."""
    del section
    return building.emit("identity", {}, [building.input()])


def head(building: Building, section: Section) -> Tensor:
    """A detection layer, which is an output, and makes boxes of what arrives."""
    x = building.input()
    classes, anchors = section.integer("classes", 20), section.integer("num", 1)
    if section.options.get("mask"):
        anchors = len(section.integers("mask"))
    if section.kind == "region" and len(x.shape) == 3:
        _check_channels(section, x, anchors * (classes + section.integer("coords", 4) + 1))
    elif section.kind == "yolo" and len(x.shape) == 3:
        _check_channels(section, x, anchors * (classes + 5))
    elif section.kind.lower() == "gaussian_yolo" and len(x.shape) == 3:
        _check_channels(section, x, anchors * (classes + 9))
    building.note("detection layers are outputs here, and pass on what arrives: boxes are made of it afterwards")
    found = building.emit("identity", {}, [x])
    building.heads.append(found.name)
    return found


def _check_channels(section: Section, x: Tensor, wanted: int) -> None:
    """Raise `CnncalcError` unless the channels are those of boxes and classes."""
    if x.shape[0] != wanted:
        hint = f"the convolution before it needs filters={wanted}"
        raise section.error(f"takes {wanted} channels for its classes and anchors, and {x.shape[0]} arrive", "", hint)


LAYERS: Final[Mapping[str, Callable[[Building, Section], Tensor]]] = {
    **dict.fromkeys(("convolutional", "conv"), convolutional),
    **dict.fromkeys(("deconvolutional", "deconv"), deconvolutional),
    "local": local,
    **dict.fromkeys(("connected", "conn"), connected),
    **dict.fromkeys(("maxpool", "max"), maxpool),
    "local_avgpool": local_avgpool,
    **dict.fromkeys(("avgpool", "avg"), avgpool),
    "route": route,
    "shortcut": shortcut,
    "upsample": upsample,
    **dict.fromkeys(("reorg", "reorg3d"), reorg),
    **dict.fromkeys(("softmax", "soft"), softmax),
    "dropout": dropout,
    "crop": crop,
    **dict.fromkeys(("normalization", "lrn"), normalization),
    "batchnorm": batchnorm,
    "activation": activation,
    "scale_channels": scale_channels,
    "sam": sam,
    **dict.fromkeys(("cost", "silence", "empty"), passed),
    **dict.fromkeys(("yolo", "region", "detection", "Gaussian_yolo"), head),
}
"""What each word in brackets becomes."""
