"""The rows of a table of receptive fields: every layer, or the chains and scopes of a large network."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnncalc.reports.parts import depth_with_room, folded_note, is_folded, next_depth, row_count, walked
from cnncalc.reports.summary_tree import scope_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.receptive_field.results import FieldFigures, FieldReport
    from cnncalc.reports.parts import Part
    from cnncalc.reports.view import View


class FieldRow(NamedTuple):
    """A layer, or the last of those that a row stands for; `label` is its name in a tree, `level` scopes deep."""

    name: str
    label: str
    level: int
    layer: FieldFigures


def field_rows(report: FieldReport, view: View) -> list[FieldRow]:
    """The rows that a view asks for.

    >>> import cnncalc
    >>> from cnncalc.reports.view import View
    >>> [row.name for row in field_rows(cnncalc.load("resnet50").receptive_fields(), View(depth=1))][:3]
    ['conv1', 'maxpool', 'layer1']
    """
    if not is_folded(len(report.layers), view):
        return [FieldRow(layer.name, layer.name, 0, layer) for layer in report.layers]
    parts = scope_tree(report.layers)
    walk = walked(parts, _depth(parts, view))
    return [FieldRow(part.name, part.label, level, report.layers[part.stop - 1]) for part, level, _ in walk]


def _depth(parts: tuple[Part, ...], view: View) -> int:
    return view.depth or depth_with_room(parts)


def more(report: FieldReport, view: View) -> Iterator[str]:
    """A note that says of a folded table how more is seen."""
    if is_folded(len(report.layers), view):
        parts = scope_tree(report.layers)
        depth = _depth(parts, view)
        yield folded_note(len(report.layers), row_count(parts, depth), next_depth(parts, depth))
