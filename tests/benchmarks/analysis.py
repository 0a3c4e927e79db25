"""From text to report: `python tests/benchmarks/analysis.py`.

Long chains against one tenth of their length, and the deepest bundled networks in process, the best of several runs.
The aims: a chain of 10,000 layers as JSON in 2 s, 100,000 in 11 times that; ResNet-152 in 40 ms, EfficientNet-B7 in
80 ms.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cnncalc
from cnncalc.spec import bundled
from cnncalc.spec.sources import MAX_BYTES

LAYER = "  - conv2d: {{name: c{}, out_channels: 8, kernel_size: 3, padding: 1, activation: relu}}\n"


def chain(layers: int, folder: str) -> float:
    """Wall seconds of `summary --json` for a chain of so many convolutions."""
    path = Path(folder) / f"chain{layers}.yaml"
    path.write_text("input: 8x32x32\nlayers:\n" + "".join(map(LAYER.format, range(layers))))
    assert path.stat().st_size < MAX_BYTES
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "cnncalc", "summary", str(path), "--json"], check=True, capture_output=True)
    return time.perf_counter() - started


def best(name: str, runs: int = 9) -> float:
    """The best time from the text of a bundled variant to its report, in milliseconds of processor time."""
    path, variant = bundled.find(name) or ("", None)
    text = Path(path).read_text(encoding="utf-8")
    times = []
    for _ in range(runs):
        gc.collect()
        started = time.process_time()
        cnncalc.load(text, variant=variant).report()
        times.append(time.process_time() - started)
    return min(times) * 1000


def main() -> None:
    """Print every figure beside its aim."""
    with tempfile.TemporaryDirectory() as folder:
        short, long = (chain(layers, folder) for layers in (10_000, 100_000))
    print(f"chain of 10,000 layers: {short:.2f} s (aim 2); of 100,000: {long:.2f} s, ratio {long / short:.1f} (aim 11)")
    for name, aim in (("resnet152", 40), ("efficientnet_b7", 80)):
        print(f"{name}: {best(name):.0f} ms from text to report (aim {aim})")


if __name__ == "__main__":
    main()
