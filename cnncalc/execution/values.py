"""The values of a tensor, as far as a person can read them."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.execution.results import TensorValues
from cnncalc.execution.tensors import in_spec_order, statistics

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.shapes import Layout

MOST_VALUES: Final = 200
"""The most values of a tensor that a person reads as numbers."""
TOP: Final = 5
"""How many of the largest probabilities are named."""


def tensor_values(x: Array, layout: Layout, made_by: str = "") -> TensorValues:
    """What is in a tensor ``(N, C, ...)``, made by a layer of that type; a batch of one is left out.

    >>> from cnncalc.shapes import CHANNELS_FIRST
    >>> tensor_values(np.array([[1.0, 3.0]]), CHANNELS_FIRST).values
    [1.0, 3.0]
    """
    ordered = in_spec_order(x, layout, batched=len(x) > 1)
    mean, deviation = statistics(x)
    finite = isfinite(mean + deviation)
    return TensorValues(
        ordered.shape,
        float(x.min()) if finite else None,
        mean if finite else None,
        float(x.max()) if finite else None,
        ordered.tolist() if x.size <= MOST_VALUES else None,
        _top(ordered) if made_by == "softmax" and ordered.ndim == 1 else None,
    )


def _top(probabilities: Array) -> tuple[tuple[int, float], ...]:
    """The largest probabilities with their indices; of equal ones the first."""
    order: Any = np.argsort(-probabilities, kind="stable")[:TOP]
    return tuple((int(index), float(probabilities[index])) for index in order)
