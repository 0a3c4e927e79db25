"""The register of the layer types whose values are compared with an oracle, and of the tests that do it.

    @compares("relu")
    def test_relu() -> None: ...

registers a test where it stands, and makes it fail if it ends without having executed the type. So what the register
says is true however few tests are run, and whether it has every type is one plain test of its own.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

COMPARED: dict[str, list[str]] = {}
"""The names of the tests that compare the values of each type."""

_executed: set[str] = set()


def record(type_name: str) -> None:
    """Note that a layer of that type was executed."""
    _executed.add(type_name)


def compares(*types: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a test that compares the values of these types, or of the one that is its parameter `name`."""

    def registered(test: Callable[..., None]) -> Callable[..., None]:
        for type_name in types:
            COMPARED.setdefault(type_name, []).append(f"{test.__module__}.{test.__name__}")

        @wraps(test)
        def checked(**given: Any) -> None:
            _executed.clear()
            test(**given)
            promised = {given["name"]} & set(types) if "name" in given else set(types)
            assert promised - _executed == set()

        return checked

    return registered
