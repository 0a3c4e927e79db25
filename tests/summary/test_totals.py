"""Totals alone, against those of reports."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.spec import bundled
from cnncalc.summary.totals import TotalsCounter
from tests.marking import slow_but


@pytest.mark.parametrize("name", slow_but(["lenet", "resnet", "googlenet", "mobilenet_v2"], bundled.names()))
def test_they_are_those_of_the_report(name: str) -> None:
    network = cnncalc.load(name)
    assert TotalsCounter(2, "float16").totals(network) == network.report(batch=2, dtype="float16").totals
    counter = TotalsCounter(1, "float32")
    for _ in range(2):
        assert counter.totals(network) == network.report().totals
