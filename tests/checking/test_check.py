"""What specs say of single layers, scopes and outputs is held against figures that were worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

import cnncalc
from cnncalc import CnncalcError
from tests.rows import every_row

SPEC = """
input: 3x32x32
layers:
  - conv2d: {name: c1, out_channels: 8, kernel_size: 3}
  - name: s
    layers:
      - conv2d: {name: c2, out_channels: 8, kernel_size: 3}
      - batch_norm
  - conv2d: {name: aux, out_channels: 2, kernel_size: 1, from: c1}
outputs: [s, aux]
"""
C1 = 8 * 3 * 9 * 30 * 30
C2 = 8 * 8 * 9 * 28 * 28
AUX = 2 * 8 * 30 * 30

HELD = [
    ("macs", C1 + C2 + AUX),
    ("layers", 4),
    ("buffers", 16),
    ("weight_bytes", 4 * (8 * 28 + 8 * 73 + 32 + 2 * 9)),
    ("layers.c1.macs", C1),
    ("layers.c1.parameters", 8 * 28),
    ("layers.c1.weight_bytes", 4 * 8 * 28),
    ("layers.c1.output_bytes", 4 * 8 * 30 * 30),
    ("layers.c1.output_shape", "8x30x30"),
    ("layers.c1.output_shape", [8, 30, 30]),
    ("layers.s.macs", C2),
    ("layers.s.layers", 2),
    ("layers.s.parameters", 8 * 73 + 16),
    ("layers.s.output_shape", "8x28x28"),
    ("layers.s.batch_norm_1.parameters", 16),
    ("outputs.aux.macs", C1 + AUX),
    ("outputs.aux.layers", 2),
    ("outputs.aux.buffers", 0),
    ("outputs.aux.peak_activation_bytes", 4 * (3 * 32 * 32 + 8 * 30 * 30)),
    ("outputs.s.macs", C1 + C2),
    ("outputs.s.layers", 3),
]


def with_(word: str, path: str, value: Any, dtype: str = "") -> str:
    """The spec with a figure under `expect` or `budget`."""
    kind, _, rest = (
        path.partition(".") if "." in path and path.partition(".")[0] in ("layers", "outputs") else ("", "", path)
    )
    owner, _, figure = rest.rpartition(".")
    text = f"{figure}: {value}"
    if kind:
        text = f"{kind}: {{{owner}: {{{text}}}}}"
    return f"{SPEC}{word}: {{{dtype}{text}}}\n"


@every_row(("path", "value"), HELD)
def test_what_is_expected(path: str, value: Any) -> None:
    [right] = cnncalc.check(with_("expect", path, value)).networks
    assert right.ok, right.faults
    assert [figure.ok for figure in right.figures] == [True]
    other = value + 1 if isinstance(value, int) else "8x30x31"
    [wrong] = cnncalc.check(with_("expect", path, other)).networks
    assert [fault.code for fault in wrong.faults] == ["unexpected"]
    assert not wrong.is_bad


@every_row(("path", "value"), [(path, value) for path, value in HELD if isinstance(value, int) and value])
def test_what_is_budgeted(path: str, value: int) -> None:
    assert cnncalc.check(with_("budget", path, value)).ok
    [network] = cnncalc.check(with_("budget", path, value - 1)).networks
    assert [fault.code for fault in network.faults] == ["over-budget"]
    assert network.faults[0].message.endswith(f", 1 more than the {value - 1:,} budgeted")


BYTES = 8 * 28 + 8 * 73 + 32 + 2 * 9


@pytest.mark.parametrize(
    ("spec_dtype", "dtype", "size"),
    [
        ("", "float32", 4),
        ("", "int8", 1),
        ("", "float64", 8),
        ("dtype: float16, ", "float32", 2),
        ("dtype: int8, ", "float64", 1),
    ],
)
def test_bytes_are_those_of_the_specs_type_or_else_of_the_callers(spec_dtype: str, dtype: str, size: int) -> None:
    for word in ("budget", "expect") if spec_dtype else ("budget",):
        text = with_(word, "weight_bytes", size * BYTES, spec_dtype)
        assert cnncalc.check(text, dtype=dtype).ok
        assert not cnncalc.check(text.replace(str(size * BYTES), str(size * BYTES - 1)), dtype=dtype).ok
    assert cnncalc.check(
        SPEC, dtype=dtype, budgets={"weight_bytes": {"float32": 4, "int8": 1, "float64": 8}[dtype] * BYTES}
    ).ok


def test_a_wrong_dtype() -> None:
    with pytest.raises(CnncalcError, match="`dtype` takes float64, float32, bfloat16, float16 or int8, not 'int4'"):
        cnncalc.check(SPEC, dtype="int4")


def test_at_another_size_budgets_are_held_and_expectations_are_not() -> None:
    text = f"{SPEC}expect: {{macs: 1}}\nbudget: {{outputs: {{aux: {{layers: 1}}}}}}\n"
    report = cnncalc.check(text, input="3x40x40")
    assert [fault.code for fault in report.networks[0].faults] == ["over-budget"]
    assert len(report.notes) == 1


def test_a_variants_own_replaces_the_files() -> None:
    text = (
        "input: 4\nparameters: {n: 1}\nvariants: {a: {}, b: {n: 2, budget: {parameters: 9}}, c: {n: 3, budget: {}}}\n"
    )
    text += "layers: [linear: {out_features: =n}]\nbudget: {parameters: 5}\n"
    networks = cnncalc.check(text).networks
    assert [[figure.most for figure in network.figures] for network in networks] == [[5], [9], []]
    assert [network.ok for network in networks] == [True, False, True]


WRONG = [
    ("expect: {layers: {c9: {macs: 1}}}", "name", "<text> has no layer `c9`", None),
    ("budget: {outputs: {c1: {macs: 1}}}", "name", "`c1` is no output", "outputs: s.batch_norm_1, aux"),
    ("budget: {outputs: {zzz: {macs: 1}}}", "name", "<text> has no layer `zzz`", None),
    ("expect: {layers: {input: {macs: 1}}}", "name", "`input` is an input, and no layer", None),
    ("budget: {layers: {c1: {output_shape: 8x30x30}}}", "unknown-key", "`c1` knows no `output_shape`", None),
    ("expect: {layers: {c1: {peak_activation_bytes: 1}}}", "unknown-key", "`c1` knows no `peak_act", None),
    ("expect: {outputs: {aux: {output_shape: 1x1}}}", "unknown-key", "`aux` knows no `output_shape`", None),
    ("expect: {layers: {c1: {output_shape: 8x}}}", "bad-value", "`output_shape` in `expect` must be a shape", None),
    ("budget: {layers: {c1: 3}}", "bad-value", "`c1` in `budget` must map figures to counts, not 3", None),
    ("budget: {outputs: 3}", "bad-value", "`outputs` in `budget` must map names to figures, not 3", None),
    ("budget: {dtype: int4}", "bad-value", "`dtype` in `budget` must be one of float64", "did you mean `int8`?"),
    ("budget: {macs: 1Q}", "bad-value", "`macs` in `budget` must be a count such as 5000000", None),
    ("budget: {macs: -1}", "bad-value", "`macs` in `budget` must be a count such as 5000000, 5M or 1.5G, not -1", None),
    ("budget: {mcs: 1}", "unknown-key", "`budget` knows no `mcs`", "did you mean `macs`?"),
    ("budget: 3", "bad-value", "`budget` must be a mapping, not 3", None),
]  # fmt: skip


@every_row(("line", "code", "message", "hint"), WRONG)
def test_what_cannot_be_said(line: str, code: str, message: str, hint: str | None) -> None:
    report = cnncalc.check(f"{SPEC}{line}\n")
    [fault] = report.networks[0].faults
    assert report.is_bad
    assert (fault.code, fault.line) == (code, 11)
    assert fault.message.startswith(message)
    assert hint is None or fault.hint == hint


def test_all_that_cannot_be_said_is_told() -> None:
    text = f"{SPEC}expect: {{macs: x, mcs: 1, layers: {{c9: {{macs: 1}}, c1: {{mac: 1}}}}, outputs: 3}}\n"
    text += "budget: {macs: y}\n"
    codes = [fault.code for fault in cnncalc.check(text).networks[0].faults]
    assert codes == ["bad-value", "unknown-key", "unknown-key", "bad-value", "bad-value"]
