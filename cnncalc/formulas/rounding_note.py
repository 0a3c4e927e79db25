"""A note on the rounding of a window at the end of an axis: what floor or ceil drops, adds or leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.geometry.window import Window
from cnncalc.symbolic.arithmetic import ceiling

if TYPE_CHECKING:
    from cnncalc.geometry.window import AnyWindow


def rounding_note(window: AnyWindow, size: int) -> str:
    """What rounding does to the pixels at the end of an axis of `size`, in words; "" for windows with a stride of 1.

    >>> rounding_note(Window(kernel_size=2, stride=4, padding=(1, 1)), 7)
    'the floor drops 3 pixels, 1 of them padding'
    >>> rounding_note(Window(kernel_size=3, stride=2, ceil_mode=True), 6)
    'the last window overhangs the end by 1 pixel'
    """
    if not isinstance(window, Window) or int(window.stride) == 1:
        return ""
    left_over, dropped = int(window.left_over(size)), int(window.dropped(size))
    if isinstance(window.padding, str) or window.bounded_by_starts:
        late = "no window may start behind the input, which takes one away" if _one_is_late(window, size) else ""
        missed = (
            f"{_pixels(dropped)} after the last window {'are' if dropped > 1 else 'is'} left out" if dropped else ""
        )
        return "; ".join(filter(None, (late, missed or _overhang(left_over))))
    if window.ceil_mode:
        return _overhang(left_over) or "the ceil adds nothing"
    return _dropped(left_over, dropped)


def _one_is_late(window: Window, size: int) -> bool:
    """Whether `ceil_mode` would give one window more, which is left out as it would start after the input."""
    if isinstance(window.padding, str):
        return False
    travel = int(size) + sum(map(int, window.padding)) - int(window.extent)
    return ceiling(travel, int(window.stride)) + 1 > window.positions(size)


def _overhang(left_over: int) -> str:
    return f"the last window overhangs the end by {_pixels(-left_over)}" if left_over < 0 else ""


def _dropped(left_over: int, dropped: int) -> str:
    """What a floor drops of the padded input; `dropped` of the pixels are the input's own.

    >>> _dropped(1, 0), _dropped(0, 0)
    ('the floor drops 1 pixel, of padding', 'the floor drops nothing')
    """
    padding = left_over - dropped
    if not left_over or not padding:
        return f"the floor drops {_pixels(left_over) if left_over else 'nothing'}"
    return f"the floor drops {_pixels(left_over)}, {f'{padding} of them' if dropped else 'of'} padding"


def _pixels(count: int) -> str:
    return f"{count} pixel{'s' * (count != 1)}"
