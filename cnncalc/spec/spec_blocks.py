"""Blocks that are other specs: a backbone, say, as far as the layer from which it is fine-tuned.

The other spec is expanded as it stands, under the name of the entry that uses it: its names, blocks and expressions are
its own, its parameters are the block's options, and its inputs are what the entry takes.
"""

from __future__ import annotations

import os
from collections import ChainMap
from copy import copy
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, did_you_mean, value_text
from cnncalc.spec.entry_walk import EntryWalk
from cnncalc.spec.expansion import Expansion
from cnncalc.spec.layer_factory import LayerCache
from cnncalc.spec.namespace import Namespace
from cnncalc.spec.scopes import ABSENT, CUT, INPUT, Frame, Scope, Tensors, entrance
from cnncalc.spec.sources import find_beside
from cnncalc.spec.text_nodes import Scalar
from cnncalc.spec.variant import ChosenVariant, check_variant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.node import Node
    from cnncalc.spec.document import Block, Spec
    from cnncalc.spec.entries import LayerEntry
    from cnncalc.spec.text_nodes import Source, TextNode

MOST_SPECS: Final = 10
"""The deepest nesting of specs in each other."""
MOST_KEPT: Final = 1000
"""The variants of other specs, with values of parameters, that are kept for the next use."""


class Other:
    """Another spec as a block uses it: with its variant and parameters chosen, and the layers made of it so far."""

    def __init__(self, choice: ChosenVariant, cache: LayerCache) -> None:
        self.choice = choice
        self.cache = cache


def expand_spec(
    around: Expansion, entry: LayerEntry, block: Block, name: str, frame: Frame, inputs: Tensors
) -> Tensors:
    """The outputs of the spec that a block is, expanded under the full name of the entry that uses it."""
    other = _other(around, entry, block, name, frame, inputs)
    _check_circle(around, entry, other.choice.spec)
    wanted = list(other.choice.inputs) or [INPUT]
    if len(wanted) != len(inputs):
        arrives = f"{len(inputs)} arrive{'s' * (len(inputs) == 1)}: {around.graph.names_of(inputs)}"
        hint = f"`from` lists the tensors for {', '.join(wanted)}, in this order"
        fact = f"`{name}` takes {len(wanted)}, {arrives}"
        raise around.source.error(entry.at, fact, hint, code="shape", layer=name)
    until = None if block.until is None else (block.until, _word(around, block.until, "until"))
    scope = Scope(f"{name}.", None, entrance(wanted, inputs))
    around.graph.open(entry, name)
    around.enclosing.enter_block(entry, block, name, frame.values)
    inner = SpecExpansion(around, other, until, scope)
    output = inner.expand(Frame(scope, ChainMap(inner.values), inputs, frame.arrays))
    if inner.graph.follows_sizes:
        around.graph.follow_sizes()
    around.enclosing.leave_block()
    return around._close_scope(name, output)


def _other(around: Expansion, entry: LayerEntry, block: Block, name: str, frame: Frame, inputs: Tensors) -> Other:
    """The spec that a block is, with its variant, and its parameters as the entry sets them."""
    word = _word(around, block.spec, "spec")
    settings = {key: around.graph.value(node, frame, inputs) for key, (_, node) in entry.options.items()}
    known = around.factory.cache.of_specs
    kept = f"{word} {settings!r}"
    if kept not in known:
        if len(known) >= MOST_KEPT:
            known.clear()
        known[kept] = _read(around, entry, block, name, word, settings)
    return known[kept]


def _read(around: Expansion, entry: LayerEntry, block: Block, name: str, word: str, settings: dict[str, Any]) -> Other:
    """The spec of a name, read and with its parameters set; raises `CnncalcError`, at what is wrong in either file."""
    try:
        spec, variant = find_beside(around.source, word, around.layers)
        if variant is not None:
            check_variant(spec, variant)
    except CnncalcError as error:
        if error.place is not None:
            raise
        raise around.source.error(block.spec or block.key, error.message, error.hint, code=error.code) from None
    for option in settings:
        if option not in spec.parameters:
            hint = did_you_mean(option, spec.parameters, "parameters") or "it has no parameters"
            fact = f"`{name}`: {spec.source.name}, which is block `{block.name}`, has no parameter `{option}`"
            raise around.source.error(entry.options[option][0], fact, hint, code="unknown-option", layer=name)
    choice = ChosenVariant(spec, variant, settings)
    if choice.mistakes:
        raise choice.mistakes.error()
    return Other(choice, LayerCache(around.layers))


def _word(around: Expansion, node: TextNode | None, key: str) -> str:
    """What stands under a key of the block, which the file's parameters may make up."""
    node = node or Scalar()
    if not isinstance(node, Scalar) or node.value is None or not node.text:
        raise around.source.error(node, f"`{key}` of a block must be a name, not {value_text(node.plain())}")
    return around.evaluator.word(node, lambda: Namespace(around.values))


