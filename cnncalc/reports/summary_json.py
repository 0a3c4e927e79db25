"""The report as JSON, for other programs."""

from __future__ import annotations

import json
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.execution.results import RunReport
    from cnncalc.receptive_field.figures import ReceptiveField
    from cnncalc.shapes import Shape
    from cnncalc.solve.solver import Solution
    from cnncalc.summary.results import LayerFigures, Report

SCHEMA_VERSION: Final = 1


def render(report: Report, *, indent: int | None = None) -> str:
    """The report as one JSON object: on one line, or indented for a person."""
    return dumps(as_object(report), indent=indent)


def dumps(value: object, *, indent: int | None = None) -> str:
    r"""JSON text in ASCII, with a line break at its end: the same in every encoding, and harmless in a terminal.

    >>> dumps({"name": "畳\x1b"})
    '{"name": "\\u7573\\u001b"}\n'
    """
    return json.dumps(value, indent=indent, allow_nan=False) + "\n"


def head(described: Report | RunReport | Solution) -> dict[str, Any]:
    """The keys with which every object about one network begins."""
    return heading(
        described.name,
        described.variant,
        described.settings,
        described.inputs,
        described.data_format,
        described.notes,
    )


def heading(
    name: str,
    variant: str | None,
    settings: dict[str, Any],
    inputs: dict[str, Shape],
    data_format: str,
    notes: Sequence[str],
) -> dict[str, Any]:
    """The keys of `head` of what they say."""
    return {
        "schema_version": SCHEMA_VERSION,
        "name": name,
        "variant": variant,
        "settings": finite(settings),
        "input_shape": next(iter(inputs.values())),
        "inputs": inputs,
        "data_format": data_format,
        "notes": notes,
    }


def finite(value: Any) -> Any:
    """A value of YAML as one of JSON, which has no infinity: that is the word which YAML has for it.

    >>> finite({"width": [1.5, float("-inf")]})
    {'width': [1.5, '-.inf']}
    """
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return ".nan" if isnan(value) else ".inf" if value > 0 else "-.inf"
    return value


def as_object(report: Report) -> dict[str, Any]:
    """The report as plain dicts and lists, with the keys of the JSON."""
    return {
        **head(report),
        "batch_size": report.batch_size,
        "dtype": report.dtype,
        "layers": [_layer(layer, several=len(report.inputs) > 1) for layer in report.layers],
        "outputs": report.outputs,
        "totals": report.totals._asdict(),
    }


def _layer(layer: LayerFigures, *, several: bool) -> dict[str, Any]:
    fields = {name: receptive(field) for name, field in layer.receptive_field.items()}
    return {
        "name": layer.name,
        "type": layer.type,
        "inputs": layer.inputs,
        "input_shapes": layer.input_shapes,
        "output_shape": layer.output_shape,
        **_window(layer),
        **({} if layer.activation is None else {"activation": layer.activation}),
        "parameters": layer.parameters,
        "buffers": layer.buffers,
        "weights": layer.weights,
        "macs": layer.macs,
        "flops": layer.flops,
        "output_bytes": layer.output_bytes,
        "receptive_field": fields if several else next(iter(fields.values())),
    }


def _window(layer: LayerFigures) -> dict[str, Any]:
    window = layer.window
    if window is None:
        return {}
    figures = {name: getattr(window, name) for name in ("kernel_size", "stride", "padding", "dilation")}
    return figures if window.groups is None else {**figures, "groups": window.groups}


def receptive(field: ReceptiveField) -> dict[str, Any]:
    """A receptive field as a plain dict, with the keys of the JSON; `exact` only where it is false."""
    figures = {
        "size": field.size,
        "stride": _null_if_none([_fraction(stride) for stride in field.stride]),
        "padding": _null_if_none(list(field.padding)),
        "aligned": field.aligned,
        "global": field.is_global,
    }
    return figures if field.exact else {**figures, "exact": False}


def _fraction(stride: tuple[int, int] | None) -> int | str | None:
    """A stride that is whole as a number, any other as `1/2`."""
    if stride is None:
        return None
    return stride[0] if stride[1] == 1 else f"{stride[0]}/{stride[1]}"


def _null_if_none(values: list[Any]) -> list[Any] | None:
    """The values, or null where there is none on any axis."""
    return None if values and all(value is None for value in values) else values
