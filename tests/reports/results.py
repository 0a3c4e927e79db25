"""A result of every subject of reports, for what is alike in all of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import cnncalc
from cnncalc.engines.results import ImportCheck, LayerCheck
from cnncalc.execution.results import Grid
from cnncalc.guide import topics
from cnncalc.schema.catalogue import schema, subjects
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

RESULTS: dict[str, Callable[[], Any]] = {
    "summary": lambda: cnncalc.load("lenet").report(),
    "convention": lambda: cnncalc.load("lenet").count_as("calflops"),
    "explanation": lambda: cnncalc.load("lenet").explain("c1"),
    "receptive_fields": lambda: cnncalc.load("lenet").receptive_fields(),
    "receptive_field": lambda: cnncalc.load("lenet").receptive_field("c3", (1, 1), verify=True),
    "solution": lambda: cnncalc.load("lenet").solve("c3", 10),
    "fitting": lambda: cnncalc.load("mobilenet").largest("alpha", {"macs": "300M"}, step=0.25),
    "run": lambda: cnncalc.load("lenet").run().report,
    "import_check": lambda: IMPORT_CHECK,
    "maps": lambda: Grid("c1", ((0, 255, None, 9), (None,) * 4, (12, 200, None, 9)), 2, 3, -1.0, 1.0),
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
