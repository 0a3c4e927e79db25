"""The random masks of training, as exporters write them out: chances that values are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.models.onnx.constants import Constant, decimal
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels import Array
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.shapes import Shape


class Mask(Constant):
    """Random numbers from 0 to 1, or, where `kept` is given, ones with that chance and else zeros."""

    __slots__ = ("kept",)

    is_random = True

    def __init__(self, shape: Shape, key: object, kept: float | None = None) -> None:
        super().__init__(shape, "float32", key)
        self.kept = kept

    @property
    def uniform(self) -> float | None:
        """None: it is another each time."""
        return None

    def array(self) -> Array:
        """Never computed with: a network that is not trained has no such numbers; raises `UntranslatableError`."""
        raise UntranslatableError("it computes with random numbers")


def folded(node: Reading, inputs: Sequence[object]) -> Mask | None:
    """What a node gives of a mask: None where that is not understood."""
    masks = [each for each in inputs if isinstance(each, Mask)]
    others = [each for each in inputs if isinstance(each, Constant) and not isinstance(each, Mask)]
    (mask, *more) = masks
    if more:
        return None
    if node.op in ("Cast", "Identity"):
        return mask
    if len(others) != 1 or others[0].size != 1:
        return None
    number = float(others[0].numbers()[0])
    if node.op in ("Less", "LessOrEqual") and inputs[0] is mask and mask.kept is None and 0 < number <= 1:
        return Mask(mask.shape, mask.key, number)
    # What is kept is made larger, so that the mean stays.
    scales = {"Div": number, "Mul": 1 / number if number else 0}
    if mask.kept is not None and node.op in scales and abs(scales[node.op] - mask.kept) < 1e-5:
        return mask
    return None


def drawn(node: Reading) -> Mask | None:
    """`RandomUniformLike` and `RandomUniform` between 0 and 1."""
    if node.real("low", 0.0) != 0 or node.real("high", 1.0) != 1:
        return None
    if node.op == "RandomUniform":
        shape = tuple(node.integers("shape") or ())
    else:
        like = node.input(0)
        shape = like.shape if isinstance(like, Constant) else node.any_flow().dims
    return Mask(shape, node.node.outputs[0])


def dropped(node: Reading, x: Flow, mask: Mask) -> Flow:
    """A tensor times a mask: dropout of its values, or of whole samples."""
    if mask.kept is None:
        raise node.refuse("it multiplies by random numbers")
    p = decimal(round(1 - mask.kept, 7))
    spread = [size for size, axis in zip(mask.shape, x.axes, strict=False) if axis != -1]
    if len(mask.shape) != len(x.axes) or any(size != 1 for size in spread):
        return node.layer("dropout", {"p": p}, [x])
    return node.layer("drop_path", {"p": p}, [x])
