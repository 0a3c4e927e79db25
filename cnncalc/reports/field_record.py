"""A receptive field as figures of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports.json_values import stride_figure
from cnncalc.reports.table import Record, axis_figures

if TYPE_CHECKING:
    from cnncalc.receptive_field.figures import ReceptiveField


def field_record(field: ReceptiveField, prefix: str = "field") -> Record:
    """Size, stride and padding along each axis, and what is said of all of them.

    A stride that is not whole is a text such as ``1/2``; it is None where neighbours do not advance evenly, and so are
    both stride and padding where every path sees the whole map.

    >>> import cnncalc
    >>> field = cnncalc.load("lenet").report().layers[2].receptive_field["input"]
    >>> list(field_record(field).items())[:3]
    [('field_height', 14), ('field_width', 14), ('field_stride_height', 2)]
    """
    return {
        **axis_figures(prefix, field.size),
        **axis_figures(f"{prefix}_stride", list(map(stride_figure, field.stride))),
        **axis_figures(f"{prefix}_padding", field.padding),
        f"{prefix}_aligned": field.aligned,
        f"{prefix}_global": field.is_global,
        f"{prefix}_exact": field.exact,
    }
