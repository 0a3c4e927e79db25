"""What may stand for each argument: whole words, for the shells to choose from."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from cnncalc.cli import _HOMES, candidates, cli
from cnncalc.cli.completion import candidates as completed
from cnncalc.guide.topics import TOPICS
from cnncalc.spec import bundled

SPEC = """
parameters: {width: 4, depth: 2}
variants: {small: {}, large: {width: 8}}
input: 3x8x8
layers:
  - {conv2d: {name: stem, out_channels: =width, kernel_size: 3}}
  - repeat: =depth
    name: "stage{index + 1}"
    layers:
      - conv2d: {name: conv, out_channels: =width, kernel_size: 1}
      - relu: {name: act.relu}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with specs and others."""
    monkeypatch.chdir(tmp_path)
    for name in ("net.yaml", "my net.yml", ".hidden.yaml"):
        Path(name).write_text(SPEC, encoding="utf-8")
    Path("bad.yaml").write_text("layers: [", encoding="utf-8")
    Path("notes.txt").write_text("", encoding="utf-8")
    Path("nets").mkdir()
    for name in ("model.npz", "Model.SafeTensors"):
        Path(name).write_bytes(b"")
    Path("nets/deep.yaml").write_text(SPEC, encoding="utf-8")


def of(line: str) -> list[str]:
    """The candidates for the last word of a line."""
    *words, beginning = shlex.split(line)[1:] if line[-1:] != " " else [*shlex.split(line)[1:], ""]
    return [item.value for item in completed(cli, words, beginning)]


CASES = [
    ("cnncalc ", list(_HOMES)),
    ("cnncalc s", ["summary", "steps", "solve", "sweep", "show", "schema"]),
    ("cnncalc schema s", ["spec", "summary", "steps", "solve", "sweep"]),
    ("cnncalc summary n", ["net.yaml", "nets/", "nin", "nin_cifar10", "nin_cifar100", "nin_imagenet"]),
    ("cnncalc summary my", ["my net.yml"]),
    ("cnncalc run net.yaml --weights ", ["Model.SafeTensors", "model.npz", "nets/"]),
    ("cnncalc run net.yaml --weights=mo", ["--weights=model.npz"]),
    ("cnncalc summary .h", [".hidden.yaml"]),
    ("cnncalc summary nets/", ["nets/deep.yaml"]),
    ("cnncalc summary resnet1", ["resnet110", "resnet1202", "resnet18", "resnet101", "resnet152"]),
    ("cnncalc summary net.yaml:", ["net.yaml:small", "net.yaml:large"]),
    ("cnncalc summary resnet:resnet1", ["resnet:resnet18", "resnet:resnet101", "resnet:resnet152"]),
    ("cnncalc summary net.yaml --variant ", ["small", "large"]),
    ("cnncalc summary net.yaml --variant=l", ["--variant=large"]),
    ("cnncalc summary net.yaml --set ", ["width=", "depth="]),
    ("cnncalc summary net.yaml --json --set w", ["width="]),
    ("cnncalc summary net.yaml --set=d", ["--set=depth="]),
    ("cnncalc summary net.yaml --set width=", []),
    ("cnncalc summary net.yaml --form", ["--format"]),
    ("cnncalc summary net.yaml --format j", ["json"]),
    ("cnncalc summary net.yaml -o no", ["notes.txt"]),
    ("cnncalc run net.yaml --data nets/", ["nets/deep.yaml"]),
    ("cnncalc explain net.yaml ", ["stem", "stage1", "stage2"]),
    ("cnncalc explain net.yaml stage1", ["stage1", "stage1.conv", "stage1.act"]),
    ("cnncalc explain net.yaml stage1.act.", ["stage1.act.relu"]),
    ("cnncalc explain net.yaml --set depth=3 st", ["stem", "stage1", "stage2", "stage3"]),
    ("cnncalc explain net.yaml --set depth=x st", []),
    ("cnncalc explain net.yaml:large stage2.c", ["stage2.conv"]),
    ("cnncalc receptive-field net.yaml stem", ["stem"]),
    ("cnncalc solve net.yaml ste", ["stem"]),
    ("cnncalc solve net.yaml --layer ste", ["stem"]),
    ("cnncalc explain 'conv2d(8, 3) | relu' --input 3x8x8 ", ["conv2d_1", "relu_1"]),
    ("cnncalc explain 'conv2d(8, 3) | relu' ", []),
    ("cnncalc check net.yaml nets/d", ["nets/deep.yaml"]),
    ("cnncalc check lenet net.yaml --variant ", ["small", "large"]),
    ("cnncalc summary --as t", ["torchinfo", "thop", "torch"]),
    ("cnncalc compare net.yaml nets/d", ["nets/deep.yaml"]),
    ("cnncalc sweep net.yaml --variant ", ["small", "large"]),
    ("cnncalc sweep net.yaml --variant small,", ["small,large"]),
    ("cnncalc compare net.yaml --set w", ["width="]),
    ("cnncalc layers max_p", ["max_pool", "max_pool1d", "max_pool2d", "max_pool3d"]),
    ("cnncalc layers resid", ["residual"]),
    ("cnncalc show mobilenet_v3", ["mobilenet_v3", "mobilenet_v3_large", "mobilenet_v3_small"]),
    ("cnncalc help pad", ["padding"]),
    ("cnncalc help layers", ["layers"]),
    ("cnncalc completion ", ["bash", "zsh", "fish"]),
]


@pytest.mark.parametrize(("line", "words"), CASES, ids=[case[0] for case in CASES])
def test_candidates(line: str, words: list[str]) -> None:
    assert of(line) == words


def test_the_names_of_bundled_variants_wait_for_a_letter() -> None:
    """There are hundreds."""
    found = of("cnncalc summary ")
    assert found == ["bad.yaml", "my net.yml", "net.yaml", "nets/", *sorted(bundled.names())]
    assert of("cnncalc show ") == list(dict.fromkeys(bundled.every_name()))


def test_topics_and_commands_are_helped() -> None:
    found = of("cnncalc help ")
    assert set(found) == {*TOPICS, *_HOMES}
    assert len(found) == len(set(found))


def test_candidates_are_described() -> None:
    def described(*words: str) -> dict[str, str | None]:
        return {item.value: item.help for item in completed(cli, words[:-1], words[-1])}

    assert described("su") == {"summary": "Shapes, parameters, MACs and receptive fields."}
    assert described("help", "padding") == {"padding": "numbers and words for what is added at the borders"}
    assert described("summary", "net.yaml", "--set", "w") == {"width=": "default 4"}


@pytest.mark.parametrize(
    "line",
    [
        "cnncalc summary nosuch:",
        "cnncalc explain nosuch x",
        "cnncalc explain bad.yaml x",
        "cnncalc explain nets x",
        "cnncalc summary bad.yaml --set x",
        "cnncalc summary bad.yaml:",
        "cnncalc summary no/such/folder/",
        "cnncalc summary net.yaml --batch x --variant small:",
        "cnncalc summary net.yaml --set=x=y",
        "cnncalc explain net.yaml --input huge st",
        "cnncalc summary a b c d",
        "cnncalc --nosuch=x",
    ],
)
def test_what_cannot_be_had_is_no_candidate(line: str) -> None:
    assert of(line) == []


def test_nothing_waits_for_standard_input_or_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert of("cnncalc explain - ") == of("cnncalc summary - --set ") == []
    os.mkfifo("pipe.yaml")
    assert of("cnncalc explain pipe.yaml ") == of("cnncalc summary pipe.yaml:") == []


def test_huge_files_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "LARGEST", len(SPEC) - 1)
    assert of("cnncalc explain net.yaml ") == of("cnncalc summary net.yaml:") == []


def test_names_that_no_terminal_shows_are_no_candidates() -> None:
    Path("\x1b[2J.yaml").write_text(SPEC, encoding="utf-8")
    Path("a\nb.yaml").write_text(SPEC, encoding="utf-8")
    assert of("cnncalc check lenet a") == [*dict.fromkeys(name for name in bundled.every_name() if name[0] == "a")]
    assert not any("\x1b" in word for word in of("cnncalc summary "))


def test_every_argument_is_completed() -> None:
    """Of every command with a SPEC the spec, the variant, the parameters and the file."""
    for command in ("summary", "run", "explain", "receptive-field", "solve", "check"):
        assert of(f"cnncalc {command} net.y") == ["net.yaml"]
        assert of(f"cnncalc {command} net.yaml --variant sm") == ["small"]
        assert of(f"cnncalc {command} net.yaml --set wi") == ["width="]
        assert of(f"cnncalc {command} net.yaml -o notes") == ["notes.txt"]
