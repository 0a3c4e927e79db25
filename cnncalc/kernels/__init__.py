"""The forward passes in NumPy: arrays in, arrays out, batch first and channels second.

They know no layers. How many positions a window has, and so how large an output is, they count from the array that is
there: the executor and the proof of receptive fields hold the layers' own figures against that. What a kernel promises
of its values, above all where integers stay exact, stands at the head of its module.

Layers call a kernel by its module, ``kernels.pooling.max_pool(x, windows)``. NumPy takes longer to import than a
summary takes, so a module is imported when it is first named.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from cnncalc.kernels import (
        arrays,
        attention,
        bordered,
        convolution,
        deformable,
        dependency,
        elementwise,
        embedding,
        filtering,
        folding,
        grid_sampling,
        moments,
        normalization,
        pooling,
        products,
        recurrence,
        reduction,
        regions,
        resampling,
        transposed,
        unpooling,
        unshared,
        weights,
        windows,
    )
    from cnncalc.kernels.arrays import Array as Array

__all__ = (
    "arrays",
    "attention",
    "bordered",
    "convolution",
    "deformable",
    "dependency",
    "elementwise",
    "embedding",
    "filtering",
    "folding",
    "grid_sampling",
    "moments",
    "normalization",
    "pooling",
    "products",
    "recurrence",
    "reduction",
    "regions",
    "resampling",
    "transposed",
    "unpooling",
    "unshared",
    "weights",
    "windows",
)
"""What layers may name. Importing a module sets it here, so that each is looked up once."""

if not TYPE_CHECKING:  # or mypy would take any name for one that there is

    def __getattr__(name: str) -> ModuleType:
        if name in __all__:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
