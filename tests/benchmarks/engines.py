"""Engines that run a network on request, each in a process of its own that stands still while another is measured.

The threads of an engine wait for more work by asking again and again for a while, which would take processors from the
next. So a process is stopped until it is asked, and stopped again when it has answered.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any, Final, NamedTuple, Self

PINNED: Final = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""Variables that change which kernels run and how: they are not passed on."""

SERVE: Final = """
import json, sys, time
print(json.dumps(about), flush=True)
for line in sys.stdin:
    times, (count, batch) = [], json.loads(line)
    x = input_of(batch)
    for _ in range(count):
        started = time.perf_counter()
        run(x)
        times.append(time.perf_counter() - started)
    print(json.dumps(times), flush=True)
"""
"""What every engine does then, with its `about`, `input_of` and `run`."""

OURS: Final = """
import sys, time, numpy, cnncalc
name, threads = sys.argv[1], int(sys.argv[2])
network = cnncalc.load(name)
def input_of(batch):
    random = numpy.random.default_rng(0)
    shape = (batch, *next(iter(network.inputs.values())))
    return random.standard_normal(shape, numpy.float32)
started = time.perf_counter()
"""

SESSION: Final = f"""{OURS}
import threadpoolctl
session = network.session(threads=threads)
plan = session.plan()
seconds, run = time.perf_counter() - started, session.run
blas = [f"{{each['internal_api']}} {{each['version']}}, kernels for {{each['architecture']}}"
        for each in threadpoolctl.threadpool_info() if each["user_api"] == "blas"]
about = {{"version": f"NumPy {{numpy.__version__}}, {{'; '.join(blas)}}", "prepared": seconds}}
{SERVE}"""

ONE_PASS: Final = f"""{OURS}
import threadpoolctl
threadpoolctl.threadpool_limits(threads)
run, about = network.forward, {{"version": ""}}
{SERVE}"""

ONNX_RUNTIME: Final = f"""{OURS}
import onnxruntime
session = network.session(engine="onnxruntime", threads=threads)
run, about = session.run, {{"version": f"ONNX Runtime {{onnxruntime.__version__}}, network exported by cnncalc"}}
{SERVE}"""

PYTORCH: Final = f"""
import sys, warnings
warnings.simplefilter("ignore")
import torch, torchvision
name, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
options = {{"init_weights": False}} if name in ("googlenet", "vgg16") else {{}}
model = getattr(torchvision.models, name)(**options).eval()
torch.set_grad_enabled(False)
def input_of(batch):
    return torch.randn(batch, 3, 224, 224)
run = model
about = {{"version": f"PyTorch {{torch.__version__}} eager, torchvision {{torchvision.__version__}}"}}
{SERVE}"""


def environment() -> dict[str, str]:
    """The environment of this process without what would choose the kernels of BLAS or the number of its threads."""
    return {name: value for name, value in os.environ.items() if name not in PINNED}


class Engine:
    """A process that runs a network as often as it is asked to, and is stopped in between."""

    def __init__(self, python: str, program: str, name: str, threads: int) -> None:
        self._process = subprocess.Popen(
            [python, "-c", program, name, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        self.about: dict[str, Any] = self._answer()
        self._process.send_signal(signal.SIGSTOP)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def seconds(self, count: int, batch: int = 1) -> list[float]:
        """What each of so many runs one after another takes."""
        assert self._process.stdin is not None
        self._process.send_signal(signal.SIGCONT)
        print(json.dumps([count, batch]), file=self._process.stdin, flush=True)
        found: list[float] = self._answer()
        self._process.send_signal(signal.SIGSTOP)
        return found

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"an engine ended with status {self._process.wait()}")
        return json.loads(line)


class Kind(NamedTuple):
    """A way to run a network, and what Python it takes: ours or that of `--torch`."""

    title: str
    program: str
    takes_torch: bool = False

    def started(self, name: str, peer: str, threads: int, torch: str) -> Engine:
        """The engine with a network, which has another name there."""
        python, called = (torch, peer) if self.takes_torch else (sys.executable, name)
        return Engine(python, self.program, called, threads)


KINDS: Final = {
    "session": Kind("session", SESSION),
    "pass": Kind("one pass", ONE_PASS),
    "onnxruntime": Kind("ONNX Runtime", ONNX_RUNTIME),
    "torch": Kind("PyTorch", PYTORCH, takes_torch=True),
}
