"""Networks of specs: of files, bundled ones, text and plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.api.network import Network
from cnncalc.layers import LAYERS
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.given_inputs import build_at
from cnncalc.spec.sources import as_text, choose

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from cnncalc.layers.base import Layer
    from cnncalc.spec.blueprint import Weights
    from cnncalc.spec.sources import Written
    from cnncalc.spec.variant import ChosenVariant


def load(
    source: Written,
    *,
    input: Any = None,  # noqa: A002 - the word that the spec and the command line use
    variant: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002
    layers: Mapping[str, type[Layer]] | None = None,
    weights: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    opaque: bool = False,
) -> Network:
    """The network of a spec.

    `source` is a path, the name of a bundled architecture or variant, `-` for standard input, or the YAML text itself,
    which is known by its line breaks; or what YAML would give: a dict, or a list of layers, where `Convolution(...)` or
    ``{"layer": Convolution(...), "name": "c1", "from": "input"}`` may stand for an entry.

    `input` replaces the spec's input: `"3x224x224"`, `[3, 224, 224]` or, for several inputs, a dict of such. `variant`
    names one of the spec's variants, and `set` overrides parameters. `layers` are the layer types, for those who add
    their own. `weights` are arrays by name, ``{"conv1.weight": array}``, or the .npz or .safetensors file that has
    them, which is read when the network is executed. `opaque` keeps what cannot be translated of a model's file as
    layers of type `opaque`, of which only the shape is known. Raises `CnncalcError`.

    >>> load("lenet", input="1x32x32").nodes[0].output_shape
    (6, 32, 32)
    >>> from cnncalc.layers import Convolution, ReLU
    >>> load([Convolution(out_channels=16, kernel_size=(3, 5)), ReLU()], input="3x32x32").nodes[-1].output_shape
    (16, 30, 28)
    """
    from cnncalc import arguments

    types = arguments.layer_registry(layers) or LAYERS
    text, types = as_text(source, types)
    choice = choose(text, arguments.variant_name(variant), arguments.settings(set), types)
    if opaque:
        choice.spec.keep_opaque()
    return build(choice, input, types, weights=arguments.weights(weights))


def build(
    choice: ChosenVariant,
    override: Any = None,
    layers: Mapping[str, type[Layer]] = LAYERS,
    *,
    relaxed: bool = False,
    weights: Weights | None = None,
) -> Network:
    """The network of a chosen spec, with its own input sizes or with others.

    A `relaxed` one may have inputs that `in_features` and given weights do not fit: it is good for `solve` alone.
    """
    blueprint = Blueprint(choice, layers, weights=weights)
    return Network(build_at(blueprint.relaxed if relaxed else blueprint, override))
