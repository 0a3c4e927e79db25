"""What the formats of a comparison share: the figures side by side, and a row for each layer that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import shape_text
from cnncalc.reports import number_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.comparison.results import ComparedNetwork, Comparison, LayerChange
    from cnncalc.summary.results import LayerFigures

FIGURES: Final = {
    "depth": "depth",
    "layers": "layers",
    "opaque layers": "opaque",
    "parameters": "parameters",
    "frozen parameters": "frozen",
    "buffers": "buffers",
    "MACs": "macs",
    "FLOPs": "flops",
    "weights, bytes": "weight_bytes",
    "peak activations, bytes": "peak_activation_bytes",
    "all outputs, bytes": "output_bytes",
}
"""The name of each count by which networks are compared, as a person reads it."""

FIELD: Final = "receptive field"
MARKS: Final = {"changed": "~", "added": "+", "removed": "-"}
NOTES: Final = "receptive field: size/stride/padding of the last map; depth: weighted layers on the longest path"
LEGEND: Final = "~ changed, + added, - removed"
ARROW: Final = "→"
MOST_NAMES: Final = 3
"""How many of the layers that differ in name alone are named."""

LAYER_HEADINGS: Final = ("", "layer", "type", "output", "kernel/stride/padding", "parameters", "MACs", "other")


SHORT_LABELS: Final = {
    FIELD: "field",
    "kernel/stride/padding": "k/s/p",
    "parameters": "params",
    "frozen parameters": "frozen",
    "opaque layers": "opaque",
    "weights, bytes": "weights, B",
    "peak activations, bytes": "peak, B",
    "all outputs, bytes": "outputs, B",
}


def count(network: ComparedNetwork, name: str) -> int:
    """One of the counts of a network."""
    return network.depth if name == "depth" else int(getattr(network.totals, name))


def field_text(network: ComparedNetwork) -> str:
    """The receptive field of the last map."""
    return number_text.fields(network.receptive_field)


def signed(difference: int, write: Callable[[int], str] = number_text.exact) -> str:
    """A difference with its sign; nothing where there is none.

    >>> signed(1234), signed(-5), signed(0)
    ('+1,234', '-5', '')
    """
    return number_text.signed(difference, write) if difference else ""


def ratio_text(ratio: float | None) -> str:
    """How many times as much; nothing where it is as much, or where there is no such number.

    >>> ratio_text(2.1862), ratio_text(0.02631), ratio_text(12345.6), ratio_text(None), ratio_text(1.0)
    ('x 2.19', 'x 0.0263', 'x 12,345', '', '')
    """
    if ratio is None or ratio == 1:
        return ""
    text = f"{ratio:.3g}"
    return f"x {int(ratio):,}" if "e+" in text else f"x {text}"


def counted(found: Comparison) -> list[str]:
    """The labels of the counts of which any network has one."""
    return [label for label, name in FIGURES.items() if any(count(network, name) for network in found.networks)]


def inputs_text(network: ComparedNetwork) -> str:
    """The shapes of the inputs."""
    return number_text.input_shapes(network.inputs)


def tight_inputs(network: ComparedNetwork) -> str:
    """The same without blanks in shapes."""
    return number_text.tight_inputs(network.inputs)


def short_label(label: str) -> str:
    """The name of a figure or the heading of a column where there is little room."""
    return SHORT_LABELS.get(label, label)


def unlike(found: Comparison) -> str | None:
    """What is said where layers differ that are not told; None where they are."""
    if found.changes is not None or found.differing is None:
        return None
    return f"{found.differing:,} layers differ: --layers lists them"


def alike(found: Comparison) -> str:
    """What is said of layers that are the same: all of them, or those that have another name."""
    names = [f"{change.before.name} {ARROW} {change.name}" for change in found.renamed or () if change.before]
    some = ", ".join([*names[:MOST_NAMES], *([f"and {len(names) - MOST_NAMES:,} more"] * (len(names) > MOST_NAMES))])
    if found.changes:
        return f"differ in name alone: {some}"
    if not names:
        return "all layers are the same"
    return f"all layers are the same, and {len(names):,} {'has' if len(names) == 1 else 'have'} another name: {some}"


def layer_cells(
    change: LayerChange,
    shape: Callable[[Sequence[int]], str] = shape_text,
    number: Callable[[int], str] = number_text.exact,
) -> list[str]:
    """The texts of a layer that differs, one under each of `LAYER_HEADINGS`; of a changed one what has changed."""
    return [
        MARKS[change.kind],
        _both(change, lambda layer: layer.name, always=True),
        _both(change, number_text.kind, always=True),
        _both(change, lambda layer: shape(layer.output_shape)),
        _both(change, lambda layer: number_text.window(layer.window)),
        _both(change, lambda layer: number(layer.parameters)),
        _both(change, lambda layer: number(layer.macs)),
        _others(change, number),
    ]


def _both(change: LayerChange, text: Callable[[LayerFigures], str], *, always: bool = False) -> str:
    """The text of a layer; where it has changed both, and where it has not none, unless it is `always` there."""
    one, other = ("" if layer is None else text(layer) for layer in (change.before, change.after))
    if change.before is None or change.after is None:
        return one or other
    if one == other:
        return one if always else ""
    return f"{one or 'none'} {ARROW} {other or 'none'}"


def _others(change: LayerChange, number: Callable[[int], str]) -> str:
    """What has changed beside the columns: inputs, whose arrays, and counts where nothing else tells of them."""
    one, other, names = change.before, change.after, change.figures
    if one is None or other is None:
        return ""
    texts = []
    if "inputs" in names:
        texts.append(f"from {', '.join(one.inputs)} {ARROW} {', '.join(other.inputs)}")
    if "shares" in names:
        texts.append(f"arrays of {one.shares or 'its own'} {ARROW} {other.shares or 'its own'}")
    if "frozen" in names:
        texts.append(f"frozen {number(one.frozen)} {ARROW} {number(other.frozen)}")
    if "buffers" in names and "parameters" not in names:
        texts.append(f"buffers {number(one.buffers)} {ARROW} {number(other.buffers)}")
    if "flops" in names and not {"macs", "output_shape"} & set(names):
        texts.append(f"FLOPs {number(one.flops)} {ARROW} {number(other.flops)}")
    if "weights" in names and "parameters" not in names:
        texts.append("weight shapes")
    return "; ".join(texts)
