"""Normalisation without learnt weights."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc import kernels
from cnncalc.errors import LayerError, value_text
from cnncalc.geometry.reading import same_but
from cnncalc.geometry.window import Window
from cnncalc.geometry.window_access import Sliding
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.options import Integer, Number, option
from cnncalc.layers.weights import ArrayOption, Initialiser, Values, Weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


LEAST_VARIANCE: Final = 1e-14
"""The square of what Keras holds deviations to."""


class LocalResponseNorm(Activated):
    """Normalisation by neighbouring channels.

    Krizhevsky et al. 2012: ``x / (k + alpha / size * sum of squares over size channels) ** beta``, and the shape
    stays. The sum is divided by `size`, as in PyTorch and ONNX. Of an even size the larger half lies before. FLOPs:
    ``size + 4`` a value: the squares (one a value), their sum, the scale, the shift, the power and the division.

    >>> LocalResponseNorm(size=5).flops([(96, 27, 27)], (96, 27, 27)) == 9 * 96 * 27 * 27
    True
    """

    type_name = "local_response_norm"
    positional = ("size", "alpha", "beta", "k")
    aliases = ("lrn", "local_response_normalization", "cross_map_lrn2d")

    size: int = option(Integer(1), meaning="channels that take part", aliases=("local_size", "n", "nsize"))
    alpha: float = option(Number(), default=1e-4, meaning="scale of the sum")
    beta: float = option(Number(), default=0.75, meaning="exponent")
    k: float = option(Number(), default=1.0, meaning="added to the sum", aliases=("bias",))

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """``size + 4`` for each value."""
        del inputs
        return (self.size + 4) * prod(output)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The channels around."""
        del output
        (shape,) = inputs
        around = Window(self.size, padding=(self.size // 2, (self.size - 1) // 2))
        return [same_but(len(shape), {0: Sliding(around, shape[0])})]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """The channels around."""
        return kernels.dependency.reachable_neighbours(inputs[0], self.size)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Divide by the neighbouring channels' activity."""
        del weights
        return kernels.normalization.local_response_norm(inputs[0], self.size, self.alpha, self.beta, self.k)


class Normalize(Activated):
    """Normalisation with given statistics.

    As Keras has it: ``(x - mean) / sqrt(variance)``, and the shape stays; the square root is held to 1e-7 at least.
    Mean and variance that are given as numbers are constants. Otherwise these and the number of samples that they were
    taken of are buffers: 0, 1 and 0, as Keras has them before `adapt`, unless an initialiser says otherwise. FLOPs: 2
    a value.

    >>> Normalize().buffer_shapes([(3, 224, 224)])
    {'mean': (3,), 'variance': (3,), 'count': (1,)}
    >>> Normalize(mean=[0.485, 0.456, 0.406], variance=0.05).buffer_shapes([(3, 224, 224)])
    {}
    """

    type_name = "normalize"
    positional = ("mean", "variance")
    aliases = ("normalization",)

    mean: ArrayOption = option(Weight(), default=True, meaning="one number, or one a channel; otherwise a buffer")
    variance: ArrayOption = option(
        Weight(), default=True, meaning="one number, or one a channel; otherwise a buffer", aliases=("var",)
    )

    def validate(self) -> None:
        """A variance is not negative, and both are numbers or none is."""
        least = 0.0
        if isinstance(self.variance, Values):
            least = min(_flat(self.variance.numbers))
        elif isinstance(self.variance, Initialiser):
            least = self.variance.value
            if self.variance.name not in ("zeros", "ones", "constant", "uniform"):
                fact = f"`variance` must not be negative, and `{self.variance.name}` draws such numbers"
                raise LayerError(fact, option="variance", hint="`uniform`, `ones` and numbers are not negative")
        if least < 0:
            raise LayerError(f"`variance` must not be negative, and has {value_text(least)}", option="variance")
        if isinstance(self.mean, Values) != isinstance(self.variance, Values):
            given, other = ("mean", "variance") if isinstance(self.mean, Values) else ("variance", "mean")
            raise LayerError(
                f"`{given}` is given in numbers, and `{other}` is not",
                option=given,
                hint="give numbers for both, or for neither: then they are buffers",
            )

    def statistics(self) -> tuple[Values, Values] | None:
        """The mean and the variance that are given as numbers; None where they are buffers."""
        if isinstance(self.mean, Values) and isinstance(self.variance, Values):
            return self.mean, self.variance
        return None

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The same; numbers that are given are one, or one a channel."""
        for name, given in zip(("mean", "variance"), self.statistics() or (), strict=False):
            try:
                given.check(inputs[0][:1])
            except ValueError as error:
                raise LayerError(f"`{name}` {error}", option=name) from None
        return super().output_shape(inputs)

    def buffer_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """The statistics, one a channel, and the count; none where they are given."""
        channels = inputs[0][:1]
        return {"mean": channels, "variance": channels, "count": (1,)} if self.statistics() is None else {}

    def given_weights(self) -> dict[str, Values | Initialiser]:
        """What the buffers are before they are adapted to data."""
        given = super().given_weights()
        if self.statistics() is not None:
            return {name: value for name, value in given.items() if name not in ("mean", "variance")}
        fresh = {"mean": Initialiser("zeros"), "variance": Initialiser("ones"), "count": Initialiser("zeros")}
        return {**fresh, **given}

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """A difference and a quotient for each value."""
        del inputs
        return 2 * prod(output)

    def second_moment(self, inputs: Sequence[float]) -> float:
        """That of the difference to the mean, over the variance; the input's where they are 0 and 1."""
        given = self.statistics()
        if given is None:
            return inputs[0]
        means, variances = (list(_flat(each.numbers)) for each in given)
        squares = sum(mean * mean for mean in means) / len(means)
        return (inputs[0] + squares) / max(sum(variances) / len(variances), LEAST_VARIANCE)

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """The values that are reachable."""
        return inputs[0]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Shift and scale each channel; a count changes nothing."""
        (x,) = inputs
        given = self.statistics()
        if given is None:
            mean, variance, _ = (weights[name] for name in ("mean", "variance", "count"))
        else:
            mean, variance = (kernels.arrays.of_numbers(each.numbers).astype(x.dtype) for each in given)
        return kernels.normalization.standardised(x, mean, variance)


def _flat(numbers: Any) -> Iterator[float]:
    """The numbers of nested lists, or a number itself."""
    if not isinstance(numbers, list):
        yield numbers
        return
    for item in numbers:
        yield from _flat(item)
