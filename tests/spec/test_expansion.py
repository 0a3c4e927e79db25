"""What `when` leaves out is as if it were not written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

CHAIN = """
input: 2x8
layers:
  - repeat: 3
    name: "layer{index}"
    layers:
      - conv: {name: conv, out_channels: 2, kernel_size: 1}
      - name: sums
        layers:
          - identity
          - add: {name: add, when: CONDITION, from: [previous, "layer{index - 1}.sums"]}
"""


def test_the_from_of_an_entry_that_is_left_out_is_not_looked_up(run: Callable[..., Any]) -> None:
    outcome = run("summary", "-", "--json", stdin=CHAIN.replace("CONDITION", "=index > 0"))
    names = [layer["name"] for layer in json.loads(outcome.out)["layers"]]
    assert outcome.status == 0
    assert [name for name in names if name.endswith("add")] == ["layer1.sums.add", "layer2.sums.add"]


def test_a_condition_on_the_tensor_looks_it_up(run: Callable[..., Any]) -> None:
    outcome = run("summary", "-", stdin=CHAIN.replace("CONDITION", "=index > 0 and in_channels > 5"))
    assert outcome.status == 0
    outcome = run("summary", "-", stdin=CHAIN.replace("CONDITION", "=in_channels > 5 and index > 0"))
    assert outcome.status == 2
    assert "there is no earlier output `layer-1.sums`" in outcome.err
