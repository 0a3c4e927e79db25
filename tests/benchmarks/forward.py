"""A forward pass by a session, beside other engines: `python -m tests.benchmarks.forward [PART ...] [NETWORK ...]`.

Parts are `speed`, `prepare`, `batch`, `drawing`, `process` and `memory`; all if none is named, which takes some
minutes. PyTorch is run by the Python of `--torch` or of the variable CNNCALC_TORCH, or by this one, where they have
torchvision; ONNX Runtime runs what cnncalc exports. What is not installed is left out, and said. The engines run in
turn, in rounds, and the least of all times is printed: on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from math import exp, log
from typing import TYPE_CHECKING, Final, NamedTuple

import cnncalc
from cnncalc.execution.threads import processors
from tests.benchmarks.engines import KINDS, PINNED, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.benchmarks.engines import Engine

ROUNDS: Final = 5
TURN: Final = 0.3
"""Seconds for which an engine runs in a round, at least once."""
MIB: Final = 2**20


class Network(NamedTuple):
    """A network by our name and torchvision's, and how many times ONNX Runtime's time it is aimed to take at most."""

    name: str
    peer: str
    aim: float | None = None


NETWORKS: Final = (
    Network("alexnet_torchvision", "alexnet", 1.3),
    Network("vgg16", "vgg16", 1.0),
    Network("resnet50", "resnet50"),
    Network("googlenet", "googlenet"),
    Network("densenet121", "densenet121"),
    Network("squeezenet1_0", "squeezenet1_0"),
    Network("mobilenet_v2", "mobilenet_v2"),
)
AIM_TO_TORCH: Final = 0.9
MEAN_AIMS: Final = {"onnxruntime": 1.6, "torch": 0.6}
"""The largest geometric means of the ratios that are aimed at."""


class Setting(NamedTuple):
    """What is asked for: networks, threads, and the Python that has torchvision, if there is one."""

    networks: Sequence[Network]
    threads: int
    torch: str | None
    kinds: Sequence[str]


def has(python: str, module: str) -> bool:
    """Whether a Python has a module."""
    code = f"import importlib.util as util, sys; sys.exit(util.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", code], check=False).returncode == 0


def geometric_mean(values: Sequence[float]) -> float:
    """Of numbers above 0.

    >>> round(geometric_mean([1, 4]), 9)
    2.0
    """
    return exp(sum(map(log, values)) / len(values))


def in_turns(engines: dict[str, Engine]) -> dict[str, float]:
    """The least seconds of each engine, which take turns."""
    least = {name: min(engine.seconds(2)[1:]) for name, engine in engines.items()}
    for _ in range(ROUNDS):
        for name, engine in engines.items():
            least[name] = min(least[name], *engine.seconds(max(int(TURN / least[name]), 1)))
    return least


def ratio(value: float | None, aim: float | None) -> str:
    """A ratio, marked where it is above what is aimed at; a dash where there is none."""
    if value is None:
        return f"{'-':>14}"
    mark = "" if aim is None else f" {'>' if value > aim else '<'} {aim}"
    return f"{value:7.2f}{mark:7}"


def speed(setting: Setting) -> None:
    """Milliseconds of a run by each engine, and the ratios of a session to the others."""
    titles = "".join(f"{KINDS[kind].title:>14}" for kind in setting.kinds)
    print(f"{'milliseconds':16}{titles}   to ONNX Runtime    to PyTorch")
    ratios: dict[str, list[float]] = {}
    versions: dict[str, None] = {}
    for network in setting.networks:
        with ExitStack() as stack:
            engines = {}
            for kind in setting.kinds:
                engine = KINDS[kind].started(network.name, network.peer, setting.threads, setting.torch or "")
                engines[kind] = stack.enter_context(engine)
                versions[engine.about["version"]] = None
            least = in_turns(engines)
        found = {kind: least["session"] / least[kind] for kind in MEAN_AIMS if kind in least}
        for kind, value in found.items():
            ratios.setdefault(kind, []).append(value)
        cells = "".join(f"{1000 * least[kind]:14.2f}" for kind in setting.kinds)
        to_runtime, to_torch = (found.get(kind) for kind in MEAN_AIMS)
        line = f"{network.peer:16}{cells}   {ratio(to_runtime, network.aim)}   {ratio(to_torch, AIM_TO_TORCH)}"
        print(line, flush=True)
    for kind, values in ratios.items():
        print(f"geometric mean to {KINDS[kind].title}: {ratio(geometric_mean(values), MEAN_AIMS[kind])}")
    print("; ".join([*filter(None, versions), f"threads: {setting.threads}"]))


def prepare(setting: Setting) -> None:
    """Milliseconds to prepare a session for one sample, and its ratio to one pass; both draw the weights."""
    print(f"{'milliseconds':16}{'prepared':>14}{'one pass':>14}{'ratio':>10} (aim 2)")
    for network in setting.networks:
        prepared = []
        for _ in range(3):
            with KINDS["session"].started(network.name, network.peer, setting.threads, "") as engine:
                prepared.append(engine.about["prepared"])
        with KINDS["pass"].started(network.name, network.peer, setting.threads, "") as engine:
            passed = min(engine.seconds(4))
        cells = f"{1000 * min(prepared):14.1f}{1000 * passed:14.1f}"
        print(f"{network.peer:16}{cells}{min(prepared) / passed:10.2f}", flush=True)


def batch(setting: Setting) -> None:
    """Milliseconds of a batch of 1 and of 8 samples, and the ratio of the second to eight times the first."""
    print(f"{'milliseconds':16}{'batch of 1':>14}{'batch of 8':>14}{'ratio to 8 x':>14} (aim 1)")
    for network in setting.networks:
        with KINDS["session"].started(network.name, network.peer, setting.threads, "") as engine:
            one, eight = (min(engine.seconds(2, size)) for size in (1, 8))
            for _ in range(2):
                one = min(one, *engine.seconds(24, 1)[1:])
                eight = min(eight, *engine.seconds(4, 8)[1:])
        print(f"{network.peer:16}{1000 * one:14.2f}{1000 * eight:14.2f}{eight / 8 / one:14.2f}", flush=True)


DRAWING: Final = """
import time, cnncalc
from cnncalc.execution.weights import WeightDraw
started = time.perf_counter()
network = cnncalc.load("vgg16")
draw = WeightDraw(network, 0, "float32")
kept = [draw.arrays(node) for node in network.nodes]
print(time.perf_counter() - started)
"""
CONSTRUCTOR: Final = """
import time, warnings, torchvision
started = time.perf_counter()
model = torchvision.models.vgg16()
print(time.perf_counter() - started)
"""
ONCE: Final = """
import torch, torchvision
model = torchvision.models.vgg16().eval()
with torch.inference_mode():
    model(torch.randn(1, 3, 224, 224))
