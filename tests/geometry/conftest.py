"""Small limits for sets of positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnncalc.geometry import boxes, index_set, periodic, progressions

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = [{}, {"SHORT": 1, "NEAR": 1, "LONGEST": 16, "FEW": 0}, {"SHORT": 9, "NEAR": 3, "LONGEST": 40, "FEW": 2}]
"""Small limits let small sets take every way that otherwise only large ones take."""


@pytest.fixture(params=LIMITS, ids=["usual", "smallest", "small"])
def limits(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in request.param.items():
            homes = [module for module in (periodic, index_set, progressions, boxes) if hasattr(module, name)]
            assert homes, f"no module has a limit {name}"
            for module in homes:
                patch.setattr(module, name, value)
        yield
