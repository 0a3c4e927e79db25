"""When boxes of positions may be replaced by the smallest box around them."""

from __future__ import annotations

from cnncalc.geometry.index_set import IndexSet
from cnncalc.receptive_field import bounding_boxes


def test_nearest() -> None:
    evens = IndexSet.progression(4, 2, 5)
    assert [bounding_boxes.nearest(evens, at) for at in (0, 4, 7, 99)] == [4, 4, 6, 12]
