"""The bundled architectures, each variant with its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnncalc import arguments
from cnncalc.errors import CnncalcError
from cnncalc.spec import bundled
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.sources import choose_all
from cnncalc.watching import unwatched, watched

if TYPE_CHECKING:
    from cnncalc.shapes import Shape
    from cnncalc.spec.variant import ChosenVariant
    from cnncalc.watching import Watch


class Architecture(NamedTuple):
    """One bundled network: the file's name, the variant, None where the file has none, its title and figures.

    `address` is what names it as a SPEC: the variant, or the file.
    """

    spec: str
    variant: str | None
    address: str
    name: str
    input_shape: Shape
    parameters: int
    macs: int


def architectures(*words: str, watch: Watch = unwatched) -> tuple[Architecture, ...]:
    """The bundled architectures in whose names or source every one of the words occurs, with their figures.

    MACs are those at the input size beside them. Both are what the spec expects of itself; where it does not, the
    network is built. `watch` is called after each network. Raises `CnncalcError` where there is none.

    >>> import cnncalc
    >>> [(found.address, found.macs) for found in cnncalc.architectures("lenet", "lecun")]
    [('lenet', 416520)]
    """
    arguments.words(words, "words", "architectures")
    wanted = [word.lower() for word in words]
    chosen = [
        (spec, choice)
        for spec in bundled.names()
        for choice in choose_all(spec, None, {})
        if _matches(spec, choice, wanted)
    ]
    if not chosen:
        raise CnncalcError(f"no bundled architecture matches `{' '.join(words)}`", hint=bundled.LISTED)
    names = watched(chosen, watch, lambda case: case[1].variant or case[0])
    return tuple(_architecture(spec, choice) for spec, choice in names)


def _matches(spec: str, choice: ChosenVariant, words: list[str]) -> bool:
    """Whether every one of the words occurs in a network's names or source."""
    text = f"{spec} {choice.variant} {choice.spec.name} {choice.reference}".lower()
    return all(word in text for word in words)


def _architecture(spec: str, choice: ChosenVariant) -> Architecture:
    """One network with its figures: those that it expects of itself, or else those of the network when it is built.

    What is bundled expects both, and is tested to be so; to build them all takes seconds.
    """
    known, inputs = choice.expect, choice.inputs
    if not (inputs and {"parameters", "macs"} <= known.keys()):
        network = Blueprint(choice).at(inputs)
        known, inputs = {"parameters": network.parameters, "macs": network.macs}, network.inputs
    shape = choice.spec.layout.external(next(iter(inputs.values())))
    address = choice.variant or spec
    counts = known["parameters"], known["macs"]
    return Architecture(spec, choice.variant, address, choice.spec.name, shape, *counts)
