"""A block where an entry uses it: its scope, and the values of its parameters."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any

from cnncalc.errors import did_you_mean
from cnncalc.spec.scopes import INPUT, Frame, Scope, entrance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.spec.document import Block
    from cnncalc.spec.entries import LayerEntry
    from cnncalc.spec.graph_builder import GraphBuilder
    from cnncalc.spec.scopes import Tensors, Values


class BlockUse:
    """A block as one entry uses it, under a full name and on the tensors that the entry takes."""

    def __init__(self, graph: GraphBuilder, entry: LayerEntry, block: Block, name: str, inputs: Tensors) -> None:
        self.graph = graph
        self.source = graph.source
        self.entry = entry
        self.block = block
        self.name = name
        self.inputs = inputs

    def scope(self) -> Scope:
        """The block's own scope, which sees nothing around it; raises `CnncalcError` for too many or too few inputs."""
        wanted, inputs = self.block.inputs or [INPUT], self.inputs
        check_count(self.graph, self.entry, self.name, wanted, inputs)
        return Scope(f"{self.name}.", None, entrance(wanted, inputs))

    def values(self, caller: Frame, scope: Scope, file_values: dict[str, Any]) -> Values:
        """What the block's expressions may read: the parameters of the file, and its own as the entry sets them.

        An option is evaluated where the entry stands, in the frame of the `caller`; a default within the block.
        Raises `CnncalcError` for an option that is no parameter, and for a parameter without a value.
        """
        name, block = self.name, self.block
        for word, (key, _) in self.entry.options.items():
            if word not in block.parameters:
                hint = did_you_mean(word, block.parameters, "parameters") or "it has no parameters"
                fact = f"`{name}`: block `{block.name}` has no parameter `{word}`"
                raise self.source.error(key, fact, hint, code="unknown-option", layer=name)
        values: Values = ChainMap({}, file_values)
        inside = Frame(scope, values, self.inputs)
        for word, (_, default) in block.parameters.items():
            option = self.entry.options.get(word)
            if option is not None:
                values[word] = self.graph.value(option[1], caller, self.inputs)
                continue
            values[word] = self.graph.value(default, inside, self.inputs)
            if values[word] is None:
                fact = f"`{name}`: block `{block.name}` needs `{word}`"
                hint = f"give it as an option: {block.name}: {{{word}: ...}}"
                raise self.source.error(self.entry.at, fact, hint, code="missing", layer=name)
        return values


def check_count(graph: GraphBuilder, entry: LayerEntry, name: str, wanted: Sequence[str], inputs: Tensors) -> None:
    """Raise `CnncalcError` unless a block is given as many tensors as it has inputs."""
    if len(wanted) == len(inputs):
        return
    arrives = f"{len(inputs)} arrive{'s' * (len(inputs) == 1)}: {graph.names_of(inputs)}"
    hint = f"`from` lists the tensors for {', '.join(wanted)}, in this order"
    if len(wanted) == 1:
        hint = "choose with `from: NAME`"
    raise graph.source.error(entry.at, f"`{name}` takes {len(wanted)}, {arrives}", hint, code="shape", layer=name)
