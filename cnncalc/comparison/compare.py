"""Builds networks, and holds each against the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc import arguments
from cnncalc.comparison.depth import depth
from cnncalc.comparison.layer_changes import layer_changes
from cnncalc.comparison.results import ComparedNetwork, Comparison, Difference
from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.errors import CnncalcError, shape_text, value_text
from cnncalc.graph.graph import Graph
from cnncalc.layers import LAYERS
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.given_inputs import build_at
from cnncalc.spec.sources import as_text, spec_and_variant
from cnncalc.spec.variant import ChosenVariant
from cnncalc.summary.analysis import analyse
from cnncalc.sweeping.grid import Grid, grid_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.layers.base import Layer
    from cnncalc.spec.sources import Written
    from cnncalc.summary.results import Report
    from cnncalc.sweeping.grid import GridPoint

    Source = Written | Graph

MOST_NETWORKS: Final = 64
"""The most networks side by side: more are a sweep."""
MOST_UNASKED: Final = 40
"""Where more layers differ, they are counted, and told if they are asked for."""


def compare(
    *sources: Source,
    grid: Mapping[str, Any] | Grid | None = None,
    by_layer: bool | None = None,
    batch: int = 1,
    dtype: str = "float32",
    layers: Mapping[str, type[Layer]] | None = None,
) -> Comparison:
    """Networks side by side, and the difference of each to the first.

    Sources are as in `load`, or networks. With a `grid`, as in `sweep`, each source is compared at each of its points:
    of one spec its variants, or values of a parameter. `by_layer` compares two networks layer by layer; unless it is
    given, that is done for two versions of one spec, which bear the same name or have the same totals, and told where
    no more than 40 layers differ. Raises `CnncalcError`.

    >>> import cnncalc
    >>> found = cnncalc.compare("mobilenet", grid={"alpha": [1.0, 0.5]})
    >>> found.networks[1].totals.macs, round(found.differences[0].ratios["macs"], 3)
    (149497088, 0.263)
    """
    batch, dtype = arguments.whole_number("batch", batch, 1), arguments.dtype_name(dtype, list(DTYPE_BYTES))
    networks = networks_of(sources, grid, layers)
    if len(networks) < 2:
        hint = "give a second, or several values: --set width=1,0.5, --variant small,large or --input SHAPE,SHAPE"
        raise CnncalcError(f"{'one network has' if networks else 'there is'} nothing to be compared with", hint=hint)
    return compared(networks, by_layer=by_layer, batch=batch, dtype=dtype)


def compared(
    networks: Sequence[tuple[str, Graph]], *, by_layer: bool | None = None, batch: int = 1, dtype: str = "float32"
) -> Comparison:
    """Two or more networks that are built, each with its label, side by side; the arguments are those of `compare`."""
    reports = [analyse(network, batch=batch, dtype=dtype) for _, network in networks]
    figures = tuple(
        _compared(label, network, report) for (label, network), report in zip(networks, reports, strict=True)
    )
    first, *others = figures
    differences = tuple(_difference(first, other) for other in others)
    if by_layer and len(reports) > 2:
        raise CnncalcError(f"layers are compared of two networks, and there are {len(reports)}")
    if not (by_layer or (by_layer is None and _are_versions(reports))):
        return Comparison(figures, differences, None, None, None, batch, dtype)
    found = layer_changes(*reports)
    changes = tuple(change for change in found if change.kind != "renamed")
    renamed = tuple(change for change in found if change.kind == "renamed")
    if not by_layer and len(changes) > MOST_UNASKED:
        return Comparison(figures, differences, None, None, len(changes), batch, dtype)
    return Comparison(figures, differences, changes, renamed, len(changes), batch, dtype)


def _are_versions(reports: list[Report]) -> bool:
    """Whether these are two networks of one name, or that may well be the same but for names."""
    if len(reports) != 2:
        return False
    one, other = reports
    return one.name == other.name or (bool(one.totals.parameters) and _size(one) == _size(other))


def _size(report: Report) -> tuple[int, int, int]:
    return (report.totals.parameters, report.totals.buffers, report.totals.macs)


def networks_of(
    sources: Sequence[Source],
    grid: Mapping[str, Any] | Grid | None = None,
    layers: Mapping[str, type[Layer]] | None = None,
) -> list[tuple[str, Graph]]:
    """The networks of sources at each point of a grid, with their labels; raises `CnncalcError`, also for many.

    >>> [(label, network.macs) for label, network in networks_of(["mobilenet"], {"alpha": [1.0, 0.5]})]
    [('mobilenet alpha=1.0', 568740352), ('mobilenet alpha=0.5', 149497088)]
    """
    types = arguments.layer_registry(layers) or LAYERS
    found: list[tuple[str, Graph]] = []
    for source in sources:
        for each in _points(source, grid, types):
            found.append(each)
            _check_count(len(found))
    return found


def _points(
    source: Source, given: Mapping[str, Any] | Grid | None, types: Mapping[str, type[Layer]]
) -> Iterator[tuple[str, Graph]]:
    """The networks of a source at each point of the grid."""
    if isinstance(source, Graph):
        yield from _points_of_network(source, given)
        return
    text, types = as_text(source, types, "sources")
    spec, variant = spec_and_variant(text, None, types)
    address = spec.name if "\n" in text else text
    grid = _grid(given, spec.parameters)
    for point in grid:
        choice = ChosenVariant(spec, _one(text, variant, point.variant), point.settings)
        yield _label(address, grid, point), build_at(Blueprint(choice, types), point.input)


def _points_of_network(network: Graph, given: Mapping[str, Any] | Grid | None) -> Iterator[tuple[str, Graph]]:
    """The networks of the same spec at each point of the grid, which goes before what was set and given before."""
    blueprint = network.blueprint
    assert isinstance(blueprint, Blueprint)
    grid = _grid(given, blueprint.spec.parameters)
    for point in grid:
        built = blueprint.with_settings(point.variant, point.settings)
        yield _label(network.name, grid, point), build_at(built, point.input)


def _grid(given: Mapping[str, Any] | Grid | None, parameters: Mapping[str, Any]) -> Grid:
    """The grid that is given, of no more points than networks are compared."""
    grid = given if isinstance(given, Grid) else grid_of(arguments.grid(given), parameters)
    _check_count(len(grid))
    return grid


def _check_count(networks: int) -> None:
    """Raise `CnncalcError` for so many networks that nobody could look at them side by side."""
    if networks > MOST_NETWORKS:
        hint = "`sweep` takes a million of one spec"
        raise CnncalcError(f"more than {MOST_NETWORKS} networks to compare", hint=hint)


def _one(source: str, addressed: str | None, wanted: str | None) -> str | None:
    """The variant that either names; raises `CnncalcError` where they name different ones."""
    if addressed is not None and wanted is not None and addressed != wanted:
        raise CnncalcError(f"`{source}` names the variant {addressed}, and {wanted} is asked for")
    return addressed if wanted is None else wanted


def _label(address: str, grid: Grid, point: GridPoint) -> str:
    """The address of a spec, with the values of the axes along which there are several."""
    several = [axis for axis in grid.axes if len(axis.values) > 1]
    words = [address]
    for axis in several:
        if axis.kind == "variant":
            words[0] = f"{address}:{point.variant}"
        elif axis.kind == "parameter":
            words.append(f"{axis.name}={value_text(point.settings[axis.name])}")
        else:
            shape = point.input[axis.name] if isinstance(point.input, dict) else point.input
            text = shape.replace(" ", "") if isinstance(shape, str) else shape_text(shape).replace(" ", "")
            words.append(f"{axis.name}={text}" if axis.name else text)
    return " ".join(words)


def _compared(label: str, network: Graph, report: Report) -> ComparedNetwork:
    """The figures of one network."""
    last_map = network.tensors[network.tensor()].name
    fields = next((layer.receptive_field for layer in report.layers if layer.name == last_map), {})
    return ComparedNetwork(
        label,
        report.name,
        report.variant,
        report.settings,
        report.inputs,
        report.data_format,
        report.totals,
        last_map,
        fields,
        depth(network),
        report.notes,
    )


def _difference(first: ComparedNetwork, other: ComparedNetwork) -> Difference:
    """What one has more than the first, and how many times as much."""
    before, after = _counts(first), _counts(other)
    return Difference(
        {name: count - before[name] for name, count in after.items()},
        {name: count / before[name] if before[name] else None for name, count in after.items()},
    )


def _counts(network: ComparedNetwork) -> dict[str, int]:
    return {**network.totals._asdict(), "depth": network.depth}
