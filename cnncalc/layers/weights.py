"""Weights as a spec gives them: numbers nested to an array's shape, or an initialiser."""

# No postponed annotations here: named tuples compile each one that is a string.

from typing import Any, Final, NamedTuple

from cnncalc.errors import RefusedError, did_you_mean, value_text
from cnncalc.layers.options import Kind, Number, wrong
from cnncalc.shapes import Shape

INITIALISERS: Final = (
    "zeros",
    "ones",
    "kaiming_uniform",
    "kaiming_normal",
    "xavier_uniform",
    "xavier_normal",
    "normal",
    "uniform",
)
"""Named as in `torch.nn.init`, with its defaults: `normal` has deviation 1, `uniform` runs from 0 to 1."""


class Values(NamedTuple):
    """Given numbers: nested lists, or one number, and the shape that they form."""

    numbers: Any
    shape: Shape

    def check(self, shape: Shape) -> None:
        """Raise `ValueError` unless the numbers broadcast to the array's shape."""
        from cnncalc.layers.constants import check_broadcast

        check_broadcast(self.shape, shape)


class Initialiser(NamedTuple):
    """A way to draw an array; `value` is that of `constant`, `deviation` that of `normal`."""

    name: str
    value: float = 0.0
    deviation: float = 1.0


ArrayOption = bool | Values | Initialiser
"""What a layer keeps of an option for an array: true (drawn), false (left out), or what gives its numbers."""

WEIGHT_ALIASES: Final = ("kernel_initializer", "weight_filler")
BIAS_ALIASES: Final = ("use_bias", "bias_term", "bias_initializer")
"""What Keras and Caffe call the arrays of convolutions and linear layers."""


class Weight(Kind):
    """Numbers or an initialiser; where `switch` is set, also `true` (drawn) or `false` (left out).

    >>> Weight()([[1, 0], [0, 1]]).shape, Weight()({"constant": 0.1}), Weight(switch=True)(False)
    ((2, 2), Initialiser(name='constant', value=0.1, deviation=1.0), False)
    """

    def __init__(self, *, switch: bool = False) -> None:
        self.switch = switch

    @property
    def text(self) -> str:
        """What is allowed."""
        return ("true, false, " if self.switch else "") + "numbers nested to the array's shape, or an initialiser"

    def __call__(self, value: object) -> ArrayOption:
        """The weight, checked as far as it can be without the array's shape."""
        if isinstance(value, bool):
            if not self.switch:
                raise wrong(self, value)
            return value
        if isinstance(value, str):
            if value not in INITIALISERS:
                hint = did_you_mean(value, (*INITIALISERS, "constant"), "initialisers")
                raise RefusedError(f"has no initialiser {value_text(value)}", hint)
            return Initialiser(value)
        if isinstance(value, dict):
            if list(value) != ["constant"]:
                raise wrong(self, value)
            return Initialiser("constant", Number()(value["constant"]))
        from cnncalc.layers.constants import nested_shape

        return Values(value, nested_shape(value, self))
