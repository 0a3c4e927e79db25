"""Receptive fields: `python tests/benchmarks/receptive_field.py`.

In process, the best of several runs. The aims: the fields of all layers of ResNet-152 add 10 ms to the summary, the
exact pixels of one unit take 50 ms; and the proof of one unit takes a few forward passes per axis.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

import cnncalc
from cnncalc.receptive_field.dependency import pixels_seen
from cnncalc.receptive_field.proof import verify
from cnncalc.receptive_field.propagation import receptive_fields

if TYPE_CHECKING:
    from collections.abc import Callable


PROVEN = (
    ("alexnet", "conv2"),
    ("resnet50", "layer3"),
    ("inception_v3", "Mixed_7a"),
    ("densenet121", "features.norm5"),
    ("shufflenet_v2_x1_0", "conv5"),
    ("yolo_v3", "detect3.conv2"),
    ("unet", "output"),
    ("s3d", "features.15"),
    ("wavenet", "softmax_1"),
)


def best(work: Callable[[], Any], runs: int = 7) -> float:
    """The best time of several, in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times) * 1000


def main() -> None:
    """Print every figure beside its aim."""
    network = cnncalc.load("resnet152")
    print(f"resnet152, fields of all layers: {best(partial(receptive_fields, network)):.1f} ms (aim 10)")
    for spec in ("resnet152", "densenet201", "efficientnet_b7", "inception_v3", "shufflenet_v2_x1_0"):
        network = cnncalc.load(spec)
        shapes = [tensor.shape for tensor in network.tensors]
        tensor = max(n for n, shape in enumerate(shapes) if len(shape) > 1 and max(shape[1:]) > 1)
        unit = tuple(size // 2 for size in shapes[tensor][1:])
        print(f"{spec}, one unit: {best(partial(pixels_seen, network, tensor, unit)):.1f} ms (aim 50)")
    for spec, layer in PROVEN:
        network = cnncalc.load(spec)
        tensor = network.tensor(layer)
        unit = tuple(size // 2 for size in network.tensors[tensor].shape[1:])
        pixels = pixels_seen(network, tensor, unit)
        proof = best(partial(verify, network, tensor, unit, pixels), 1) / len(unit)
        forward = best(network.forward, 2)
        print(f"{spec} {layer}, proof of one unit: {proof:.0f} ms an axis, {proof / forward:.1f} forward passes")


if __name__ == "__main__":
    main()
