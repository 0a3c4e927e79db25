"""The layers in which two networks differ, paired by their full names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.comparison.results import LayerChange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.summary.results import LayerFigures, Report

FIGURES: Final = (
    *(
        "type",
        "activation",
        "window",
        "output_shape",
        "weights",
        "shares",
        "parameters",
        "frozen",
        "buffers",
        "macs",
        "flops",
    ),
)
"""The figures of a layer that are compared; beside them its inputs are."""


def layer_changes(before: Report, after: Report) -> tuple[LayerChange, ...]:
    """The layers that are changed, added or removed from one report to another; one with another name is both.

    They are in the order of the second report; a removed layer stands behind those that stood before it.

    >>> import cnncalc
    >>> wide = cnncalc.load("mobilenet", set={"classes": 10}).report()
    >>> [(change.name, change.kind) for change in layer_changes(cnncalc.load("mobilenet").report(), wide)]
    [('fc', 'changed'), ('softmax_1', 'changed')]
    """
    old = {layer.name: layer for layer in before.layers}
    new = {layer.name: layer for layer in after.layers}
    removed = _removed_behind(before, new)
    changes: list[LayerChange] = list(removed.get(None, ()))
    for name, layer in new.items():
        if name not in old:
            changes.append(LayerChange(name, "added", None, layer))
        elif figures := tuple(_different(old[name], layer, old, new)):
            changes.append(LayerChange(name, "changed", old[name], layer, figures))
        changes += removed.get(name, ())
    return tuple(changes)


def _removed_behind(before: Report, new: dict[str, LayerFigures]) -> dict[str | None, list[LayerChange]]:
    """The layers that are not there any more, by the last one before them that is; None where there is none."""
    removed: dict[str | None, list[LayerChange]] = {}
    last = None
    for layer in before.layers:
        if layer.name in new:
            last = layer.name
        else:
            removed.setdefault(last, []).append(LayerChange(layer.name, "removed", layer, None))
    return removed


def _different(
    one: LayerFigures, other: LayerFigures, old: dict[str, LayerFigures], new: dict[str, LayerFigures]
) -> Iterator[str]:
    """The names of the figures that differ, and `inputs` where the layer takes others.

    Inputs that are new or gone are told as added or removed themselves: what reads them has changed in name alone.
    """
    yield from (name for name in FIGURES if getattr(one, name) != getattr(other, name))
    gone = [name for name in one.inputs if name not in other.inputs]
    come = [name for name in other.inputs if name not in one.inputs]
    kept = not any(name in old and name not in new for name in gone)
    known = not any(name in new and name not in old for name in come)
    if one.inputs != other.inputs and kept and known:
        yield "inputs"
