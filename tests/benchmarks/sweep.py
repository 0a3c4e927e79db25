"""Points of MobileNet v1 per second: `python tests/benchmarks/sweep.py`.

A thousand points of other widths, and a thousand of other widths and sizes, in processor time of one process; and for
the same networks, in the same run, two peers: each loaded and reported alone, and ONNX' shape inference of a graph that
is made of them, with the MACs counted from its shapes. The aim is 8 s for a thousand points, and as many points per
second as the peers or more.
"""

from __future__ import annotations

import gc
import time
from math import prod
from typing import TYPE_CHECKING, Any

import onnx
from onnx import TensorProto, helper, shape_inference

import cnncalc

if TYPE_CHECKING:
    from collections.abc import Callable

    Point = tuple[float, int]
    """A width and a size."""

WIDTHS = [(number / 1000, 224) for number in range(250, 1250)]
BOTH = [(width / 100, size) for width in range(25, 125) for size in range(128, 288, 16)]
SHARE = 20
"""Of the points one in so many is computed by the peers."""
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
CHANNELS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)


def swept(points: list[Point]) -> list[int]:
    """The MACs of all points, whose widths and sizes are a grid."""
    widths, sizes = (list(dict.fromkeys(column)) for column in zip(*points, strict=True))
    rows = cnncalc.sweep("mobilenet", {"alpha": widths, "input": [f"3x{size}x{size}" for size in sizes]})
    return [row.totals.macs for row in rows if row.totals is not None]


def reported(points: list[Point]) -> list[int]:
    """The MACs of each point, which is loaded alone."""
    networks = (cnncalc.load("mobilenet", input=(3, size, size), set={"alpha": width}) for width, size in points)
    return [network.report().totals.macs for network in networks]


def inferred(points: list[Point]) -> list[int]:
    """The MACs of each point by ONNX' shape inference."""
    return [onnx_macs(*point) for point in points]


def onnx_macs(width: float, size: int) -> int:
    """The MACs of the convolutions and of the last layer, from the shapes that ONNX infers."""
    nodes: list[Any] = []
    weights: dict[str, list[int]] = {}

    def convolution(shape: list[int], stride: int, groups: int = 1) -> None:
        """Append a convolution with its batch norm and activation."""
        name = f"{len(nodes)}"
        before = nodes[-1].output[0] if nodes else "input"
        weights[f"w{name}"] = shape
        weights.update({f"{kind}{name}": [shape[0]] for kind in "sbmv"})
        inputs = [f"c{name}", *(f"{kind}{name}" for kind in "sbmv")]
        options: dict[str, Any] = {"strides": [stride, stride], "group": groups, "auto_pad": "SAME_UPPER"}
        nodes.append(helper.make_node("Conv", [before, f"w{name}"], [f"c{name}"], **options))
        nodes.append(helper.make_node("BatchNormalization", inputs, [f"n{name}"]))
        nodes.append(helper.make_node("Relu", [f"n{name}"], [f"r{name}"]))

    channels = int(32 * width)
    convolution([channels, 3, 3, 3], 2)
    for out, stride in zip(CHANNELS, STRIDES, strict=True):
        convolution([channels, 1, 3, 3], stride, channels)
        convolution([int(out * width), channels, 1, 1], 1)
        channels = int(out * width)
    nodes.append(helper.make_node("GlobalAveragePool", [nodes[-1].output[0]], ["average"]))
    inputs = [("input", [1, 3, size, size]), *weights.items()]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs]
    output = helper.make_tensor_value_info("average", TensorProto.FLOAT, None)
    model = helper.make_model(helper.make_graph(nodes, "mobilenet", values, [output]))
    found = shape_inference.infer_shapes(model).graph.value_info
    shapes: dict[str, list[int]] = {
        value.name: [axis.dim_value for axis in value.type.tensor_type.shape.dim] for value in found
    }
    convolutions = [(shapes[node.output[0]], weights[node.input[1]]) for node in nodes if node.op_type == "Conv"]
    return 1000 * channels + sum(prod(shape[1:]) * prod(kernel[1:]) for shape, kernel in convolutions)


def seconds(work: Callable[[list[Point]], list[int]], points: list[Point]) -> tuple[float, list[int]]:
    """Processor time of some work, and what comes of it."""
    gc.collect()
    started = time.process_time()
    found = work(points)
    return time.process_time() - started, found


def main() -> None:
    """Print points per second, and whether all agree."""
    for name, points in (("widths", WIDTHS), ("widths and sizes", BOTH)):
        taken, macs = seconds(swept, points)
        print(f"1,000 {name}: {taken:.2f} s, {len(points) / taken:.0f} points a second (aim 8 s)")
        for peer, work in (("loaded and reported alone", reported), (f"ONNX {onnx.__version__}", inferred)):
            taken_by_peer, found = seconds(work, points[::SHARE])
            rate = len(points) / taken / (len(points[::SHARE]) / taken_by_peer)
            agree = "the same MACs" if found == macs[::SHARE] else "OTHER MACS"
            print(f"  {peer}: {len(points[::SHARE]) / taken_by_peer:.0f} points a second, ratio {rate:.1f}, {agree}")


if __name__ == "__main__":
    main()
