"""Networks with the arrays of torchvision's, which give what PyTorch gives.

The arrays are made of their places and names, the same here as there; `torchvision_logits.tsv` has what came out.
"""

from __future__ import annotations

from math import prod, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from tests.execution.test_assignment import rows, state_dict

if TYPE_CHECKING:
    from pathlib import Path

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

LOGITS = {row["network"]: [float(word) for word in row["logits"].split()] for row in rows("torchvision_logits.tsv")}


def array(number: int, name: str, shape: Shape) -> Array:
    """The array of that place in a state dict, such that values neither vanish nor grow."""
    wave: Array = np.cos(0.7 * np.arange(prod(shape)) ** 1.1 + number).reshape(shape)
    if name.endswith("running_var"):
        found = 1 + 0.5 * wave
    elif name.endswith("layer_scale") or (len(shape) == 1 and name.endswith("weight")):
        found = 1 + 0.2 * wave
    else:
        found = (0.1 if len(shape) == 1 else sqrt(4 / prod(shape[1:]))) * wave
    return np.asarray(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", LOGITS)
def test_logits_are_those_of_pytorch(tmp_path: Path, name: str) -> None:
    arrays: dict[str, Any] = {
        word: array(number, word, shape) if shape else np.array(number)
        for number, (word, shape) in enumerate(state_dict(name).items())
    }
    np.savez(tmp_path / "a.npz", **arrays)
    image = np.cos(np.arange(3 * 64 * 64) ** 1.3).reshape(3, 64, 64)
    network = cnncalc.load(name, input="3x64x64", weights=tmp_path / "a.npz")
    for dtype, tolerance in (("float64", 1e-6), ("float32", 1e-3)):
        found = np.asarray(network.forward(image, dtype=dtype))
        np.testing.assert_allclose(found[:8], np.array(LOGITS[name]), rtol=tolerance)
