"""Cases in processes of their own, so that what crashes, hangs or eats memory is told and survived."""

from __future__ import annotations

import faulthandler
import os
import signal
import tempfile
from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.fuzz import judging, limits
from tests.fuzz.cases import Case, make
from tests.fuzz.minimising import minimised
from tests.fuzz.verdicts import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    Trial = Callable[[int, int, frozenset[str]], "Result"]
    """Tries the case of a seed and a number; the signatures of faults that need not be made smaller come third."""

PATIENCE: Final = 600.0
"""Seconds on the clock without a word after which a process is ended, many as a machine may be busy with other things;
commands are stopped long before, if they can be, and so is making a case smaller."""
CASES: Final = 500
"""After so many a process makes room for a new one, with memory that is clean."""

_ONE_THREAD: Final = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_CONTEXT: Final = get_context("spawn")


class Find(NamedTuple):
    """A fault of a case, and the smallest case that was found to have it too."""

    fault: Fault
    case: Case


class Result(NamedTuple):
    """What came of the case of a number."""

    number: int
    accepted: bool = False
    finds: tuple[Find, ...] = ()


def try_case(seed: int, number: int, known: frozenset[str]) -> Result:
    """Judge a case, and make it smaller for every fault whose signature is not known."""
    case = make(seed, number)
    verdict = judging.judge(case)
    finds = tuple(Find(fault, _smaller(case, fault, known)) for fault in verdict.faults)
    return Result(number, verdict.accepted, finds)


def _smaller(case: Case, fault: Fault, known: frozenset[str]) -> Case:
    if fault.signature in known or fault.kind in {"time", "memory"}:
        return case
    return minimised(case, lambda tried: fault.signature in {found.signature for found in judging.judge(tried).faults})


@dataclass
class Worker:
    """A process, and the number of the case that it is at."""

    process: BaseProcess
    wire: Connection
    number: int | None = None
    since: float = 0.0
    cases: int = 0

    @classmethod
    def started(cls, seed: int, trial: Trial, slack: float = 1.0) -> Worker:
        """A new process, with one thread for NumPy."""
        os.environ.update(_ONE_THREAD)
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=_serve, args=(theirs, seed, trial, slack), daemon=True)
        process.start()
        theirs.close()
        return cls(process, ours)

    def give(self, number: int, known: frozenset[str]) -> None:
        """Let it try the case of a number."""
        self.number, self.since, self.cases = number, monotonic(), self.cases + 1
        self.wire.send((number, known))

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self.process.kill()
        self.process.join()
        self.wire.close()


def _serve(wire: Connection, seed: int, trial: Trial, slack: float) -> None:
    """Try the cases whose numbers come down the wire, in an empty folder."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    with tempfile.TemporaryDirectory(prefix="cnncalc-fuzz-") as folder:
        os.chdir(folder)
        limits.set_limits(judging.HARD_LIMIT, slack)
        try:
            while True:
                number, known = wire.recv()
                wire.send(trial(seed, number, known))
        except EOFError:
            os.chdir("/")


@dataclass
class Crew:
    """The workers; `results` hands out numbers and collects what came of them."""

    seed: int
    jobs: int = 1
    trial: Trial = try_case
    slack: float = 1.0
    patience: float = PATIENCE
    workers: list[Worker] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def results(self, numbers: Iterator[int]) -> Iterator[Result]:
        """The results, in the order in which they come; it ends with the numbers."""
        try:
            for _ in range(self.jobs):
                self._next(numbers)
            while self.workers:
                ready = connection.wait([worker.wire for worker in self.workers], timeout=1.0)
                for worker in tuple(self.workers):
                    if worker.wire in ready or monotonic() - worker.since > self.patience * self.slack:
                        result = self._result(worker, answered=worker.wire in ready)
                        self.known.update(find.fault.signature for find in result.finds)
                        yield result
                        self._next(numbers, worker)
        finally:
            for worker in self.workers:
                worker.end()

    def _next(self, numbers: Iterator[int], worker: Worker | None = None) -> None:
        """The next number for a worker, for another one if there is none or it has worked enough."""
        number = next(numbers, None)
        if worker is not None and (number is None or worker.cases >= CASES or worker not in self.workers):
            self._dismiss(worker)
            worker = None
        if number is None:
            return
        if worker is None:
            worker = Worker.started(self.seed, self.trial, self.slack)
            self.workers.append(worker)
        worker.give(number, frozenset(self.known))

    def _dismiss(self, worker: Worker) -> None:
        if worker in self.workers:
            self.workers.remove(worker)
            worker.end()

    def _result(self, worker: Worker, *, answered: bool) -> Result:
        """What the worker sent or, where it is gone or silent, a find that says so."""
        assert worker.number is not None
        try:
            if answered:
                result: Result = worker.wire.recv()
                return result
            fault = Fault("hang", f"no end after {self.patience:.0f} s")
        except EOFError:
            worker.process.join()
            fault = Fault("crash", f"the process ended with {worker.process.exitcode}")
        self._dismiss(worker)
        case = make(self.seed, worker.number)
        fault = fault._replace(arguments=case.arguments or (case.command,))
        return Result(worker.number, finds=(Find(fault, case),))
