"""The fan of a unit: rows of units at their true centres, with what each reads, and one unit's cone in colour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnncalc.drawing.fan_lines import DASH, cone_fill, lines_between
from cnncalc.drawing.fan_plan import LEADING, Plan, dropped_text, page
from cnncalc.drawing.kinds import base_type, word
from cnncalc.drawing.scene import Circle, Group, Line, Rectangle, Scene, Text
from cnncalc.drawing.text_metrics import SIZE, SMALLEST, baseline, shortened_to, text_width
from cnncalc.drawing.themes import mixed
from cnncalc.drawing.wording import counted
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.drawing.options import Options
    from cnncalc.drawing.scene import Shape
    from cnncalc.drawing.themes import Theme
    from cnncalc.graph.graph import Graph
    from cnncalc.receptive_field.fan_results import Fan, FanRow


def subject(network: Graph, scope: str | None, options: Options) -> Fan:
    """The fan that the options ask for, with as many units as there is room for."""
    from cnncalc.drawing.fan_plan import units_in
    from cnncalc.receptive_field.fan import FanRoom, fan_of

    room = FanRoom(units=units_in(options.width), unfold=options.unfold)
    return fan_of(network, options.layer, options.unit, options.axis, scope=scope, room=room)


def scene(fan: Fan, options: Options) -> Scene:
    """The figure of a fan; raises `CnncalcError` where it does not fit the width."""
    return _Figure(fan, options).scene()


class _Figure:
    """A fan on its page."""

    def __init__(self, fan: Fan, options: Options) -> None:
        self.fan = fan
        self.theme: Theme = options.colours
        names = [_texts(fan, row) for row in fan.rows]
        said = [_cone_text(fan, row) for row in fan.rows]
        left = max(text_width(text[0], SIZE, bold=not line) for texts in names for line, text in enumerate(texts))
        right = max(map(text_width, said))
        self.plan: Plan = page(fan, options, left, right)
        self.names = _alike(names, self.plan.left_room)
        self.said = said
        self.paper = self.theme.paper
        self.grey = mixed(self.theme.wire, self.paper, 0.45)
        self.fill = cone_fill(self.theme)

    def scene(self) -> Scene:
        """All of it."""
        fan, plan = self.fan, self.plan
        shapes: list[Shape] = []
        for in_cone in (False, True):
            shapes += lines_between(fan, plan, self.theme, in_cone=in_cone)
        for place, row in enumerate(fan.rows):
            shapes.append(Group(tuple(self._row(place, row)), row.layers[-1] if row.layers else row.name, _title(row)))
        shapes += self._numbers()
        shapes += self._break()
        title = f"What unit {fan.unit} of {fan.layer} in {fan.name} reads"
        told = "; ".join(f"{row.name}: {said}" for row, said in zip(fan.rows, self.said, strict=True))
        words = f"Units along the {fan.axis}, at their centres in pixels of {fan.input}. {told}."
        return Scene(plan.width, plan.height, title, words, tuple(shapes), self.theme.background)

    def _row(self, place: int, row: FanRow) -> Iterator[Shape]:
        """Units and texts of a row."""
        plan, y = self.plan, self.plan.y(place)
        yield from self._label(y, self.names[place])
        yield Text(plan.right, baseline(y), self.said[place], SIZE, self.theme.accent)
        yield from self._padding(place)
        if row.is_complete and plan.radius_of(row):
            yield from self._units(row, y)
        else:
            yield from self._rail(row, y)

    def _label(self, y: float, texts: Sequence[str]) -> Iterator[Shape]:
        """What the row is, in lines around its middle."""
        top = baseline(y) - LEADING * (len(texts) - 1) / 2
        room = self.plan.left_room
        for line, text in enumerate(texts):
            kept = shortened_to(text, room, SIZE, bold=not line)
            colour = self.theme.grey if line else self.theme.ink
            yield Text(self.plan.left, top + line * LEADING, kept, SIZE, colour, bold=not line)

    def _units(self, row: FanRow, y: float) -> Iterator[Shape]:
        """Every unit in sight as a circle."""
        plan, theme = self.plan, self.theme
        radius = plan.radius_of(row)
        lost = theme.arrows["pooling"]
        for unit in row.units:
            is_dropped = any(first <= unit.number <= last for first, last in row.dropped)
            fill = self.fill if unit.in_cone else self.paper
            stroke = self.theme.accent if unit.in_cone else lost if is_dropped else self.grey
            yield Circle(plan.x(row, unit.number), y, radius, fill, stroke, min(0.8, radius * 0.25))
        if text := dropped_text(self.fan, row):
            yield Text(plan.word_at(row), y - 1.4, text, SMALLEST, lost)

    def _rail(self, row: FanRow, y: float) -> Iterator[Shape]:
        """A line as long as the row, with the units of the cone upon it one by one, or run by run."""
        plan, theme = self.plan, self.theme
        seen = row.between(self.fan.low, self.fan.high)
        if seen:
            ends = sorted((plan.x(row, seen[0]), plan.x(row, seen[-1])))
            yield Line(((ends[0], y), (ends[1] + 0.01, y)), self.grey, 1.2)
        radius = plan.radius_of_cone(row)
        if radius:
            for unit in row.units:
                if unit.in_cone and unit.number in seen:
                    yield Circle(plan.x(row, unit.number), y, radius, self.fill, theme.accent, min(0.9, radius * 0.3))
            return
        half = abs(float(row.stride)) * plan.scale / 2
        for run in row.runs:
            first, last = max(run[0], seen.start), min(run[1], seen.stop - 1)
            if first <= last:
                near, far = sorted((plan.x(row, first), plan.x(row, last)))
                yield Rectangle(near - half, y - 2.2, max(far - near + 2 * half, 0.3), 4.4, self.fill)

    def _padding(self, place: int) -> Iterator[Shape]:
        """Places beside a row that windows lie on, as dashed circles."""
        row, plan, theme = self.fan.rows[place], self.plan, self.theme
        radius = plan.radius_of(row) if row.is_complete else plan.radius_of_cone(row)
        for number, in_cone in plan.padding_of(self.fan, place).items() if radius else ():
            colour, line = theme.accent if in_cone else self.grey, min(0.7, radius * 0.25)
            yield Circle(plan.x(row, number), plan.y(place), radius, self.paper, colour, line, DASH)

    def _numbers(self) -> Iterator[Shape]:
        """The numbers of pixels beside the input or, without one, of the first row's units."""
        place = next((n for n, row in enumerate(self.fan.rows) if row.name == self.fan.input), 0)
        row, plan = self.fan.rows[place], self.plan
        seen = row.between(self.fan.low, self.fan.high)
        if not seen:
            return
        widest = text_width(str(seen[-1]), SMALLEST) + 3
        pitch = abs(float(row.stride)) * plan.scale
        step = next(n for n in _steps() if n * pitch >= widest)
        cone = {unit.number for unit in row.units if unit.in_cone}
        for number in seen:
            if number % step == 0:
                within = number in cone or any(first <= number <= last for first, last in row.runs)
                colour = self.theme.accent if within else self.theme.grey
                y = plan.y(place) + plan.beside_input
                yield Text(plan.x(row, number), y, str(number), SMALLEST, colour, "middle")

    def _break(self) -> Iterator[Shape]:
        """The word that there are rows between the inputs and the others."""
        fan, plan = self.fan, self.plan
        if fan.left_out:
            place = next(n for n, row in enumerate(fan.rows) if row.layers)
            text = f"{counted(fan.left_out, 'row')} of layers before {printable(fan.rows[place].name)} not drawn"
            kept = shortened_to(text, plan.plot_room, SIZE)
            middle = plan.x_of((fan.low + fan.high) / 2)
            yield Text(middle, plan.y_before(place), kept, SIZE, self.theme.grey, "middle")


