"""What the tests of pages share: a browser, if there is one, and pages that are written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cnncalc
from tests.pages.browser import MISSING, Browser, Tab, executable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of all tests."""
    program = executable()
    if program is None:
        pytest.skip(MISSING)
    found = Browser(program)
    yield found
    found.close()


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The file of a page about some networks, each written once."""
    known: dict[tuple[str, ...], Path] = {}

    def write(*specs: str) -> Path:
        if specs not in known:
            known[specs] = tmp_path_factory.mktemp("page") / "net.html"
            cnncalc.page(*specs).save(known[specs])
        return known[specs]

    return write


@pytest.fixture
def opened(browser: Browser, written: Callable[..., Path]) -> Iterator[Callable[..., Tab]]:
    """Open the page of some networks; when the test ends, no page has complained or asked for another file."""
    tabs: list[Tab] = []

    def open_(*specs: str, at: str = "", width: int = 1280, dark: bool = False) -> Tab:
        tabs.append(Tab(browser, written(*specs), at, width=width, dark=dark))
        return tabs[-1]

    yield open_
    for tab in tabs:
        tab.close()
