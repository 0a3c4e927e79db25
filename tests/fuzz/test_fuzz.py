"""The fuzzer finds what is planted, survives what it finds, draws the same cases everywhere, and some of them pass."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import settings

import cnncalc
from cnncalc.geometry.reading import same_but
from cnncalc.layers.activations_piecewise import ReLU
from cnncalc.layers.pooling import MaxPool
from tests.fuzz import corpus, graphs, limits, model_files
from tests.fuzz.__main__ import main
from tests.fuzz.cases import AGREEMENT, Case, make, numbers
from tests.fuzz.command_lines import SPEC
from tests.fuzz.judging import judge
from tests.fuzz.minimising import minimised
from tests.fuzz.workers import Crew, Result
from tests.marking import slow_after, slow_but

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SIZES = {"free": ("--input", "3x8x8")}
ROOT = Path(__file__).parents[2]
SEED = 1
PASSING = range(250)
TEXT = """\
name: Planted
input: 2x9x8
layers:
  - conv2d: {out_channels: 3, kernel_size: 3}
  - relu
  - max_pool2d: {name: pool, kernel_size: 2}
"""


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def case(command: str, *options: str, text: str = TEXT) -> Case:
    arguments = () if command == AGREEMENT else (command, SPEC, *options)
    return Case("0-0", "none", command, {SPEC: text.encode()}, arguments)


def raising(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError


def warning(_: ReLU, inputs: Any, __: Any) -> Any:
    warnings.warn("this is odd", RuntimeWarning, stacklevel=1)
    return inputs[0]


def printing(_: ReLU, inputs: Any, output: Any) -> int:
    del inputs, output
    print("\x1b[1mthis is odd")
    return 0


def leaving(_: ReLU, inputs: Any) -> Any:
    Path("forgotten").touch()
    return inputs[0]


def quitting(*_: Any) -> Any:
    sys.exit(2)


PLANTED: list[tuple[str, Callable[..., Any], Case, str]] = [
    ("output_shape", raising, case("summary"), "exception"),
    ("flops", raising, case("check", "--json"), "exception"),
    ("forward", warning, case("run"), "warning"),
    ("forward", lambda _, inputs, __: inputs[0][:, :, 1:], case("run"), "not as computed"),
    ("forward", lambda _, inputs, __: inputs[0][:, :, 1:], case(AGREEMENT), "disagreement"),
    ("flops", printing, case("summary"), "raw characters"),
    ("flops", printing, case("summary", "--json"), "json"),
    ("output_shape", leaving, case("summary"), "left behind"),
    ("output_shape", quitting, case("explain"), "no error"),
]


@pytest.mark.parametrize("form", ["table", "json", "concise", "github"])
def test_a_bad_spec_is_told_on_one_stream_or_the_other(form: str) -> None:
    """The forms for programs have a line for each fault on standard output, where the others have errors beside."""
    assert judge(case("check", "--format", form, text=TEXT.replace("relu", "reluu")))[0] == ()


@pytest.mark.parametrize(("method", "fault", "planted_in", "kind"), slow_after(4, PLANTED))
def test_planted(
    method: str, fault: Callable[..., Any], planted_in: Case, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judge(planted_in) == ((), True)
    monkeypatch.setattr(ReLU, method, fault)
    assert kind in {found.kind for found in judge(planted_in).faults}


def test_a_wrong_receptive_field_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pooled = case(AGREEMENT, text="input: 1x6x6\nlayers: [max_pool2d: {kernel_size: 2, stride: 1}]\n")
    assert judge(pooled) == ((), True)
    monkeypatch.setattr(MaxPool, "reads", lambda *_: [same_but(3, {})])
    found = judge(pooled).faults
    assert {fault.kind for fault in found} == {"disagreement", "status"}, "the proof fails too, with status 1"
    details = {fault.detail.partition(" ")[0] for fault in found if fault.kind == "disagreement"}
    assert details <= {"pixels:", "size"}


def test_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has nothing to do with the fault goes."""
    monkeypatch.setattr(ReLU, "output_shape", raising)
    large = case("summary", "--json", "--batch", "2")
    small = minimised(large, lambda tried: any(fault.kind == "exception" for fault in judge(tried).faults))
    assert small.spec == "input: 2x9x8\nlayers:\n  - relu\n"
    assert small.arguments == ("summary", SPEC)


@pytest.mark.parametrize("seed", slow_after(4, [(seed,) for seed in corpus.seeds()]))
def test_seeds_are_accepted(seed: corpus.Seed) -> None:
    """The mutations start from what is right: a spec, the values that it holds, and those written anew."""
    options = ["--input", "3x5x5"] if seed.name == "default.yaml" else []
    options += ["--variant", "large"] if seed.name == "family.yaml" else []
    for text in (seed.text, corpus.dumped(seed.tree)):
        assert judge(case("summary", *options, text=text)) == ((), True)


