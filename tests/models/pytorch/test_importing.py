"""Modules that are named as code: what is wrong with a name is told in one line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from cnncalc import CnncalcError
from cnncalc.models.pytorch.importing import as_target, module_model, program_error

if TYPE_CHECKING:
    from pathlib import Path

CODE = """
broken = 3
def net(width=1): raise ValueError(f"no {width}\\nnever")
"""


@pytest.fixture
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_nets.py").write_text(CODE)
    (tmp_path / "failing_nets.py").write_text("import not_there_at_all\n")
    for name in ("own_nets", "failing_nets"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def told(target: str, shape: object = "3x8x8", **settings: object) -> tuple[str, str | None]:
    with pytest.raises(CnncalcError) as raised:
        module_model(target, shape, settings)
    return raised.value.message, raised.value.hint


@pytest.mark.usefixtures("_folder")
def test_what_cannot_be_imported_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    path = list(sys.path)
    assert told("not_there:net") == (
        "there is no module `not_there` to import",
        "it must be installed beside cnncalc, or lie in the current folder",
    )
    assert told("failing_nets:net") == (
        "importing failing_nets raised ModuleNotFoundError in failing_nets.py:1: No module named 'not_there_at_all'",
        "`not_there_at_all` must be installed beside cnncalc",
    )
    assert told("own_nets:ne") == ("own_nets has no `ne`", "did you mean `net`?")
    assert told("own_nets:net", None) == (
        "the shape that own_nets:net takes is not given",
        "give it, as by --input 3x224x224",
    )
    monkeypatch.setitem(sys.modules, "torch", None)
    assert told("own_nets:net") == ("own_nets:net: PyTorch is not installed", "pip install torch")
    assert sys.path == path


@pytest.mark.usefixtures("_folder")
def test_a_program_without_a_name_is_told_with_the_names_in_it(tmp_path: Path) -> None:
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "small.py").write_text("class Net: pass\ndef made(): pass\nclass _Inner: pass\nx = 1\n")
    (tmp_path / "empty.py").write_text("x = (")
    for word in ("nets/small.py", "nets.small", "./nets/small.py"):
        error = program_error(word)
        assert error is not None
        assert error.hint == "say what of it makes the network, with --input: `nets.small:Net`, `nets.small:made`"
    error = program_error("empty")
    assert error is not None
    assert (error.message, error.hint) == (
        "empty.py is a Python program, and MODULE:NAME names a module in one",
        "nothing in it has a name",
    )
    assert program_error("alexnet") is None
    assert as_target("nets/small.py:Net") == "nets.small:Net"
    assert as_target("nets/other.py:Net") == "nets/other.py:Net"


@pytest.mark.usefixtures("_folder")
def test_a_program_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "no_program.py").write_text("x = 1\ny = (\n")
    assert told("no_program:x")[0] == "importing no_program raised SyntaxError in no_program.py:2: '(' was never closed"


@pytest.mark.usefixtures("_folder")
def test_what_gives_no_module_is_told() -> None:
    pytest.importorskip("torch")
    assert told("own_nets:broken")[0] == "own_nets:broken is of type int, neither a module nor what makes one"
    assert told("own_nets:net", wdth=2)[1] == "arguments are given as --set NAME=VALUE: width=1"
    assert told("own_nets:net", width=2)[0] == "own_nets:net(width=2) raised ValueError in own_nets.py:3: no 2"
    assert told("builtins:dict")[0] == "builtins:dict gives an object of type dict, no torch.nn.Module"


def test_a_class_is_called_with_settings() -> None:
    torch = pytest.importorskip("torch")
    model = module_model("torch.nn:Linear", [4], {"in_features": 4, "out_features": 3})
    assert isinstance(model.module, torch.nn.Linear)
    assert model.at({"input": (4,)}).parameters == 15
