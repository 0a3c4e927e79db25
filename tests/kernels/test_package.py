"""Kernels are found by their module, which is imported when it is first named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc import kernels

HIDDEN = {"__init__", "columns", "erf", "threads"}
"""What no layer names: `erf` is a part of `elementwise`."""


def test_every_module_may_be_named() -> None:
    files = {path.stem for path in Path(kernels.__file__).parent.glob("*.py")}
    assert set(kernels.__all__) == files - HIDDEN
    assert [getattr(kernels, name).__name__ for name in kernels.__all__] == [
        f"cnncalc.kernels.{name}" for name in kernels.__all__
    ]


@pytest.mark.parametrize("name", ["np", "prod", "max_pool", "_reduced"])
def test_nothing_else_may(name: str) -> None:
    """Neither what its modules hold, nor what they import."""
    assert not hasattr(kernels, name)


def test_numpy_waits_for_the_first_kernel() -> None:
    code = (
        "import sys\nfrom cnncalc import kernels\nkernels.windows.AxisWindow(3)\nprint('numpy' in sys.modules)\n"
        "kernels.arrays\nprint('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