"""


def _words(command: list[str]) -> list[str]:
    """The words that a process prints."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment())
    return done.stdout.split()


def _printed(command: list[str]) -> float:
    """The number that a process prints."""
    return float(_words(command)[0])


def _whole(command: list[str]) -> float:
    """The seconds that a process takes."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment())
    return time.perf_counter() - started


def beside_torch(
    title: str, setting: Setting, measured: Callable[[list[str]], float], ours: list[str], code: str
) -> None:
    """The least seconds of a process of ours and of PyTorch's, in turn, and their ratio."""
    commands = {"cnncalc": ours} | ({"PyTorch": [setting.torch, "-c", code]} if setting.torch else {})
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(3):
        for name, command in commands.items():
            times[name].append(measured(command))
    least = {name: min(values) for name, values in times.items()}
    text = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in least.items())
    ending = f", ratio {least['cnncalc'] / least['PyTorch']:.2f} (aim 0.33)" if "PyTorch" in least else ""
    print(f"{title}: {text}{ending}", flush=True)


def drawing(setting: Setting) -> None:
    """The weights of VGG-16, beside torchvision's constructor."""
    beside_torch("weights of VGG-16", setting, _printed, [sys.executable, "-c", DRAWING], CONSTRUCTOR)


def process(setting: Setting) -> None:
    """`cnncalc run vgg16`, beside a Python that imports torch and torchvision, makes VGG-16 and runs it once."""
    command = [sys.executable, "-m", "cnncalc", "run", "vgg16"]
    beside_torch("one pass of VGG-16 as a process", setting, _whole, command, ONCE)


STAGES: Final = """
input: 1x4096x4096
blocks:
  double:
    parameters: {width: null}
    layers: [{repeat: 2, layers: [conv2d: {out_channels: =width, kernel_size: 3, padding: same, activation: relu}]}]
layers: [double: {width: 8}, max_pool2d: {kernel_size: 2}, double: {width: 16}, max_pool2d: {kernel_size: 2}]
"""
"""The first stages of U-Net, an eighth as wide so that they fit into a small machine, with 4096 x 4096 pixels."""

