"""The totals of a summary as a person reads them, and where the peak of live tensors is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import shape_text
from cnncalc.reports import number_text

if TYPE_CHECKING:
    from cnncalc.reports.style import Style
    from cnncalc.summary.results import Report

TOTAL_HEADINGS: Final = ("total", "exact", "short", "")
"""What stands above the `totals`."""

_MOST_TENSORS: Final = 6
"""The tensors of a peak that are named; the others are counted."""


def totals(report: Report, units: str = "auto") -> list[tuple[str, str, str, str]]:
    """Label, exact figure, short figure and remark of each total; the short ones are in `units`."""
    total = report.totals
    inputs = ", ".join(map(shape_text, report.inputs.values()))
    at = f"at {inputs}" + (f", batch of {report.batch_size}" if report.batch_size > 1 else "")
    one = f"at {inputs}" + (", one sample" if report.batch_size > 1 else "")
    lines = [("parameters", total.parameters, "", f"at {inputs}")]
    if total.frozen:
        lines.append(("frozen parameters", total.frozen, "", f"at {inputs}"))
    if total.buffers:
        lines.append(("buffers", total.buffers, "", f"at {inputs}"))
    lines += [
        ("MACs", total.macs, "", one),
        ("FLOPs", total.flops, "", one),
        ("weights, bytes", total.weight_bytes, "B", f"as {report.dtype}"),
        ("peak activations, bytes", total.peak_activation_bytes, "B", at),
        ("all outputs, bytes", total.output_bytes, "B", at),
    ]
    if total.opaque:
        lines.append(
            (
                "opaque layers",
                total.opaque,
                "",
                "MACs and FLOPs of products and convolutions among them alone are known",
            )
        )
    return [
        (label, number_text.exact(count), number_text.in_units(count, units, unit), note)
        for label, count, unit, note in lines
    ]


def peak(report: Report, style: Style) -> list[str]:
    """The layer at which the peak is reached, and the tensors that are alive there, the largest first, in pieces.

    None is where no input reaches a layer: tensors of the network's own are weights, and count as such.

    >>> import cnncalc
    >>> from cnncalc.reports.style import PLAIN
    >>> peak(cnncalc.load("lenet").report(), PLAIN)
    ['peak at s2:', 'c1 18,816 B', '+ s2 4,704 B']
    """
    tensors = sorted(report.peak.tensors, key=lambda tensor: -tensor.bytes)
    named, others = tensors[:_MOST_TENSORS], tensors[_MOST_TENSORS:]
    sizes = [(tensor.name, tensor.bytes) for tensor in named]
    if others:
        sizes.append((f"{len(others)} more", sum(tensor.bytes for tensor in others)))
    terms = [f"{name} {number_text.in_units(size, units_in(style), 'B')}" for name, size in sizes]
    terms = terms or [number_text.in_units(0, units_in(style), "B")]
    return [f"peak at {report.peak.layer}:", terms[0], *(f"+ {term}" for term in terms[1:])]


def units_in(style: Style) -> str:
    """The units of counts in a line of text: all digits where lines may be as long as they need."""
    return "none" if style.width is None and style.view.units == "auto" else style.view.units
