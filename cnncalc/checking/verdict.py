"""What is said of a figure that was held against something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import shape_text
from cnncalc.spec.prefixed_counts import written_count

if TYPE_CHECKING:
    from cnncalc.checking.results import Figure
    from cnncalc.shapes import Shape


def verdict(figure: Figure) -> str:
    """What is wrong with a figure, or how much of its budget is left.

    >>> from cnncalc.checking.results import Figure
    >>> verdict(Figure("weight_bytes", 2345678, None, 2097152, dtype="float32", written="2MiB"))
    'weight_bytes is 2,345,678 (float32), 248,526 more than the 2 MiB budgeted'
    >>> verdict(Figure("macs", 88, None, 100, output="aux", written=100))
    'macs of output `aux` is 88, 12 % left of the 100 budgeted'
    """
    owner = f" of output `{figure.output}`" if figure.output else f" of `{figure.layer}`" if figure.layer else ""
    kind = f" ({figure.dtype})" if figure.dtype else ""
    subject = f"{figure.name}{owner} is {figure_text(figure.found)}{kind}"
    if figure.most is None:
        return f"{subject}, and {figure_text(figure.expected)} is expected"
    assert isinstance(figure.found, int)
    budget = f"the {written_count(figure.written)} budgeted"
    if not figure.ok:
        return f"{subject}, {figure.found - figure.most:,} more than {budget}"
    return f"{subject}, {_percent(figure.most - figure.found, figure.most)} left of {budget}"


def figure_text(value: int | Shape | None) -> str:
    """A count with commas, or a shape."""
    return f"{value:,}" if isinstance(value, int) else shape_text(value or ())


def _percent(part: int, whole: int) -> str:
    """A part in percent, rounded down, with a decimal where it is below ten."""
    tenths = part * 1000 // whole if whole else 0
    return f"{tenths // 10} %" if tenths >= 100 or tenths == 0 else f"{tenths // 10}.{tenths % 10} %"
