"""Holds each module to its word: what it says it compares, it must have executed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.layers import support

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="module")
def claims_are_kept(request: pytest.FixtureRequest) -> Iterator[None]:
    """After all tests of a module that says it compares, unless only some of them were asked for."""
    support.EXECUTED.clear()
    yield
    config, module = request.config, request.module
    partial = config.option.keyword or config.option.markexpr or any("::" in word for word in config.args)
    if not partial and not request.session.testsfailed:
        assert set(getattr(module, "COMPARED", ())) - support.EXECUTED == set()
