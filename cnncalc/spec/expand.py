"""From a spec to a network: entries expanded, names resolved, every shape computed on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, LayerError, did_you_mean, shown
from cnncalc.layers import LAYERS, find, spellings, translate
from cnncalc.network import Network, Node
from cnncalc.spec import loops
from cnncalc.spec.entries import MERGES, Entry, Group, LayerEntry, Parallel, Residual
from cnncalc.spec.scopes import OPEN, PREVIOUS, Frame, NameFault, Names, Scope, Tensors
from cnncalc.spec.tree import Scalar
from cnncalc.spec.values import Evaluator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnncalc.layers.base import Layer
    from cnncalc.layout import Shape
    from cnncalc.spec.choice import Choice
    from cnncalc.spec.document import Block
    from cnncalc.spec.expressions import Names as Seen
    from cnncalc.spec.tree import Node as TreeNode

MAX_LAYERS: Final = 1_000_000
MAX_VISITS: Final = 4_000_000
MAX_BLOCKS: Final = 50
"""The deepest nesting of blocks."""


class TooSmallError(CnncalcError):
    """An input that is too small for a window: a larger one would pass. `reached` counts the layers before it."""

    reached = 0


def expand(choice: Choice, inputs: Mapping[str, Shape], layers: Mapping[str, type[Layer]] = LAYERS) -> Network:
    """The network of a spec at these input shapes; raises `CnncalcError`, at the place in the spec."""
    return _Expansion(choice, inputs, layers).network()


class _Expansion:
    """The graph as it grows."""

    def __init__(self, choice: Choice, inputs: Mapping[str, Shape], layers: Mapping[str, type[Layer]]) -> None:
        self.choice = choice
        self.spec = choice.spec
        self.source = choice.spec.source
        self.layout = choice.spec.layout
        self.evaluator = Evaluator(self.source)
        self.inputs = inputs
        self.layers = layers
        self.shapes: list[Shape] = list(inputs.values())
        self.nodes: list[Node] = []
        self.names = Names()
        self.active: list[Block] = []
        self.visits = 0

    def network(self) -> Network:
        """Expand everything."""
        for block in self.spec.blocks.values():
            if find(block.name, self.layers) or block.name in ("residual", "parallel"):
                raise self.source.error(block.key, f"block `{block.name}` bears the name of a layer type")
        entrance = {name: (number,) for number, name in enumerate(self.inputs)}
        frame = Frame(Scope("", None, entrance), self.choice.values)
        last = self._sequence(self.spec.entries, frame, tuple(range(len(self.inputs))))
        outputs = last
        if self.choice.outputs is not None:
            outputs = self._taken(self.choice.outputs, frame, last)
        return Network(
            self.spec.name, self.inputs, self.nodes, outputs, layout=self.layout, variant=self.choice.variant
        )

    def _sequence(self, entries: list[Entry], frame: Frame, arriving: Tensors) -> Tensors:
        for entry in entries:
            arriving = self._entry(entry, frame, arriving)
        return arriving

    def _entry(self, entry: Entry, frame: Frame, arriving: Tensors) -> Tensors:
        """What leaves an entry; what arrives if its `when` is false."""
        self.visits += 1
        if self.visits > MAX_VISITS:
            raise self.source.error(entry.at, f"more than {MAX_VISITS:,} entries, loops unrolled")
        if entry.when is not None and not self._present(entry, entry.when, frame, arriving):
            return arriving
        taken = arriving if entry.inputs is None else self._taken(entry.inputs, frame, arriving)
        if isinstance(entry, LayerEntry):
            return self._typed(entry, frame, taken)
        if isinstance(entry, Group):
            return self._group(entry, frame, taken)
        name = self._full_name(entry, frame, taken)
        inner = frame if name is None else self._opened(name, frame)
        if isinstance(entry, Residual):
            output = self._residual(entry, name, inner, taken)
        else:
            assert isinstance(entry, Parallel)
            output = self._parallel(entry, name, inner, taken)
        return self._closed(name, output)

    def _present(self, entry: Entry, when: TreeNode, frame: Frame, arriving: Tensors) -> bool:
        """Whether an entry's `when` holds; the name of one that is left out is marked."""
        taken = arriving if entry.inputs is None else self._taken(entry.inputs, frame, arriving)
        if self.evaluator.flag(when, self._sees(frame, taken), "when"):
            return True
        if entry.name is not None:
            self.names.leave_out(frame.scope.prefix + self.evaluator.word(entry.name, self._sees(frame, taken)))
        return False

    # Layers and blocks

    def _typed(self, entry: LayerEntry, frame: Frame, taken: Tensors) -> Tensors:
        """A layer, or a block."""
        written = entry.kind.text
        if entry.kind.dynamic:
            written = self.evaluator.word(entry.kind, self._sees(frame, taken))
        name = self._full_name(entry, frame, taken) or frame.scope.next_name(written)
        block = self.spec.blocks.get(written)
        if block is not None:
            return self._block(entry, block, name, frame, taken)
        layer, rank = entry.made or self._made(entry, written, name, frame, taken)
        self._check_arity(entry, name, layer, taken)
        spatial = len(self.shapes[taken[0]]) - 1
        if rank is not None and spatial != rank:
            axes = f"{spatial or 'no'} spatial {'axis' if spatial == 1 else 'axes'}"
            hint = f"write `{layer.type_name}`, which takes the rank of its input" if spatial else "it needs a map"
            raise self.source.error(
                entry.at, f"`{name}` is a {written}, and {self._text(taken[0])} with {axes} arrives", hint
            )
        for option in layer.references:
            layer, taken = self._bound(entry, frame, option, layer, taken)
        return self._add(entry, name, layer, taken)

    def _made(
        self, entry: LayerEntry, written: str, name: str, frame: Frame, taken: Tensors
    ) -> tuple[Layer, int | None]:
        """The layer of an entry, and the rank in its type; each is made only once for the same options."""
        options = {word: node for word, (_, node) in entry.options.items()}
        if not entry.dynamic:
            entry.made = self._new(entry, written, name, {word: node.plain() for word, node in options.items()})
            return entry.made
        names = self._sees(frame, taken)
        values = {word: self.evaluator.plain(node, names) for word, node in options.items()}
        key = f"{written} {values!r}"
        made = self.spec.made.get(key)
        if made is None:
            made = self.spec.made[key] = self._new(entry, written, name, values)
        return made

    def _new(self, entry: LayerEntry, written: str, name: str, values: dict[str, Any]) -> tuple[Layer, int | None]:
        found = find(written, self.layers)
        if found is None:
            raise self._unknown_type(entry, written)
        kind, rank = found
        try:
            layer = kind(**values)
        except LayerError as error:
            raise self._wrong_option(entry, error, f"`{name}`: {error.fact}") from None
        layer.layout = self.layout
        return layer, rank

    def _add(self, entry: Entry, name: str, layer: Layer, taken: Tensors) -> Tensors:
        """Append a node, and name its output."""
        if self.names.tensors.get(name) != OPEN:
            self._unused(entry, name)
        if len(self.nodes) >= MAX_LAYERS:
            raise self.source.error(entry.at, f"the network has more than {MAX_LAYERS:,} layers")
        shapes = [self.shapes[tensor] for tensor in taken]
        try:
            node = Node(name, layer, taken, shapes)
        except LayerError as error:
            what = " and ".join(map(self.layout.text, shapes))
            raise self._wrong_option(entry, error, f"`{name}` cannot take {what}: {error.fact}") from None
        output = (len(self.shapes),)
        self.nodes.append(node)
        self.shapes.append(node.output_shape)
        self.names.tensors[name] = output
        return output

    def _bound(
        self, entry: LayerEntry, frame: Frame, option: str, layer: Layer, taken: Tensors
    ) -> tuple[Layer, Tensors]:
        """A layer that refers to an earlier one, told that one, and its inputs with those of the earlier one."""
        node = entry.options[option][1]
        [(named, word)] = self.evaluator.words(node, self._sees(frame, taken))
        number = self._found(named, word, frame)[-1] - len(self.inputs)
        if number < 0:
            raise self.source.error(named, f"`{option}` must name a layer, and `{word}` is an input")
        earlier = self.nodes[number]
        try:
            bound = layer.bound(earlier.layer)
        except LayerError as error:
            raise self.source.error(named, f"`{option}`: `{earlier.name}` {error.fact}", error.hint) from None
        bound.layout = layer.layout
        return bound, (*taken, *earlier.inputs)

    def _check_arity(self, entry: Entry, name: str, layer: Layer, taken: Tensors) -> None:
        fewest, most = layer.arity
        if fewest <= len(taken) and (most is None or len(taken) <= most):
            return
        wanted = f"{fewest} input{'s' * (fewest > 1)}" if most == fewest else f"at least {fewest} inputs"
        arriving = ", ".join(self._name(tensor) for tensor in taken)
        hint = "`from: [previous, NAME]` takes several" if len(taken) < fewest else "choose with `from: NAME`"
        raise self.source.error(
            entry.at, f"`{name}` takes {wanted}, {len(taken)} arrive{'s' * (len(taken) == 1)}: {arriving}", hint
        )

    def _block(self, entry: LayerEntry, block: Block, name: str, frame: Frame, taken: Tensors) -> Tensors:
        """A block's entries, in a scope of their own that sees nothing around it."""
        if block in self.active:
            raise self.source.error(entry.at, f"block `{block.name}` contains itself")
        if len(self.active) >= MAX_BLOCKS:
            raise self.source.error(entry.at, f"more than {MAX_BLOCKS} blocks in each other")
        self._unused(entry, name)
        wanted = block.inputs or ["input"]
        if len(wanted) != len(taken):
            arriving = ", ".join(self._name(tensor) for tensor in taken)
            hint = f"give them as `from: [{', '.join(wanted)}]`, by the names that they have here"
            raise self.source.error(entry.at, f"`{name}` takes {', '.join(wanted)}, and {arriving} arrives", hint)
        self.names.tensors[name] = OPEN
        entrance = {word: (tensor,) for word, tensor in zip(wanted, taken, strict=True)}
        scope = Scope(f"{name}.", None, entrance)
        self.active.append(block)
        try:
            values = self._parameters(entry, block, name, frame, taken)
            output = self._sequence(block.entries, Frame(scope, values), taken)
        except CnncalcError as error:
            if len(error.notes) < 8:
                error.notes = (
                    *error.notes,
                    (f"in block `{block.name}`, used here as `{name}`", self.source.place(entry.at)),
                )
            raise
        self.active.pop()
        return self._closed(name, output)

    def _parameters(self, entry: LayerEntry, block: Block, name: str, frame: Frame, taken: Tensors) -> dict[str, Any]:
        """The values that a block's expressions see: the file's parameters and its own."""
        for word, (key, _) in entry.options.items():
            if word not in block.parameters:
                hint = did_you_mean(word, block.parameters, "parameters") or "it has no parameters"
                raise self.source.error(key, f"`{name}`: block `{block.name}` has no parameter `{word}`", hint)
        values = dict(self.choice.values)
        for word, (_, default) in block.parameters.items():
            given = entry.options.get(word)
            if given is not None:
                values[word] = self.evaluator.plain(given[1], self._sees(frame, taken))
            else:
                values[word] = self.evaluator.plain(default, self._sees(Frame(frame.scope, values), taken))
                if values[word] is None:
                    raise self.source.error(entry.at, f"`{name}`: block `{block.name}` needs `{word}`")
        return values

    # Groups

    def _group(self, entry: Group, frame: Frame, taken: Tensors) -> Tensors:
        """The entries once, or in each round of a loop."""
        output = taken
        for values in self._rounds(entry, frame, taken):
            output = self._round(entry, frame.within(values=values), output)
        return output

    def _rounds(self, entry: Group, frame: Frame, taken: Tensors) -> Iterator[dict[str, Any]]:
        """The values of each round."""
        if entry.repeat is None and entry.loop is None:
            return iter(({},))
        if entry.least_layers > MAX_LAYERS:
            raise self.source.error(entry.at, f"the network has more than {MAX_LAYERS:,} layers")
        names = self._sees(frame, taken)
        if entry.repeat is not None:
            return loops.repeated(entry.repeat, self.evaluator, names)
        assert entry.loop is not None
        return loops.walked(entry.loop, self.evaluator, names)

    def _round(self, entry: Group, frame: Frame, taken: Tensors) -> Tensors:
        name = self._full_name(entry, frame, taken)
        inner = frame if name is None else self._opened(name, frame)
        return self._closed(name, self._sequence(entry.layers, inner, taken))

    def _opened(self, name: str, frame: Frame) -> Frame:
        self.names.tensors[name] = OPEN
        return frame.within(scope=Scope(f"{name}.", frame.scope))

    def _closed(self, name: str | None, output: Tensors) -> Tensors:
        if name is not None:
            self.names.tensors[name] = output
        return output

    def _residual(self, entry: Residual, name: str | None, frame: Frame, taken: Tensors) -> Tensors:
        shortcut = entry.shortcut
        if isinstance(shortcut, Scalar):
            shortcut = [] if self.evaluator.flag(shortcut, self._sees(frame, taken), "shortcut") else None
        output = self._sequence(entry.layers, frame, taken)
        if shortcut is None:
            return output
        return self._merge(entry, "add", name, frame, (*output, *self._sequence(shortcut, frame, taken)))

    def _parallel(self, entry: Parallel, name: str | None, frame: Frame, taken: Tensors) -> Tensors:
        merge = "concat"
        if entry.merge is not None:
            merge = str(self.evaluator.plain(entry.merge, self._sees(frame, taken)))
            if merge not in MERGES:
                hint = did_you_mean(merge, MERGES, "merges")
                raise self.source.error(
                    entry.merge, f"`merge` must be one of {', '.join(MERGES)}, not {shown(merge)}", hint
                )
        outputs: list[int] = []
        for branch in entry.branches:
            if isinstance(branch, list):
                outputs += self._sequence(branch, frame, taken)
            elif branch.when is None or self._present(branch, branch.when, frame, taken):
                start = taken if branch.inputs is None else self._taken(branch.inputs, frame, taken)
                for values in self._rounds(branch, frame, start):
                    outputs += self._round(branch, frame.within(values=values), start)
        if not outputs:
            raise self.source.error(entry.at, "`parallel` has no branch left to merge")
        return self._merge(entry, merge, name, frame, tuple(outputs))

    def _merge(self, entry: Entry, kind: str, name: str | None, frame: Frame, tensors: Tensors) -> Tensors:
        """The layer that ends a residual or parallel group; it bears the group's name."""
        layer = self.layers[kind]()
        layer.layout = self.layout
        return self._add(entry, name or frame.scope.next_name(kind), layer, tensors)

    # Names

    def _sees(self, frame: Frame, taken: Tensors) -> Callable[[], Seen]:
        """What the expressions of an entry see, made when there is one."""

        def arrival() -> Seen:
            from cnncalc.spec.arrival import Arrival

            def shape_of(word: str) -> Shape:
                return self.shapes[self.names.find(word, frame.scope)[0]]

            return Arrival(frame, self.shapes[taken[0]], self.layout, shape_of)

        return arrival

    def _full_name(self, entry: Entry, frame: Frame, taken: Tensors) -> str | None:
        """The full name of a named entry, which must be new."""
        if entry.name is None:
            return None
        word = self.evaluator.word(entry.name, self._sees(frame, taken))
        try:
            return self.names.new(word, frame.scope)
        except NameFault as fault:
            raise self.source.error(entry.name, fault.fact, fault.hint) from None

    def _unused(self, entry: Entry, name: str) -> str:
        """A name that was counted out, which a written one may have taken."""
        try:
            return self.names.unused(name)
        except NameFault as fault:
            raise self.source.error(entry.name or entry.at, fault.fact, fault.hint) from None

    def _taken(self, node: TreeNode, frame: Frame, arriving: Tensors) -> Tensors:
        """The tensors that a `from` or `outputs` names."""
        words = self.evaluator.words(node, self._sees(frame, arriving))
        if not words:
            raise self.source.error(
                node, "an empty list of names", "leave it out to take the output of the entry before"
            )
        taken: list[int] = []
        for item, word in words:
            taken += arriving if word == PREVIOUS else self._found(item, word, frame)
        return tuple(taken)

    def _found(self, node: Scalar, word: str, frame: Frame) -> Tensors:
        try:
            return self.names.find(word, frame.scope)
        except NameFault as fault:
            raise self.source.error(node, fault.fact, fault.hint) from None

    def _name(self, tensor: int) -> str:
        first = len(self.inputs)
        return list(self.inputs)[tensor] if tensor < first else self.nodes[tensor - first].name

    def _text(self, tensor: int) -> str:
        return self.layout.text(self.shapes[tensor])

    # Errors

    def _wrong_option(self, entry: Entry, error: LayerError, message: str) -> CnncalcError:
        """The error of a layer, at the option that it blames or else at the layer's type."""
        at = entry.at
        if isinstance(entry, LayerEntry) and error.option in entry.options:
            key, value = entry.options[error.option]
            at = key if "has no option" in error.fact else value
        place = self.source.place(at)
        if not error.too_small:
            return CnncalcError(message, hint=error.hint, place=place)
        too_small = TooSmallError(message, hint=error.hint, place=place)
        too_small.reached = len(self.nodes)
        return too_small

    def _unknown_type(self, entry: LayerEntry, written: str) -> CnncalcError:
        ours = translate(written, self.layers)
        names = [*spellings(self.layers), *self.spec.blocks, "residual", "parallel"]
        hint = f"it is called `{ours}` here" if ours else did_you_mean(written, names)
        return self.source.error(entry.at, f"unknown layer type `{written}`", hint)
