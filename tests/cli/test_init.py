"""`cnncalc init`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc.guide.starter import starter

if TYPE_CHECKING:
    from collections.abc import Callable

WRITTEN = [
    ([], "net.yaml", "net"),
    (["digits"], "digits.yaml", "digits"),
    (["digits.yml"], "digits.yml", "digits"),
    (["folder/v1.5"], "folder/v1.5.yaml", "v1.5"),
    (["digits", "-o", "folder/other.yaml"], "folder/other.yaml", "digits"),
]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()


@pytest.mark.parametrize(("arguments", "file", "name"), WRITTEN)
def test_it_writes_a_spec_and_says_what_next(
    arguments: list[str], file: str, name: str, run: Callable[..., Any]
) -> None:
    assert run("init", *arguments) == (0, "", f"wrote {file}\nhint: `cnncalc summary {file}` shows it\n")
    assert Path(file).read_text(encoding="utf-8") == starter(name, file)
    assert run("check", file).status == 0
    assert sorted(os.listdir()) == sorted({"folder", file.partition("/")[0]})


def test_a_name_with_a_space_can_be_copied(run: Callable[..., Any]) -> None:
    assert run("init", "my net").err == "wrote my net.yaml\nhint: `cnncalc summary 'my net.yaml'` shows it\n"


@pytest.mark.parametrize("arguments", [[], ["net"], ["-o", "net.yaml"], ["other", "-o", "net.yaml"]])
def test_what_is_there_stays(arguments: list[str], run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("mine", encoding="utf-8")
    hint = "--force replaces it; another NAME, as in `cnncalc init digits`, leaves it alone"
    assert run("init", *arguments) == (2, "", f"error: net.yaml is there already\nhint: {hint}\n")
    assert Path("net.yaml").read_text(encoding="utf-8") == "mine"
    assert sorted(os.listdir()) == ["folder", "net.yaml"]
    assert run("init", "--force", *arguments).status == 0
    assert Path("net.yaml").read_text(encoding="utf-8").startswith("# ")


def test_standard_output(run: Callable[..., Any]) -> None:
    assert run("init", "-o", "-") == (0, starter("net", "net.yaml"), "")
    for name in ("/dev/stdout", "/dev/fd/1"):  # which may be a file that is there
        assert run("init", "-o", name) == run("init", "-o", "-")
    assert run("init", "digits", "-o", "-") == (0, starter("digits", "digits.yaml"), "")
    assert os.listdir() == ["folder"]


WRONG = [
    (["x.json"], "error: `init` cannot write .json files\nhint: it writes .yaml and .yml\n"),
    (["-o", "x.json"], "error: -o x.json: `init` cannot write .json files\nhint: it writes .yaml, .yml and .txt\n"),
    (["folder/"], "error: `init` takes the name of a network, not 'folder/'\nhint: such as `cnncalc init digits`\n"),
    ([""], "error: `init` takes the name of a network, not ''\nhint: such as `cnncalc init digits`\n"),
    (
        ["no/such/net"],
        "error: cannot write no/such/net.yaml: No such file or directory\nhint: there is no folder `no/such`\n",
    ),
    (["-o", "folder"], "error: cannot write folder: Is a directory\n"),
]


@pytest.mark.parametrize(("arguments", "error"), WRONG)
def test_what_cannot_be_written(arguments: list[str], error: str, run: Callable[..., Any]) -> None:
    assert run("init", *arguments) == (2, "", error)
    assert os.listdir() == ["folder"]
