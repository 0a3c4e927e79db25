"""Names that are cut stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.reports.abbreviation import abbreviated
from cnncalc.text import columns

NAMES = st.lists(st.text("ab1.", min_size=1, max_size=12), unique=True, max_size=8)


@given(names=NAMES, room=st.integers(1, 14))
def test_as_long_as_there_is_room_and_clear_where_it_is_said(names: list[str], room: int) -> None:
    """A cut name that is said to be clear begins and ends as no other name that is cut."""
    known, clear = abbreviated(names, room)
    assert list(known) == names
    cut = [name for name in names if len(name) > room]
    for name, written in known.items():
        if name not in cut:
            assert written == name
            continue
        assert len(written) == room
        start, end = written.split("…")
        alike = [other for other in cut if other.startswith(start) and other.endswith(end)]
        assert name in alike
        assert alike == [name] or not clear


def test_what_differs_is_kept() -> None:
    names = [f"stage{stage}.res{block}.conv1.leaky_relu_1" for stage in range(1, 6) for block in range(1, 9)]
    known, clear = abbreviated(names, 25)
    assert clear
    assert known["stage3.res7.conv1.leaky_relu_1"] == "stage3.res7.conv1…_relu_1"


@pytest.mark.parametrize(("spec", "room"), [("yolo_v3", 22), ("resnet50", 16), ("densenet121", 24)])
def test_names_of_networks(spec: str, room: int) -> None:
    names = [node.name for node in cnncalc.load(spec).nodes]
    known, clear = abbreviated(names, room)
    assert clear
    assert len(set(known.values())) == len(names)


@given(names=st.lists(st.text("a層.", min_size=1, max_size=12), unique=True, max_size=6), room=st.integers(4, 14))
@pytest.mark.parametrize("mark", ["…", "..."])
def test_wide_names_take_no_more_columns_than_there_are(mark: str, names: list[str], room: int) -> None:
    known, _ = abbreviated(names, room, mark)
    for name, written in known.items():
        assert columns(written) <= room
        assert (written == name) is (columns(name) <= room)
