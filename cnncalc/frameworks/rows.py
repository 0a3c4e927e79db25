"""What is known of the layer classes of a framework: a row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.frameworks.rules import Rule

    Adjust = Callable[[str, dict[str, Any]], tuple[str, dict[str, Any]]]


class Row(NamedTuple):
    """A class: `type` is ours, `required` and `optional` its parameters in order.

    `rules` tell what those parameters mean that do not mean what they mean in the other classes of the framework; one
    that is not among the parameters may be given by name.
    `defaults` are those of the parameters where they are not ours, in the framework's own terms, and `constants` the
    options of ours that the class stands for. `adjust` changes type and options where they hang on each other.
    """

    type: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    rules: Mapping[str, Rule] = {}
    defaults: Mapping[str, Any] = {}
    constants: Mapping[str, Any] = {}
    adjust: Adjust | None = None

    @property
    def positions(self) -> tuple[str, ...]:
        """The parameters in the order in which values without a name give them."""
        return (*self.required, *self.optional)


class Framework(NamedTuple):
    """The classes of a framework; `prefixes` may stand before them.

    `rules` tell what a parameter means in any class, and a parameter without one is our option of the same name.
    `others` are the rules of those that every class takes by name.
    """

    name: str
    prefixes: tuple[str, ...]
    rows: Mapping[str, Row]
    rules: Mapping[str, Rule]
    others: Mapping[str, Rule]


def row(type_: str, required: str = "", optional: str = "", **more: Any) -> Row:
    """A row whose parameters are words with blanks between them.

    >>> row("dropout", "", "p inplace").positions
    ('p', 'inplace')
    """
    return Row(type_, tuple(required.split()), tuple(optional.split()), **more)


def ranked(name: str, type_: str, required: str = "", optional: str = "", **more: Any) -> dict[str, Row]:
    """The rows of a class for 1 to 3 spatial axes, whose number stands where ``{}`` does.

    >>> list(ranked("Conv{}d", "conv{}d"))
    ['Conv1d', 'Conv2d', 'Conv3d']
    """
    return {name.format(n): row(type_.format(n), required, optional, **more) for n in (1, 2, 3)}
