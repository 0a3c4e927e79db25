"""A file to be written, in records: its nodes, the tensors that stand in it, and what holds for all of them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

    Make = Callable[[Mapping[str, Array]], Array]
    """What makes an initialiser of a layer's arrays."""

    Restore = Callable[[Any], Any]
    """What makes an array of an initialiser, both as `Constant` has them."""

    Restores = Mapping["str | Rows", Restore]
    """What makes arrays again, or rows of them, by their names."""

Dims = tuple["int | str", ...]
"""The sizes of a tensor in a file, its batch first; a free size is a word."""

BATCH: Final = "batch"
"""The word for a batch of any size."""


class Rows(NamedTuple):
    """Some rows of an array of a layer, from one on."""

    array: str
    start: int


class NodeRecord:
    """A node to be written; its `outputs` are names of tensors, whose sizes are `dims` and whose types `types`."""

    __slots__ = ("attributes", "dims", "inputs", "metadata", "name", "operator", "outputs", "types")

    def __init__(
        self,
        operator: str,
        inputs: list[str],
        outputs: list[str],
        dims: list[Dims],
        attributes: dict[str, Any],
        element_type: str,
    ) -> None:
        self.operator = operator
        self.inputs = inputs
        self.outputs = outputs
        self.dims = dims
        self.attributes = attributes
        self.types = [element_type] * len(outputs)
        self.name = ""
        self.metadata: dict[str, str] = {}


class Initialiser:
    """A tensor that stands in the file: its `data`, or what makes it of the arrays of the layer that owns them.

    `restore` says how arrays of the layer, or rows of them, are had of it; None where they are not to be had.
    """

    __slots__ = ("data", "dims", "element_type", "make", "name", "restore")

    def __init__(
        self,
        name: str,
        dims: Shape,
        element_type: str,
        *,
        data: bytes = b"",
        make: Make | None = None,
        restore: Restores | None = None,
    ) -> None:
        self.name = name
        self.dims = dims
        self.element_type = element_type
        self.data = data
        self.make = make
        self.restore = restore


class Target:
    """The file that is written, as far as a layer may ask: the operators' version, the batch, the type of values.

    `batch` is a number, or `BATCH`. `constants` are initialisers by name, which layers share; `names` all names of
    tensors that are taken; `max_pools` are those so far, whose indices may be asked for.
    """

    def __init__(self, opset: int, batch: int | str = 1, element_type: str = "float32") -> None:
        self.opset = opset
        self.batch = batch
        self.element_type = element_type
        self.constants: dict[str, Initialiser] = {}
        self.names: set[str] = set()
        self.max_pools: list[NodeRecord] = []

    def unused(self, name: str) -> str:
        """The name itself, or with a number behind it where it is taken; it is then taken."""
        found, count = name, 1
        while found in self.names:
            count += 1
            found = f"{name}_{count}"
        self.names.add(found)
        return found


CODES: Final = {"float32": "f", "float16": "e", "float64": "d", "int64": "q"}
"""How values are packed, by their type, as `struct` calls it."""


def packed(value: float, element_type: str) -> bytes:
    """The bytes of a number; one that is too large for its type is infinite."""
    code = f"<{CODES[element_type]}"
    try:
        return struct.pack(code, value)
    except OverflowError:
        return struct.pack(code, float("inf") if value > 0 else float("-inf"))
