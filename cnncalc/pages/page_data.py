"""What the scripts of a page read: JSON, compressed, in letters that no parser of HTML could take for a tag."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final

from cnncalc.pages.text_forms import formed
from cnncalc.reports import number_text
from cnncalc.reports.explanation_text import layer_text
from cnncalc.shapes import LAYOUTS
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from cnncalc.pages.results import Contents, PageNetwork
    from cnncalc.pages.unit_sets import UnitSets
    from cnncalc.receptive_field.figures import ReceptiveField

COLUMNS: Final = 62
"""The width of formulas in characters."""


def data(page: Contents) -> str:
    """The data of a page: JSON, deflated, in base 64."""
    text = json.dumps([_network(network) for network in page.networks], separators=(",", ":"))
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return b64encode(squeezer.compress(text.encode()) + squeezer.flush()).decode()


def _network(network: PageNetwork) -> dict[str, Any]:
    """The data of one network: of each column of its layers the values."""
    report = network.report
    names = [printable(layer.name) for layer in report.layers]
    numbers = {layer.name: number for number, layer in enumerate(report.layers)}
    formulas, texts = _once(
        dedent(layer_text(layer, several=len(report.inputs) > 1, width=COLUMNS)).rstrip("\n")
        for layer in network.formulas
    )
    forms, rows = formed(texts)
    types, kinds = _once(number_text.kind(layer) for layer in report.layers)
    shapes, sizes = _once(layer.output_shape for layer in report.layers)
    fields, extents = _once(_field(layer.receptive_field) for layer in report.layers)
    layout = LAYOUTS[report.data_format]
    return {
        "label": printable(network.label),
        "address": network.label,
        "inputs": [[printable(name), layout.internal(shape)] for name, shape in report.inputs.items()],
        "channelsLast": layout.channels_last,
        "opaque": report.totals.opaque,
        "names": names,
        "types": types,
        "kinds": kinds,
        "shapes": shapes,
        "sizes": sizes,
        "parameters": [_count(layer.parameters + layer.frozen) for layer in report.layers],
        "macs": [_count(layer.macs) for layer in report.layers],
        "fields": fields,
        "extents": extents,
        "boxes": [number - numbers[name] for number, name in enumerate(network.boxes)],
        "formulas": formulas,
        "forms": forms,
        "texts": rows,
        **_units(network.units),
        "memory": _memory(network),
        "figure": network.figure.to_svg() if network.figure else None,
    }


def _once(values: Iterable[Hashable]) -> tuple[list[int], list[Any]]:
    """The number of each value among those that there are, -1 where it is a new one; and the values, each once.

    >>> _once("abca")
    ([-1, -1, -1, 0], ['a', 'b', 'c'])
    """
    known: dict[Hashable, int] = {}
    numbers = []
    for value in values:
        numbers.append(known.get(value, -1))
        known.setdefault(value, len(known))
    return numbers, list(known)


def _count(count: int) -> int | str:
    """A count as scripts read it exactly: beyond 2**53 as its digits."""
    return count if count < 2**53 else str(count)


def _field(by_input: dict[str, ReceptiveField]) -> str:
    """The size of a receptive field, that of the first input where there are several."""
    field = next(iter(by_input.values()), None)
    if field is None or not field.size or not any(field.size):
        return ""
    size = number_text.per_axis(field.size).replace("x", "×")
    return f"all {size}" if all(padding is None for padding in field.padding) else size + number_text.marks(field)


def _units(units: UnitSets) -> dict[str, Any]:
    """What units see."""
    return {
        "tables": [table[: 4 if table.forms else 2] for table in units.tables],
        "sights": units.sights,
        "sees": units.layers,
    }


def _memory(network: PageNetwork) -> dict[str, Any]:
    """The arena: its figures, and columns of its tensors, bytes in units of the alignment.

    A tensor has the number of its layer, or below 0 that of its input, and is there from the step of the same number,
    or the first, for as many more as are told.
    """
    arena, report = network.arena, network.report
    numbers = {layer.name: number for number, layer in enumerate(report.layers)}
    numbers |= {name: -1 - number for number, name in enumerate(report.inputs)}
    return {
        "total": arena.size,
        "bound": arena.bound,
        "plan": arena.plan,
        "align": arena.align,
        "steps": len(arena.steps),
        "tensors": [numbers[tensor.name] for tensor in arena.tensors],
        "size": [tensor.size // arena.align for tensor in arena.tensors],
        "stays": [tensor.last - tensor.first for tensor in arena.tensors],
        "offset": [tensor.offset // arena.align for tensor in arena.tensors],
    }
