"""Labels: the lines below volumes."""
# No postponed annotations here: named tuples compile each one that is a string.

from typing import Final, NamedTuple

from cnncalc.drawing.text_metrics import SIZE, SMALLEST, shortened_to, text_width
from cnncalc.drawing.volumes.groups import LabelGroup
from cnncalc.drawing.volumes.naming import LONGEST, group_name
from cnncalc.drawing.wording import TIMES, field_text, params_text, sizes_text, window_text

LINE: Final = 8.6
"""From line to line of a label, in points."""

USUAL: Final = ("name", "shape", "window")
"""What a label says, unless a reader wants something else."""

_LONGEST_LINE: Final = 76.0


class Words(NamedTuple):
    """One line of a label: how it is set."""

    text: str
    size: float = SIZE
    bold: bool = False
    grey: bool = False

    @property
    def width(self) -> float:
        """How long it is."""
        return text_width(self.text, self.size, bold=self.bold)


def label_of(group: LabelGroup, wanted: tuple[str, ...], room: float) -> tuple[Words, ...]:
    """The lines for a group, none longer than the room there is but a shape, of which nothing is left out."""
    longest = max(LONGEST, text_width(sizes_text(group.volumes[0].box.shape)))
    lines: list[Words] = []
    for word in wanted:
        text = _text(group, word, min(longest, room))
        if text:
            words = Words(text, SIZE, word == "name", word not in ("name", "shape"))
            lines.append(_fitted(words, room, is_whole=word == "shape"))
    return tuple(lines)


def _fitted(words: Words, room: float, *, is_whole: bool) -> Words:
    """A line within the room: smaller letters first, and then fewer if it need not be whole."""
    most = room if is_whole else min(room, _LONGEST_LINE)
    if words.width <= most:
        return words
    small = words._replace(size=SMALLEST)
    return small if is_whole else small._replace(text=shortened_to(small.text, most, SMALLEST, bold=small.bold))


def _text(group: LabelGroup, word: str, longest: float) -> str:
    """One line of the label of a group, empty where there is nothing to say."""
    first, last = group.volumes[0], group.volumes[-1]
    if word == "name":
        return group_name(group.names, longest)
    if word == "shape":
        return sizes_text(first.box.shape)
    if word == "window":
        return _window(group)
    if word == "params":
        return params_text(group.parameters)
    return field_text(last.box)


def _window(group: LabelGroup) -> str:
    first = group.volumes[0]
    text = f"{first.held} layers" if first.held else window_text(first.box)
    if not first.held and first.box.window and len(first.box.window.kernel_size) == 1:
        text = f"kernel {text}"
    if not text and len(group.volumes) < group.many:
        return f"{TIMES}{group.many}"
    return f"{text} each" if text and group.many > 1 else text
