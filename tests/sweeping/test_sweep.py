"""Sweeps against the paper's printed figures, against reports of each network, and by several executors."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.layers import LAYERS
from cnncalc.layers.activations_piecewise import ReLU
from cnncalc.sweeping.processes import worker_processes
from cnncalc.sweeping.sweep import MOST_WAITING
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Howard et al. 2017, arXiv:1704.04861: million multiply-adds and million parameters as printed. 290.675 is cut.
TABLE_6 = {1.0: ("569", "4.2"), 0.75: ("325", "2.6"), 0.5: ("149", "1.3"), 0.25: ("41", "0.5")}
TABLE_7 = {224: ("569", "4.2"), 192: ("418", "4.2"), 160: ("290", "4.2"), 128: ("186", "4.2")}


def printed(count: int, like: str, rounding: str = ROUND_HALF_UP) -> str:
    """A count in millions, with as many places as the table has."""
    return str((Decimal(count) / 10**6).quantize(Decimal(like), rounding))


def test_width_multipliers_are_those_of_the_paper() -> None:
    rows = list(cnncalc.sweep("mobilenet", {"alpha": list(TABLE_6)}))
    for row, (macs, parameters) in zip(rows, TABLE_6.values(), strict=True):
        assert row.totals is not None
        assert printed(row.totals.macs, macs) == macs
        assert printed(row.totals.parameters, parameters) == parameters


def test_resolutions_are_those_of_the_paper() -> None:
    rows = list(cnncalc.sweep("mobilenet", {"input": [f"3x{size}x{size}" for size in TABLE_7]}))
    for row, (macs, parameters) in zip(rows, TABLE_7.values(), strict=True):
        assert row.totals is not None
        assert macs in {printed(row.totals.macs, macs), printed(row.totals.macs, macs, ROUND_DOWN)}
        assert printed(row.totals.parameters, parameters) == parameters


NETWORKS: dict[str, dict[str, Any]] = {
    "mobilenet": {"alpha": [0.25, 1.0], "input": ["3x97x64", "3x128x128"]},
    "resnet": {"variant": ["resnet18", "resnet50"], "input": ["3x64x64", "3x33x65", "3x224x224"]},
    "unet": {"input": ["1x572x572", "1x188x188"]},
    "densenet121": {"input": ["3x64x64", "3x224x224"]},
    "lenet": {"input": ["1x28x28", "1x32x32"]},
    "text_cnn": {},
    "segnet": {"input": ["3x64x64", "3x96x32"]},
}


@pytest.mark.parametrize("name", slow_but({*NETWORKS} - {"densenet121", "segnet"}, NETWORKS))
def test_totals_are_those_of_reports(name: str) -> None:
    """Of networks that are loaded one by one."""
    found = cnncalc.sweep(name, NETWORKS[name], batch=3, dtype="float16")
    for row in found:
        assert row.totals is not None, row.error
        file = row.variant is not None and ":" not in name and f"{name}:{row.variant}"
        source = name if row.variant == name else file or name
        network = cnncalc.load(source, input=row.inputs, set=row.settings)
        assert row.totals == network.report(batch=3, dtype="float16").totals
        assert (row.name, row.variant, row.inputs) == (network.name, network.variant, network.report().inputs)
    assert len(found) == len(list(found))


FOLLOWING = """
input: 4x8x8
parameters: {a: 1, b: true}
layers:
  - conv2d: {out_channels: "=in_shape[1]", kernel_size: 1}
  - {when: "=in_shape[1] > 9 and b", repeat: =a, layers: [{conv2d: {out_channels: 2, kernel_size: 3}}]}
