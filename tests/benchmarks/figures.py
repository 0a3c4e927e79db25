"""Figures beside other programs that draw: `python tests/benchmarks/figures.py [--peers PYTHON]`.

Each command is paired with a peer; both run in turn, each as a process of its own, and what is printed are the medians
of their processor times and of the ratio. The peers are run by `--peers`, the Python of an environment in which
`pip install matplotlib visualtorch` was done; without it only the times of the commands are printed. Below stands how
the time of a figure grows with the number of layers.
"""

from __future__ import annotations

import argparse
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

RUNS: Final = 5
COMMAND: Final = shutil.which("cnncalc", path=f"{sys.prefix}/bin") or "cnncalc"

BOXES: Final = """
import matplotlib
matplotlib.use("svg")
import matplotlib.pyplot as plt
figure, axes = plt.subplots(figsize=(5.5, 7))
for row in range(20):
    axes.add_patch(plt.Rectangle((0, row), 4, 0.6))
    axes.text(2, row + 0.3, "3x3 conv, 64")
figure.savefig("{folder}/peer.svg")
"""
"""What everybody has: twenty boxes with a text in each."""

CHAIN: Final = """
import torch, visualtorch
from torch import nn
layers = []
for number in range(5):
    layers += [nn.Conv2d(3 if not number else 64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
visualtorch.render(nn.Sequential(*layers), input_shape=(1, 3, 224, 224)).save("{folder}/peer.png")
"""
"""Fifteen layers by a drawer of PyTorch's modules."""

CASES: Final = (
    ("draw alexnet -o FOLDER/a.svg", CHAIN),
    ("draw alexnet -o FOLDER/a.svg", BOXES),
    ("draw resnet50 -o FOLDER/a.svg", BOXES),
    ("draw unet -o FOLDER/a.svg", BOXES),
    ("draw resnet18 --style fan --layer layer1 -o FOLDER/a.svg", BOXES),
    ("draw wavenet --style fan --layer layer9.onwards -o FOLDER/a.svg", BOXES),
    ("draw resnet50 --style growth -o FOLDER/a.svg", BOXES),
    ("page alexnet -o FOLDER/a.html", BOXES),
    ("page resnet18 resnet50 -o FOLDER/a.html", BOXES),
    ("steps lenet c1 --unit 0,0 -o FOLDER/a.svg", BOXES),
)

SIZES: Final = (100, 1000, 10_000)
STYLES: Final = ("volumes", "levels", "blocks", "fan", "growth")


def processor_time(command: list[str]) -> float:
    """Seconds of user and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(command: str, peer: str, python: str | None, folder: str) -> str:
    """The line of a case."""
    ours = [COMMAND, *shlex.split(command.replace("FOLDER", folder))]
    theirs = [python, "-c", peer.format(folder=folder)] if python else None
    pairs = [(processor_time(ours), processor_time(theirs) if theirs else 0.0) for _ in range(RUNS)]
    own, others = (statistics.median(column) for column in zip(*pairs, strict=True))
    if not theirs:
        return f"{command:66} {own:6.2f} s"
    ratio = statistics.median(a / b for a, b in pairs)
    name = "visualtorch" if peer is CHAIN else "matplotlib"
    return f"{command:66} {own:6.2f} s, {name} {others:6.2f} s, ratio {ratio:.2f}"


def grown(style: str, folder: str) -> str:
    """Seconds of a style for chains of so many layers."""
    found = []
    for size in SIZES:
        spec = Path(folder, f"{size}.yaml")
        layer = "- conv: {out_channels: 8, kernel_size: 3, padding: 1}\n"
        spec.write_text(f"input: 3x64x64\nlayers:\n{layer * size}")
        command = [COMMAND, "draw", str(spec), "--style", style, "-o", f"{folder}/a.svg"]
        found.append(f"{size:,}: {min(processor_time(command) for _ in range(2)):.2f} s")
    return f"{style:8} {', '.join(found)}"


def main() -> None:
    """Print the lines of all cases, and how styles grow."""
    options = argparse.ArgumentParser()
    options.add_argument("--peers", metavar="PYTHON")
    python = options.parse_args().peers
    with tempfile.TemporaryDirectory() as folder:
        for command, peer in CASES:
            print(measured(command, peer, python, folder), flush=True)
        for style in STYLES:
            print(grown(style, folder), flush=True)


if __name__ == "__main__":
    main()
