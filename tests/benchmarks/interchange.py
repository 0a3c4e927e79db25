"""Models in and out against what they stand for: `python tests/benchmarks/interchange.py`.

The summary of an exported ResNet-152, with its weights and without, is paired with that of the bundled one; the aim is
3. Exporting VGG-16 with its weights is paired with drawing and writing as many: the aims are twice the time, and its
memory and a half.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 9
CNNCALC = [sys.executable, "-m", "cnncalc"]
DRAWING = """
import sys
import numpy as np
import cnncalc
rng = np.random.default_rng(0)
with open(sys.argv[1], "wb") as file:
    for node in cnncalc.load("vgg16").nodes:
        for shape in node.weight_shapes.values():
            rng.standard_normal(shape, "float32").tofile(file)
"""


def cost(command: list[str]) -> tuple[float, float]:
    """Seconds of processor time of one run, and its peak of memory in MB."""
    measured = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", measured, *command], check=True, capture_output=True, text=True)
    seconds, kilobytes = map(float, done.stdout.split())
    return seconds, kilobytes * 1024 / 1e6


def summaries(folder: Path) -> None:
    """Print how a summary of a file stands to that of the bundled network, whatever the size of the weights."""
    for name, options in (("with weights", []), ("without", ["--no-weights"])):
        path = folder / "resnet152.onnx"
        subprocess.run([*CNNCALC, "export", "resnet152", "-o", path, *options], check=True, capture_output=True)
        files = [cost([*CNNCALC, "summary", str(path)])[0] for _ in range(RUNS)]
        bundled = [cost([*CNNCALC, "summary", "resnet152"])[0] for _ in range(RUNS)]
        ratio = statistics.median(files) / statistics.median(bundled)
        size = path.stat().st_size / 1e6
        print(
            f"summary of ResNet-152 exported {name}, {size:.1f} MB: {statistics.median(files):.2f} s, ratio {ratio:.2f}"
        )


def export(folder: Path) -> None:
    """Print how exporting VGG-16 stands to drawing and writing as many numbers."""
    seconds, memory = cost([*CNNCALC, "export", "vgg16", "-o", str(folder / "vgg16.onnx")])
    drawing, needed = cost([sys.executable, "-c", DRAWING, str(folder / "numbers")])
    print(
        f"export of VGG-16: {seconds:.1f} s, drawing and writing {drawing:.1f} s, ratio {seconds / drawing:.2f} (aim 2)"
    )
    print(f"  {memory:.0f} MB, drawing and writing {needed:.0f} MB, ratio {memory / needed:.2f} (aim 1.5)")


def main() -> None:
    """Print all ratios."""
    with tempfile.TemporaryDirectory() as folder:
        summaries(Path(folder))
        export(Path(folder))


if __name__ == "__main__":
    main()
