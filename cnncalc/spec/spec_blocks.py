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
from cnncalc.spec.block_use import check_count
from cnncalc.spec.layer_factory import LayerCache
from cnncalc.spec.namespace import Namespace
from cnncalc.spec.scopes import ABSENT, CUT, INPUT, Frame, Scope, Tensors, entrance
from cnncalc.spec.sources import find_beside
from cnncalc.spec.variant import ChosenVariant, check_variant
from cnncalc.text_nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.node import Node
    from cnncalc.spec.document import Block, Spec
    from cnncalc.spec.entries import LayerEntry
    from cnncalc.spec.entry_walk import EntryWalk
    from cnncalc.spec.scopes import Values
    from cnncalc.text_nodes import Source, TextNode

MOST_SPECS: Final = 10
"""The deepest nesting of specs in each other."""
MOST_KEPT: Final = 1000
"""The variants of other specs, with values of parameters, that are kept for the next use."""


class SpecUse:
    """Another spec as one entry uses it, under a full name and on the tensors that the entry takes.

    Of the spec no more is wanted than `until`, the node of a name and the name, says. Raises `CnncalcError` where there
    is no such spec, it has no such parameters, or takes another number of inputs.
    """

    def __init__(
        self, around: EntryWalk, entry: LayerEntry, block: Block, name: str, frame: Frame, inputs: Tensors
    ) -> None:
        self.around = around
        self.choice, self.cache = _other(around, entry, block, name, frame, inputs)
        _check_circle(around, entry, self.choice.spec)
        wanted = list(self.choice.inputs) or [INPUT]
        check_count(around.graph, entry, name, wanted, inputs)
        self.until = None if block.until is None else (block.until, _word(around, block.until, "until"))
        self.scope = Scope(f"{name}.", None, entrance(wanted, inputs))
        values: Values = ChainMap(self.choice.values)
        self.frame = Frame(self.scope, values, inputs, frame.arrays)
        graph = around.graph
        self.first = len(graph.nodes)
        self.first_name = len(graph.names.tensors)

    @property
    def last_name(self) -> str | None:
        """The full name of the layer or scope behind which nothing is wanted."""
        return None if self.until is None else self.scope.prefix + self.until[1]

    def unknown_layer(self) -> CnncalcError:
        """The error for a name under `until` that is none of the spec."""
        assert self.until is not None
        node, word = self.until
        prefix = self.scope.prefix
        known = [name.removeprefix(prefix) for name in self.around.graph.names.scopes() if name.startswith(prefix)]
        fact = f"{self.choice.spec.source.name} has no layer `{word}`"
        return self.around.source.error(node, fact, did_you_mean(word, known, "layers"), code="name")

    def without_the_rest(self, output: Tensors) -> Tensors:
        """The output, when what it does not need is taken out of the graph again."""
        graph, before = self.around.graph, len(self.around.graph.inputs) + self.first
        needed = set(output)
        for node in reversed(graph.nodes[self.first :]):
            if node.output in needed:
                needed.update(node.inputs)
        are_kept = [node.output in needed for node in graph.nodes[self.first :]]
        kept = [node for node in graph.nodes[self.first :] if node.output in needed]
        renumbered = {node.output: before + number for number, node in enumerate(kept)}
        if not all(are_kept):
            graph.shapes[before:] = [graph.shapes[node.output] for node in kept]
            if graph.shared is not None:
                graph.shared.cut(self.scope.prefix, self.first, are_kept)
            graph.nodes[self.first :] = [_renumbered(node, renumbered) for node in kept]
            graph.budget.layers -= len(are_kept) - len(kept)
        for name, tensors in islice(graph.names.tensors.items(), self.first_name, None):
            if name.startswith(self.scope.prefix) and tensors not in (ABSENT, CUT):
                found = tuple(renumbered.get(number, number if number < before else -1) for number in tensors)
                graph.names.tensors[name] = CUT if -1 in found or not found else found
        return tuple(renumbered.get(number, number) for number in output)


def _other(
    around: EntryWalk, entry: LayerEntry, block: Block, name: str, frame: Frame, inputs: Tensors
) -> tuple[ChosenVariant, LayerCache]:
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


def _read(
    around: EntryWalk, entry: LayerEntry, block: Block, name: str, word: str, settings: dict[str, Any]
) -> tuple[ChosenVariant, LayerCache]:
    """The spec of a name, read and with its parameters set; raises `CnncalcError`, at what is wrong in either file."""
    spec, variant = _found(around, block, word)
    for option in settings:
        if option not in spec.parameters:
            hint = did_you_mean(option, spec.parameters, "parameters") or "it has no parameters"
            fact = f"`{name}`: {spec.source.name}, which is block `{block.name}`, has no parameter `{option}`"
            raise around.source.error(entry.options[option][0], fact, hint, code="unknown-option", layer=name)
    choice = ChosenVariant(spec, variant, settings)
    around.budget.step(around.source, entry.at, choice.evaluator.budget.steps + len(spec.parameters))
    if choice.mistakes:
        raise choice.mistakes.error()
    return choice, LayerCache(around.layers)


def _found(around: EntryWalk, block: Block, word: str) -> tuple[Spec, str | None]:
    """The spec of a name, and the variant that it names; read once, whatever its parameters are."""
    known = around.factory.cache.specs_read
    if word not in known:
        try:
            spec, variant = find_beside(around.source, word, around.layers)
            if variant is not None:
                check_variant(spec, variant)
        except CnncalcError as error:
            if error.place is not None:
                raise
            raise around.source.error(block.spec or block.key, error.message, error.hint, code=error.code) from None
        known[word] = spec, variant
    return known[word]


def _word(around: EntryWalk, node: TextNode | None, key: str) -> str:
    """What stands under a key of the block, which the file's parameters may make up."""
    node = node or Scalar()
    if not isinstance(node, Scalar) or node.value is None or not node.text:
        raise around.source.error(node, f"`{key}` of a block must be a name, not {value_text(node.plain())}")
    return around.evaluator.word(node, lambda: Namespace(around.values))


def _check_circle(around: EntryWalk, entry: LayerEntry, spec: Spec) -> None:
    """Raise `CnncalcError` where a spec is used within itself, or within too many others."""
    sources = list(_sources(around))
    if any(os.path.realpath(source.path) == os.path.realpath(spec.source.path) for source in sources if source.path):
        chain = " -> ".join([*(source.name for source in reversed(sources)), spec.source.name])
        raise around.source.error(entry.at, f"specs that are blocks of each other in a circle: {chain}")
    if len(sources) >= MOST_SPECS:
        raise around.source.error(entry.at, f"more than {MOST_SPECS} specs in each other", code="limit")


def _sources(walk: EntryWalk | None) -> Iterator[Source]:
    """The source of a spec that is being expanded, and of those around it."""
    while walk is not None:
        yield walk.source
        walk = walk.around


def _renumbered(node: Node, numbers: dict[int, int]) -> Node:
    """A node whose tensors have other numbers."""
    other = copy(node)
    other.inputs = tuple(numbers.get(number, number) for number in node.inputs)
    other.output = numbers[node.output]
    return other