@pytest.mark.parametrize("files", [model_files.onnx_files, model_files.keras_files, model_files.darknet_files])
def test_models_are_accepted(files: Callable[[], Mapping[str, tuple[bytes, str]]]) -> None:
    """Damage is done to files that are read."""
    found = {}
    for name, (data, _) in files().items():
        tried = Case("0-0", "models", "summary", {SPEC: data}, ("summary", SPEC, "--json", *SIZES.get(name, ())))
        found[name] = judge(tried)
    assert {name: verdict.faults for name, verdict in found.items() if verdict.faults} == {}
    assert [name for name, verdict in found.items() if not verdict.accepted] == []


def test_the_seeds_have_every_word_of_the_language() -> None:
    text = "".join(seed.text for seed in corpus.seeds())
    words = [
        "variants:",
        "blocks:",
        "parameters:",
        "inputs:",
        "outputs:",
        "expect:",
        "channels_last",
        "repeat:",
        "for:",
    ]
    words += [
        "residual:",
        "parallel:",
        "when:",
        "from:",
        "size(",
        "channels(",
        "make_divisible(",
        " for i in ",
        "same_lower",
        "*three",
    ]
    assert [word for word in words if word not in text] == []


def test_graphs_are_what_they_are_meant_to_be() -> None:
    """Each is a network, and its layers have the shapes with which it was grown."""
    for number in range(2 * settings().max_examples):
        spec, shapes = graphs.grown(Random(f"graph-{number}"))
        network = cnncalc.load(corpus.dumped(spec))
        assert {tensor.name: tensor.shape for tensor in network.tensors} == shapes, spec


@pytest.mark.slow
def test_the_same_cases_everywhere() -> None:
    """Whatever the order of sets, in any process."""
    code = f"from tests.fuzz.cases import make; print(*(make({SEED}, number).to_json() for number in range(60)))"
    environment = {**os.environ, "PYTHONHASHSEED": "5"}
    told = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT, env=environment)
    assert told.strip() == " ".join(make(SEED, number).to_json() for number in range(60))


def test_cases_as_text() -> None:
    for number in range(50):
        assert Case.from_json(make(SEED, number).to_json()) == make(SEED, number)


def test_numbers_of_one_kind() -> None:
    chosen = numbers(SEED, mutation="tree", command="solve", first=10)
    for number, _ in zip(chosen, range(5), strict=False):
        drawn = make(SEED, number)
        assert (number >= 10, drawn.mutation, drawn.command) == (True, "tree", "solve")


@pytest.mark.parametrize("number", slow_but(set(PASSING[:50:10]), PASSING[::10]))
def test_cases_pass(number: int) -> None:
    drawn = (make(SEED, each) for each in range(number, number + 10))
    assert {each.name: faults for each in drawn if (faults := judge(each).faults)} == {}


def misbehaving(seed: int, number: int, known: frozenset[str]) -> Result:
    """A trial which, as its number says, crashes, runs without end or takes memory."""
    del seed, known
    if number == 1:
        os._exit(3)
    limits.set_limits(0.5)
    with mock.patch.object(ReLU, "output_shape", {2: _endless, 3: _large}.get(number, ReLU.output_shape)):
        return Result(
            number, accepted={fault.kind for fault in judge(case("summary")).faults} in [{"time"}, {"memory"}]
        )


def _endless(*_: Any) -> Any:
    while True:
        pass


def _large(_: ReLU, inputs: Any) -> Any:
    taken = b"x" * (300 * 2**20)
    return inputs[bool(taken) - 1]


def waiting(*_: Any) -> Result:
    signal.pause()
    raise AssertionError


@pytest.mark.slow
def test_what_kills_a_process_is_told_and_survived() -> None:
    results = list(Crew(SEED, trial=misbehaving).results(iter(range(5))))
    assert [result.number for result in results if result.accepted] == [2, 3]
    assert [find.fault.kind for result in results for find in result.finds] == ["crash"]


@pytest.mark.slow
def test_what_does_not_answer_is_ended() -> None:
    results = list(Crew(SEED, trial=waiting, patience=0).results(iter([5, 6])))
    assert [(result.number, result.finds[0].fault.kind) for result in results] == [(5, "hang"), (6, "hang")]


def test_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seed", "1", "--cases", "2", "--first", "4"]) == 0
    assert capsys.readouterr().out.startswith("2 cases in ")
