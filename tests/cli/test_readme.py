"""What the README shows is what is printed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"`cnncalc ((?:explain|solve) [^`]+)`[^`]*```text\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize(("command", "text"), SHOWN, ids=[command for command, _ in SHOWN])
def test_outputs(command: str, text: str, run: Callable[..., Any]) -> None:
    assert len(SHOWN) == 3
    assert text in run(*command.split()).out
