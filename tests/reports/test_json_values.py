"""Values of JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cnncalc.reports.json_values import dumped_list


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("items", [[], [1], [{"a": [1, {"b": "x\ny"}], "c": {}}, [], "]"]])
def test_a_list_in_pieces_reads_as_at_once(items: list[Any], indent: int | None) -> None:
    before, after = {"name": '"rows": []', "notes": [[]]}, {"totals": {"macs": 1}}
    pieces = list(dumped_list(before, "rows", iter(items), after, indent=indent))
    assert "".join(pieces) == json.dumps({**before, "rows": items, **after}, indent=indent) + "\n"
    assert len(pieces) == len(items) + 2
