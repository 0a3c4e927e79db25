"""The largest value that fits, against trying all values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc import CnncalcError
from tests.marking import slow_after

HEAD = "input: 3x16x16\nparameters: {w: 8}\nlayers:\n"
CONV = '  - conv2d: {{out_channels: "={}", kernel_size: 3, padding: 1}}\n'
GROUPS = HEAD + CONV.format("w") + "  - conv2d: {out_channels: =w, kernel_size: 1, groups: %d}\n"
DEPTH = (
    "input: 3x8x8\nparameters: {w: 1}\nlayers: [{repeat: =w, layers: [{conv2d: {out_channels: 3, kernel_size: 1}}]}]\n"
)
STRIDE = "input: 3x64x64\nparameters: {w: 1}\nlayers: [{conv2d: {out_channels: 4, kernel_size: 3, stride: =w}}]\n"
WINDOW = "input: 3x64x64\nparameters: {w: 1}\nlayers: [{conv2d: {out_channels: 4, kernel_size: =w}}]\n"
SAW = HEAD + CONV.format("w * (1 + w % 3)")
HILL = HEAD + CONV.format("200 - w if w < 150 else w")


def all_tried(spec: str, name: str, values: list[Any], budgets: dict[str, int]) -> Any:
    """The largest of some values with which every total is within its budget, each network loaded anew."""
    fitting = []
    for value in values:
        try:
            totals = cnncalc.load(spec, set={name: value}).report().totals
        except CnncalcError:
            continue
        if all(getattr(totals, total) <= most for total, most in budgets.items()):
            fitting.append(value)
    return max(fitting, default=None)


# Each with a budget that some value below 300 exceeds.
SPECS: list[tuple[str, dict[str, int]]] = [
    (HEAD + CONV.format("w"), {"macs": 1_000_000}),
    (HEAD + CONV.format("w"), {"parameters": 28 * 100}),
    (HEAD + CONV.format("w"), {"parameters": 28 * 100 - 1, "macs": 10**9}),
    (HEAD + CONV.format("w"), {"weight_bytes": 4 * 28 * 77, "peak_activation_bytes": 50_000}),
    (HEAD + CONV.format("w // 8 * 8"), {"macs": 1_000_000}),
    (HEAD + CONV.format("make_divisible(w * 0.75, 8)"), {"macs": 1_000_000}),
    (GROUPS % 8, {"macs": 1_500_000}),
    (GROUPS % 4, {"parameters": 3_000}),
    (GROUPS.replace("w: 8", "w: 60") % 60, {"parameters": 9_000}),
    (DEPTH, {"layers": 17}),
    (DEPTH, {"macs": 8 * 9 * 30 + 5}),
    (STRIDE.replace("kernel_size: 3,", "kernel_size: =61 - w,"), {"macs": 100_000}),
    (STRIDE.replace("kernel_size: 3,", "kernel_size: =61 - w,"), {"macs": 25_000}),
    (WINDOW, {"macs": 1_000_000}),
    (WINDOW, {"parameters": 500}),
    (SAW, {"macs": 1_000_000}),
    (SAW, {"macs": 100_000}),
    (HILL, {"parameters": 28 * 120}),
    (HILL, {"parameters": 28 * 180}),
]


@pytest.mark.parametrize(("spec", "budgets"), slow_after(3, SPECS[::-1]))
def test_it_is_the_largest_of_all(spec: str, budgets: dict[str, int]) -> None:
    found = cnncalc.load(spec).largest("w", budgets)
    assert found.value == all_tried(spec, "w", list(range(1, 120 if spec == DEPTH else 300)), budgets)
    assert found.complete
    assert found.totals == cnncalc.load(spec, set={"w": found.value}).report().totals
    assert found.settings == {"w": found.value}
    assert found.next is not None
    assert found.next.value > found.value
    assert found.next.totals is None or any(getattr(found.next.totals, name) > most for name, most in budgets.items())


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.integers(0, 60), st.integers(1, 41))
def test_whatever_the_totals_are(widths: list[int], default: int, most: int) -> None:
    """A list of widths in any order, of which a place is asked for: behind its end there is no network."""
    spec = (
        f'input: 4\nparameters: {{w: {default}}}\nlayers: [{{linear: {{out_features: "={widths}[w]", bias: false}}}}]\n'
    )
    fitting = [place for place, width in enumerate(widths) if place > 0 and width <= most]
    if default >= len(widths):
        return
    network = cnncalc.load(spec)
    if not fitting:
        with pytest.raises(CnncalcError, match="no value of `w` from 1 on fits"):
            network.largest("w", {"macs": 4 * most})
        return
    found = network.largest("w", {"macs": 4 * most})
    is_falling = sorted(widths[1:]) != widths[1:]
    assert found.value == max(fitting) or (is_falling and found.tried_all is None)


BUNDLED: list[tuple[str, str, dict[str, int], str, int]] = [
    ("mobilenet", "alpha", {"macs": 300_000_000}, "0.05", 30),
    ("mobilenet", "alpha", {"parameters": 1_000_000}, "0.05", 30),
    ("mobilenet", "classes", {"parameters": 3_300_000}, "10", 20),
    ("resnet18", "width_per_group", {"macs": 10**9}, "8", 20),
    ("resnet50", "width_per_group", {"parameters": 30_000_000}, "8", 20),
]


@pytest.mark.parametrize(("name", "parameter", "budgets", "step", "count"), slow_after(0, BUNDLED))
def test_of_bundled_architectures(name: str, parameter: str, budgets: dict[str, int], step: str, count: int) -> None:
    kind = float if "." in step else int
    values = [kind(number * Decimal(step)) for number in range(1, count + 1)]
    try:
        found = cnncalc.load(name).largest(parameter, budgets, step=Decimal(step))
    except CnncalcError:
        assert all_tried(name, parameter, values, budgets) is None
        return
    assert found.value == all_tried(name, parameter, values, budgets)


def test_steps() -> None:
    """Of a parameter that is a fraction they are hundredths."""
    network = cnncalc.load(HEAD.replace("w: 8", "w: 1.0") + CONV.format("int(100 * w)"))
    fine = network.largest("w", {"macs": "1M"})
    assert (fine.value, fine.step) == (1.44, 0.01)
    assert network.largest("w", {"macs": "1M"}, step=0.05).value == 1.4
    assert network.largest("w", {"macs": 10**7}, step=4).value == 12
    assert cnncalc.load(HEAD + CONV.format("w")).largest("w", {"macs": "1M"}, step=8).value == 144


def test_it_stays_at_the_size_and_with_the_settings_of_the_network() -> None:
    spec = HEAD.replace("w: 8", "w: 8, v: 1") + CONV.format("w * v")
    network = cnncalc.load(spec, input="3x8x8", set={"v": 3})
    found = network.largest("w", {"macs": "1M"})
    assert (found.inputs, found.settings) == ({"input": (3, 8, 8)}, {"v": 3, "w": 10**6 // (64 * 27 * 3)})
    assert found.totals == network.at(set={"w": found.value}).report().totals
    with_memory = network.largest("w", {"weight_bytes": "1MiB"}, dtype="int8")
    assert with_memory.totals.weight_bytes == with_memory.totals.parameters <= 2**20


def test_where_totals_do_not_grow_it_says_so() -> None:
    constant = cnncalc.load("input: 4\nparameters: {w: 1}\nlayers: [relu]\n").largest("w", {"macs": 5})
    assert (constant.value, constant.next, constant.not_growing) == (2**31 - 1, None, ("macs",))
    falling = cnncalc.load(STRIDE).largest("w", {"macs": 100_000})
    assert (falling.value, falling.not_growing, falling.tried_all) == (2**31 - 1, ("macs",), None)
    window = cnncalc.load(WINDOW).largest("w", {"macs": 100_000})
    assert (window.value, window.tried_all) == (64, (1, 256))
    assert window.next is not None
    assert window.next.error == (
        "<text>:3:11: `conv2d_1` cannot take 3 x 64 x 64: its window spans 65 pixels, the height has 64"
    )


def test_it_gives_up_where_it_takes_long() -> None:
    spec = "input: 4\nparameters: {w: 1}\nlayers: [{repeat: =w, layers: [relu]}]\n"
    found = cnncalc.load(spec).largest("w", {"flops": 10**9})
    assert not found.complete
    assert found.next is None
    assert found.totals.layers == found.value > 1000


WRONG: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    ("mobilenet", "alhpa", {"macs": 1}, {}, "mobilenet.yaml has no parameter `alhpa`\nhint: did you mean `alpha`?"),
    ("mobilenet", "alpha", {}, {}, "there is no budget to fit into\nhint: give one or more, such as --max-macs 300M"),
    ("mobilenet", "alpha", {"mac": 1}, {}, "there is no total `mac`\nhint: did you mean `macs`?"),
    (
        "mobilenet",
        "alpha",
        {"macs": "1Q"},
        {},
        "the budget of `macs`, '1Q', is not a count such as 5000000, 5M or 1.5G",
    ),
    ("mobilenet", "alpha", {"macs": 1}, {"step": 0}, "`step` takes a number from 1e-09 to 2147483647, not 0"),
    ("mobilenet", "alpha", {"macs": 1}, {"step": True}, "`step` takes a number from 1e-09 to 2147483647, not True"),
    (
        "mobilenet",
        "shallow",
        {"macs": 1},
        {},
        "`shallow` is false, and only a number can be solved for\n"
        "hint: `sweep --set shallow=VALUE,VALUE` tries the values that it is given",
    ),
    (
        HEAD + CONV.format("w"),
        "w",
        {"macs": 1, "parameters": 5},
        {},
        "no value of `w` from 1 on fits: at 1 macs is 6,912, and 1 is the most, parameters is 28, and 5 is the most",
    ),
]


@pytest.mark.parametrize(("spec", "parameter", "budgets", "options", "message"), WRONG)
def test_what_has_no_answer(
    spec: str, parameter: str, budgets: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(CnncalcError) as raised:
        cnncalc.load(spec).largest(parameter, budgets, **options)
    assert str(raised.value) == f"error: {message}"
