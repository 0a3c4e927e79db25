"""What the JSON of all reports shares: the text, the keys with which each begins, and values as JSON has them."""

from __future__ import annotations

import json
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Protocol

    from cnncalc.receptive_field.figures import ReceptiveField
    from cnncalc.shapes import Shape

    class NetworkResult(Protocol):
        """A result about one network."""

        @property
        def name(self) -> str:
            """The network's name."""

        @property
        def variant(self) -> str | None:
            """The name of the variant; None where the spec has none."""

        @property
        def settings(self) -> dict[str, Any]:
            """The parameters that were set."""

        @property
        def inputs(self) -> dict[str, Shape]:
            """The shape of each input, as the spec orders axes."""

        @property
        def data_format(self) -> str:
            """How the spec orders axes."""

        @property
        def notes(self) -> Sequence[str]:
            """What is to be known beside the figures."""


SCHEMA_VERSION: Final = 1


def dumps(value: object, *, indent: int | None = None) -> str:
    r"""JSON text in ASCII, with a line break at its end: the same in every encoding, and harmless in a terminal.

    >>> dumps({"name": "畳\x1b"})
    '{"name": "\\u7573\\u001b"}\n'
    """
    return json.dumps(value, indent=indent, allow_nan=False) + "\n"


def dumped_list(
    before: Mapping[str, Any], key: str, items: Iterable[Any], after: Mapping[str, Any], *, indent: int | None = None
) -> Iterator[str]:
    r"""The text that `dumps` has for `{**before, key: [*items], **after}`, in pieces: one item in memory at a time.

    >>> parts = list(dumped_list({"ok": True}, "rows", iter([1, [2]]), {"sum": 3}))
    >>> parts, "".join(parts) == dumps({"ok": True, "rows": [1, [2]], "sum": 3})
    (['{"ok": true, "rows": [', '1', ', [2]', '], "sum": 3}\n'], True)
    """
    opening = dumps({**before, key: []}, indent=indent)
    yield opening[: opening.rindex("]")]
    line, end, comma = "", "", ", "
    if indent is not None:
        line, end, comma = "\n" + 2 * indent * " ", "\n" + indent * " ", ","
    started = False
    for item in items:
        # Strings of JSON have no line breaks: these are all between values.
        yield (comma if started else "") + line + dumps(item, indent=indent).rstrip().replace("\n", line)
        started = True
    yield (end if started else "") + "]" + comma + dumps(after, indent=indent)[1:]


def head(result: NetworkResult) -> dict[str, Any]:
    """The keys with which every object about one network begins."""
    return {
        "schema_version": SCHEMA_VERSION,
        "name": result.name,
        "variant": result.variant,
        "settings": finite(result.settings),
        "input_shape": next(iter(result.inputs.values()), None),
        "inputs": result.inputs,
        "data_format": result.data_format,
        "notes": result.notes,
    }


def by_input(values: Mapping[str, Any], result: NetworkResult) -> Any:
    """The value of the network's only input, or of each by its name where there are several."""
    return dict(values) if len(result.inputs) > 1 else next(iter(values.values()))


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


def receptive_field_object(field: ReceptiveField) -> dict[str, Any]:
    """A receptive field as a plain dict, with the keys of the JSON; `exact` only where it is false."""
    figures = {
        "size": field.size,
        "stride": _null_if_none([stride_figure(stride) for stride in field.stride]),
        "padding": _null_if_none(list(field.padding)),
        "aligned": field.aligned,
        "global": field.is_global,
    }
    return figures if field.exact else {**figures, "exact": False}


def stride_figure(stride: tuple[int, int] | None) -> int | str | None:
    """A stride that is whole as a number, any other as a text; None where neighbours do not advance evenly.

    >>> stride_figure((4, 1)), stride_figure((1, 2)), stride_figure(None)
    (4, '1/2', None)
    """
    if stride is None:
        return None
    return stride[0] if stride[1] == 1 else f"{stride[0]}/{stride[1]}"


def _null_if_none(values: list[Any]) -> list[Any] | None:
    """The values, or null where there is none on any axis."""
    return None if values and all(value is None for value in values) else values
