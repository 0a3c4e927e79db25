"""The lines of a calculation as text: the index formula, and each line with as many digits as make it true."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cnncalc.errors import shape_text
from cnncalc.steps.abridging import abridged
from cnncalc.steps.expressions import pieces_of
from cnncalc.steps.filling import filled
from cnncalc.steps.wording import worded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.reports.style import Style
    from cnncalc.steps.palettes import Palette
    from cnncalc.steps.results import Equation, LayerMatrices, Matrix, Plane, Steps, UnitSteps
    from cnncalc.steps.wording import Worded


def heading(found: Steps | LayerMatrices, between: str = "  ") -> Iterator[str]:
    """What the layer is, in parts with so much `between` them, and where its values come from."""
    inputs = " and ".join(map(shape_text, found.input_shapes))
    summary = f": {found.summary}" if found.summary else ""
    yield between.join([found.layer, found.type, f"{inputs} -> {shape_text(found.output_shape)}{summary}"])
    yield source(found)


def colours(style: Style) -> Palette:
    """The colours of the theme that a reader wishes."""
    from cnncalc.steps.palettes import PALETTES

    return PALETTES[style.view.theme]


def source(found: Steps | LayerMatrices) -> str:
    """Where the values come from.

    >>> import cnncalc
    >>> source(cnncalc.load("max_pool2d(2)", input="1x4x4").steps())
    'input: small whole numbers, drawn with seed 0'
    """
    input_ = {
        "small": f"small whole numbers, drawn with seed {found.seed}",
        "data": "computed from the data",
        "drawn": f"computed from values drawn with seed {found.seed}",
    }[found.input_source]
    weights = {
        "small": "small whole numbers" if found.input_source == "small" else f"small whole numbers, seed {found.seed}",
        "drawn": f"drawn as by `run` with seed {found.seed}",
        "given": "as the spec gives them",
        "stored": f"those of {found.weights}",
        "none": "",
    }[found.weight_source]
    if weights.startswith("small") and found.input_source == "small":
        return f"input and weights: {input_}"
    return f"input: {input_}{f'; weights: {weights}' if weights else ''}"


def matrix_title(matrix: Matrix) -> str:
    """What a matrix is, its shape, and how many of its values are not zeros by the layer's structure."""
    rows, columns = matrix.shape
    share = f", zeros but for {matrix.stored:,} values" if matrix.stored < rows * columns else ""
    return f"{matrix.title}, {rows:,} x {columns:,}{share}"


def part(plane: Plane) -> str:
    """Which rows and columns of a map a plane has."""
    (top, left), rows, columns = plane.first, len(plane.values), len(plane.values[0])
    last = left + columns - 1
    if plane.size[0] == 1:
        return f"values {left} to {last}"
    return f"rows {top} to {top + rows - 1}, columns {left} to {last}"


def calculation(step: UnitSteps, width: int, *, full: bool) -> Iterator[str]:
    """The index formula with symbols and with numbers, and every line; of many the first."""
    lines = step.equations if full else abridged(step.equations)
    texts = worded(lines)
    left = step.name
    alone = lines[0].left == left
    room = max(len(step.formula.left), len(left), *(0 if alone else len(line.left) for line in lines))
    yield from _wrapped(step.formula.left, [("=", [step.formula.symbols])], width, room)
    yield from _wrapped(left, [("=", [step.formula.numbers])], width, room)
    for number, (line, text) in enumerate(zip(lines, texts, strict=True)):
        yield from equation(line._replace(left="") if alone and not number else line, text, width, room)
    if len(lines) < len(step.equations):
        yield "    --full has the lines that are left out"


def equation(line: Equation, text: Worded, width: int, room: int) -> Iterator[str]:
    """A line, what it is called set to the left of so much room."""
    sign = "=" if text.is_exact else "≈"
    if line.expression is None:
        yield f"    {line.left:<{room}} {line.note}, together {text.result}"
        return
    written = iter(text.numbers)
    parts = list(pieces_of(line.expression, lambda _: next(written)))
    if parts == [text.result]:
        yield from _wrapped(line.left, [("=", parts)], width, room)
        return
    yield from _wrapped(line.left, [("=", parts), (sign, [text.result])], width, room)


def _wrapped(left: str, sides: Sequence[tuple[str, Sequence[str]]], width: int, room: int) -> Iterator[str]:
    """A left side and what it equals, on one line or a side each, and a long sum on several."""
    whole = f"    {left:<{room}} " + " ".join(f"{sign} {''.join(parts)}" for sign, parts in sides)
    if len(whole) <= width:
        yield whole
        return
    indent = 5 + room
    for number, (sign, parts) in enumerate(sides):
        start = f"    {left:<{room}} {sign} " if not number else f"{' ' * indent}{sign} "
        for line in filled(parts, partial(_fits, width - len(start))):
            yield start + line
            start = " " * len(start)


def _fits(room: int, text: str) -> bool:
    """Whether a text is as short as there is room."""
    return len(text) <= room
