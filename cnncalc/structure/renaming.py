"""Copies of entries with other inputs or another name."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, TypeVar

from cnncalc.structure.program import Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.structure.program import Ref

Kind = TypeVar("Kind", bound=Item)


def with_inputs(item: Kind, inputs: Sequence[Ref] | None) -> Kind:
    """A copy that takes something else.

    >>> from cnncalc.structure.program import Call
    >>> with_inputs(Call("relu", "a", {}, None), ("x",))
    a: relu {} from ('x',)
    """
    other = copy(item)
    other.inputs = None if inputs is None else tuple(inputs)
    return other
