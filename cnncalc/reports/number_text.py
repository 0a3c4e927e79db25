"""Numbers and shapes as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import shape_text, value_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Protocol

    from cnncalc.graph.window_figures import WindowFigures
    from cnncalc.receptive_field.figures import ReceptiveField

    class HasName(Protocol):
        """What has a name, as one of a family a variant, and parameters that were set."""

        @property
        def name(self) -> str:
            """The name."""

        @property
        def variant(self) -> str | None:
            """The variant, if it is one."""

        @property
        def settings(self) -> Mapping[str, Any]:
            """The parameters that were set."""

    class HasKind(Protocol):
        """A layer of some type, with or without an activation of its own."""

        @property
        def type(self) -> str:
            """The type's name."""

        @property
        def activation(self) -> str | None:
            """The activation's name, if there is one."""


_UNITS: Final = ("", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q")


def exact(count: int) -> str:
    """All digits, in groups of three.

    >>> exact(60965224)
    '60,965,224'
    """
    return f"{count:,}"


def short(count: int, unit: str = "") -> str:
    """Three digits and a decimal prefix.

    >>> short(60965224), short(999_999), short(512, "B")
    ('61.0 M', '1.00 M', '512 B')
    """
    if count < 1000:
        return f"{count} {unit}".rstrip()
    power = (len(str(count)) - 1) // 3
    tenths = 2 - (len(str(count)) - 1) % 3
    value = round(count / 1000**power, tenths)
    if value >= 1000:
        value, power, tenths = value / 1000, power + 1, 2
    if power >= len(_UNITS):
        return f"{float(count):.2e} {unit}".rstrip()
    return f"{value:.{tenths}f} {_UNITS[power]}{unit}"


def rounded(numerator: int, denominator: int) -> int:
    """The nearest whole number to a fraction, the larger of two; exact, as floats of large counts are not.

    >>> rounded(5, 2), rounded(7, 3), rounded(10**30 + 1, 2)
    (3, 2, 500000000000000000000000000001)
    """
    return (2 * numerator + denominator) // (2 * denominator)


def in_units(count: int, units: str, unit: str = "") -> str:
    """A count in thousands (`k`), millions (`M`), ... with two decimals, `none` with all digits, `auto` short.

    >>> in_units(60965224, "M"), in_units(128, "M"), in_units(0, "G"), in_units(1536, "none", "B")
    ('60.97 M', '<0.01 M', '0', '1,536 B')
    """
    if units == "auto":
        return short(count, unit)
    if units == "none" or not count:
        return f"{count:,} {unit}".rstrip() if count else "0"
    scale = 1000 ** _UNITS.index(units)
    hundredths = rounded(100 * count, scale)
    value = f"{hundredths // 100:,}.{hundredths % 100:02d}" if hundredths else "<0.01"
    return f"{value} {units}{unit}"


def tight(shape: Sequence[int]) -> str:
    """A shape without spaces.

    >>> tight((3, 224, 224))
    '3x224x224'
    """
    return "x".join(map(str, shape))


def tight_inputs(shapes: Mapping[str, Sequence[int]]) -> str:
    """The shape of the input or, where there are several, each as `--input` takes it.

    >>> tight_inputs({"input": (3, 8, 8)}), tight_inputs({"left": (3, 8), "right": (1, 4)})
    ('3x8x8', 'left=3x8 right=1x4')
    """
    if len(shapes) == 1:
        return tight(next(iter(shapes.values())))
    return " ".join(f"{name}={tight(shape)}" for name, shape in shapes.items())


def signed(difference: int, write: Callable[[int], str] = exact) -> str:
    """A difference with its sign, and 0 without one.

    >>> signed(1234), signed(-5), signed(0)
    ('+1,234', '-5', '0')
    """
    return f"{'+' * (difference > 0)}{'-' * (difference < 0)}{write(abs(difference))}"


def kind(layer: HasKind) -> str:
    """The type of a layer, and the activation that belongs to it: `conv2d + relu`."""
    return layer.type if layer.activation is None else f"{layer.type} + {layer.activation}"


def name(found: HasName) -> str:
    """The name, and in brackets the variant if it is one, and the parameters that were set.

    >>> import cnncalc
    >>> name(cnncalc.load("resnet50", set={"depths": [1, 1, 1, 1]}))
    'ResNet (resnet50, depths=[1, 1, 1, 1])'
    """
    variant = [] if found.variant is None else [found.variant]
    details = [*variant, *(f"{word}={setting(value)}" for word, value in found.settings.items())]
    return f"{found.name} ({', '.join(details)})" if details else found.name


def setting(value: Any) -> str:
    """A value as `--set` takes it, cut where it is long.

    >>> setting([1, 2]), setting("a"), setting(0.25)
    ('[1, 2]', 'a', '0.25')
    """
    return value_text(value).strip("'") if isinstance(value, str) else value_text(value)


def inputs(shapes: Mapping[str, Sequence[int]], colon: str = "") -> str:
    """The word and the shape of the input, or of each by its name where there are several.

    >>> inputs({"input": (3, 8, 8)}), inputs({"left": (3, 8), "right": (1, 4)}, ":")
    ('input 3 x 8 x 8', 'inputs: left 3 x 8, right 1 x 4')
    """
    return f"{'input' if len(shapes) == 1 else 'inputs'}{colon} {input_shapes(shapes)}"


def input_shapes(shapes: Mapping[str, Sequence[int]]) -> str:
    """The shape of the input, or of each by its name where there are several.

    >>> input_shapes({"input": (3, 8, 8)}), input_shapes({"left": (3, 8), "right": (1, 4)})
    ('3 x 8 x 8', 'left 3 x 8, right 1 x 4')
    """
    if len(shapes) == 1:
        return shape_text(next(iter(shapes.values())))
    return ", ".join(f"{name} {shape_text(shape)}" for name, shape in shapes.items())


def per_axis(values: Sequence[object]) -> str:
    """One value where all axes agree, else one per axis.

    >>> per_axis((3, 3)), per_axis((1, 7))
    ('3', '1x7')
    """
    texts = list(map(str, values))
    return texts[0] if len(set(texts)) == 1 else "x".join(texts)


def window(figures: WindowFigures | None, *, depthwise: bool = False) -> str:
    """Kernel, stride and padding, and dilation and groups where there are any: `3/2/1`, `5/1/2 g2`.

    Padding that differs before and after is written `0+1`. Where each channel is filtered by itself, that is `dw`.
    """
    if figures is None:
        return ""
    text = "/".join((per_axis(figures.kernel_size), per_axis(figures.stride), pads(figures.padding)))
    if set(figures.dilation) != {1}:
        text += f" d{per_axis(figures.dilation)}"
    if figures.groups not in (None, 1):
        text += " dw" if depthwise else f" g{figures.groups}"
    return text


def pads(padding: Sequence[tuple[int, int]]) -> str:
    """The padding along each axis, before and after where these differ.

    >>> pads([(1, 1), (1, 1)]), pads([(0, 1), (2, 2)])
    ('1', '0+1x2')
    """
    return per_axis([before if before == after else f"{before}+{after}" for before, after in padding])


def field(receptive: ReceptiveField) -> str:
    """Size, stride and padding of a receptive field; `all` where every path sees the whole map, 0 where none leads.

    `-` stands for a stride where neighbours do not advance evenly. `*` marks a path that sees the whole map beside
    those counted, `~` paths whose centres differ, `<` figures that are at most those.
    """
    if not receptive.size:
        return ""
    if not any(receptive.size):
        return "0"
    if all(padding is None for padding in receptive.padding):
        return f"all {per_axis(receptive.size)}{marks(receptive)}"
    return "/".join((per_axis(receptive.size), *steps(receptive))) + marks(receptive)


def fields(by_input: Mapping[str, ReceptiveField]) -> str:
    """The receptive field, of each input by its name where there are several."""
    several = len(by_input) > 1
    return ", ".join((f"{name} " if several else "") + field(of_input) for name, of_input in by_input.items())


def marks(receptive: ReceptiveField) -> str:
    """`~` where paths with different centres merge, `*` where some path sees the whole map and others do not.

    `<` where a unit may see less than the figures say.
    """
    return "~" * (not receptive.aligned) + "*" * has_global_path(receptive) + "<" * (not receptive.exact)


def has_global_path(receptive: ReceptiveField) -> bool:
    """Whether some path sees the whole map, and others do not."""
    return receptive.is_global and any(padding is not None for padding in receptive.padding)


def fraction(stride: tuple[int, int], bar: str = "/") -> str:
    """A stride, whole or not.

    >>> fraction((4, 1)), fraction((1, 2))
    ('4', '1/2')
    """
    return f"{stride[0]}" if stride[1] == 1 else f"{stride[0]}{bar}{stride[1]}"


def steps(receptive: ReceptiveField) -> tuple[str, str]:
    """Stride and padding of a receptive field, `all` along an axis that every path sees whole, `-` for no stride."""
    if not any(receptive.size):
        return "", ""
    strides = ["-" if s is None else fraction(s, ":") for s in receptive.stride]
    paddings = ["all" if pad is None else str(pad) for pad in receptive.padding]
    known = ["all" if pad == "all" else s for s, pad in zip(strides, paddings, strict=True)]
    return per_axis(known), per_axis(paddings)
