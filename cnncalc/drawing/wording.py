"""The words of a figure: sizes with a multiplication sign, windows, and what a layer is in short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.drawing.kinds import base_type, word
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.drawing.boxes import Box

TIMES = "\N{MULTIPLICATION SIGN}"


def sizes_text(sizes: Sequence[int]) -> str:
    """Sizes as papers write them.

    >>> sizes_text((96, 55, 55))
    '96×55×55'
    """
    return TIMES.join(map(str, sizes))


def counted(number: int, noun: str, nouns: str | None = None) -> str:
    """A number of things, whose plural has an s or is given.

    >>> counted(1, "unit"), counted(2500, "pixel"), counted(2, "box", "boxes")
    ('1 unit', '2,500 pixels', '2 boxes')
    """
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"


def window_text(box: Box) -> str:
    """The window of a box in short, empty where it has none.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> [window_text(box) for box in boxes(cnncalc.load("alexnet").report())[:3]]
    ['', '11×11, stride 4', '3×3, stride 2']
    """
    if box.window is None:
        return ""
    parts = [kernel_text(box)]
    for name, values in (("stride", box.window.stride), ("dilation", box.window.dilation)):
        if set(values) != {1}:
            parts.append(f"{name} {one_or_all(values)}")
    groups = box.window.groups
    if groups and groups > 1 and box.kind != "depthwise":
        parts.append(f"{groups} groups")
    return ", ".join(parts)


def kernel_text(box: Box) -> str:
    """The size of the window of a box; empty where it has none.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> kernel_text(boxes(cnncalc.load("alexnet").report())[1])
    '11×11'
    """
    return sizes_text(box.window.kernel_size) if box.window else ""


def one_or_all(values: Sequence[int]) -> str:
    """One number that holds along all axes, or one for each.

    >>> one_or_all((2, 2)), one_or_all((2, 1))
    ('2', '2×1')
    """
    return str(values[0]) if len(set(values)) == 1 else sizes_text(values)


def label(box: Box) -> str:
    """What a box is, on one line: window and kind, channels, and the stride where there is one.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> [label(box) for box in boxes(cnncalc.load("resnet18").report())[:3]]
    ['input', '7×7 conv, 64, /2', 'max pool, 3×3, /2']
    """
    if box.kind == "input":
        return printable(box.name)
    name = word("depthwise_conv" if box.kind == "depthwise" and base_type(box.type) == "conv" else box.type)
    if "global" in base_type(box.type):
        return name
    kernel = kernel_text(box)
    is_line = bool(box.window and len(box.window.kernel_size) == 1)
    weighted = box.kind in ("convolution", "depthwise", "upsampling", "linear")
    parts = [f"{kernel} {name}" if kernel and weighted and not is_line else name]
    if kernel and (is_line or not weighted):
        parts.append(f"k={kernel}" if is_line else kernel)
    if weighted or box.kind == "recurrence":
        parts.append(str(box.features or box.channels))
    if box.window and set(box.window.stride) != {1}:
        parts.append(f"/{one_or_all(box.window.stride)}" if box.kind != "upsampling" else one_or_all_up(box))
    if box.window and set(box.window.dilation) != {1}:
        parts.append(f"dilation {one_or_all(box.window.dilation)}")
    return ", ".join(parts)


def one_or_all_up(box: Box) -> str:
    """By how much a box makes a map larger."""
    assert box.window is not None
    return f"{TIMES}{one_or_all(box.window.stride)}"


def title(box: Box) -> str:
    """What a reader is told who points at a box: its layers, and the shape that comes out.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> title(boxes(cnncalc.load("resnet18").report())[1])
    'conv1, bn1, relu_1: 7×7 conv, 64, /2, batch norm, ReLU; 64×112×112'
    """
    what = [label(box), *map(word, box.behind)]
    names = printable(", ".join(box.layers))
    said = f"{names}: " if names else ""
    return f"{said}{', '.join(what)}; {sizes_text(box.shape)}"


def facts(box: Box, labels: Sequence[str]) -> list[str]:
    """What a reader asks to have written of a box, each in short, in that order; what it has none of is left out.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> facts(boxes(cnncalc.load("alexnet").report())[1], ["name", "shape", "window", "params", "field"])
    ['conv1', '96×55×55', '11×11, stride 4', '34.9 k params', 'sees 11×11']
    """
    words = {
        "name": printable(box.name),
        "shape": sizes_text(box.shape),
        "window": window_text(box),
        "params": params_text(box.parameters),
        "field": field_text(box),
    }
    return [words[each] for each in labels if words[each]]


def in_short(count: int) -> str:
    """A count with three digits, and a letter for thousands, millions and billions.

    >>> in_short(999), in_short(34944), in_short(37752832), in_short(999999)
    ('999', '34.9 k', '37.8 M', '1.00 M')
    """
    value, letter = float(count), ""
    for letter_ in ("", " k", " M", " G", " T"):
        letter = letter_
        if value < 999.5:
            break
        value /= 1000
    if not letter:
        return str(count)
    return f"{value:.{max(0, 2 - (value >= 9.995) - (value >= 99.95))}f}{letter}"


def params_text(parameters: int) -> str:
    """How many parameters there are; empty for none.

    >>> params_text(34944), params_text(0)
    ('34.9 k params', '')
    """
    return f"{in_short(parameters)} params" if parameters else ""


def field_text(box: Box) -> str:
    """What a unit sees of the first input."""
    for field in box.field.values():
        if field.size:
            return "sees all" if field.is_global else f"sees {sizes_text(field.size)}"
    return ""
