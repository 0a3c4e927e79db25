"""The scene: rows of volumes one below the other, the ways between them, and a legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.kinds import KINDS
from cnncalc.drawing.scene import MARGIN, Group, Line, Rectangle, Scene, Text, arrow
from cnncalc.drawing.text_metrics import SIZE, baseline, shortened_to, text_width
from cnncalc.drawing.volumes.above import above
from cnncalc.drawing.volumes.chains import chains_of
from cnncalc.drawing.volumes.faces import CLEAR, EDGE, faces, link_arrow, window
from cnncalc.drawing.volumes.fitting import BETWEEN_AFTER, TURN, fitted, start_text, start_width
from cnncalc.drawing.volumes.labels import LINE, USUAL
from cnncalc.drawing.volumes.naming import short_name
from cnncalc.drawing.wording import counted, sizes_text
from cnncalc.errors import CnncalcError, enumerated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.drawing.options import Options
    from cnncalc.drawing.scene import Shape
    from cnncalc.drawing.themes import Theme
    from cnncalc.drawing.volumes.chains import Chain
    from cnncalc.drawing.volumes.fitting import Layout
    from cnncalc.drawing.volumes.rows import Label, Placed, Row
    from cnncalc.summary.results import Report

LABEL_GAP: Final = 4.0
"""From the lowest volume to the brackets, and from these to the labels."""
ROW_GAP: Final = 18.0
SWATCH: Final = 6.0
MOST_TOLD: Final = 40
"""The most volumes that a description tells of."""
LEGEND_GAP: Final = 14.0
LEGEND_OR: Final = 1.4
"""How much wider than its volumes a figure may be for its legend to stand on one line."""


def scene(report: Report, options: Options) -> Scene:
    """The figure of a network without merges; raises `CnncalcError` for another, and where it does not fit."""
    if options.direction == "down":
        raise CnncalcError("volumes flow to the right, and not down", hint="--style blocks flows down")
    chains = chains_of(report, options)
    wanted = tuple(options.labels) or USUAL
    layout = fitted(chains, wanted, options.width, unfold=options.unfold)
    if layout is None:
        from cnncalc.drawing.volumes.refusal import refusal

        raise refusal(report, options, chains, wanted)
    painter = _Painter(layout, options)
    for chain, rows in zip(chains, layout.chains, strict=True):
        painter.chain(rows, chain.start)
    painter.legend()
    left_out = [word for word in wanted if word not in layout.labels]
    return Scene(
        painter.width,
        painter.bottom + MARGIN,
        report.name,
        description(chains, len(report.layers)),
        tuple(painter.shapes),
        options.colours.background,
        notes=(f"there is no room for labels with {enumerated(left_out, 'and')}",) if left_out else (),
    )


def description(chains: Sequence[Chain], layers: int) -> str:
    """What somebody hears who does not see the figure: the volumes one after the other."""
    told = [
        f"{f'from {short_name(chain.start)} ' if chain.start else ''}"
        + ", ".join(f"{short_name(v.box.name)} {sizes_text(v.box.shape)}" for v in chain.volumes[:MOST_TOLD])
        + (" and so on" if len(chain.volumes) > MOST_TOLD else "")
        for chain in chains
    ]
    return f"{counted(layers, 'layer')}: {'; '.join(told)}"


class _Painter:
    """The shapes so far, and how far down they go."""

    def __init__(self, layout: Layout, options: Options) -> None:
        self.layout = layout
        self.theme: Theme = options.colours
        self.shapes: list[Shape] = []
        self.bottom = MARGIN
        self.turn = TURN if layout.has_turns else 0.0
        self.content = layout.content
        self.entries = self._entries()
        taken = self.content + 2 * (MARGIN + self.turn)
        legend = sum(_entry_width(words) for words, *_ in self.entries) - LEGEND_GAP + 2 * MARGIN
        self.width = options.width or max(taken, min(legend, LEGEND_OR * taken))
        self.left = (self.width - self.content) / 2

    def chain(self, rows: Sequence[Row], start: str | None) -> None:
        """The rows of a chain, and the way from each to the next."""
        if self.shapes:
            self.bottom += ROW_GAP / 2
        end: tuple[float, float] | None = None
        for number, row in enumerate(rows):
            indent = start_width(start) if number == 0 else 0.0
            at = self.left + indent
            reach = above(row, 0.0, self.theme, sizes="shape" in self.layout.labels)
            highest = min(shape.bounds.top for shape in (*reach, *map(_body, row.placed)))
            turned = self.bottom + ROW_GAP / 2
            if end is not None:
                self.bottom += ROW_GAP
            axis = self.bottom - highest
            moved = row.moved(at)
            if end is not None:
                self._turn(end, turned, (moved.placed[0].x + moved.placed[0].solid.axis_enters, axis))
            if indent:
                self._start(start, axis, moved.placed[0].x + moved.placed[0].solid.axis_enters)
            self._row(moved, axis)
            last = moved.placed[-1]
            end = (last.x + last.solid.axis_leaves + CLEAR, axis)

    def _turn(self, end: tuple[float, float], down: float, start: tuple[float, float]) -> None:
        """The way from the end of a row to the start of the next, around what stands below the one."""
        right, left = self.left + self.content + 5, self.left - self.turn + 2
        points = (end, (right, end[1]), (right, down), (left, down), (left, start[1]), (start[0] - CLEAR, start[1]))
        self.shapes += arrow(points, self.theme.wire, 0.8)

    def _start(self, start: str | None, axis: float, at: float) -> None:
        """Where a chain comes from that begins within another."""
        words = start_text(start)
        text = Text(self.left, baseline(axis), words, SIZE, self.theme.grey)
        self.shapes.append(text)
        self.shapes += arrow(((self.left + text.width + 2, axis), (at - CLEAR, axis)), self.theme.wire, 0.8)

    def _row(self, row: Row, axis: float) -> None:
        """Volumes, what leads from one to the next, and labels."""
        before: Placed | None = None
        for placed in row.placed:
            box = placed.volume.box
            shapes = faces(placed, axis, self.theme)
            if before is not None and placed.link == "window":
                shapes = (*window(before, placed, axis, self.theme), *shapes)
            elif before is not None and placed.link == "arrow":
                shapes = (*link_arrow(before, placed, axis, self.theme), *shapes)
            self.shapes.append(Group(shapes, box.layers[-1] if box.layers else box.name, placed.volume.title))
            before = placed
        self.shapes += above(row, axis, self.theme, sizes="shape" in self.layout.labels)
        last = row.placed[-1]
        if last.volume.after:
            words = ", ".join(last.volume.after)
            at = Text(row.right + BETWEEN_AFTER, baseline(axis), words, SIZE, self.theme.grey)
            self.shapes.append(at)
        lowest = axis + max(placed.solid.height + placed.solid.rise for placed in row.placed) / 2
        self.bottom = lowest
        self._labels(row.labels, lowest + LABEL_GAP)

    def _labels(self, labels: Sequence[Label], top: float) -> None:
        """The lines below a row, with a bracket above those of several volumes."""
        first = max((len(label.lines) for label in labels if label.level == 0), default=0)
        begins = (top + LABEL_GAP, top + LABEL_GAP + first * LINE + 3.0)
        for label in labels:
            upper = begins[label.level]
            if label.is_shared:
                ends = (
                    (label.first, top - 1.5),
                    (label.first, top + 1),
                    (label.last, top + 1),
                    (label.last, top - 1.5),
                )
                self.shapes.append(Line(ends, self.theme.wire, 0.6))
            if label.level:
                self.shapes.append(Line(((label.x, top + 1.5), (label.x, upper - 0.5)), self.theme.frame, 0.6))
            for number, words in enumerate(label.lines):
                y = upper + SIZE * 0.72 + number * LINE
                colour = self.theme.grey if words.grey else self.theme.ink
                self.shapes.append(Text(label.x, y, words.text, words.size, colour, "middle", words.bold))
                self.bottom = max(self.bottom, y + SIZE * 0.21)

    def _entries(self) -> list[tuple[str, str, str]]:
        """The kinds that occur, each with its colours."""
        volumes = [placed.volume for rows in self.layout.chains for row in rows for placed in row.placed]
        kinds = {volume.box.kind for volume in volumes}
        entries = [(KINDS[kind], self.theme.fill(kind), self.theme.edge(kind)) for kind in KINDS if kind in kinds]
        entries = [entry for entry in entries if entry[0] != KINDS["input"]]
        if any(volume.has_band for volume in volumes) and "activation" not in kinds:
            at = min(1, len(entries))
            entries.insert(at, (KINDS["activation"], self.theme.fill("activation"), self.theme.edge("activation")))
        return entries

    def legend(self) -> None:
        """What the colours mean."""
        total = sum(_entry_width(words) for words, *_ in self.entries) - LEGEND_GAP
        left = max(MARGIN, min(self.left, self.width - MARGIN - total))
        x, y = left, self.bottom + 9.0
        for words, fill, edge in self.entries:
            wide = _entry_width(words)
            if x > left and x + wide - LEGEND_GAP > self.width - MARGIN + 0.01:
                x, y = left, y + SWATCH + 4
            self.shapes.append(Rectangle(x, y, SWATCH, SWATCH, fill, edge, EDGE))
            shown = shortened_to(words, self.width - MARGIN - x - SWATCH - 3)
            self.shapes.append(Text(x + SWATCH + 3, y + SWATCH - 0.6, shown, SIZE, self.theme.ink))
            x += wide
            self.bottom = y + SWATCH


def _entry_width(words: str) -> float:
    """The room that a word of the legend takes, with its colour before and the gap behind it."""
    return SWATCH + 3 + text_width(words) + LEGEND_GAP


def _body(placed: Placed) -> Rectangle:
    """The rectangle around a volume on the axis."""
    solid = placed.solid
    return Rectangle(placed.x, solid.top, solid.width, solid.height + solid.rise)
