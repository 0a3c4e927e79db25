"""What a network is built from, whatever its input size: the only way to the same network at another size."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError
from cnncalc.graph.graph import Attempt
from cnncalc.layers import LAYERS, find
from cnncalc.spec.expansion import Expansion
from cnncalc.spec.layer_factory import LayerCache
from cnncalc.spec.variant import ChosenVariant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnncalc.errors import Place
    from cnncalc.graph.graph import Graph
    from cnncalc.layers.base import Layer
    from cnncalc.models.stored_arrays import Store
    from cnncalc.shapes import Layout, Shape
    from cnncalc.spec.document import Spec

    Weights = str | Mapping[str, Any] | Store
    """Arrays by name, what holds them, or the path of the file that has them."""

TRANSLATION_COST: Final = 8
"""A layer of a model that is translated at other sizes takes as long as visiting so many entries of a spec."""


class Blueprint:
    """A spec with its variant and settings chosen, the registry of layer types, and the layers made of them so far.

    `inputs` are the internal shapes of the inputs: those of the spec, or of `override` instead. `cache` may be shared
    by blueprints of one spec with the same registry; one with other layer types makes its own. `weights` are arrays by
    name or the file that has them, instead of the spec's.

    >>> import cnncalc
    >>> blueprint = cnncalc.load("lenet").blueprint
    >>> blueprint.inputs, blueprint.at({"input": (1, 32, 32)}).nodes[0].output_shape
    ({'input': (1, 28, 28)}, (6, 32, 32))
    """

    def __init__(
        self,
        choice: ChosenVariant,
        layers: Mapping[str, type[Layer]] = LAYERS,
        *,
        override: Mapping[str, Shape] | None = None,
        cache: LayerCache | None = None,
        weights: Weights | None = None,
    ) -> None:
        self.choice = choice
        self.given_weights = weights
        self.layers = layers
        self.override = dict(override or {})
        self.cache = LayerCache(layers) if cache is None else cache

    @property
    def spec(self) -> Spec:
        """The parsed spec."""
        return self.choice.spec

    @property
    def name(self) -> str:
        """The network's name."""
        return self.spec.name

    @property
    def layout(self) -> Layout:
        """How the spec orders the axes of its shapes."""
        return self.spec.layout

    @property
    def variant(self) -> str | None:
        """The name of the variant; None where the spec has none."""
        return self.choice.variant

    @property
    def settings(self) -> dict[str, Any]:
        """The parameters that were set."""
        return self.choice.settings

    @property
    def notes(self) -> tuple[str, ...]:
        """What the spec notes, and the blocks that bear the name of a layer type, which is hidden by them."""
        hiding = [name for name in self.spec.blocks if find(name, self.layers)]
        return self._choice_here.spec.notes + tuple(
            f"block `{name}` hides the layer type of that name" for name in hiding
        )

    @property
    def in_one_line(self) -> bool:
        """Whether the layers were given as calls in one line."""
        return self.spec.in_one_line

    @property
    def own_inputs(self) -> Mapping[str, Shape]:
        """The shapes of the inputs as the spec has them, channels first."""
        return self.choice.inputs

    @property
    def weights(self) -> tuple[Weights, Place | None] | None:
        """The arrays by name, or the file that has them, and where the spec names it; None where weights are drawn."""
        if self.given_weights is not None:
            return self.given_weights, None
        return self._choice_here.weights

    @property
    def _choice_here(self) -> ChosenVariant:
        """What is chosen at the input shapes: of a model of free sizes, only these make layers, arrays and notes."""
        inputs = self.inputs
        return self.choice.at(inputs) if all(name in inputs for name in self.spec.input_names) else self.choice

    @property
    def has_known_types(self) -> bool:
        """Whether all layer types are the program's own."""
        if self.layers is LAYERS:
            return True
        from cnncalc.spec.relaxed import RelaxedTypes

        return isinstance(self.layers, RelaxedTypes) and self.layers.layers is LAYERS

    @property
    def inputs(self) -> dict[str, Shape]:
        """The shape of each input; none where the spec has none and none is given."""
        return {**self.choice.inputs, **self.override}

    def at(self, inputs: Mapping[str, Shape]) -> Graph:
        """The network at these input shapes, channels first; raises `CnncalcError`, at the place in the spec."""
        if self.choice.mistakes:
            raise self.choice.mistakes.error()
        choice = self.choice.at(inputs)
        network = Expansion(self, choice, self.cache, inputs).network()
        choice.spec.check_built(network)
        return network

    def attempt(self, inputs: Mapping[str, Shape], most: int) -> Attempt:
        """As `at`, without raising, given up where more than `most` entries would be visited.

        >>> import cnncalc
        >>> found = cnncalc.load("lenet").blueprint.attempt({"input": (1, 4, 4)}, 100)
        >>> found.error.message
        '`c3` cannot take 6 x 2 x 2: its window spans 5 pixels, the height has 2'
        >>> cnncalc.load("lenet").blueprint.attempt({"input": (1, 32, 32)}, 5).network
        """
        try:
            expansion = Expansion(self, self.choice.at(inputs), self.cache, inputs, most)
        except CnncalcError as error:  # a model that follows its sizes, and cannot be had at these
            return Attempt(None, error, 1 + TRANSLATION_COST * self.choice.spec.entry_count)
        try:
            return Attempt(expansion.network(), None, expansion.budget.cost)
        except CnncalcError as error:
            cost = expansion.budget.cost
            return Attempt(None, None if cost > most else error, cost)

    def with_inputs(self, override: Mapping[str, Shape]) -> Blueprint:
        """The same with these input shapes instead of its own."""
        override = {**self.override, **override}
        return Blueprint(self.choice, self.layers, override=override, cache=self.cache, weights=self.given_weights)

    def with_settings(self, variant: str | None, settings: Mapping[str, Any] | None) -> Blueprint:
        """The same with another variant, and with parameters set beside those set before; raises `CnncalcError`.

        Input shapes that were given stay, but for those of inputs that the variant does not have.
        """
        before = self.choice
        variant = before.variant if variant is None else variant
        choice = ChosenVariant(before.spec, variant, {**before.settings, **(settings or {})})
        override = {name: shape for name, shape in self.override.items() if name in choice.inputs or not choice.inputs}
        return Blueprint(choice, self.layers, override=override, cache=self.cache, weights=self.given_weights)

    @cached_property
    def relaxed(self) -> Blueprint:
        """The same without the check of `in_features` and of given weights, which fit one input size alone."""
        from cnncalc.spec.relaxed import RelaxedTypes

        if isinstance(self.layers, RelaxedTypes):
            return self
        return Blueprint(self.choice, RelaxedTypes(self.layers), override=self.override)

    def numbers(self) -> Iterator[int]:
        """The numbers in the expressions of the spec, and in the values of its parameters."""
        from cnncalc.spec.expression_numbers import numbers_of

        return numbers_of(self.choice)
