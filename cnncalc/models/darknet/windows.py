"""Sections of convolutions, pools and full connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.darknet.activations import ACTIVATIONS
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from cnncalc.models.darknet.building import Building, Tensor
    from cnncalc.models.darknet.sections import Section


EPSILON: Final = 1e-5
"""What is added to the variance of a batch norm."""


_ODD: Final = ("xnor", "binary", "antialiasing", "deform", "sway", "rotate", "stretch", "stretch_sway", "coordconv")
"""Options of a convolution that make another layer of it."""


def own_activation(section: Section, default: str = "logistic") -> Any:
    """The activation of a section as an option of ours; None for none."""
    word = section.text("activation", default)
    if word not in ACTIVATIONS:
        raise UntranslatableError(f"the activation {word[:30]} has no counterpart here")
    return ACTIVATIONS[word]


def _strides(section: Section) -> int | list[int]:
    """The stride, or one along height and width."""
    stride = section.integer("stride", 1)
    along = [section.integer("stride_y", stride), section.integer("stride_x", stride)]
    along = [each if each > 0 else stride for each in along]
    return along[0] if along[0] == along[1] else along


def _normalised(
    building: Building, section: Section, type_: str, options: dict[str, Any], x: Tensor, activation: Any
) -> Tensor:
    """A layer with weights, and batch norm behind it where the section says so; the activation comes last."""
    if not section.integer("batch_normalize"):
        return building.emit(type_, {**options, "activation": activation}, [x])
    x = building.emit(type_, {**options, "bias": False}, [x], type_)
    return building.emit("batch_norm", {"eps": EPSILON, "activation": activation}, [x], "batch_norm")


def arriving_map(building: Building) -> Tensor:
    """What arrives, which must be a map."""
    x = building.input()
    if len(x.shape) != 3:
        raise UntranslatableError("takes a map, and a vector arrives")
    return x


def convolutional(building: Building, section: Section) -> Tensor:
    """A convolution, with half a kernel of padding for `pad`."""
    for name in _ODD:
        if section.integer(name):
            raise UntranslatableError(f"with {name} has no counterpart here")
    if section.options.get("share_index"):
        raise UntranslatableError("with share_index has no counterpart here")
    size = section.integer("size", 1)
    padding = section.integer("padding")
    if section.integer("pad"):
        padding = size // 2
    dilation = section.integer("dilation", 1) if size > 1 else 1
    if dilation > 1 and 2 * padding != size - 1:
        # The size of the output is computed without dilation, which fits where `pad` keeps the size.
        raise UntranslatableError("dilated, with other padding than `pad=1` and an odd size, has no counterpart here")
    groups = section.integer("groups", 1)
    options = {
        "out_channels": section.integer("filters", 1),
        "kernel_size": size,
        "stride": _unless(_strides(section), 1),
        "padding": _unless(padding * dilation, 0),
        "dilation": _unless(dilation, 1),
        "groups": _unless(groups, 1),
    }
    return _normalised(building, section, "conv2d", options, arriving_map(building), own_activation(section))


def _unless(value: Any, default: Any) -> Any:
    """A value; None where it is the default."""
    return None if value == default else value


def deconvolutional(building: Building, section: Section) -> Tensor:
    """A transposed convolution."""
    size = section.integer("size", 1)
    padding = size // 2 if section.integer("pad") else section.integer("padding")
    options = {
        "out_channels": section.integer("filters", 1),
        "kernel_size": size,
        "stride": _unless(section.integer("stride", 1), 1),
        "padding": _unless(padding, 0),
    }
    return _normalised(building, section, "conv_transpose2d", options, arriving_map(building), own_activation(section))


def local(building: Building, section: Section) -> Tensor:
    """A convolution whose filters are not shared, nor their biases."""
    size = section.integer("size", 1)
    options = {
        "out_channels": section.integer("filters", 1),
        "kernel_size": size,
        "stride": _unless(section.integer("stride", 1), 1),
        "padding": _unless(size // 2 if section.integer("pad") else 0, 0),
        "activation": own_activation(section),
    }
    return building.emit("locally_connected2d", options, [arriving_map(building)])


def connected(building: Building, section: Section) -> Tensor:
    """A fully connected layer, which takes a map as a vector."""
    x = building.input()
    if len(x.shape) > 1:
        x = building.emit("flatten", {}, [x], "flatten")
    activation = own_activation(section)
    options = {"out_features": section.integer("output", 1)}
    if section.integer("batch_normalize"):
        return _normalised(building, section, "linear", options, x, activation)
    part = "linear" if len(building.input().shape) > 1 else ""
    return building.emit("linear", {**options, "activation": activation}, [x], part)


def _pool(building: Building, section: Section, type_: str) -> Tensor:
    """A pool, whose `padding` is that of both ends together: size - 1 unless it is said, the odd one after."""
    if section.integer("maxpool_depth") or section.integer("antialiasing"):
        raise UntranslatableError("over channels, or antialiased, has no counterpart here")
    strides = _strides(section)
    size = section.integer("size", section.integer("stride", 1))
    padding = section.integer("padding", size - 1)
    pair = [padding // 2, padding - padding // 2]
    options: dict[str, Any] = {"kernel_size": size, "stride": _unless(strides, size)}
    if padding:
        options["padding"] = pair[0] if pair[0] == pair[1] else [pair, pair]
        if type_ == "avg_pool2d":
            options["count_include_pad"] = False
        elif max(pair) >= size:
            raise UntranslatableError(f"with a padding of {padding} and a size of {size} has no counterpart here")
    return building.emit(type_, options, [arriving_map(building)])


def maxpool(building: Building, section: Section) -> Tensor:
    """The largest value of each window."""
    return _pool(building, section, "max_pool2d")


def local_avgpool(building: Building, section: Section) -> Tensor:
    """The mean of each window."""
    return _pool(building, section, "avg_pool2d")


def avgpool(building: Building, section: Section) -> Tensor:
    """The mean of each channel."""
    del section
    return building.emit("global_avg_pool2d", {}, [arriving_map(building)])
