"""Tensors of the network's own: they take nothing, and are had by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.layers.base import Layer
from cnncalc.layers.options import option
from cnncalc.layers.weights import ArrayOption, Initialiser, Values, Weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape
