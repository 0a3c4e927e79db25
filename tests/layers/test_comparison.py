"""No layer type without a comparison of its values with an oracle."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from cnncalc.layers import LAYERS
from tests.layers import comparison
from tests.layers.cases import OPAQUE
from tests.layers.comparison import COMPARED, compares, record


def test_the_values_of_every_type_are_compared() -> None:
    """By the tests of this folder, whichever of them are run."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        import_module(f"tests.layers.{path.stem}")
    assert set(COMPARED) == set(LAYERS) - set(OPAQUE)


def test_who_says_that_it_compares_must_have_executed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "COMPARED", {})

    @compares("relu", "conv")
    def executing(*, types: tuple[str, ...]) -> None:
        for name in types:
            record(name)

    executing(types=("relu", "conv"))
    with pytest.raises(AssertionError):
        executing(types=("relu",))
