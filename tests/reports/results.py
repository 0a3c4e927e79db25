"""A result of every subject of reports, for what is alike in all of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import cnncalc
from cnncalc.engines.results import ImportCheck, LayerCheck
from cnncalc.execution.results import Grid
from cnncalc.guide import topics
from cnncalc.schema.catalogue import schema, subjects
from cnncalc.sessions.results import Measurement, OutputDifference, Plan, PlannedOperation
from cnncalc.spec import bundled

if TYPE_CHECKING:
    from collections.abc import Callable

IMPORT_CHECK = ImportCheck(
    name="net",
    path="net.onnx",
    engine="ONNX Runtime 1.20.0",
    inputs={"x": (3, 8, 8)},
    batch_size=2,
    seed=0,
    tolerance=0.001,
    outputs=("fc",),
    layers=(
        LayerCheck("conv1", "conv2d", "/conv1/Conv_output_0", 2.5e-07),
        LayerCheck("conv1.relu", "relu", None, None),
        LayerCheck("fc", "linear", "logits", float("inf")),
    ),
)

PLAN = Plan(
    name="net",
    variant=None,
    settings={},
    inputs={"input": (3, 224, 224)},
    data_format="channels_first",
    seed=0,
    batch_size=2,
    dtype="float32",
    weights=None,
    exact=False,
    threads=2,
    blas_threads=1,
    layers=9,
    macs=233_619_456,
    weight_bytes=687_104,
    tensor_bytes=8_144_896,
    scratch_bytes=3_614_720,
    operations=(
        PlannedOperation(
            layers=("conv1", "bn1", "relu_1"),
            kernel="column pairs x filters",
            output_shape=(64, 112, 112),
            macs=118_013_952,
            weight_bytes=97_024,
            offset=0,
            bytes=6_422_528,
            first_channel=0,
            waits=False,
            seconds=0.00599,
        ),
        PlannedOperation(("pool",), "max", (64, 56, 56), 0, 0, 6_422_528, 1_722_368, 0, True, 0.00156),
        PlannedOperation(
            layers=("layer1.0.conv1", "layer1.0.bn1", "layer1.0.add_1", "layer1.0.relu"),
            kernel="Winograd F(4x4, 3x3)",
            output_shape=(64, 56, 56),
            macs=115_605_504,
            weight_bytes=590_080,
            offset=0,
            bytes=1_722_368,
            first_channel=64,
            waits=True,
            seconds=0.00622,
        ),
        PlannedOperation(("layer1.0.gelu",), "the layer's own: gelu", (64, 56, 56), 0, 0, None, None, None, True, None),
    ),
    idle=("dropout",),
    notes=(),
    measured=Measurement(0.4, 0.014, 7, 0.001, (OutputDifference("layer1.0.gelu", 3.2e-07),), ()),
)

RESULTS: dict[str, Callable[[], Any]] = {
    "summary": lambda: cnncalc.load("lenet").report(),
    "convention": lambda: cnncalc.load("lenet").count_as("calflops"),
    "explanation": lambda: cnncalc.load("lenet").explain("c1"),
    "receptive_fields": lambda: cnncalc.load("lenet").receptive_fields(),
    "receptive_field": lambda: cnncalc.load("lenet").receptive_field("c3", (1, 1), verify=True),
    "memory": lambda: cnncalc.load("lenet").memory(),
    "solution": lambda: cnncalc.load("lenet").solve("c3", 10),
    "fitting": lambda: cnncalc.load("mobilenet").largest("alpha", {"macs": "300M"}, step=0.25),
    "run": lambda: cnncalc.load("lenet").run().report,
    "plan": lambda: PLAN,
    "import_check": lambda: IMPORT_CHECK,
    "maps": lambda: Grid("c1", ((0, 255, None, 9), (None,) * 4, (12, 200, None, 9)), 2, 3, -1.0, 1.0),
    "steps": lambda: cnncalc.load("lenet").steps("c3", "all"),
    "matrices": lambda: cnncalc.load("conv2d(2, 2)", input="1x4x4").layer_matrices(),
    "drawing": lambda: cnncalc.load("lenet").draw(),
    "page": lambda: cnncalc.load("lenet").page(),
    "comparison": lambda: cnncalc.compare("mobilenet", grid={"classes": [10, 1000]}),
    "sweep": lambda: cnncalc.sweep("mobilenet", {"alpha": [0.25, 0], "classes": [10]}),
    "check": lambda: cnncalc.check("lenet", "no-such-file"),
    "architectures": lambda: cnncalc.architectures("lenet", "lecun"),
    "layer_types": cnncalc.layer_types,
    "layer_type": lambda: cnncalc.layer_types("conv2d")[0],
    "topics": topics.topics,
    "topic": lambda: topics.topic("padding"),
    "schema": lambda: schema("summary"),
    "schemas": subjects,
    "spec": lambda: bundled.text("lenet"),
}

LINES = ("sweep",)
"""The subjects whose JSON is an object a line."""


@cache
def result(subject: str) -> Any:
    """The result that the reports on a subject are made of."""
    return RESULTS[subject]()
