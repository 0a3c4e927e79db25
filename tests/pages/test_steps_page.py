"""The page of a calculation in a real browser: buttons and keys go from unit to unit, each said and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cnncalc
from tests.pages.browser import Tab

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pages.browser import Browser

pytestmark = pytest.mark.slow

SHOWN = "[...document.querySelectorAll('svg .frame')].filter(each => getComputedStyle(each).visibility === 'visible')"


def shown(tab: Tab) -> list[str]:
    """The units that are seen."""
    found: list[str] = tab.value(f"{SHOWN}.map(each => each.dataset.unit)")
    return found


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_from_unit_to_unit(browser: Browser, tmp_path: Path, width: int, dark: bool) -> None:
    steps = cnncalc.load("conv2d(1, 3)", input="1x4x5").steps(unit="all")
    units = [step.name for step in steps.steps]
    file = tmp_path / "a.html"
    file.write_text(steps.to_html(), encoding="utf-8")
    tab = Tab(browser, file, width=width, dark=dark)
    assert shown(tab) == units[:1]
    assert tab.value("document.documentElement.scrollWidth <= innerWidth")
    tab.press("ArrowRight", "ArrowRight")
    assert shown(tab) == units[2:3]
    assert tab.text("#said").startswith(f"{units[2]} = sum over a, b of ")
    assert tab.text("#said").endswith(f" = {int(steps.steps[2].result)}")
    tab.press("End", "ArrowRight")
    assert shown(tab) == units[-1:]
    assert tab.value("next.disabled")
    tab.mouse("#back", 0.5, 0.5, click=True)
    assert shown(tab) == units[-2:-1]
    assert f"({len(units) - 1} of {len(units)})" in tab.text("#place")
    tab.press("Home")
    tab.mouse("#play", 0.5, 0.5, click=True)
    assert tab.value("play.getAttribute('aria-pressed')") == "true"
    tab.wait("at === 1")
    tab.mouse("#play", 0.5, 0.5, click=True)
    assert tab.value("timer") == 0
    text = tab.value("getComputedStyle(document.querySelector('svg text')).fill")
    assert text == ("rgb(169, 177, 186)" if dark else "rgb(92, 97, 102)")
    tab.close()


def test_a_moving_figure_moves_unless_less_motion_is_preferred(browser: Browser, tmp_path: Path) -> None:
    steps = cnncalc.load("max_pool2d(2)", input="1x4x4").steps(unit="all")
    file = tmp_path / "a.html"
    file.write_text(f"<body>{steps.to_svg()}<script>document.documentElement.dataset.ready = ''</script>")
    tab = Tab(browser, file)
    seen = f"{SHOWN}.length"
    assert tab.value(seen) == 1
    first = tab.value(f"{SHOWN}[0] === document.querySelectorAll('.frame')[0]")
    assert first
    tab.wait(f"{SHOWN}[0] === document.querySelectorAll('.frame')[1]")
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
    assert tab.value(f"{SHOWN}[0] === document.querySelectorAll('.frame')[3]")
    assert tab.value(seen) == 1
    tab.close()
