"""Networks here are small: that threads share the work of any is what is to be tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnncalc.sessions import program

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="package")
def _shared() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "LEAST_SHARED", 0)
        yield
