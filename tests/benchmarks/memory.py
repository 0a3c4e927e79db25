"""Peak memory of one pass: `python tests/benchmarks/memory.py [NETWORK ...] [--batch N ...]`.

Each network is executed in a process of its own. What that takes at most, less what it took before the pass (Python,
NumPy, the spec), is printed beside what it may: the weights, 1.1 times the largest sum of live tensors, and 64 MiB for
kernels to work in; what is over is marked with `!`. A network of `U-Net's first stages` grows fourfold from row to row,
up to 4096 x 4096 pixels where there is memory for it: the share that is neither weights nor tensors must not.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import cnncalc
from cnncalc.execution.resources import available

NETWORKS: Final = (
    *("alexnet", "vgg16", "resnet50", "googlenet", "densenet121", "squeezenet1_0", "mobilenet_v2"),
    "unet",
)
WORKSPACE: Final = 2**26
STAGES: Final = """
name: U-Net's first stages
input: 1x{size}x{size}
layers:
  - {{repeat: 2, layers: [conv2d: {{out_channels: 64, kernel_size: 3, activation: relu}}]}}
  - max_pool2d: {{kernel_size: 2}}
  - {{repeat: 2, layers: [conv2d: {{out_channels: 128, kernel_size: 3, activation: relu}}]}}
"""
SIZES: Final = (1024, 2048, 4096)
PROGRAM: Final = """
import resource, sys, time
import cnncalc, cnncalc.execution.executor, cnncalc.kernels.convolution
network, batch = cnncalc.load(sys.argv[1]), int(sys.argv[2])
cnncalc.load("lenet").run()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.perf_counter()
network.run(batch=batch)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024, time.perf_counter() - started)
"""


def row(name: str, source: str, batch: int) -> None:
    """Print what a pass took, and what it may; nothing is executed where memory is short."""
    totals = cnncalc.load(source).report(batch=batch).totals
    allowed = totals.weight_bytes + 11 * totals.peak_activation_bytes // 10 + WORKSPACE
    room = available()
    if room is not None and room < allowed:
        print(f"{name:30} batch {batch}: needs {allowed / 1e6:,.0f} MB, {room / 1e6:,.0f} MB are free")
        return
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, source, str(batch)], check=True, capture_output=True, text=True
    )
    taken, seconds = map(float, done.stdout.split())
    beside = taken - totals.peak_activation_bytes
    print(
        f"{name:30} batch {batch}: {taken / 1e6:7,.0f} MB of {allowed / 1e6:7,.0f}{' !' * (taken > allowed)}, "
        f"{beside / 1e6:5,.0f} MB beside the tensors, {seconds:.2f} s",
        flush=True,
    )


def main() -> None:
    """Print a row for each network and batch size, and for each size of the stages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help="all of the table if left out")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8], help="samples")
    asked = parser.parse_args()
    for batch in asked.batch:
        for name in asked.networks or NETWORKS:
            row(name, name, batch)
    if asked.networks:
        return
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            path = Path(folder) / f"{size}.yaml"
            path.write_text(STAGES.format(size=size), encoding="utf-8")
            row(f"U-Net's first stages, {size}", str(path), 1)


if __name__ == "__main__":
    main()
