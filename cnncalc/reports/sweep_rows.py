"""What the formats of a sweep share: its rows' settings and shapes as texts, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.sweeping.grid import Axis
    from cnncalc.sweeping.results import SweepRow
    from cnncalc.sweeping.sweep import Sweep

FIGURES: Final = {
    "params": ("parameters", ""),
    "frozen": ("frozen", ""),
    "MACs": ("macs", ""),
    "FLOPs": ("flops", ""),
    "weights": ("weight_bytes", "B"),
    "peak": ("peak_activation_bytes", "B"),
}
"""The heading of each figure that a person reads, its name among the totals, and its unit."""

INPUT: Final = "input"


def figures_of(sweep: Sweep) -> dict[str, tuple[str, str]]:
    """The figures of a table, as `FIGURES`; frozen parameters where the spec may have some."""
    return {heading: figure for heading, figure in FIGURES.items() if heading != "frozen" or sweep.may_freeze}


def shown_axes(sweep: Sweep) -> list[Axis]:
    """The axes that tell the rows apart, or all but the input's where there is one row."""
    return [axis for axis in sweep.axes if axis.kind != "input" and len(axis.values) > 1]


def headings(sweep: Sweep) -> list[str]:
    """What stands above the settings and the input of a row."""
    return [*(axis.title for axis in shown_axes(sweep)), INPUT]


def cells(row: SweepRow, axes: Sequence[Axis]) -> list[str]:
    """The settings and the input of a row, as texts."""
    texts = [
        str(row.variant) if axis.kind == "variant" else number_text.setting(row.settings[axis.name]) for axis in axes
    ]
    return [*texts, number_text.tight_inputs(row.inputs)]


def fixed_text(sweep: Sweep) -> str:
    """How many points there are, and the settings that all have."""
    fixed = [axis for axis in sweep.axes if axis.kind != "input" and len(axis.values) == 1]
    said = [f"{axis.title}={number_text.setting(axis.values[0])}" for axis in fixed]
    count = "1 point" if len(sweep) == 1 else f"{len(sweep):,} points"
    return ", ".join([count, *said])


def failures_text(failed: int, points: int) -> str:
    """How many of the points have no network."""
    return f"{failed:,} of {points:,} point{'s' * (points > 1)} failed"
