"""The layers in which two networks differ, paired by name and place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.comparison.pairing import Pairing
from cnncalc.comparison.results import LayerChange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.comparison.results import ChangeKind
    from cnncalc.summary.results import Report

FIGURES: Final = (
    "type",
    "activation",
    "window",
    "output_shape",
    "weights",
    "parameters",
    "frozen",
    "buffers",
    "macs",
    "flops",
)
"""The figures of a layer that are compared; beside them its name, its inputs, and whose arrays it uses are."""


def layer_changes(before: Report, after: Report) -> tuple[LayerChange, ...]:
    """The layers that are changed, renamed, added or removed from one report to another.

    Which layer is which, `Pairing` says: a name that was given is the same layer, a counted one as `relu_1` the one in
    the same place. They are in the order of the second report; a removed layer stands behind those before it.

    >>> import cnncalc
    >>> wide = cnncalc.load("mobilenet", set={"classes": 10}).report()
    >>> [(change.name, change.kind) for change in layer_changes(cnncalc.load("mobilenet").report(), wide)]
    [('fc', 'changed'), ('softmax_1', 'changed')]
    """
    pairing = Pairing(before, after)
    removed = _removed_behind(pairing)
    changes: list[LayerChange] = list(removed.get(None, ()))
    for name, layer in pairing.new.items():
        old = pairing.before.get(name)
        if old is None:
            changes.append(LayerChange(name, "added", None, layer))
        elif figures := tuple(_different(old, name, pairing)):
            kind: ChangeKind = "renamed" if figures == ("name",) else "changed"
            changes.append(LayerChange(name, kind, pairing.old[old], layer, figures))
        changes += removed.get(name, ())
    return tuple(changes)


def _removed_behind(pairing: Pairing) -> dict[str | None, list[LayerChange]]:
    """The layers that are not there any more, by the last one before them that is; None where there is none."""
    removed: dict[str | None, list[LayerChange]] = {}
    last = None
    for name, layer in pairing.old.items():
        if name in pairing.after:
            last = pairing.after[name]
        else:
            removed.setdefault(last, []).append(LayerChange(name, "removed", layer, None))
    return removed


def _different(before: str, after: str, pairing: Pairing) -> Iterator[str]:
    """The names of the figures that differ, with `name`, `shares`, and `inputs` where the layer takes others.

    Inputs that are new or gone are told as added or removed themselves: what reads them has changed in name alone.
    """
    one, other = pairing.old[before], pairing.new[after]
    if before != after:
        yield "name"
    yield from (name for name in FIGURES if getattr(one, name) != getattr(other, name))
    if (one.shares and pairing.after.get(one.shares)) != other.shares:
        yield "shares"
    gone = any(name not in pairing.after for name in one.inputs)
    come = any(name not in pairing.before for name in other.inputs)
    if not gone and not come and not pairing.read_alike(before, after):
        yield "inputs"
