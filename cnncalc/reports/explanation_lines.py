"""Formulas and titles of layers as lines of text, as wide as there is room."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from cnncalc.errors import shape_text
from cnncalc.reports import number_text
from cnncalc.reports.canvas import UNLIMITED
from cnncalc.reports.style import DEFAULT_WIDTH
from cnncalc.symbolic.rendering import PLAIN_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.formulas.explanation import LayerExplanation
    from cnncalc.reports.explanation_parts import Equation, Figure
    from cnncalc.shapes import Shape

_FIXED: Final = "\N{NO-BREAK SPACE}"
"""Stands for a blank at which no line may end."""

_REPEATED: Final = 3
"""The fewest inputs of one shape, one after the other, that are counted and not listed."""


def room(width: int | None) -> int:
    """The columns that a formula may take; one that is longer has an equals sign a line, wherever it is written."""
    return width or DEFAULT_WIDTH


def equation(one: Equation, width: int | None, columns: int = 0) -> Iterator[str]:
    """The equation on one line, or an equals sign a line where there is no room; its left side takes some columns.

    >>> from cnncalc.reports.explanation_parts import equation as equation_of
    >>> from cnncalc.symbolic.formula import Formula
    >>> from cnncalc.symbolic.traced import as_symbol
    >>> line = Formula("MACs", "MACs", as_symbol(120, "C_out") * as_symbol(400, "C_in"))
    >>> list(equation(equation_of(line), None))
    ['    MACs = C_out x C_in = 120 x 400 = 48,000']
    """
    left = f"{', '.join(one.left):<{columns}}"
    return _lines(left, [*map(PLAIN_TEXT.symbols, one.sides), number_text.exact(one.result)], width)


def figure(one: Figure) -> str:
    """A value that no formula gives, on a line of its own."""
    value = number_text.exact(one.value) if isinstance(one.value, int) else one.value
    return f"    {one.left} = {value}" if one.left else f"    {value}"


def _lines(left: str, parts: Sequence[str], width: int | None) -> Iterator[str]:
    """What is equal, in one line or one below the other; longer ones break where they may, if they must."""
    start = f"    {left} = "
    whole = start + " = ".join(parts)
    if len(whole) <= room(width):
        yield whole
        return
    for number, part in enumerate(parts):
        head = start if not number else f"{' ' * (len(start) - 2)}= "
        if len(head) * 2 > room(width):
            head = head.strip() + " "
        rest = " " * (len(head) + 2)
        columns = max(width or UNLIMITED, 20)
        yield from wrap(part, columns, initial_indent=head, subsequent_indent=rest, break_on_hyphens=False)


def title(layer: LayerExplanation, used: int, width: int | None) -> list[str]:
    """Type and shapes of a layer, on as many lines as they need after its name, which has taken so many columns.

    No line ends within a shape, nor among them all if they fit on one.
    """
    kind = number_text.kind(layer)
    columns = max(width or UNLIMITED, 20)
    shapes = _shapes(layer, "->")
    if len(shapes) + 4 <= columns:
        shapes = shapes.replace(" ", _FIXED)
    text = f"{'.' * used}  {kind}  {shapes}"
    if len(text) <= columns:
        return [f"{kind}  {shapes}".replace(_FIXED, " ")]
    lines = wrap(text, columns, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    lines = [line.replace(_FIXED, " ") for line in lines]
    return [lines[0][used + 2 :], *lines[1:]]


def about(layer: LayerExplanation) -> str:
    """Type and shapes of a layer, for a document."""
    return f"{number_text.kind(layer)}, {_shapes(layer, '→')}".replace(_FIXED, " ")


def _shapes(layer: LayerExplanation, arrow: str) -> str:
    return f"{', '.join(_input_shapes(layer.input_shapes))} {arrow}{_FIXED}{_whole(layer.output_shape)}"


def _input_shapes(shapes: Sequence[Shape]) -> Iterator[str]:
    """The shapes of the inputs, those counted that come again and again.

    >>> [text.replace(_FIXED, " ") for text in _input_shapes([(64, 7, 7), (32, 7, 7), (32, 7, 7), (32, 7, 7)])]
    ['64 x 7 x 7', '32 x 7 x 7 (3 times)']
    """
    for shape, group in groupby(shapes):
        count = len(list(group))
        counted = count >= _REPEATED
        text = f"{_whole(shape)}{_FIXED}({count}{_FIXED}times)" if counted else _whole(shape)
        yield from [text] * (1 if counted else count)


def _whole(shape: Shape) -> str:
    return shape_text(shape).replace(" ", _FIXED)
