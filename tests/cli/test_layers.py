from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from cnncalc.cli import main
from cnncalc.layers import LAYERS
from tests.marking import slow_but


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error."""
    with pytest.raises(SystemExit) as left:
        main(["layers", *arguments])
    out, err = capsys.readouterr()
    return int(str(left.value.code)), out, err


def test_every_type_has_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    status, out, err = called(capsys)
    assert (status, err) == (0, "")
    listed = [line.split()[0] for line in out.splitlines() if line.startswith("  ")]
    assert sorted(listed) == sorted(LAYERS)
    assert "\x1b" not in out


def test_a_long_name_does_not_push_the_summaries_of_others_aside(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = called(capsys)
    assert "\n  max_pool              The largest value of each window; padding never wins\n" in out
    assert "\n  scaled_dot_product_attention  The mean of the values, weighed by" in out


@pytest.mark.parametrize("columns", slow_but({40}, [40, 80, 120]))
def test_fits_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for arguments in ((), *((name,) for name in LAYERS)):
        _, out, _ = called(capsys, *arguments)
        assert max(map(len, out.splitlines())) <= columns


@pytest.mark.parametrize("colour", [True, False])
def test_a_terminal_sees_bold_words_unless_it_asks_not_to(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, colour: bool
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "" if colour else "1")
    monkeypatch.setenv("TERM", "xterm")
    _, out, _ = called(capsys, "relu")
    assert ("\x1b[" in out) is colour


def test_one_type_tells_its_options_required_first(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = called(capsys, "conv2d")
    assert out.startswith("conv2d")
    order = [out.index(f"\n  {name}  ") for name in ("out_channels", "stride", "activation")]
    assert order == sorted(order)
    assert "out_channels  required\n      number of filters: an integer of at least 1\n" in out
    assert "stride  default 1\n" in out
    assert "filters, num_output" in out
    assert "- conv2d: {out_channels: 6, kernel_size: 5}" in out
    call = "conv2d(out_channels, kernel_size, stride, padding, dilation, groups, bias,\n  padding_mode)"
    assert f"in one line\n  {call}\n" in out
    assert "also written\n  conv, conv1d, conv3d" in out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = called(capsys, "--json")
    assert {line["type"] for line in json.loads(out)} == set(LAYERS)
    _, out, _ = called(capsys, "softplus", "--json")
    described: dict[str, Any] = json.loads(out)
    assert described["options"][0] == {
        "name": "beta",
        "required": False,
        "kind": "a number above 0",
        "default": 1.0,
        "meaning": "sharpness of the bend",
        "aliases": [],
    }
    assert described["example"] == "- softplus: {beta: 2}"
    assert described["call"] == "softplus(beta, threshold)"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("cnv2d", "did you mean `conv2d`?"),
        ("MaxPooling2D", "it is called `max_pool2d` here"),
        ("LayerNormalization", "it is called `layer_norm` here"),
        ("residul", "did you mean `residual`?"),
        ("qqqqqqqq", "`cnncalc layers` or cnncalc.layer_types() lists all of them"),
    ],
)
def test_an_unknown_type_gets_the_nearest(capsys: pytest.CaptureFixture[str], written: str, hint: str) -> None:
    status, out, err = called(capsys, written)
    assert (status, out) == (2, "")
    assert err == f"error: there is no layer type `{written}`\nhint: {hint}\n"
