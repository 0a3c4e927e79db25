"""What is expected is written into a spec's text, and nothing else of it changes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc.spec import bundled
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable

LAYERS = "layers:\n  - conv2d: {name: c, out_channels: =n, kernel_size: 3}\n"
HEAD = "input: 3x32x32  # size\nparameters: {n: 4}\n"
FOUR, EIGHT = "{parameters: 112, macs: 97200}", "{parameters: 224, macs: 194400}"


def cases() -> list[tuple[str, ...]]:
    """The texts before and after; a backslash at the end of one says that its last line does not end."""
    table = Path(__file__).with_name("expectations.txt").read_text(encoding="utf-8").replace("\\\n", "\0")
    return [
        tuple(text.replace("\0", "") for text in re.split("(?<=[\n\0])----\n", case))
        for case in re.split("(?<=[\n\0])====\n", table)[1:]
    ]


@pytest.mark.parametrize(("before", "after"), cases())
@pytest.mark.parametrize("encoding", slow_but(["utf-8"], ["utf-8", "utf-8-sig", "utf-16"]))
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_is_written(before: str, after: str, encoding: str, line_end: str, run: Callable[..., Any]) -> None:
    Path("net.yaml").write_bytes(before.replace("\n", line_end).encode(encoding))
    outcome = run("check", "net.yaml", "--write-expect")
    assert outcome.status == 0, outcome
    written = Path("net.yaml").read_bytes()
    assert written.decode(encoding) == after.replace("\n", line_end)
    assert written == after.replace("\n", line_end).encode(encoding)
    again = run("check", "net.yaml", "--write-expect")
    assert (again.status, again.err) == (0, "note: net.yaml: `expect` stays as it is\n")
    assert Path("net.yaml").read_bytes() == written


def test_what_was_changed_is_said(run: Callable[..., Any]) -> None:
    expect = "expect: {layers: {c: {output_shape: 1x1x1}}, outputs: {c: {macs: 1}}}\n"
    Path("net.yaml").write_text(f"{HEAD}{expect}variants: {{a: , b: {{expect: {{}}}}}}\n{LAYERS}")
    outcome = run("check", "net.yaml", "--write-expect")
    assert outcome.err == (
        "note: net.yaml: written: a: output_shape of `c` is 4 x 30 x 30, was 1 x 1 x 1\n"
        "note: net.yaml: written: a: macs of output `c` is 97,200, was 1\n"
        "note: net.yaml: written: b: parameters is 112\n"
        "note: net.yaml: written: b: macs is 97,200\n"
    )


def test_only_the_variant_that_is_named(run: Callable[..., Any]) -> None:
    for arguments in (["net.yaml:b"], ["net.yaml", "--variant", "b"]):
        Path("net.yaml").write_text(f"{HEAD}variants: {{a: {{}}, b: {{n: 8}}}}\n{LAYERS}")
        assert run("check", *arguments, "--write-expect").status == 0
        assert Path("net.yaml").read_text() == f"{HEAD}variants: {{a: {{}}, b: {{n: 8, expect: {EIGHT}}}}}\n{LAYERS}"


REFUSED = [
    ("-", "error: --write-expect edits files, and standard input is none\n"),
    ("lenet", "and `lenet` is none\nhint: `cnncalc show lenet -o FILE` makes a file of what is bundled\n"),
    ("relu | relu", "error: --write-expect edits files, and `relu | relu` is none\n"),
    ("alias.yaml", "error: cannot edit `expect` in alias.yaml: an anchor or a comment stands where"),
    ("anchor.yaml", "error: cannot edit `expect` in anchor.yaml: an anchor or a comment stands where"),
    ("comment.yaml", "error: cannot edit `expect` in comment.yaml: an anchor or a comment stands where"),
]
FILES = {
    "alias.yaml": f"{HEAD.replace('4', '&n 4')}expect: {{parameters: *n}}\n{LAYERS}",
    "anchor.yaml": f"{HEAD}variants: {{a: {{expect: &e {{macs: 1}}}}, b: {{n: 8, expect: *e}}}}\n{LAYERS}",
    "comment.yaml": f"{HEAD}variants:\n  a: {{n: 4,  # x\n  }}\n{LAYERS}",
}


@pytest.mark.parametrize(("spec", "message"), REFUSED)
def test_what_cannot_be_edited_is_left_alone(spec: str, message: str, run: Callable[..., Any]) -> None:
    for name, text in FILES.items():
        Path(name).write_text(text)
    arguments = ["--input", "3x8x8"] if spec == "relu | relu" else []
    outcome = run("check", spec, "--write-expect", *arguments, stdin="input: 3\nlayers: [relu]\n")
    if arguments:
        assert (outcome.status, outcome.err.splitlines()[0]) == (2, INPUT)
        outcome = run("check", spec, "--write-expect")
    assert outcome.status == 2
    assert message in outcome.err
    assert {name: Path(name).read_text() for name in FILES} == FILES


INPUT = "error: --write-expect is of a spec's own input and parameters: leave --input and --set out"


def test_a_bad_spec_is_told_and_left_alone_and_others_are_written(run: Callable[..., Any]) -> None:
    bad = f"{HEAD}expect: {{macs: 1, mcs: 2}}\n{LAYERS}"
    Path("bad.yaml").write_text(bad)
    Path("good.yaml").write_text(HEAD + LAYERS)
    outcome = run("check", "bad.yaml", "good.yaml", "--write-expect")
    assert outcome.status == 2
    assert Path("bad.yaml").read_text() == bad
    assert Path("good.yaml").read_text() == f"{HEAD}{LAYERS}expect: {FOUR}\n"


@pytest.mark.parametrize("name", ["lenet", "squeezenet", "vgg", "unet"])
def test_what_is_bundled_says_what_would_be_written(name: str, run: Callable[..., Any]) -> None:
    text = bundled.text(name)
    Path("net.yaml").write_text(text)
    assert "stays as it is" in run("check", "net.yaml", "--write-expect").err
    assert Path("net.yaml").read_text() == text
