"""Peak memory of `cnncalc run alexnet`: `python tests/benchmarks/memory.py`. Aim: weights, live tensors and 150 MB."""

from __future__ import annotations

import resource
import subprocess
import sys

import cnncalc


def main() -> None:
    """Print what the process took beside what it may."""
    totals = cnncalc.load("alexnet").report().totals
    subprocess.run([sys.executable, "-m", "cnncalc", "run", "alexnet"], check=True, capture_output=True)
    taken = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    allowed = totals.weight_bytes + totals.peak_activation_bytes + 150_000_000
    print(f"run alexnet: {taken / 1e6:.0f} MB (aim {allowed / 1e6:.0f} MB), ratio {taken / allowed:.2f}")


if __name__ == "__main__":
    main()
