"""A command line of every command, for what is alike in all of them."""

from __future__ import annotations

from typing import Final

COMMANDS: Final = {
    "summary": ["lenet"],
    "run": ["lenet"],
    "receptive-field": ["lenet"],
    "layers": ["relu"],
    "explain": ["lenet", "c1"],
    "steps": ["lenet", "s4"],
    "solve": ["alexnet", "conv1", "--output", "55"],
    "check": ["lenet"],
    "memory": ["lenet"],
    "compare": ["lenet", "alexnet"],
    "sweep": ["lenet", "--input", "1x28x28,1x32x32"],
    "list": ["lenet"],
    "show": ["lenet"],
    "help": ["padding"],
    "schema": ["summary"],
}
"""The command, and what it is given."""

OTHERS: Final = {
    "draw": ["lenet"],
    "page": ["lenet"],
    "init": [],
    "completion": ["bash"],
    "export": ["lenet", "--no-weights", "-o", "net.onnx"],
    "import": ["net.cfg"],
}
"""The commands that write no report: a spec to begin with, the script of a shell, networks for others and of them."""