PEAK: Final = """
def peak():
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) * 1024
"""
PEAK_OF_SESSION: Final = f"""{PEAK}
import importlib, sys
for module in sys.argv[3:]:
    importlib.import_module(module)
import numpy, cnncalc
network = cnncalc.load(sys.argv[1])
before = peak()
x = numpy.zeros((1, *next(iter(network.inputs.values()))), numpy.float32)
with network.session(threads=int(sys.argv[2])) as session:
    session.run(x)
    print(peak() - before, *(each for each in sys.modules if each.startswith(("cnncalc", "numpy", "threadpoolctl"))))
"""
PEAK_OF_RUN: Final = f"""{PEAK}
import contextlib, importlib, io, sys
for module in sys.argv[3:]:
    importlib.import_module(module)
import cnncalc.cli
before = peak()
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    cnncalc.cli.main(["run", sys.argv[1]])
print(peak() - before, *(each for each in sys.modules if each.startswith(("cnncalc", "numpy", "rich", "click"))))
"""


def _peak(program: str, spec: str, threads: int) -> float:
    """The bytes that a process takes above what importing the modules takes that another, of a small network, had."""
    command = [sys.executable, "-c", program]
    _, *modules = _words([*command, "lenet", str(threads)])
    return float(_words([*command, spec, str(threads), *modules])[0])


def memory(setting: Setting) -> None:
    """The peaks of processes that prepare and run a session, and of `cnncalc run`, above what importing takes."""
    if not os.path.exists("/proc/self/status"):
        print("memory: this system does not say how much a process took at most", file=sys.stderr)
        return
    print(f"{'MiB':16}{'allowed':>10}{'session':>10}{'run':>10}   allowed: weights + 1.1 x peak_activation_bytes + 64")
    cases = [(network.name, network.peer) for network in setting.networks]
    if len(cases) == len(NETWORKS):
        cases += [("unet", "unet, 572 px"), (STAGES, "stages, 4096 px")]
    for spec, title in cases:
        totals = cnncalc.load(spec).report().totals
        allowed = totals.weight_bytes + 1.1 * totals.peak_activation_bytes + 64 * MIB
        programs = [PEAK_OF_SESSION, PEAK_OF_RUN][: 1 if spec == STAGES else 2]  # the command takes a file
        peaks = [_peak(program, spec, setting.threads) for program in programs]
        cells = "".join(f"{value / MIB:10.0f}" for value in (allowed, *peaks))
        print(f"{title:16}{cells}{' over' * (max(peaks) > allowed)}", flush=True)


PARTS: Final[dict[str, Callable[[Setting], None]]] = {
    "speed": speed,
    "prepare": prepare,
    "batch": batch,
    "drawing": drawing,
    "process": process,
    "memory": memory,
}


def asked() -> tuple[list[str], Setting]:
    """The parts and the setting that the command line asks for; what cannot be measured is said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    by_name = {name: network for network in NETWORKS for name in (network.name, network.peer)}
    parser.add_argument("words", nargs="*", metavar="PART|NETWORK", choices=[*PARTS, *by_name, []])
    parser.add_argument("--torch", default=os.environ.get("CNNCALC_TORCH", sys.executable), metavar="PYTHON")
    parser.add_argument("--threads", type=int, default=processors(), help="of every engine")
    parser.add_argument("--engines", default=",".join(KINDS), help="those that `speed` runs, with commas between")
    given = parser.parse_args()
    kinds = [kind for kind in KINDS if kind in {"session", *given.engines.split(",")}]
    torch: str | None = given.torch
    if not has(given.torch, "torchvision"):
        print(f"PyTorch is left out: {given.torch} has no torchvision (--torch PYTHON)", file=sys.stderr)
        torch = None
        kinds = [kind for kind in kinds if kind != "torch"]
    if not has(sys.executable, "onnxruntime"):
        print("ONNX Runtime is left out: it is not installed here", file=sys.stderr)
        kinds = [kind for kind in kinds if kind != "onnxruntime"]
    set_here = [name for name in PINNED if name in os.environ]
    if set_here:
        print(f"not passed on: {', '.join(set_here)}", file=sys.stderr)
    networks = list(dict.fromkeys(by_name[word] for word in given.words if word in by_name)) or NETWORKS
    parts = [word for word in given.words if word in PARTS] or list(PARTS)
    return parts, Setting(networks, given.threads, torch, kinds)


def main() -> None:
    """Print the tables of the parts."""
    parts, setting = asked()
    for number, part in enumerate(parts):
        if number:
            print()
        PARTS[part](setting)


if __name__ == "__main__":
    main()
