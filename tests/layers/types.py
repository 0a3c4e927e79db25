"""The types that the tests of options, operations and influence walk over."""

from __future__ import annotations

from typing import Final

from tests.layers import (
    test_activation,
    test_merging,
    test_normalization,
    test_reduction,
    test_reshaping,
    test_weighing,
)

MODULES: Final = (test_activation, test_normalization, test_reshaping, test_reduction, test_merging, test_weighing)
POINTWISE: Final = tuple(name for module in MODULES for name in module.COMPARED)
