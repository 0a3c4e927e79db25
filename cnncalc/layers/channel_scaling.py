"""Layers that weigh the channels."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import Statistic, Whole
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers.activation_option import Activated, ActivationOption
from cnncalc.layers.activations_piecewise import ReLU
from cnncalc.layers.activations_smooth import Sigmoid
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Integer, Number, option
from cnncalc.layers.statistics import STANDARD, Statistics
from cnncalc.layers.weights import ArrayOption, Initialiser, Values, Weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Scale(Activated):
    """Multiplies by a constant, or by a learnt weight a channel.

    The latter, without `factor`, is the layer scale of Touvron et al. 2021, which begins with a small `value`, and
    Caffe's Scale. FLOPs: 1 a value, and one more with a bias.

    >>> Scale(value=1e-6).weight_shapes([(96, 56, 56)])
    {'weight': (96,)}
    """

    type_name = "scale"
    positional = ("factor",)
    aliases = ("layer_scale", "rescaling", "rescale")
    bare_array = "weight"

    factor: float | None = option(Number(), default=None, meaning="the constant, without weights")
    value: float | None = option(
        Number(), default=None, meaning="what every weight is to begin with", aliases=("init_values", "initial_value")
    )
    weight: ArrayOption = option(Weight(), default=True, meaning="one a channel", aliases=("filler", "gamma"))
    bias: ArrayOption = option(
        Weight(switch=True), default=False, meaning="added, one a channel", aliases=("bias_term", "offset")
    )

    def validate(self) -> None:
        """Either a constant, or weights."""
        for name in ("value", "weight", "bias"):
            if self.factor is not None and getattr(self, name) is not self.options[name].default:
                raise LayerError(f"`{name}` belongs to learnt weights, and `factor` is given", option=name)
        if self.value is not None and self.weight is not True:
            raise LayerError("`value` and `weight` both say what the weights are", option="value")

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight and bias, one a channel, unless the factor is constant."""
        if self.factor is not None:
            return {}
        return dict.fromkeys(["weight", "bias"] if self.bias is not False else ["weight"], inputs[0][:1])

    def given_weights(self) -> dict[str, Values | Initialiser]:
        """What the spec gives; `value` gives the weight."""
        given = super().given_weights()
        return given if self.value is None else {"weight": Initialiser("constant", self.value), **given}

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """A product for each value, and a sum with a bias."""
        del inputs
        return prod(output) * (1 if self.bias is False else 2)

    def second_moment(self, inputs: Sequence[float]) -> float:
        """The input's by the square of the factor; drawn weights are about 1."""
        known = self.factor if self.value is None else self.value
        return inputs[0] if known is None else inputs[0] * known * known

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """The values that are reachable."""
        return inputs[0]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Multiply each channel."""
        (x,) = inputs
        if self.factor is not None:
            return kernels.elementwise.scaled(x, self.factor)
        return kernels.elementwise.scaled(x, weights["weight"], weights.get("bias"))


class SqueezeExcite(Layer):
    """Weighs channels by gates made of their means.

    Hu et al. 2018: ``x * scale_activation(fc2(activation(fc1(mean(x)))))``, where fc1 and fc2 are 1 x 1 convolutions to
    `squeeze_channels` and back, named as torchvision's. MACs: ``2 C squeeze_channels``. FLOPs: twice the MACs, the
    biases and activations, one a value for the means and one a value for the final product.

    >>> SqueezeExcite(squeeze_channels=16).weight_shapes([(64, 56, 56)])["fc1.weight"]
    (16, 64, 1, 1)
    """

    type_name = "squeeze_excite"
    positional = ("squeeze_channels", "activation", "scale_activation")
    aliases = ("squeeze_excitation", "squeeze_and_excitation", "se", "se_layer", "se_module", "se_block")

    squeeze_channels: int = option(
        Integer(1), meaning="channels between the two convolutions", aliases=("rd_channels", "hidden_channels")
    )
    activation: Layer | None = option(ActivationOption(), default=ReLU(), meaning="of the first convolution")
    scale_activation: Layer | None = option(
        ActivationOption(), default=Sigmoid(), meaning="of the second, which makes the gate", aliases=("gate_layer",)
    )

    @property
    def last_step(self) -> Layer | None:
        """None: both activations are steps inside the layer."""
        return None

    def _steps(self, shape: Shape) -> list[tuple[str, Layer, Shape]]:
        """The activations, by the names of their options, and the shapes that they work on."""
        ones = (1,) * (len(shape) - 1)
        steps = (
            ("activation", self.activation, self.squeeze_channels),
            ("scale_activation", self.scale_activation, shape[0]),
        )
        return [(name, step, (channels, *ones)) for name, step, channels in steps if step is not None]

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's."""
        for name, step, shape in self._steps(inputs[0]):
            try:
                step.output_shape([shape])
            except LayerError as error:
                raise LayerError(f"`{name}` {step.type_name}: {error.fact}", option=name, hint=error.hint) from None
        return inputs[0]

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weights ``(S, C, 1, ...)`` and ``(C, S, 1, ...)`` with their biases, and those of the activations."""
        (shape,) = inputs
        channels, squeezed, ones = shape[0], self.squeeze_channels, (1,) * (len(shape) - 1)
        shapes: dict[str, Shape] = {
            "fc1.weight": (squeezed, channels, *ones),
            "fc1.bias": (squeezed,),
            "fc2.weight": (channels, squeezed, *ones),
            "fc2.bias": (channels,),
        }
        for name, step, inner in self._steps(shape):
            shapes |= {f"{name}.{key}": value for key, value in step.weight_shapes([inner]).items()}
        return shapes

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Those of both convolutions, which see one position."""
        del output
        shapes = self.weight_shapes(inputs)
        return prod(shapes["fc1.weight"]) + prod(shapes["fc2.weight"])

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Means, convolutions, biases, activations and the final product."""
        (shape,) = inputs
        activations = sum(step.flops([inner], inner) for _, step, inner in self._steps(shape))
        biases = self.squeeze_channels + shape[0]
        return 2 * self.macs(inputs, output) + biases + activations + prod(shape) + prod(output)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The value itself, and by its gate all values."""
        del output
        return [AxisByAxis([Statistic(Whole(size)) for size in inputs[0]])]

    def output_statistics(self, inputs: Sequence[Statistics], shapes: Sequence[Shape]) -> Statistics:
        """Those of the input, multiplied by gates that are functions of values around 0."""
        gate = STANDARD
        if self.scale_activation is not None:
            gate = self.scale_activation.output_statistics([gate], shapes)
        mean = inputs[0].mean * gate.mean
        return Statistics(mean, inputs[0].square * gate.square - mean * mean)

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """Everything, by the gates."""
        return kernels.dependency.reachable_together(inputs[0], range(1, inputs[0].ndim))

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Multiply each channel by its gate."""
        (x,) = inputs
        gate = kernels.pooling.global_avg_pool(x)
        steps = {name: (step, shape) for name, step, shape in self._steps(x.shape[1:])}
        for layer, name in (("fc1", "activation"), ("fc2", "scale_activation")):
            gate = kernels.elementwise.mixed_channels(gate, weights[f"{layer}.weight"], weights[f"{layer}.bias"])
            if name in steps:
                step, shape = steps[name]
                inner = {key: weights[f"{name}.{key}"] for key in step.weight_shapes([shape])}
                gate = step.forward([gate], inner)
        return kernels.arrays.merge("multiply", [x, gate])
