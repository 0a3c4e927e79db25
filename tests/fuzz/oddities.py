"""Values and words that nobody means, and that every command has to survive."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from random import Random

ODD_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, 1, -1, 2, 3, 0.5, -0.0, 1.0, 1e-5, 1e300, float("inf"), float("nan")),
    *(2**31 - 1, 2**31, 2**63, -(2**63), 10**9, 10**40, 20_000, 1_000_000),
    *("", " ", "x", "input", "previous", "same", "valid", "same_lower", "relu", "conv2d", "=", "=1", "={", "{", "{}"),
    *("\x1b[31mred", "a\nb", "a\tb", "\u202eabc", "\u2028", "é", "\x7f", "a.b", ".", "a|b`c", "0x10", "1_000", "no"),
    *("=in_channels", "=in_shape", "=index", "=size('input')", "=range(10 ** 9)", "=[1, 2]", "{index}", "=1 / 0"),
    *([], {}, [[]], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4], [[1, 2], [3, 4]], [None], ["a", "b"], {"a": 1}, [-1, 0]),
)
"""Of every type that YAML knows, huge, negative and empty ones among them."""

ODD_WORDS: Final = (
    *("", " ", "-", "--", ".", "..", "/", "~", "*", "lenet", "alexnet:", ":", "lenet:lenet", "nosuch", "stage1.0", "0"),
    *("-1", "1.5", "1e9", "9" * 30, "9" * 5000, "x" * 300, "\x1b[2J", "a\nb", "\u202e", "é", "²", "٣", "nan", "null"),
    *("a=b", "=", "input", "previous", "conv2d", "conv4d", "Conv2D", "relu", "{index}", "=1", "true", "3x", "x3"),
)

ODD_SHAPES: Final = (
    *(
        "",
        "x",
        "3x",
        "x3",
        "3",
        "3x8",
        "3x8x8x8x8",
        "0x1x1",
        "-1x2x2",
        "3x1e3x2",
        "3x8.5x8",
        "\uff13x8x8",
        "3\xd78\xd78",
        "3X8X8",
    ),
    *("[3, 8, 8]", "3,8,8", "a=3x8x8", "input=3x8x8", "=3x8x8", "a=", "1x1x1", "3x1x1", "3x2x3000", "1x99999x1"),
    *("3x2147483647x2147483647", "3x2147483648x1", "9" * 400, "1x" * 400 + "1", "8x8x3", "null", "224x224x3"),
)


def odd(rng: Random) -> Any:
    """An odd value, now and then one of any size or a whole list."""
    chosen = rng.randrange(10)
    if chosen == 0:
        return rng.randrange(-3, 12)
    if chosen == 1:
        return [odd(rng) for _ in range(rng.randrange(4))]
    return deepcopy(rng.choice(ODD_VALUES))
