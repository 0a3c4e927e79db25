"""What a layer is: a class whose fields are its options and whose methods answer every question asked of it.

Everything else in the program walks the graph and asks. A new layer type is one class in one file; the parser,
the table, the JSON, the executor and the error hints learn it from the class.

Shapes are channels first and without the batch: ``(C,)``, ``(C, L)``, ``(C, H, W)`` or ``(C, D, H, W)``.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from cnncalc import kernels
from cnncalc.errors import LayerError, did_you_mean, shown
from cnncalc.geometry.axis_map import IDENTITY
from cnncalc.layers.options import REQUIRED, Option, option
from cnncalc.layers.weights import Initialiser, Values, Weight
from cnncalc.shapes import CHANNELS_FIRST, Layout, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.axis_map import AxisMap
    from cnncalc.geometry.boxes import Box
    from cnncalc.geometry.index_set import IndexSet
    from cnncalc.geometry.window import AnyWindow
    from cnncalc.kernels import Array


Move = tuple[str, tuple[int, ...]]
"""A permutation, `permute` with the old axis of each new one, a `reshape` with the new sizes, or a `reduce` of axes.

Axes that are reduced have size 1 then, and what is there was made of all of them.
"""


@dataclass_transform(kw_only_default=True, field_specifiers=(option,))
class Layer:
    """A layer with its options set; it knows nothing of its neighbours, and is asked with their shapes.

    A subclass declares its options with `option`, names itself with `type_name`, and overrides what differs from
    the layer that passes one input on unchanged, without weights or operations.
    """

    type_name: ClassVar[str] = ""
    ranked: ClassVar[bool] = False
    """Whether the type may be written with its rank, as in `conv2d`."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """What other programs call the type, where their spelling is not ours but for case and underscores."""
    arity: ClassVar[tuple[int, int | None]] = (1, 1)
    """The fewest and the most inputs; None where any number will do."""
    references: ClassVar[tuple[str, ...]] = ()
    """The options that name an earlier layer: `bound` is told that layer, whose inputs follow the layer's own."""
    options: ClassVar[dict[str, Option]] = {}
    """The options by name, collected from the class body and from the classes above."""
    weight_options: ClassVar[tuple[str, ...]] = ()
    """The options that may give weights."""
    layer_options: ClassVar[tuple[str, ...]] = ()
    """The options that may give a layer, such as an activation."""

    channelwise: ClassVar[bool] = False
    """Whether output channel c, or those from c k to c k + k - 1, depends on input channel c alone, alike for all c."""

    drops_values: ClassVar[bool] = False
    """Whether the output may ignore some values of the input."""

    keeps_places: ClassVar[bool] = False
    """Whether each value enters its own place of the output, beside the channels and axes that are gathered there."""

    layout: Layout = CHANNELS_FIRST
    """How the spec counts axes."""
    activation: Layer | None = None

    def __init_subclass__(cls) -> None:
        collected: dict[str, Option] = {}
        for base in cls.__bases__:
            collected = {**getattr(base, "options", {}), **collected}
        for name, value in vars(cls).items():
            if isinstance(value, Option):
                value.name = name
                collected[name] = value
        cls.options = collected
        cls.weight_options = tuple(name for name, known in collected.items() if isinstance(known.kind, Weight))
        cls.layer_options = tuple(name for name, known in collected.items() if known.kind.makes_layers)

    def __init__(self, **values: Any) -> None:
        options = self.options
        for name, value in values.items():
            known = options.get(name)
            if known is None:
                raise self._unknown(name)
            try:
                setattr(self, name, None if value is None and known.default is None else known.kind(value))
            except ValueError as error:
                raise LayerError(f"`{name}` {error}", option=name) from None
        for name, known in options.items():
            if name not in values:
                if known.default is REQUIRED:
                    raise LayerError(f"`{name}` is missing: it must be {known.kind.text}")
                setattr(self, name, known.default)
        self.inner: dict[str, Layer] = {
            name: value
            for name in self.layer_options
            if isinstance(value := getattr(self, name), Layer) and value is not options[name].default
        }
        self.validate()

    def __repr__(self) -> str:
        given = (
            f"{name}={getattr(self, name)!r}" for name, o in self.options.items() if getattr(self, name) != o.default
        )
        return f"{type(self).__name__}({', '.join(given)})"

    def _unknown(self, name: str) -> LayerError:
        ours = next((known.name for known in self.options.values() if name in known.aliases), None)
        if ours is not None:
            hint = f"it is called `{ours}` here"
        elif name == "activation":
            hint = "write it as a layer after this one, such as `- relu`"
        else:
            hint = did_you_mean(name, self.options, "options") or "it takes no options"
        return LayerError(f"has no option `{name}`", option=name, hint=hint, is_unknown_option=True)

    @property
    def last_step(self) -> Layer | None:
        """The activation that is the layer's own last step; not `forward` but the executor applies it."""
        return self.activation

    def set_layout(self, layout: Layout) -> None:
        """Tell the layer, and the activations among its options, how the spec counts axes."""
        self.layout = layout
        for inner in self.inner.values():
            inner.set_layout(layout)

    def given_weights(self) -> dict[str, Values | Initialiser]:
        """The arrays for which the spec gives numbers or an initialiser; an activation's as `activation.*`."""
        values = ((name, getattr(self, name)) for name in self.weight_options)
        given = {name: value for name, value in values if not isinstance(value, bool)}
        for name, inner in self.inner.items():
            given |= {f"{name}.{key}": value for key, value in inner.given_weights().items()}
        return given

    def owner(self, name: str) -> tuple[Layer, str]:
        """The layer whose array has that name, this one or an activation of it, and the array's name there."""
        option, _, rest = name.partition(".")
        return (self.inner[option], rest) if option in self.inner else (self, name)

    def dim_axis(self, name: str, dim: int, shape: Shape) -> int:
        """The axis of `shape` that the option `name` means by `dim`; raises `LayerError`."""
        try:
            return self.layout.axis(dim, len(shape))
        except ValueError as error:
            raise LayerError(f"`{name}` {error}", option=name) from None

    def dim_axes(self, name: str, dims: Sequence[int], shape: Shape) -> tuple[int, ...]:
        """The axes of `shape` that the option `name` means by `dims`, which must differ; raises `LayerError`."""
        axes = tuple(self.dim_axis(name, dim, shape) for dim in dims)
        if len(set(axes)) < len(axes):
            raise LayerError(f"`{name}` names an axis twice: {shown(list(dims))}", option=name)
        return axes

    # What a layer type says of itself.

    def validate(self) -> None:
        """Raise `LayerError` where options contradict each other, whatever the input."""

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The shape that comes out for these inputs; raises `LayerError` where they cannot pass."""
        return inputs[0]

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """The shapes of the trainable arrays, by name; the parameter count is the sum of their products."""
        del inputs
        return {}

    def buffer_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """The shapes of the arrays that are kept but not trained, by name."""
        del inputs
        return {}

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Multiply-accumulates of one sample, without bias; only convolutions and linear layers have any."""
        del inputs, output
        return 0

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """All floating-point operations of one sample; a call to exp, log, tanh, erf or a power counts as one."""
        del inputs, output
        return 0

    def windows(self, shape: Shape) -> tuple[AnyWindow, ...] | None:
        """The window along each spatial axis of the first input, or None for a layer without one."""
        del shape
        return None

    def window_groups(self, shape: Shape) -> int | None:
        """The parts of the first input's channels that the window sees apart; None where it has no filters."""
        del shape
        return None

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """For each input and each of its spatial axes, the positions that each output position reads.

        None says that every position reads the whole axis.
        """
        del output
        return [(IDENTITY,) * (len(shape) - 1) for shape in inputs]

    def global_axes(self, shape: Shape) -> Sequence[int]:
        """The spatial axes, from 0, over which a statistic is taken that enters each position, beside `reads`.

        Statistics over the map do that, and so does the gate of squeeze and excitation: the receptive field is then
        global, and its figures are those of `reads`.
        """
        del shape
        return ()

    @property
    def reads_mirrored_border(self) -> bool:
        """Whether units at the borders read pixels that `reads` does not tell of, as mirrored padding makes them."""
        return False

    def channel_reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[AxisMap | None]:
        """For each input, the channels that each output channel reads; None says all of them."""
        del output
        return (IDENTITY,) * len(inputs)

    def taps(self, number: int, axis: int, wanted: IndexSet, inputs: Sequence[Shape], output: Shape) -> IndexSet:
        """Which positions along an axis of input `number` enter those `wanted` of the output, exactly.

        Axis 0 are the channels. By default those of `reads`, clipped to the input; a layer whose taps leave holes, or
        that treats borders in its own way, says so here.
        """
        from cnncalc.geometry.index_set import whole

        size = inputs[number][axis]
        if axis > 0 and axis - 1 in self.global_axes(inputs[number]):
            return whole(size)
        by = self.reads(inputs, output)[number][axis - 1] if axis else self.channel_reads(inputs, output)[number]
        if by is None:
            return whole(size)
        return wanted.within(size) if by is IDENTITY else wanted.read(by).within(size)

    def sources(self, wanted: Box, inputs: Sequence[Shape], output: Shape) -> list[list[Box]]:
        """For each input, the boxes of its positions that enter a box of the output's, in any way.

        By default one box, of the `taps` along each axis, or none where no tap is inside the input. A layer that
        turns one axis into another says so here.
        """
        found: list[list[Box]] = []
        for number in range(len(inputs)):
            box = tuple(self.taps(number, axis, positions, inputs, output) for axis, positions in enumerate(wanted))
            found.append([box] if all(box) else [])
        return found

    @classmethod
    def axes_apart(cls) -> bool:
        """Whether `sources` is the product of what is read along each axis, which is the same axis of the input."""
        return cls.sources is Layer.sources

    def rearranges(self, shape: Shape, output: Shape) -> Sequence[Move]:
        """The moves that make the output of an input of `shape`.

        For a layer that only lays its values out anew, or takes together those along whole axes.
        """
        del shape, output
        return ()

    def joins(self, inputs: Sequence[Shape]) -> int | None:
        """The axis along which the layer lays several inputs one after another."""
        del inputs
        return None

    def bound(self, other: Layer) -> Layer:
        """This layer, told the earlier one that an option of `references` names; raises `LayerError`."""
        raise LayerError(f"cannot refer to a {other.type_name}")

    def fan_in(self, name: str, shape: Shape) -> float:
        """How many input values an output value sums up with the weight of that name and shape."""
        del name
        return prod(shape[1:])

    def initial_mean(self, name: str, shape: Shape) -> float | None:
        """The mean of a weight that is drawn; None for one that is scaled by its fan-in, around 0."""
        if len(shape) > 1:
            return None
        return 0.0 if name.endswith("bias") else 1.0

    def second_moment(self, inputs: Sequence[float]) -> float:
        """The expected square of an output value with drawn weights, from those of the inputs' values.

        Drawn weights are scaled by it, so that values neither explode nor vanish in deep networks.
        """
        return max(inputs)

    def channel_groups(self, shape: Shape) -> int | None:
        """How many groups of channels the one input has, if each channel of the output reads all of one group."""
        del shape
        return None

    def moves_channels(self, inputs: Sequence[Shape]) -> bool:
        """Whether each channel of the output is one of the inputs', unchanged."""
        del inputs
        return False

    def touched(self, inputs: Sequence[Array]) -> Array:
        """Where the output can change, true or above 0 there, of inputs that are true where they change.

        By default the forward pass itself, with weights of 1 and biases of 0. A layer that is not a sum of its inputs
        with positive weights puts such a sum in its place, through the kernel that places its taps. Where there are
        `channel_groups`, all channels of an input are alike.
        """
        stated = [x.shape[1:] for x in inputs]
        shapes = {**self.weight_shapes(stated), **self.buffer_shapes(stated)}
        weights = {name: kernels.filled(shape, 0.0 if name.endswith("bias") else 1.0) for name, shape in shapes.items()}
        return self.forward([kernels.numbers(x) for x in inputs], weights)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Compute the output, batch first; the inputs are never written to."""
        raise NotImplementedError(f"{self.type_name} has no forward pass")

    def onto(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """The output for an input that may be written to, such as that of the layer whose last step this is."""
        return self.forward([x], weights)
