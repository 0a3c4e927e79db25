"""The values of a tensor in lines: a matrix a channel, or what there is to say of too many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.execution.results import RunReport, TensorValues


def value_lines(found: TensorValues, report: RunReport, width: int) -> Iterator[str]:
    """Four digits of each value, or the smallest, the mean and the largest; and the largest probabilities."""
    if found.values is None:
        yield f"  {_range(found)}"
    else:
        yield from _samples(found.values, report, width)
    for index, probability in found.top or ():
        yield f"  index {index}: {_number(probability)}"


def _range(found: TensorValues) -> str:
    """The smallest, the mean and the largest value of many."""
    if found.minimum is None or found.mean is None or found.maximum is None:
        return "values that are not finite"
    return f"from {_number(found.minimum)} to {_number(found.maximum)}, mean {_number(found.mean)}"


def _samples(values: list[Any], report: RunReport, width: int) -> Iterator[str]:
    """The matrices of each sample, under its number where there are several."""
    if report.batch_size == 1:
        yield from _matrices(_channels_first(values, report), "channel", "", width)
        return
    for number, sample in enumerate(values):
        yield from _matrices(_channels_first(sample, report), "channel", f"sample {number}", width)


def _channels_first(values: list[Any], report: RunReport) -> list[Any]:
    """A map with its channels first, so that there is a matrix a channel; vectors and sequences as they are."""
    if report.data_format == "channels_first" or _depth(values) < 3:
        return values
    cell = values
    while isinstance(cell[0], list):
        cell = cell[0]
    return [_picked(values, channel) for channel in range(len(cell))]


def _picked(values: list[Any], channel: int) -> list[Any]:
    """One channel of nested lists that have their channels last."""
    if isinstance(values[0][0], list):
        return [_picked(value, channel) for value in values]
    return [value[channel] for value in values]


def _depth(values: Any) -> int:
    return 1 + _depth(values[0]) if isinstance(values, list) else 0


def _single(values: Any) -> bool:
    """Whether nested lists hold one value."""
    return not isinstance(values, list) or (len(values) == 1 and _single(values[0]))


def _only(values: Any) -> Any:
    """The one value of nested lists."""
    return _only(values[0]) if isinstance(values, list) else values


def _matrices(values: list[Any], axis: str, above: str, width: int) -> Iterator[str]:
    """The matrices of nested lists, each under the numbers of the axes around it where there are several."""
    depth = _depth(values)
    if axis == "channel" and depth > 2 and _single(values[0]):  # as behind a global pool: a vector of channels
        values, depth = [_only(value) for value in values], 1
    if depth > 2:
        for number, inner in enumerate(values):
            label = f"{axis} {number}" if len(values) > 1 else ""
            yield from _matrices(inner, "depth", ", ".join(filter(None, (above, label))), width)
        return
    if above:
        yield f"  {above}"
    yield from _rows(values if depth == 2 else [values], width)


def _rows(rows: list[list[float]], width: int) -> Iterator[str]:
    """A matrix with its columns aligned; what has no room in a line goes on in the next, set in further."""
    texts = [[_number(value) for value in row] for row in rows]
    needed = max(len(text) for row in texts for text in row)
    room = max((width - 4) // (needed + 2), 1)
    for row in texts:
        for start in range(0, len(row), room):
            cells = (text.rjust(needed) for text in row[start : start + room])
            yield f"  {'  ' * bool(start)}{'  '.join(cells)}"


def _number(value: float) -> str:
    """Four significant digits.

    >>> _number(0.123456), _number(12.0), _number(-0.0)
    ('0.1235', '12', '0')
    """
    return f"{value + 0.0:.4g}"
