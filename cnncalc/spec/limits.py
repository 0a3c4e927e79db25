"""How large a spec may become when its loops and blocks are expanded, and how much work expanding it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from cnncalc.text_nodes import Source, TextNode

MAX_LAYERS: Final = 1_000_000
MAX_VISITS: Final = 3_000_000
"""The most entries that an expansion may visit, each round of a loop counted anew."""
MAX_BLOCKS: Final = 50
"""The deepest nesting of blocks."""
MAX_TAKEN: Final = 100_000
"""The most tensors that one `from` or `outputs` takes."""
MAX_NESTING: Final = 80
"""The deepest nesting of groups and blocks, so that walking them cannot exhaust the stack."""

FREE_VISITS: Final = 20_000
VISITS_A_LAYER: Final = 30
FREE_STEPS: Final = 1_500_000
STEPS_A_LAYER: Final = 500
STEPS_A_VISIT: Final = 100
"""The steps of expressions that take as long as a visit to an entry."""
STEPS_A_CHARACTER: Final = 2
FREE_CHARACTERS: Final = 5_000_000
CHARACTERS_A_LAYER: Final = 1000
FREE_TAKEN: Final = 200_000
TAKEN_A_LAYER: Final = 50
CHARACTERS_A_TAKEN: Final = 2
"""The least that a name in a list is, its comma with it: tensors that stand in the text by name are free."""
LONGEST_FULL_NAME: Final = 1000


_SHORTER: Final = "a full name begins with those of all groups and blocks around it: give shorter ones, or fewer"


class LimitError(CnncalcError):
    """One of the limits of this module is exceeded: the expansion is over, whatever else could be tried."""

    kind = "limit"


class Budget:
    """What an expansion may cost in all: an allowance that is free, and more for each layer that it makes.

    `steps` are those of expressions, `visits` the entries walked over, each round of a loop anew, `characters` those of
    the full names that are remembered, `taken` the tensors that lists of names stand for. What stands in the text is
    free of visits, and adds steps. An expansion is given up where it costs more than `most` visits.

    >>> budget = Budget(characters_read=100, entries=5)
    >>> for _ in range(10):
    ...     budget.count_layer()
    >>> budget.most_visits, budget.most_steps
    (20305, 1505200)
    """

    __slots__ = ("characters", "characters_read", "entries", "layers", "most", "steps", "taken", "visits")

    def __init__(self, characters_read: int, entries: int = 0, most: int = MAX_VISITS) -> None:
        self.characters_read = characters_read
        self.entries = entries
        self.most = most
        self.layers = 0
        self.steps = 0
        self.visits = 0
        self.characters = 0
        self.taken = 0

    @property
    def cost(self) -> int:
        """What the expansion has cost so far, in visits to entries."""
        return self.visits + self.steps // STEPS_A_VISIT

    @property
    def most_steps(self) -> int:
        """The most steps for the layers that are made."""
        return FREE_STEPS + STEPS_A_CHARACTER * self.characters_read + STEPS_A_LAYER * self.layers

    @property
    def most_visits(self) -> int:
        """The most visits for the layers that are made."""
        return min(FREE_VISITS + self.entries + VISITS_A_LAYER * self.layers, MAX_VISITS)

    def count_layer(self) -> None:
        """Allow for one layer more."""
        self.layers += 1

    def step(self, source: Source, at: TextNode, count: int) -> None:
        """Count steps of the expression at a node; raises `LimitError`."""
        self.steps += count
        most = self.most_steps
        if self.steps > most:
            fact = f"the expressions of the spec take more than {most:,} steps up to here, for {self._so_far}"
            hint = f"the limit is {FREE_STEPS:,}, and {STEPS_A_LAYER} for each layer: do less in each round"
            raise LimitError(fact, hint=hint, place=source.place(at))

    def visit(self, source: Source, at: TextNode) -> None:
        """Count a visit to the entry at a node; raises `LimitError`."""
        self.visits += 1
        if self.visits <= self.most_visits and self.cost <= self.most:
            return
        if self.most_visits == MAX_VISITS:
            fact = f"the network has more than {MAX_VISITS:,} entries, loops unrolled"
            raise LimitError(fact, place=source.place(at))
        if self.cost > self.most:
            raise LimitError(f"building the network costs more than {self.most:,} visits", place=source.place(at))
        fact = f"the network has more than {self.most_visits:,} entries up to here, loops unrolled, for {self._so_far}"
        hint = f"the limit is {FREE_VISITS:,}, and {VISITS_A_LAYER} for each layer: `repeat` no more than is needed"
        raise LimitError(fact, hint=hint, place=source.place(at))

    def remember(self, source: Source, at: TextNode, name: str) -> None:
        """Count the characters of a full name; raises `LimitError`."""
        if len(name) > LONGEST_FULL_NAME:
            fact = f"the full name `{name[:40]}…` has {len(name):,} characters, and {LONGEST_FULL_NAME:,} is the most"
            raise LimitError(fact, hint=_SHORTER, place=source.place(at))
        self.characters += len(name)
        most = FREE_CHARACTERS + CHARACTERS_A_LAYER * self.layers
        if self.characters > most:
            fact = f"the full names up to here have more than {most:,} characters, for {self._so_far}"
            raise LimitError(fact, hint=_SHORTER, place=source.place(at))

    def take(self, source: Source, at: TextNode, count: int) -> None:
        """Count the tensors that a list of names stands for; raises `LimitError`."""
        if count > MAX_TAKEN:
            raise LimitError(f"more than {MAX_TAKEN:,} tensors are taken at once", place=source.place(at))
        self.taken += count
        most = FREE_TAKEN + self.characters_read // CHARACTERS_A_TAKEN + TAKEN_A_LAYER * self.layers
        if self.taken > most:
            fact = f"more than {most:,} tensors are taken by name up to here, for {self._so_far}"
            hint = f"the limit is {FREE_TAKEN:,}, and {TAKEN_A_LAYER} for each layer: take fewer in each round"
            raise LimitError(fact, hint=hint, place=source.place(at))

    @property
    def _so_far(self) -> str:
        """The number of layers so far, in words."""
        return f"{self.layers:,} layer{'s' * (self.layers != 1)}"
