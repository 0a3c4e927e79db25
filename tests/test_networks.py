"""The samples of the bundled networks have of each kind one."""

from __future__ import annotations

import pytest

import cnncalc
from tests.networks import FIRST, NETWORKS


def types(name: str) -> set[str]:
    """The layer types of a bundled network."""
    return {node.type for node in cnncalc.load(name).nodes}


@pytest.mark.slow
def test_no_type_of_layer_is_missing() -> None:
    assert set().union(*map(types, NETWORKS)) == set().union(*map(types, FIRST.values()))