def _check_circle(around: Expansion, entry: LayerEntry, spec: Spec) -> None:
    """Raise `CnncalcError` where a spec is used within itself, or within too many others."""
    sources = list(_sources(around))
    if any(os.path.realpath(source.path) == os.path.realpath(spec.source.path) for source in sources if source.path):
        chain = " -> ".join([*(source.name for source in reversed(sources)), spec.source.name])
        raise around.source.error(entry.at, f"specs that are blocks of each other in a circle: {chain}")
    if len(sources) >= MOST_SPECS:
        raise around.source.error(entry.at, f"more than {MOST_SPECS} specs in each other", code="limit")


def _sources(expansion: Expansion) -> Iterator[Source]:
    """The source of a spec that is being expanded, and of those around it."""
    while True:
        yield expansion.source
        if not isinstance(expansion, SpecExpansion):
            return
        expansion = expansion.around


class _Reached(Exception):  # noqa: N818 - no error: what comes after it is not needed
    """The layer is there up to which a spec is wanted."""

    def __init__(self, output: Tensors) -> None:
        super().__init__()
        self.output = output


class SpecExpansion(Expansion):
    """A walk over the entries of a spec that is a block of the one `around`; it adds to the same graph.

    With `until`, the name of a layer or scope of the spec, no further than that is walked, and what it does not need is
    left out.
    """

    def __init__(self, around: Expansion, other: Other, until: tuple[TextNode, str] | None, scope: Scope) -> None:
        EntryWalk.__init__(self, other.choice, other.cache, around.budget)
        self.around = around
        self.origin = around.origin
        self.scope = scope
        self.until = until
        self.last_name = scope.prefix + until[1] if until else None
        self.nesting = around.nesting
        self.first = len(around.graph.nodes)
        self.first_name = len(around.graph.names.tensors)
        self._build(around.graph.of_spec(self.spec, self.factory, self.evaluator))

    def expand(self, frame: Frame) -> Tensors:
        """The outputs, or that of the last layer that is wanted; raises `CnncalcError`, at the place in the spec."""
        try:
            for block in self.spec.blocks.values():
                self._check_block(block)
            outputs = self._whole(frame)
        except CnncalcError as error:
            self.enclosing.note_uses(error)
            raise
        except _Reached as reached:
            return self._without_the_rest(reached.output)
        if self.until is not None:
            raise self._unknown_layer(*self.until)
        return outputs

    def _unknown_layer(self, node: TextNode, word: str) -> CnncalcError:
        """The error for a name under `until` that is none of the spec."""
        prefix = self.scope.prefix
        known = [name.removeprefix(prefix) for name in self.graph.names.scopes() if name.startswith(prefix)]
        fact = f"{self.spec.source.name} has no layer `{word}`"
        return self.around.source.error(node, fact, did_you_mean(word, known, "layers"), code="name")

    def _close_scope(self, name: str | None, output: Tensors) -> Tensors:
        output = super()._close_scope(name, output)
        return self._passed(name, output)

    def _named_layer(self, entry: LayerEntry, type_name: str, name: str, frame: Frame, inputs: Tensors) -> Tensors:
        output = super()._named_layer(entry, type_name, name, frame, inputs)
        return self._passed(name, output)

    def _passed(self, name: str | None, output: Tensors) -> Tensors:
        """The output of what bears that name; raises `_Reached` where it is all that is wanted."""
        if name is not None and name == self.last_name:
            raise _Reached(self.graph.names.tensors[name])
        return output

    def _without_the_rest(self, output: Tensors) -> Tensors:
        """The output, when what it does not need is taken out of the graph again."""
        graph, inputs = self.graph, len(self.graph.inputs)
        needed = set(output)
        for node in reversed(graph.nodes[self.first :]):
            if node.output in needed:
                needed.update(node.inputs)
        behind = inputs + self.first
        kept = [node for node in graph.nodes[self.first :] if node.output in needed]
        renumbered = {node.output: behind + number for number, node in enumerate(kept)}
        if len(kept) < len(graph.nodes) - self.first:
            graph.shapes[behind:] = [graph.shapes[node.output] for node in kept]
            if graph.shared is not None:
                are_kept = [node.output in needed for node in graph.nodes[self.first :]]
                graph.shared.cut(self.scope.prefix, self.first, are_kept)
            graph.nodes[self.first :] = [_renumbered(node, renumbered) for node in kept]
        for name, tensors in islice(graph.names.tensors.items(), self.first_name, None):
            if name.startswith(self.scope.prefix) and tensors not in (ABSENT, CUT):
                found = tuple(renumbered.get(number, number if number < behind else -1) for number in tensors)
                graph.names.tensors[name] = CUT if -1 in found or not found else found
        return tuple(renumbered.get(number, number) for number in output)


def _renumbered(node: Node, numbers: dict[int, int]) -> Node:
    """A node whose tensors have other numbers."""
    other = copy(node)
    other.inputs = tuple(numbers.get(number, number) for number in node.inputs)
    other.output = numbers[node.output]
    return other
