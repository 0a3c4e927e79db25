"""Values of parameters that are given as text."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.errors import CnncalcError
from cnncalc.spec.written_values import written_value
from tests.rows import every_row


@every_row(
    ("text", "value"),
    [
        ("8", 8),
        (" 0.25 ", 0.25),
        ("1e-3", 0.001),
        ("true", True),
        ("yes", "yes"),
        ("", None),
        ("[1, [2, 3]]", [1, [2, 3]]),
        ("{a: 1}", {"a": 1}),
        ("'8'", "8"),
        ("\n- 1\n- 2", [1, 2]),
    ],
)
def test_they_are_read_as_yaml_reads_them(text: str, value: Any) -> None:
    assert repr(written_value("width", text)) == repr(value)


def test_one_text_gives_one_value() -> None:
    with pytest.raises(CnncalcError) as caught:
        written_value("width", "8\ndepth: 3")
    assert caught.value.message == "--set width takes one value, and here are more lines"
