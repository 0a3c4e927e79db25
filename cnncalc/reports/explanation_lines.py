"""Formulas and titles of layers as lines of text, as wide as there is room."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from cnncalc.errors import shape_text
from cnncalc.reports import number_text
from cnncalc.reports.canvas import UNLIMITED
from cnncalc.reports.style import DEFAULT_WIDTH
from cnncalc.reports.wrapping import wrapped as breaking
from cnncalc.symbolic.formula import Formula
from cnncalc.symbolic.traced import Traced
from cnncalc.symbolic.trees import is_symbol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.formulas.explanation import LayerExplanation
    from cnncalc.shapes import Shape

_FIXED: Final = "\N{NO-BREAK SPACE}"
"""Stands for a blank at which no line may end."""

_REPEATED: Final = 3
"""The fewest inputs of one shape, one after the other, that are counted and not listed."""


def room(width: int | None) -> int:
    """The columns that a formula may take; one that is longer has an equals sign a line, wherever it is written."""
    return width or DEFAULT_WIDTH


def wrapped(line: Formula, width: int | None) -> Iterator[str]:
    """The formula on one line, or an equals sign a line where there is no room.

    >>> from cnncalc.symbolic.traced import as_symbol
    >>> list(wrapped(Formula("MACs", "MACs", as_symbol(120, "C_out") * as_symbol(400, "C_in")), None))
    ['    MACs = C_out x C_in = 120 x 400 = 48,000']
    """
    symbols = [line.symbols] if line.symbols not in (line.numbers, str(line.result)) else []
    return _lines(line.left, [*symbols, *_numbers(line)], width)


def steps(layer: LayerExplanation, width: int | None) -> Iterator[str]:
    """Sizes, parameters and MACs of a layer with numbers alone, each on a line, where there is something to say.

    Below the parameters stands whose arrays they are, and whether they are trained, where that is not as usual.
    """
    for line in layer.formulas:
        if line.quantity == "output" and line.left.endswith("_out") and _is_informative(line):
            letters = [axis[0].upper() for axis in line.axes] or ["C" if len(layer.output_shape) > 1 else "features"]
            yield from _lines(f"{', '.join(letters):<10}", _numbers(line, line.symbols), width)
    arrays = [line for line in layer.formulas if line.quantity == "parameters" and line.left != "parameters"]
    if arrays:
        trees = tuple(line.tree for line in arrays)
        total = Traced(sum(map(int, trees)), "+", trees) if len(trees) > 1 else trees[0]
        yield from _lines("parameters", _numbers(Formula("parameters", "parameters", total)), width)
    whose = {line.note: None for line in layer.formulas if line.quantity in ("parameters", "buffers") and line.note}
    for note in whose:
        yield from (f"      {line}" for line in breaking(note, max(room(width) - 6, 20)))
    for line in layer.formulas:
        if line.left == "MACs":
            yield from _lines(f"{line.left:<10}", _numbers(line), width)


def _is_informative(line: Formula) -> bool:
    """Whether a size of the output is worked out, or is along a spatial axis another than the input's own."""
    own = line.left.replace("_out", "_in")
    return line.numbers != str(line.result) or (bool(line.axes) and is_symbol(line.tree) and line.symbols != own)


def _numbers(line: Formula, otherwise: str = "") -> list[str]:
    """Numbers and result; where the numbers only repeat it, what else there is to say."""
    numbers = line.numbers if line.numbers != str(line.result) else otherwise
    return [*([numbers] if numbers else []), number_text.exact(line.result)]


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
    shapes = f"{', '.join(_shapes(layer.input_shapes))} ->{_FIXED}{_whole(layer.output_shape)}"
    if len(shapes) + 4 <= columns:
        shapes = shapes.replace(" ", _FIXED)
    text = f"{'.' * used}  {kind}  {shapes}"
    if len(text) <= columns:
        return [f"{kind}  {shapes}".replace(_FIXED, " ")]
    lines = wrap(text, columns, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    lines = [line.replace(_FIXED, " ") for line in lines]
    return [lines[0][used + 2 :], *lines[1:]]


def _shapes(shapes: Sequence[Shape]) -> Iterator[str]:
    """The shapes of the inputs, those counted that come again and again.

    >>> [text.replace(_FIXED, " ") for text in _shapes([(64, 7, 7), (32, 7, 7), (32, 7, 7), (32, 7, 7)])]
    ['64 x 7 x 7', '32 x 7 x 7 (3 times)']
    """
    for shape, group in groupby(shapes):
        count = len(list(group))
        counted = count >= _REPEATED
        text = f"{_whole(shape)}{_FIXED}({count}{_FIXED}times)" if counted else _whole(shape)
        yield from [text] * (1 if counted else count)


def _whole(shape: Shape) -> str:
    return shape_text(shape).replace(" ", _FIXED)