def _steps() -> Iterator[int]:
    """1, 2, 5, 10 and so on."""
    step = 1
    while True:
        yield from (step, 2 * step, 5 * step)
        step *= 10


def _texts(fan: Fan, row: FanRow) -> list[list[str]]:
    """What a row is, the layer's name where it says more, and how many units there are; each long and in short."""
    if not row.layers:
        return [[printable(row.name)], _count_texts(fan, row, "pixel" if row.type == "input" else "unit")]
    what, short = word(row.type), word(row.type)
    if row.window is not None:
        what = short = f"{what} {row.window.kernel_size}"
        if row.window.stride != 1:
            what, short = f"{what}, stride {row.window.stride}", f"{short}, /{row.window.stride}"
        if row.window.dilation != 1:
            what, short = f"{what}, dilation {row.window.dilation}", f"{short}, dil. {row.window.dilation}"
    usual = rf"{re.escape(base_type(row.type))}([123]d)?(_\d+)?"
    name = [] if re.fullmatch(usual, row.name) else [[printable(row.name)]]
    stride = f"stride {row.stride}" if not row.is_even else "spread evenly"
    counts = _count_texts(fan, row, "unit")
    return [[what, short], *name, [*(f"{text}, {stride}" for text in counts), counts[-1]]]


def _alike(names: Sequence[Sequence[Sequence[str]]], room: float) -> list[list[str]]:
    """The lines of each row in the longest words in which those of all rows fit: the first lines, and the last."""
    levels = range(max(len(words) for lines in names for words in lines))

    def fits(line: int, level: int) -> bool:
        texts = (_at(lines[line], level) for lines in names)
        return all(text_width(text, SIZE, bold=not line) <= room for text in texts)

    first, last = (next((level for level in levels if fits(line, level)), levels[-1]) for line in (0, -1))
    return [[_at(lines[0], first), *(words[0] for words in lines[1:-1]), _at(lines[-1], last)] for lines in names]


def _at(words: Sequence[str], level: int) -> str:
    """The words of a level of brevity, or the shortest that there are."""
    return words[min(level, len(words) - 1)]


def _count_texts(fan: Fan, row: FanRow, what: str) -> list[str]:
    """How many units there are, and which of them are in sight; long and in short."""
    seen = row.between(fan.low, fan.high)
    if seen and len(seen) < row.size:
        span = f"{seen[0]} to {seen[-1]} of {row.size}"
        return [f"{what}s {span}", span]
    return [counted(row.size, what)]


def _cone_text(fan: Fan, row: FanRow) -> str:
    """What of a row the unit depends on."""
    first, last, total = row.cone
    if row is fan.rows[-1]:
        return f"unit {fan.unit}"
    if not total:
        return "none"
    return f"{first} to {last}: {total} of {last - first + 1}" if first != last else f"{first}: 1 of 1"


def _title(row: FanRow) -> str:
    """What a reader is told who points at a row."""
    first, last, total = row.cone
    names = ", ".join(row.layers) or row.name
    return printable(f"{names}: {total} of {row.size} units, {first} to {last}" if total else f"{names}: no units")
