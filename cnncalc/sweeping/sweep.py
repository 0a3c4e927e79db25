"""All points of a grid in turn: in this process, or by an executor elsewhere."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc import arguments
from cnncalc.conversion import Convertible
from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.errors import CnncalcError
from cnncalc.layers import LAYERS
from cnncalc.spec.sources import as_text, read_again, spec_and_variant
from cnncalc.spec.variant import check_parameter, check_variant
from cnncalc.sweeping.grid import PARAMETER, VARIANT, Axis, Grid, grid_of
from cnncalc.sweeping.points import PointCounter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Executor, Future

    from cnncalc.layers.base import Layer
    from cnncalc.spec.document import Spec
    from cnncalc.spec.sources import Written
    from cnncalc.sweeping.grid import GridPoint
    from cnncalc.sweeping.results import SweepRow

LARGEST_CHUNK: Final = 64
"""The most points that an executor gets at once: a fraction of a second, and many times what sending them takes."""
CHUNKS: Final = 64
"""A grid is cut into so many chunks at least, if it has as many points: enough for several on each of many workers."""
MOST_WAITING: Final = 1024
"""The chunks that an executor may have at a time: there is work for as many workers, and no more rows are kept."""


def sweep(
    source: Written,
    grid: Mapping[str, Any] | Grid,
    executor: Executor | None = None,
    *,
    batch: int = 1,
    dtype: str = "float32",
    layers: Mapping[str, type[Layer]] | None = None,
) -> Sweep:
    """The totals of a spec at every point of a grid, as they are computed.

    `source` is as in `load`. `grid` has the values of each parameter by its name, and under `input` and `variant` those
    of the input's shape and of the variant: in a list, or as the command line writes them (`"0.25:1:0.25"`). Its last
    key varies fastest. What comes is iterated over, and gives a `SweepRow` a point, in the order of the grid; where
    there is no network at a point, the row has the error. `executor` is any of `concurrent.futures`, or one that is
    like them, as those of Dask and mpi4py: its workers need neither the spec's file nor anything but cnncalc. Raises
    `CnncalcError` for an unknown name, and for more than a million points.

    >>> import cnncalc
    >>> rows = cnncalc.sweep("mobilenet", {"alpha": [0.5, 1.0], "input": ["3x128x128", "3x224x224"]})
    >>> [(row.settings["alpha"], row.totals.macs) for row in rows]
    [(0.5, 49160192), (0.5, 149497088), (1.0, 186400768), (1.0, 568740352)]
    """
    text, types = as_text(source, arguments.layer_registry(layers) or LAYERS)
    spec, variant = spec_and_variant(text, None, types)
    axes = grid.axes if isinstance(grid, Grid) else grid_of(arguments.grid(grid), spec.parameters).axes
    named = [axis for axis in axes if axis.kind == VARIANT]
    if variant is not None and named:
        raise CnncalcError(f"`{text}` names the variant {variant}, and variants are swept over, too")
    if variant is not None:
        axes = (Axis("variant", "", (variant,)), *axes)
    _check_names(spec, axes)
    batch = arguments.whole_number("batch", batch, 1)
    return Sweep(spec, types, Grid(axes), batch, arguments.dtype_name(dtype, list(DTYPE_BYTES)), executor)


def _check_names(spec: Spec, axes: tuple[Axis, ...]) -> None:
    """Raise `CnncalcError` for a parameter or a variant that the spec does not have: no point would have a network."""
    for axis in axes:
        if axis.kind == PARAMETER:
            check_parameter(spec, axis.name)
        for value in axis.values if axis.kind == VARIANT else ():
            check_variant(spec, str(value))


class Sweep(Convertible):
    """The rows of a sweep, computed each time that they are iterated over; `len` is the number of its points.

    `name` is the network's, and `axes` are what varies.
    """

    subject = "sweep"

    def __init__(
        self,
        spec: Spec,
        layers: Mapping[str, type[Layer]],
        grid: Grid,
        batch: int = 1,
        dtype: str = "float32",
        executor: Executor | None = None,
    ) -> None:
        self.spec = spec
        self.layers = layers
        self.grid = grid
        self.batch = batch
        self.dtype = dtype
        self.executor = executor

    @property
    def name(self) -> str:
        """The network's name."""
        return self.spec.name

    @property
    def may_freeze(self) -> bool:
        """Whether the spec says of some weights that they are not trained."""
        return self.spec.may_freeze

    @property
    def axes(self) -> tuple[Axis, ...]:
        """What varies, and over which values; the last varies fastest."""
        return self.grid.axes

    def __len__(self) -> int:
        return len(self.grid)

    def __iter__(self) -> Iterator[SweepRow]:
        if self.executor is None or not self.spec.can_be_read_again:
            counter = PointCounter(self.spec, self.layers, self.batch, self.dtype)
            return map(counter.row, self.grid)
        return _spread(self.executor, self._task(), self.grid)

    def to_dict(self) -> dict[str, Any]:
        """All rows under one key, as plain dicts and lists with the keys and values of the JSON.

        >>> import cnncalc
        >>> found = cnncalc.sweep("lenet", {"input": ["1x28x28", "1x32x32"]}).to_dict()
        >>> [row["totals"]["macs"] for row in found["rows"]]
        [416520, 579240]
        """
        import json

        return {"name": self.name, "rows": [json.loads(line) for line in self.to_text("json").splitlines()]}

    def _task(self) -> Task:
        """What a worker has to know."""
        source, types = self.spec.source, None if self.layers is LAYERS else dict(self.layers)
        return Task(source.text, source.name, self.spec.in_one_line, types, self.batch, self.dtype)


class Task(NamedTuple):
    """What a worker elsewhere has to know of a sweep: plain data, the text of the spec and not its path."""

    text: str
    file: str
    in_one_line: bool
    layers: dict[str, type[Layer]] | None
    batch: int
    dtype: str


def rows_of(task: Task, points: list[GridPoint]) -> list[SweepRow]:
    """The rows of some points: what a worker does with a chunk."""
    types = LAYERS if task.layers is None else task.layers
    spec = read_again(task.text, task.file, types, in_one_line=task.in_one_line)
    return list(map(PointCounter(spec, types, task.batch, task.dtype).row, points))


def _spread(executor: Executor, task: Task, grid: Grid) -> Iterator[SweepRow]:
    """The rows of all points in turn, of which an executor computes chunks; what waits is cancelled if nobody does."""
    size = max(1, min(LARGEST_CHUNK, len(grid) // CHUNKS))
    chunks = (grid[first : first + size] for first in range(0, len(grid), size))
    futures = (executor.submit(rows_of, task, chunk) for chunk in chunks)
    waiting: deque[Future[list[SweepRow]]] = deque()
    try:
        waiting.extend(islice(futures, MOST_WAITING))
        while waiting:
            rows = waiting.popleft().result()
            waiting.extend(islice(futures, 1))
            yield from rows
    finally:
        for future in waiting:
            future.cancel()
