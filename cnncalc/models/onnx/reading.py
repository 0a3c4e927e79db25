"""What a function that reads an operator gets: the node, its attributes and inputs, and the way to make layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.constants import Constant, DynamicInt, decimal, integers
from cnncalc.models.onnx.flows import Flow, Places, plain_axes
from cnncalc.models.onnx.wire import DamagedError
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.models.onnx.building import Building, Value
    from cnncalc.models.onnx.records import Node
    from cnncalc.shapes import Shape


class Reading:
    """A node that is being read. `opset` is the version of the operators; `inputs` are tensors, constants or None."""

    def __init__(self, network: Building, node: Node) -> None:
        self.network = network
        self.node = node
        self.op = node.op
        self.opset = network.file.opset
        self.last = node
        self.asked: set[str] = set()

    # Inputs

    @property
    def inputs(self) -> list[Value | None]:
        """The inputs in their order, None for one that is left out."""
        return [self.input(at) for at in range(len(self.node.inputs))]

    def input(self, at: int) -> Value | None:
        """An input; None where it is left out."""
        names = self.node.inputs
        return self.network.value(names[at]) if at < len(names) and names[at] else None

    def any_flow(self, at: int = 0) -> Flow:
        """An input that is a tensor of the network, in whatever order its axes are."""
        found = self.input(at)
        if isinstance(found, Flow):
            return found
        if isinstance(found, Places):
            raise UntranslatableError(f"its input {at} are the places of maxima")
        what = "left out" if found is None else "a constant"
        raise UntranslatableError(f"its input {at} is {what}")

    def flow(self, at: int = 0) -> Flow:
        """An input that is a tensor of the network, with the batch and the channels first in the file too."""
        return self.plain(self.any_flow(at))

    def plain(self, flow: Flow) -> Flow:
        """The tensor with its axes as the file has them, moved by a `permute` where they are in another order."""
        if flow.is_plain:
            return flow
        if not flow.has_batch:
            raise UntranslatableError("its input has no batch axis")
        own = flow.own_axes
        if flow.axes[0] != -1:
            raise UntranslatableError("the batch is not its first axis")
        return self.layer("permute", {"dims": own}, [flow], axes=plain_axes(len(own)), tensor="")

    def constant(self, at: int) -> Constant:
        """An input that is a constant."""
        found = self.input(at)
        if isinstance(found, Constant):
            if found.is_random:
                raise UntranslatableError(f"its input {at} is random numbers")
            return found
        raise UntranslatableError(f"its input {at} is {'left out' if found is None else 'computed'}")

    def optional_constant(self, at: int) -> Constant | None:
        """An input that is a constant, or is left out."""
        return None if self.input(at) is None else self.constant(at)

    def whole_numbers(self, at: int) -> list[int] | None:
        """An input of whole numbers, which may follow the sizes of the network's input; None where it is left out."""
        numbers = self.marked_numbers(at)
        if numbers is None:
            return None
        if any(isinstance(number, DynamicInt) for number in numbers):
            self.network.follows_sizes = True
        return [int(number) for number in numbers]

    def marked_numbers(self, at: int) -> list[int] | None:
        """As `whole_numbers`, of which those that follow the sizes of the network's input are `DynamicInt`."""
        constant = self.optional_constant(at)
        if constant is None:
            return None
        numbers = integers(constant.numbers())
        if numbers is None:
            raise UntranslatableError(f"its input {at} has other values than whole numbers")
        return numbers

    def number(self, at: int, default: float | None = None) -> float | None:
        """An input of one number, in the fewest digits."""
        constant = self.optional_constant(at)
        if constant is None:
            return default
        if constant.size != 1:
            raise UntranslatableError(f"its input {at} has {constant.size} values, and one is wanted")
        return decimal(float(constant.numbers()[0]))

    # Attributes

    def has(self, name: str) -> bool:
        """Whether the attribute is written."""
        self.asked.add(name)
        return name in self.node.attributes

    def integer(self, name: str, default: int = 0) -> int:
        """An attribute that is a whole number."""
        return self._attribute(name, int, default)  # type: ignore[no-any-return]

    def real(self, name: str, default: float = 0.0) -> float:
        """An attribute that is a number, in the fewest digits."""
        return decimal(float(self._attribute(name, (int, float), default)))

    def word(self, name: str, default: str = "") -> str:
        """An attribute that is a word."""
        return self._attribute(name, str, default)  # type: ignore[no-any-return]

    def integers(self, name: str) -> list[int] | None:
        """An attribute that is a list of whole numbers; None where it is not written."""
        found = self._attribute(name, list, None)
        if found is not None and not all(isinstance(item, int) for item in found):
            raise DamagedError(f"its attribute `{name}` has other values than whole numbers")
        return found  # type: ignore[no-any-return]

    def _attribute(self, name: str, kind: Any, default: Any) -> Any:
        self.asked.add(name)
        found = self.node.attributes.get(name, default)
        if found is not default and not isinstance(found, kind):
            raise DamagedError(f"its attribute `{name}` is of another type than it should be")
        return found

    def integers_of(self, name: str, at: int) -> list[int] | None:
        """Whole numbers that are an attribute in older versions of the operator, and an input in newer ones."""
        found = self.integers(name)
        return self.whole_numbers(at) if found is None else found

    # Outputs

    def layer(
        self,
        type_: str,
        options: Mapping[str, Any],
        inputs: Sequence[Flow],
        arrays: Mapping[str, Constant] | None = None,
        *,
        axes: tuple[int, ...] | None = None,
        tensor: str | None = None,
        shape: Shape | None = None,
    ) -> Flow:
        """Add a layer, and get its output.

        `axes` are those of the output as `Flow` has them: without them the input's, if there are equally many. `shape`
        is that of the output where the layer alone does not say it.
        `tensor` is the file's name of the output, by default the first output of the (last) node; an empty one is for
        what stands between.
        """
        name = next(iter(self.last.outputs), "") if tensor is None else tensor
        return self.network.emit(self.node, type_, options, inputs, arrays or {}, axes, name, shape)

    def give(self, values: Any) -> None:
        """Keep what a node gives under the names of its outputs."""
        listed = values if isinstance(values, list) else [values]
        known = self.network.values
        for name, value in zip(self.last.outputs, listed, strict=False):
            if name:
                known[name] = value
        for at, name in enumerate(self.last.outputs):
            value = listed[at] if at < len(listed) else None
            if value is None and name:
                if self.readers(name) or name in self.network.outputs:
                    raise UntranslatableError(f"its output {at} is read")
                known[name] = None

    # Other nodes

    def sole_reader(self, node: Node | None = None, at: int = 0) -> Node | None:
        """The only node that reads an output of the node (or of another); None where there are others, or none."""
        outputs = (node or self.node).outputs
        return self.network.sole_reader(outputs[at]) if at < len(outputs) else None

    def of(self, node: Node) -> Reading:
        """Another node, of which attributes are asked for."""
        return Reading(self.network, node)

    def readers(self, name: str) -> list[Node]:
        """All nodes that read a tensor."""
        return self.network.readers.get(name, [])

    def consume(self, nodes: Sequence[Node]) -> None:
        """Take further nodes into what is made of this one: the outputs are those of the last."""
        self.network.consumed.update(dict.fromkeys(map(id, nodes)))
        if nodes:
            self.last = nodes[-1]

    def other(self, node: Node, name: str) -> Value | None:
        """The operand of a node of two beside the tensor of that name; None where there is none that is known."""
        if len(node.inputs) != 2:
            return None
        others = [each for each in node.inputs if each != name]
        return self.known(others[0]) if len(others) == 1 else None

    def known(self, name: str) -> Value | None:
        """A tensor that was translated, or a constant; None for what comes later."""
        network = self.network
        if name in network.values or name in network.graph.tensors:
            return network.value(name)
        return None

    def refuse(self, reason: str) -> UntranslatableError:
        """The error that the node is no layer here, for a reason in a few words."""
        return UntranslatableError(reason)


def short(sizes: Sequence[int]) -> int | list[int]:
    """Sizes as a spec writes them: one number where all are equal.

    >>> short([3, 3]), short([3, 1])
    (3, [3, 1])
    """
    return sizes[0] if len(set(sizes)) == 1 else list(sizes)
