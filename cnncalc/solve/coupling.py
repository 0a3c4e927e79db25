"""Which axes of inputs depend on each other: whether a network can be built at a size of one follows that of another.

It is read off the traced output shapes, as closed forms are, and errs towards too many: axes that are not coupled do
not depend on each other, those that are may.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError, LayerError
from cnncalc.layers.reshaping import Flatten, Reshape, Reshaping, Squeeze
from cnncalc.symbolic.traced import Traced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnncalc.graph.node import Node
    from cnncalc.shapes import Shape
    from cnncalc.solve.building import Builder, Variable
    from cnncalc.symbolic.floor_forms import FloorForm

Variables = frozenset[tuple[str, int]]

_NONE: Final[Variables] = frozenset()

TRIED: Final = (1, 2, 3, 4, 5, 6, 7, 11, 13, 64, 1_000_003)
"""A layer that takes all of these sizes of an axis takes any: it has no window, no groups and no sizes of its own."""


class Coupling:
    """The axes of the inputs that each axis of each tensor follows, and those that depend on each other.

    >>> import cnncalc
    >>> from cnncalc.solve.domain import Domain
    >>> spec = "input: 6x4x9\\nlayers: [relu, {reshape: {shape: [6, -1, 36]}}]"
    >>> coupling = Domain(cnncalc.load(spec)).coupling
    >>> sorted(coupling.followed[2][1]), sorted(coupling.group(("input", 1)))
    ([('input', 1), ('input', 2)], [('input', 1), ('input', 2)])
    """

    def __init__(self, builder: Builder, forms: Sequence[tuple[FloorForm | None, ...]]) -> None:
        network, variables = builder.network, builder.variables
        self._forms = forms
        self._groups: dict[Variable, Variables] = {variable: frozenset({variable}) for variable in variables}
        self.opaque: set[Variable] = set()
        """The axes that depend on others by more than sizes that have to be equal."""
        self.followed: list[tuple[Variables, ...]] = [
            (frozenset(), *(frozenset({(name, axis)}) for axis in range(1, len(shape))))
            for name, shape in network.inputs.items()
        ]
        if len(variables) < 2:
            self.followed += [(frozenset(variables),) * len(node.output_shape) for node in network.nodes]
            return
        taking: dict[object, set[tuple[int, int]]] = {}
        for node, shape in zip(network.nodes, builder.traced_shapes, strict=True):
            inputs = [self.followed[tensor] for tensor in node.inputs]
            self.followed.append(tuple(self._read(size, inputs, node) for size in shape))
            deciding = [self._deciding(tensor) for tensor in node.inputs]
            self._couple_axes(node, shape, deciding)
            mixed = {(i, j) for i, axes in enumerate(deciding) for j, axis in enumerate(axes) if len(axis) > 1}
            if mixed:
                any_size = taking.get(node.kind)
                if any_size is None:
                    any_size = taking.setdefault(node.kind, _axes_of_any_size(node))
                for number, axis in mixed - any_size:
                    self._couple(deciding[number][axis])

    def group(self, variable: Variable) -> Variables:
        """The axes that one depends on, itself among them."""
        return self._groups[variable]

    def _deciding(self, tensor: int) -> tuple[Variables, ...]:
        """The axes that decide on the size of each axis of a tensor: the one of its form, or all that it follows."""
        return tuple(
            followed if form is None else frozenset({form.variable} if form.variable else ())
            for form, followed in zip(self._forms[tensor], self.followed[tensor], strict=True)
        )

    def _couple(self, variables: Iterable[Variable], *, opaque: bool = True) -> None:
        """Note that these axes depend on each other; not `opaque`, by sizes alone that have to be equal."""
        together = frozenset(other for variable in variables for other in self._groups[variable])
        if len(together) > 1:
            self._groups |= dict.fromkeys(together, together)
            if opaque or together & self.opaque:
                self.opaque |= together

    def _read(self, size: int, inputs: Sequence[tuple[Variables, ...]], node: Node) -> Variables:
        """The axes that a size follows; axes that are broadcast are coupled, by equal forms if all have one."""
        if not isinstance(size, Traced):
            return frozenset()
        if not size.operator:
            return frozenset() if size.input_size is None else inputs[size.input_size[0]][size.input_size[1]]
        parts = [self._read(part, inputs, node) for part in size.parts]
        found = _NONE.union(*parts)
        if size.operator == "broadcast":
            origins = [getattr(part, "input_size", None) for part in size.parts]
            self._couple(found, opaque=any(o is None or self._forms[node.inputs[o[0]]][o[1]] is None for o in origins))
        return found

    def _couple_axes(self, node: Node, shape: Shape, deciding: list[tuple[Variables, ...]]) -> None:
        """Couple what a layer checks together: the axes that are laid out anew, and the same axis of several inputs."""
        if isinstance(node.layer, Reshaping) and not _fits_always(node, deciding[0]):
            rank_follows = isinstance(node.layer, Squeeze) and node.layer.dim is None
            kept = () if rank_follows else {getattr(size, "input_size", None) for size in shape}
            self._couple(
                variable for axis, known in enumerate(deciding[0]) if (0, axis) not in kept for variable in known
            )
        if node.layer.type_name == "max_unpool":
            for axes in zip(*deciding, strict=False):
                self._couple(_NONE.union(*axes))


def _fits_always(node: Node, deciding: tuple[Variables, ...]) -> bool:
    """Whether axes may have any size though they are laid out anew: flattened, or the sizes given divide the others."""
    if not isinstance(node.layer, Reshape):
        return isinstance(node.layer, Flatten)
    given = prod(size for size in node.layer.shape if size != -1)
    fixed = prod(size for size, known in zip(node.input_shapes[0], deciding, strict=True) if not known)
    return -1 in node.layer.shape and fixed % given == 0


def _axes_of_any_size(node: Node) -> set[tuple[int, int]]:
    """The axes of a layer's inputs, as input and axis, that may have any size while the others stay."""
    if len(node.input_shapes) > 1 or node.layer.given_weights():
        return set()
    (shape,) = node.input_shapes
    return {(0, axis) for axis in range(len(shape)) if all(_takes(node, shape, axis, size) for size in TRIED)}


def _takes(node: Node, shape: Shape, axis: int, size: int) -> bool:
    try:
        node.layer.output_shape([(*shape[:axis], size, *shape[axis + 1 :])])
    except (CnncalcError, LayerError, ValueError, ArithmeticError):
        return False
    return True
