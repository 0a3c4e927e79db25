"""The calculation of output values of a layer, for a person."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from cnncalc.reports import number_text, step_lines
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import DEFAULT_WIDTH, PLAIN, Style
from cnncalc.steps.wording import number_text as value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.steps.results import Plane, Steps, UnitSteps


def pieces(found: Steps, style: Style = PLAIN) -> Iterator[str]:
    """The maps around each unit, the index formula, and every line of its calculation."""
    canvas = Canvas(style)
    canvas.title(number_text.name(found), number_text.inputs(found.inputs))
    for line in step_lines.heading(found):
        canvas.note(line)
    width = style.width or DEFAULT_WIDTH
    full = style.view.full
    for step in found.steps:
        canvas.line()
        _unit(canvas, step, width, full=full)
        yield canvas.taken()


def _unit(canvas: Canvas, step: UnitSteps, width: int, *, full: bool) -> None:
    """One unit, and the same with the kernel turned."""
    for note in step.notes:
        canvas.note(note)
    grids = [*(step.planes[0] if step.planes else ()), *([] if step.output is None else [step.output])]
    if grids:
        if step.notes:
            canvas.line()
        canvas.lines(_side_by_side([_grid(plane) for plane in grids], width))
        if step.channels > 1:
            canvas.note(f"  the first of {step.channels:,} channels that it is made of")
        canvas.line()
    if step.turned is not None:
        canvas.note("  cross-correlation, which frameworks call convolution")
    canvas.lines(step_lines.calculation(step, width, full=full))
    if step.turned is not None:
        canvas.note("  convolution as mathematics has it: the kernel turned by 180 degrees")
        canvas.lines(step_lines.calculation(step.turned, width, full=full))


def _side_by_side(blocks: list[list[str]], width: int) -> list[str]:
    """Blocks of lines beside each other, as many as have room, and the others below."""
    lines: list[str] = []
    while blocks:
        beside = [blocks.pop(0)]
        while blocks and _room([*beside, blocks[0]]) <= width:
            beside.append(blocks.pop(0))
        widths = [max(map(len, block)) for block in beside]
        lines += [""] if lines else []
        for texts in zip_longest(*beside, fillvalue=""):
            cells = (text.ljust(room) for text, room in zip(texts, widths, strict=True))
            lines.append(f"  {'    '.join(cells)}".rstrip())
    return lines


def _room(blocks: Sequence[Sequence[str]]) -> int:
    """The columns that blocks take side by side."""
    return 2 + sum(max(map(len, block)) for block in blocks) + 4 * (len(blocks) - 1)


def _grid(plane: Plane) -> list[str]:
    """The values of a plane under its title: what the unit reads and the unit itself in brackets, no value as a dot."""
    texts = [["." if value is None else value_text(value, 3) for value in row] for row in plane.values]
    needed = max(len(text) for row in texts for text in row)
    top, left = plane.first
    inside = set(plane.window if plane.role == "input" else ())
    chosen = {plane.marked} if plane.role == "output" else inside
    lines = [plane.title if plane.is_whole else f"{plane.title}, {step_lines.part(plane)}"]
    for number, row in enumerate(texts):
        cells = (_cell(text.rjust(needed), (top + number, left + at) in chosen) for at, text in enumerate(row))
        lines.append("".join(cells).rstrip())
    return lines


def _cell(text: str, chosen: bool) -> str:
    bare = text.lstrip()
    room = len(text) - len(bare)
    return f"{' ' * room}[{bare}]" if chosen else f" {text} "