"""


def test_layers_may_follow_the_size() -> None:
    rows = list(cnncalc.sweep(FOLLOWING, {"a": [1, 2], "input": ["4x8x8", "4x12x12", "4x9x9"]}))
    assert [row.totals and row.totals.layers for row in rows] == [1, 2, 1, 1, 3, 1]
    assert [row.totals and row.totals.parameters for row in rows][:2] == [4 * 8 + 8, 4 * 12 + 12 + 12 * 18 + 2]


def test_values_that_python_calls_equal_are_different() -> None:
    """True is no number of rounds, and 1.0 counts as 1."""
    rows = list(cnncalc.sweep(FOLLOWING, {"a": [1, True, 1.0], "input": ["4x12x12"]}))
    assert [row.ok for row in rows] == [True, False, True]


def test_a_bad_point_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        "input: 3x8x8\nparameters: {k: 1}\nlayers:\n  - conv2d: {out_channels: 2, kernel_size: =k}\n"
    )
    rows = list(cnncalc.sweep(tmp_path / "net.yaml", {"k": [3, 9, 0, "x", 8], "input": ["3x8x8", "3x4x4", "2"]}))
    assert [row.ok for row in rows] == [*[True, True, False], *[False] * 9, *[True, False, False]]
    path = f"{tmp_path}/net.yaml"
    fact = "cannot take 3 x 8 x 8: its window spans 9 pixels, the height has 8"
    assert rows[3].error == f"{path}:4:5: `conv2d_1` {fact}"
    assert (rows[3].settings, rows[3].inputs, rows[3].totals) == ({"k": 9}, {"input": (3, 8, 8)}, None)
    assert rows[6].error is not None
    assert rows[6].error.startswith(f"{path}:4:44: `conv2d_1`: `kernel_size` must be an integer of at least 1, or a ")
    assert rows[2].inputs == {"input": (2,)}


def test_channels_last_shapes_are_as_the_spec_has_them() -> None:
    spec = "input: 8x9x3\ndata_format: channels_last\nlayers: [{conv2d: {out_channels: 2, kernel_size: 1}}]\n"
    rows = list(cnncalc.sweep(spec, {"input": ["8x9x3", "9x9x3", "3x9x9"]}))
    assert [row.inputs["input"] for row in rows] == [(8, 9, 3), (9, 9, 3), (3, 9, 9)]
    assert [row.totals and row.totals.macs for row in rows] == [8 * 9 * 6, 81 * 6, 27 * 18]
    assert (
        rows[2].notes
        == ("`input` is 9 channels of 3 x 9; channels come last: 9x9x3, or `data_format: channels_first`",)
        or not rows[2].notes
    )


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"alhpa": [1]}, "error: mobilenet.yaml has no parameter `alhpa`\nhint: did you mean `alpha`?"),
    (
        {"variant": ["mobilenet_v1_1.0_225"]},
        "error: mobilenet.yaml has no variant `mobilenet_v1_1.0_225`\nhint: did you mean `mobilenet_v1_1.0_224`?",
    ),
]


@pytest.mark.parametrize(("grid", "message"), WRONG)
def test_what_no_point_can_have_is_raised(grid: dict[str, Any], message: str) -> None:
    with pytest.raises(CnncalcError) as raised:
        cnncalc.sweep("mobilenet", grid)
    assert str(raised.value) == message


NO_GRID = "`grid` takes a dict of values by the names of parameters, such as {'width': [32, 64]}, not [1]"


@pytest.mark.parametrize(
    ("source", "arguments", "message"),
    [
        ("lenet", {"grid": [1]}, NO_GRID),
        ("lenet", {"grid": {}, "batch": 0}, "`batch` takes a whole number from 1 to 2147483647, not 0"),
        ("resnet18", {"grid": {"variant": "resnet34"}}, "`resnet18` names the variant resnet18, and variants are "),
    ],
)
def test_arguments_of_python_are_checked(source: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(CnncalcError) as raised:
        cnncalc.sweep(source, **arguments)
    assert str(raised.value).startswith(f"error: {message}")


GRID = {"alpha": "0.1:1:0.1", "input": "3x32x32,3x64x64,3"}


def test_threads_give_the_same_rows() -> None:
    with ThreadPoolExecutor(3) as executor:
        assert list(cnncalc.sweep("mobilenet", GRID, executor)) == list(cnncalc.sweep("mobilenet", GRID))


@pytest.mark.slow
def test_processes_give_the_same_rows() -> None:
    with worker_processes(2) as executor:
        assert list(cnncalc.sweep("mobilenet", GRID, executor)) == list(cnncalc.sweep("mobilenet", GRID))
        line = cnncalc.sweep("conv2d(8, 3) | relu", {"input": "3x8:9x8:9"}, executor)
        assert [row.totals and row.totals.macs for row in line] == [36 * 216, 49 * 216]


class Tripled(ReLU):
    """Three times the positive part."""

    type_name: ClassVar[str] = "tripled"


def test_own_layer_types_are_known_to_the_workers() -> None:
    mine = {**LAYERS, "tripled": Tripled}
    executors = (None, ThreadPoolExecutor(1))
    for executor in executors:
        [row] = cnncalc.sweep("input: 4\nlayers: [tripled]\n", {}, executor, layers=mine)
        assert row.totals is not None
        assert row.totals.flops == 4


class Idle:
    """An executor that computes the first chunk, and never comes to the others."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if not self.futures:
            future.set_result(function(*arguments))
        self.futures.append(future)
        return future


def test_little_of_a_large_grid_waits_and_is_cancelled_when_nobody_does() -> None:
    executor = Idle()
    spec = "input: 4\nparameters: {a: 1}\nlayers: [relu]\n"
    rows = iter(cnncalc.sweep(spec, {"a": "1:100000"}, executor))  # type: ignore[arg-type]
    assert next(rows).settings == {"a": 1}
    assert len(executor.futures) == MOST_WAITING + 1
    assert not any(future.cancelled() for future in executor.futures)
    rows.close()  # type: ignore[attr-defined]
    assert [future.cancelled() for future in executor.futures] == [False] + [True] * MOST_WAITING


@pytest.mark.slow
def test_a_cluster_of_dask_gives_the_same_rows() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        rows = list(cnncalc.sweep("mobilenet", GRID, client.get_executor()))
    assert rows == list(cnncalc.sweep("mobilenet", GRID))
