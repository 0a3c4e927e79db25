"""No layer type without a comparison of values; an example, a meaning and names for each."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from cnncalc.layers import LAYERS

NOT_YET = {
    "conv",
    "max_pool",
    "avg_pool",
    "adaptive_avg_pool",
    "adaptive_max_pool",
    "global_avg_pool",
    "global_max_pool",
}
"""Types whose comparisons are written elsewhere."""


def compared() -> dict[str, tuple[str, ...]]:
    """What each test module of this directory compares the values of, by its own word."""
    modules = sorted(path.stem for path in Path(__file__).parent.glob("test_*.py"))
    named = {name: getattr(import_module(f"tests.layers.{name}"), "COMPARED", ()) for name in modules}
    return {name: types for name, types in named.items() if types}


def test_the_values_of_every_type_are_compared() -> None:
    union = {name for types in compared().values() for name in types}
    assert union | NOT_YET == set(LAYERS)
    assert not union & NOT_YET
