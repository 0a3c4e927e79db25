"""The public door: what `import cnncalc` gives, and what the command line calls.

Whatever is asked of a network is imported when it is asked, so that a summary pays for neither NumPy nor the solver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.graph.graph import Graph
from cnncalc.layers import LAYERS
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.given_inputs import at_given
from cnncalc.spec.sources import choose

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from cnncalc.kernels import Array
    from cnncalc.layers.base import Layer
    from cnncalc.spec.variant import Choice
    from cnncalc.summary.results import Report


def load(
    source: str | os.PathLike[str],
    *,
    input: Any = None,  # noqa: A002 - the word that the spec and the command line use
    variant: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002
    layers: Mapping[str, type[Layer]] = LAYERS,
) -> Network:
    """The network of a spec.

    `source` is a path, the name of a bundled architecture or variant, `-` for standard input, or the YAML text itself,
    which is told by its line breaks. `input` replaces the spec's input: `"3x224x224"`, `[3, 224, 224]` or, for several
    inputs, a dict of such. `variant` names one of the spec's variants, and `set` overrides parameters. `layers` are the
    layer types, for those who add their own. Raises `CnncalcError`.

    >>> load("lenet", input="1x32x32").nodes[0].output_shape
    (6, 32, 32)
    """
    return build(choose(source, variant, dict(set or {})), input, layers)


def build(choice: Choice, override: Any = None, layers: Mapping[str, type[Layer]] = LAYERS) -> Network:
    """The network of a chosen spec, with its own input sizes or with others."""
    return Network(at_given(Blueprint(choice, layers), override))


class Network(Graph):
    """A network of known input size: the graph, and what can be asked of it."""

    blueprint: Blueprint

    def __init__(self, graph: Graph) -> None:
        super().__init__(
            graph.blueprint,
            graph.inputs,
            graph.nodes,
            graph.outputs,
            scopes=graph.scopes,
            follows_sizes=graph.follows_sizes,
            entries=graph.entries,
        )

    def at(
        self,
        input: Any = None,  # noqa: A002 - the words that `load` uses
        *,
        variant: str | None = None,
        set: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> Network:
        """The same spec at another input size or with other parameters, without reading it again.

        What is not named here stays as it was given to `load` or an earlier `at`: the layer types, the variant, each
        value of `set`, the shape of each input (one that the new variant does not have is forgotten). An input that
        was never given has the spec's own shape, or the variant's. Raises `CnncalcError`.

        >>> import cnncalc
        >>> cnncalc.load("lenet").at("1x32x32").nodes[0].output_shape
        (6, 32, 32)
        >>> narrow = cnncalc.load("mobilenet", set={"alpha": 0.5}).at("3x96x96")
        >>> narrow.at(set={"classes": 10}).settings, narrow.at(set={"alpha": 1}).inputs
        ({'alpha': 0.5, 'classes': 10}, {'input': (3, 96, 96)})
        """
        blueprint = self.blueprint
        if variant is not None or set is not None:
            blueprint = blueprint.with_settings(variant, set)
        return Network(at_given(blueprint, input))

    def report(self, batch: int = 1, dtype: str = "float32") -> Report:
        """Every figure of every layer, and the totals, as plain data.

        >>> import cnncalc
        >>> cnncalc.load("lenet").report().totals.parameters
        61706
        """
        from cnncalc.summary.analysis import analyse

        return analyse(self, batch=batch, dtype=dtype)

    def forward(self, array: Any = None, seed: int = 0) -> Array | dict[str, Array]:
        """Execute the network with weights drawn from `seed`, and return its output.

        `array` has the input's shape, with or without a batch axis before it, and the output is alike; None draws
        one random sample, with a batch axis. Several inputs are given, and several outputs returned, by name.

        >>> import cnncalc
        >>> cnncalc.load("lenet").forward().shape
        (1, 10)
        """
        from cnncalc.execution.executor import forward

        return forward(self, array, seed)
