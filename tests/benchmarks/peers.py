"""A summary of ResNet-50 by cnncalc and by other tools: what each takes, and what each says of parameters and MACs.

`python tests/benchmarks/peers.py PYTHON...`, with the interpreters of environments that have the tools, each in its
own: ``pip install torch torchvision torchinfo fvcore onnx``, ``pip install onnx-tool`` and ``pip install keras
tensorflow-cpu``. All run in turn as whole processes, with the network's code at hand and no weights downloaded
(onnx-tool with the model as a file, which PyTorch has written before); the least of several times is printed, beside
the size of what is installed. A tool that no environment has is left out, and named. Run it from an environment that
has cnncalc alone.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

RUNS = 5
ONNX = Path(tempfile.gettempdir()) / "cnncalc_peers_resnet50.onnx"
MAKE_ONNX = f"""
import torch, torchvision
model = torchvision.models.resnet50().eval()
torch.onnx.export(model, torch.zeros(1, 3, 224, 224), {str(ONNX)!r}, dynamo=False)
"""
TORCHINFO = """
import torchvision, torchinfo
found = torchinfo.summary(torchvision.models.resnet50(), (1, 3, 224, 224), verbose=0)
print(found.total_params, found.total_mult_adds)
str(found)
"""
FVCORE = """
import logging, torch, torchvision
from fvcore.nn import FlopCountAnalysis, flop_count_table
logging.disable(logging.CRITICAL)
model = torchvision.models.resnet50().eval()
flops = FlopCountAnalysis(model, torch.zeros(1, 3, 224, 224))
flop_count_table(flops)
print(sum(each.numel() for each in model.parameters()), flops.total())
"""
ONNX_TOOL = f"""
import io, contextlib, onnx_tool
with contextlib.redirect_stdout(io.StringIO()):
    model = onnx_tool.Model({str(ONNX)!r})
    model.graph.shape_infer(None)
    model.graph.profile()
    model.graph.print_node_map()
print(int(model.graph.params), int(sum(model.graph.macs)))
"""
KERAS = """
import keras
model = keras.applications.ResNet50(weights=None)
model.summary(print_fn=lambda text: None)
print(model.count_params(), "-")
"""


class Peer(NamedTuple):
    """A tool, the module that it is imported by, and a program that prints its parameters and MACs."""

    name: str
    module: str
    program: str


PEERS = (
    Peer("torchinfo", "torchinfo", TORCHINFO),
    Peer("fvcore", "fvcore", FVCORE),
    Peer("onnx-tool", "onnx_tool", ONNX_TOOL),
    Peer("Keras' summary", "keras", KERAS),
)
OURS = "from cnncalc.cli import main; main(['summary', 'resnet50'])"


def measured(command: list[str]) -> tuple[float, str]:
    """The seconds that a process takes, and what it prints."""
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, done.stdout


def figures(text: str) -> str:
    """Parameters and MACs, as our table has them or as the last line of a peer's program."""
    ours = re.findall(r"^(?:parameters|MACs) +([0-9,]+)", text, re.MULTILINE)
    return " ".join(ours).replace(",", "") or text.strip().splitlines()[-1]


def has(python: str, module: str) -> bool:
    """Whether an environment has a module."""
    code = f"import importlib.util as util, sys; sys.exit(util.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", code], check=False).returncode == 0


def installed(python: str) -> int:
    """The size of what is installed in an environment beside pip, in MB."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    folder = Path(subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip())
    tools = ("pip", "setuptools", "pkg_resources", "_distutils_hack")
    paths = (path for each in folder.iterdir() if not each.name.startswith(tools) for path in [each, *each.rglob("*")])
    return sum(path.lstat().st_size for path in paths if path.is_file()) // 10**6


def main() -> None:
    """Print a row for each tool."""
    pythons = sys.argv[1:]
    torch = next((each for each in pythons if has(each, "torch")), None)
    if torch is not None:
        subprocess.run([torch, "-W", "ignore", "-c", MAKE_ONNX], check=True, capture_output=True)
    cases = [("cnncalc", [sys.executable, "-c", OURS], installed(sys.executable))]
    for peer in PEERS:
        python = next((each for each in pythons if has(each, peer.module)), None)
        if python is None:
            print(f"{peer.name}: no environment given has it", file=sys.stderr)
        else:
            cases.append((peer.name, [python, "-W", "ignore", "-c", peer.program], installed(python)))
    times: dict[str, list[float]] = {name: [] for name, _, _ in cases}
    said = {}
    for _ in range(RUNS):
        for name, command, _ in cases:
            seconds, text = measured(command)
            times[name].append(seconds)
            said[name] = figures(text)
    least = min(times["cnncalc"])
    print(f"{'':16}{'seconds':>9}{'ratio':>8}{'installed, MB':>15}  parameters and MACs")
    for name, _, size in cases:
        print(f"{name:16}{min(times[name]):9.2f}{min(times[name]) / least:8.1f}{size:15,}  {said[name]}")


if __name__ == "__main__":
    main()
