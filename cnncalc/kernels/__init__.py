"""The forward passes in NumPy: arrays in, arrays out, batch first and channels second; it knows no layers.

NumPy takes longer to import than a summary takes, so the modules are imported when the first function is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cnncalc.kernels.arrays import *
    from cnncalc.kernels.convolution import *
    from cnncalc.kernels.dependency import *
    from cnncalc.kernels.elementwise import *
    from cnncalc.kernels.erf import *
    from cnncalc.kernels.normalization import *
    from cnncalc.kernels.pooling import *
    from cnncalc.kernels.resampling import *
    from cnncalc.kernels.unpooling import *
    from cnncalc.kernels.windows import *

MODULES: Final = (
    "arrays",
    "convolution",
    "normalization",
    "elementwise",
    "pooling",
    "resampling",
    "erf",
    "dependency",
    "unpooling",
)


def __getattr__(name: str) -> Any:
    for module in () if name.startswith("_") else MODULES:
        function = getattr(import_module(f"{__name__}.{module}"), name, None)
        if function is not None:
            globals()[name] = function
            return function
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
