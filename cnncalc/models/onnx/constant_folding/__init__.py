"""The constants that nodes are whose inputs are known: shapes, and what exporters compute of them and of weights.

- `generators`: nodes that are constants whatever their input is
- `views`: weights laid out anew, which are not looked at for that
- `few_values`: a few numbers, without NumPy, which takes longer to import than a network to translate
- `arrays`: all others, with NumPy
- `masks`: the random masks of training
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.constant_folding import masks
from cnncalc.models.onnx.constant_folding.few_values import FEW_VALUES, is_small
from cnncalc.models.onnx.constant_folding.generators import GENERATORS
from cnncalc.models.onnx.constant_folding.views import VIEWS
from cnncalc.models.onnx.constants import NOT_COMPUTED, Constant

if TYPE_CHECKING:
    from cnncalc.models.onnx.reading import Reading


def folded(node: Reading) -> Any:
    """The constant, or the list of constants, that a node gives; None where it is no constant."""
    if node.op in GENERATORS:
        return GENERATORS[node.op](node)
    known = node.network.values
    inputs = []
    for name in node.node.inputs:
        found = node.known(name) if name and name not in known else known.get(name)
        if found is not None and not isinstance(found, Constant):
            return None
        inputs.append(found)
    if not inputs or not isinstance(inputs[0], Constant):
        return None
    return _of_constants(node, inputs, inputs[0])


def _of_constants(node: Reading, inputs: list[Any], first: Constant) -> Any:
    """What a node gives of constants; None where it is not known how."""
    if any(isinstance(each, masks.Mask) for each in inputs):
        return masks.folded(node, inputs)
    if node.op in VIEWS:
        return VIEWS[node.op](node, first)
    if node.op in FEW_VALUES and all(isinstance(each, Constant) and is_small(each) for each in inputs):
        try:
            found = FEW_VALUES[node.op](node, *inputs)
        except NOT_COMPUTED:
            found = None  # NumPy may know better: it has infinities, and refuses what has too few inputs
        # Python's whole numbers would grow without end, and NumPy's are cut to their bits as in ONNX.
        if found is not None and all(-(2**63) <= value < 2**63 for value in found.numbers() if isinstance(value, int)):
            return found
    from cnncalc.models.onnx.constant_folding.arrays import computed

    return computed(node, inputs)
