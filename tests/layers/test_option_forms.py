"""From YAML to the forward pass, with every option in every form: refused with a message, or executed as computed."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from cnncalc.layers import LAYERS
from tests.layers.cases import KINDS, OPAQUE
from tests.layers.option_forms import spec
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable

EACH = max(settings().max_examples // 20, 1)
"""Specs of each type in a part: 2, in the quick run 1, and where more is drawn 10.

`wrong_with` finds what is wrong with any other.
"""


def wrong_with(text: str, run: Callable[..., Any]) -> str | None:
    """What some command says that it should not, of a spec whose last layer is `tested`; None if all is well."""
    first = run("summary", "-", "--json", stdin=text)
    if first.status == 2:
        said = first.err.startswith("error: <stdin>:") and not first.out and "Traceback" not in first.err
        return None if said else first.err
    if first.status:
        return f"summary: {first.status} {first.err}"
    shape = json.loads(first.out)["layers"][-1]["output_shape"]
    channels_last = "data_format: channels_last" in text
    spatial = shape[:-1] if channels_last else shape[1:]
    unit = ",".join(str(size // 2) for size in spatial or shape)
    for command in (
        ("explain", "-", "tested"),
        ("receptive-field", "-", "tested", "--unit", unit, "--verify"),
        ("run", "-", "--seed", "1"),
    ):
        outcome = run(*command, stdin=text)
        complaints = [line for line in outcome.err.splitlines() if not line.lstrip().startswith("note: ")]
        if outcome.status or complaints:
            return f"{' '.join(command)}: {outcome.status} {outcome.out[-600:]} {outcome.err}"
    return None


@pytest.mark.parametrize("part", slow_but({0}, range(3)))
@pytest.mark.parametrize("name", slow_but(KINDS - {*OPAQUE}, [name for name in LAYERS if name not in OPAQUE]))
def test_every_option_in_every_form(name: str, part: int, run: Callable[..., Any]) -> None:
    for seed in range(part * EACH, (part + 1) * EACH):
        text = spec(Random(f"{name} {seed}"), name).text
        assert wrong_with(text, run) is None, text


def test_a_kernel_of_two_sizes_is_drawn(run: Callable[..., Any]) -> None:
    """A bias has one axis, and no fan-in."""
    layer = "conv_transpose2d: {out_channels: 2, kernel_size: [3, 2], stride: [2, 1]}"
    assert run("run", "-", stdin=f"input: 1x4x4\nlayers:\n  - {layer}\n").status == 0
