"""What a layer is: a class whose fields are its options and whose methods answer every question asked of it.

Everything else in the program walks the graph and asks. A new layer type is one class in one file; the parser,
the table, the JSON, the executor and the error hints learn it from the class.

Shapes are channels first and without the batch: ``(C,)``, ``(C, L)``, ``(C, H, W)`` or ``(C, D, H, W)``.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Final, dataclass_transform

from cnncalc import kernels
from cnncalc.errors import LayerError, did_you_mean, value_text
from cnncalc.geometry.reading import same_but
from cnncalc.layers.options import PLAIN, Option, as_plain, option
from cnncalc.layers.statistics import Statistics
from cnncalc.layers.weights import Initialiser, Values, Weight
from cnncalc.shapes import CHANNELS_FIRST, Layout, Shape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import Self

    from cnncalc.geometry.reading import Reading
    from cnncalc.geometry.window import AnyWindow
    from cnncalc.kernels import Array

OPAQUE: Final = "opaque"
"""The type of layers of which nothing but the shape is known."""


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
    role: ClassVar[str] = ""
    """What it is where tables draw layers together: `weighted`, `norm`, `activation`, `merge`, or nothing of these."""
    arity: tuple[int, int | None] = (1, 1)
    """The fewest and the most inputs; None where any number will do. Options may change it."""
    domain: str = ""
    """The values that a function takes, where others make it infinite or no number. Options may change it."""
    input_names: ClassVar[tuple[str, ...]] = ()
    """What its inputs are, where they differ in kind, such as a map and a grid."""
    has_filters: ClassVar[bool] = False
    """Whether its weight is ``(out, in, *kernel)``, of which each row makes one channel of the output."""
    is_sum: ClassVar[bool] = False
    """Whether it adds up its inputs, as residual branches are added to what they branched off from."""
    is_scope: ClassVar[bool] = False
    """Whether it is no layer itself, but a scope of those that `parts` makes, such as `split`."""
    is_opaque: ClassVar[bool] = False
    """Whether nothing is known of it but the shape of its output."""
    references: ClassVar[tuple[str, ...]] = ()
    """The options that name an earlier layer: `bound` is told that layer, whose inputs follow the layer's own."""
    positional: ClassVar[tuple[str, ...]] = ()
    """The options that a call such as ``conv2d(16, 3)`` gives without a name: PyTorch's, less those of the input."""
    options: ClassVar[dict[str, Option]] = {}
    """The options by name, collected from the class body and from the classes above."""
    bare_array: ClassVar[str | None] = None
    """The array that is stored under the layer's name alone, as PyTorch stores a parameter that is no module's."""
    weight_options: ClassVar[tuple[str, ...]] = ()
    """The options that may give weights."""
    layer_options: ClassVar[tuple[str, ...]] = ()
    """The options that may give a layer, such as an activation."""

    layout: Layout = CHANNELS_FIRST
    """How the spec counts axes."""
    activation: Layer | None = None

    def __init_subclass__(cls) -> None:
        # The annotated fields are collected here and not by `dataclass`: the code that it generates for sixty types
        # takes longer to compile than click and PyYAML to import.
        collected: dict[str, Option] = {}
        for base in cls.__bases__:
            collected = {**getattr(base, "options", {}), **collected}
        for name, value in vars(cls).items():
            if isinstance(value, Option):
                collected[name] = value
        cls.options = collected
        cls.weight_options = tuple(name for name, known in collected.items() if isinstance(known.kind, Weight))
        cls.layer_options = tuple(name for name, known in collected.items() if known.kind.makes_layers)

    def __init__(self, **values: Any) -> None:
        options = self.options
        for name, value in values.items():
            setattr(self, name, self._checked(name, value))
        for name, known in options.items():
            if name not in values:
                if known.required:
                    raise self._missing(known)
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

    @classmethod
    def _checked(cls, name: str, value: Any) -> Any:
        """What the layer keeps of an option's value; raises `LayerError`."""
        known = cls.options.get(name)
        if known is None:
            raise cls._unknown(name)
        try:
            plain = value if type(value) in PLAIN else as_plain(value)
            return None if value is None and known.default is None else known.kind(plain)
        except ValueError as error:
            raise LayerError(f"`{name}` {error}", option=name, hint=getattr(error, "hint", None)) from None

    @classmethod
    def faults(cls, values: Mapping[str, Any], written: Collection[str]) -> Iterator[LayerError]:
        """All that is wrong with options one by one, where `__init__` raises the first; `written` may have more names.

        With an option that is unknown, none is said to be missing: it may be meant.

        >>> from cnncalc.layers import LAYERS
        >>> options = {"kernel_size": 0, "groups": "x"}
        >>> [fault.option for fault in LAYERS["conv"].faults(options, options)]
        ['kernel_size', 'groups', 'out_channels']
        """
        for name, value in values.items():
            try:
                cls._checked(name, value)
            except LayerError as error:
                yield error
        if cls.options.keys() >= set(written):
            yield from (
                cls._missing(known) for name, known in cls.options.items() if known.required and name not in written
            )

    @staticmethod
    def _missing(known: Option) -> LayerError:
        """The error for an option that must be given."""
        return LayerError(f"`{known.name}` is missing: it must be {known.kind.text}", option=known.name, code="missing")

    @classmethod
    def _unknown(cls, name: str) -> LayerError:
        """The error for an option that the type does not have; the hint translates one of another program."""
        ours = next((known.name for known in cls.options.values() if name in known.aliases), None)
        if ours is not None:
            hint = f"it is called `{ours}` here"
        elif name == "activation":
            hint = "write it as a layer after this one, such as `- relu`"
        else:
            hint = did_you_mean(name, cls.options, "options") or "it takes no options"
        return LayerError(f"has no option `{name}`", option=name, hint=hint, code="unknown-option")

    @property
    def last_step(self) -> Layer | None:
        """The activation that is applied after `forward`, by the executor; None for a layer without one."""
        return self.activation

    @property
    def index_bound(self) -> int | None:
        """The number below which the whole numbers are that the layer takes; None where it takes any values."""
        return None

    def replaced(self, **values: Any) -> Self:
        """A copy with other values of some attributes, which are not checked, and with `inner` made of them."""
        from copy import copy

        other = copy(self)
        for name, value in values.items():
            setattr(other, name, value)
        other.inner = {name: getattr(other, name) for name in self.inner}
        return other

    def with_layout(self, layout: Layout) -> Self:
        """The layer, and the activations among its options, for a spec that counts axes so."""
        if layout == self.layout:
            return self
        inner = {name: activation.with_layout(layout) for name, activation in self.inner.items()}
        return self.replaced(layout=layout, **inner)

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
        """The internal axis (0 = channels) of `shape` that the option `name` means by `dim`; raises `LayerError`."""
        try:
            return self.layout.axis(dim, len(shape))
        except ValueError as error:
            raise LayerError(f"`{name}` {error}", option=name) from None

    def dim_axes(self, name: str, dims: Sequence[int], shape: Shape) -> tuple[int, ...]:
        """The internal axes of `shape` that the option `name` means by `dims`; raises `LayerError` if two are equal."""
        axes = tuple(self.dim_axis(name, dim, shape) for dim in dims)
        if len(set(axes)) < len(axes):
            raise LayerError(f"`{name}` names an axis twice: {value_text(list(dims))}", option=name)
        return axes

    def check_arriving(self, name: str, size: int, hint: str | None = None, shape: Shape | None = None) -> None:
        """Raise `LayerError` unless the option `name` is not given, or is the size that arrives.

        With the `shape` of a map the hint tells where its channels seem to stand at the wrong end.
        """
        stated = getattr(self, name)
        if stated not in (None, size):
            meant = shape and self.layout.likely_meant(shape)
            if meant and meant[0] == stated:
                hint = self.layout.order_hint(meant)
            hint = hint or f"leave `{name}` out, and it is what arrives"
            raise LayerError(f"`{name}` is {stated}, the input has {size}", option=name, hint=hint)

    # What a layer type says of itself.

    def validate(self) -> None:
        """Raise `LayerError` where options contradict each other, whatever the input."""

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The shape of the output for inputs of these shapes; raises `LayerError` where the layer cannot take them."""
        return inputs[0]

    def parts(self, shape: Shape) -> Iterator[Layer]:
        """The layers of a type that is a scope, for an input of this shape; raises `LayerError`."""
        raise NotImplementedError(f"{self.type_name} has no parts")

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """The shapes of the trainable arrays by name, whose sizes add up to the parameter count."""
        del inputs
        return {}

    def buffer_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """The shapes of the arrays by name that are stored but not trained, such as running statistics."""
        del inputs
        return {}

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """The multiply-accumulates (MACs) of a sample, without bias: of weighted sums and products of matrices."""
        del inputs, output
        return 0

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """The floating-point operations of one sample; a call to exp, log, tanh, erf or a power counts as one."""
        del inputs, output
        return 0

    def windows(self, shape: Shape) -> tuple[AnyWindow, ...] | None:
        """The window along each spatial axis of the first input, or None for a layer without one."""
        del shape
        return None

    def window_groups(self, shape: Shape) -> int | None:
        """The groups of input channels that the filters are cut into; None for a layer without filters."""
        del shape
        return None

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """How the output reads each input: by an `Access` along each axis, channels first, or rearranged.

        By default each value reads that of its own place. Receptive fields and exact sets of pixels stand on it, and
        nothing else does: the proof by execution asks `reachable`.
        """
        del output
        return [same_but(len(shape), {}) for shape in inputs]

    def working_values(self, inputs: Sequence[Shape], output: Shape) -> int:
        """The values of one sample that `forward` holds beside its inputs, output and weights, where they are many."""
        del inputs, output
        return 0

    def bound(self, other: Layer) -> Layer:
        """A copy, as `replaced` makes it, that knows the earlier layer named by an option of `references`.

        Raises `LayerError` for a layer that it cannot refer to.
        """
        raise LayerError(f"cannot refer to a {other.type_name}")

    def fan_in(self, name: str, shape: Shape) -> float:
        """The number of input values that one output value sums up with the weight of that name and shape."""
        del name
        return prod(shape[1:])

    def initial_mean(self, name: str, shape: Shape) -> float | None:
        """The mean of a drawn weight: 0 of a bias, 1 of a scale; None for one scaled by its fan-in."""
        if len(shape) > 1:
            return None
        return 0.0 if name.endswith("bias") else 1.0

    def settled(self, arrays: Mapping[str, Array]) -> Mapping[str, Array]:
        """Of the arrays that were drawn those that follow from others, as a filter's length does from its numbers."""
        del arrays
        return {}

    def second_moment(self, inputs: Sequence[float]) -> float:
        """The expected square of an output value with randomly drawn weights, given those of the inputs.

        Drawn weights are scaled by it, so that values neither explode nor vanish in deep networks (He et al. 2015).
        """
        return max(inputs)

    def output_moment(self, inputs: Sequence[float], shapes: Sequence[Shape]) -> float:
        """`second_moment`, where it depends on the shapes of the inputs too, as that of a sum along an axis does."""
        del shapes
        return self.second_moment(inputs)

    def output_statistics(self, inputs: Sequence[Statistics], shapes: Sequence[Shape]) -> Statistics:
        """Mean and variance of the output with randomly drawn weights, given those of the inputs.

        By default the square is that of `output_moment`. What is weighted or normalised has the mean 0, and elsewhere
        the mean has the share of the square that it has in the first input.
        """
        square = self.output_moment([each.square for each in inputs], shapes)
        if not inputs or self.role in ("weighted", "norm"):
            return Statistics(0.0, square)
        return inputs[0].with_square(square)

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """Where the output can change, true or above 0 there, of inputs that are true where they change.

        By default the forward pass itself, with weights of 1 and biases of 0. A layer that is not a sum of its inputs
        with positive weights puts such a sum in its place, through the kernel that places its taps. It asks nothing of
        `reads`, which is held against it. Of our own types whose channels depend on the one of their number alone there
        may be other numbers of channels than the layer was built for.
        """
        stated = [x.shape[1:] for x in inputs]
        shapes = {**self.weight_shapes(stated), **self.buffer_shapes(stated)}
        weights = {
            name: kernels.dependency.filled(shape, 0.0 if name.endswith("bias") else 1.0)
            for name, shape in shapes.items()
        }
        return self.forward([kernels.dependency.as_floats(x) for x in inputs], weights)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Compute the output ``(N, C, *O)`` of inputs ``(N, C, *I)``, which are never written to."""
        raise NotImplementedError(f"{self.type_name} has no forward pass")

    def forward_in_place(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """Compute the output of an input that may be overwritten, such as that of the layer whose last step this is."""
        return self.forward([x], weights)
