"""Tables of facts that one test checks: rows that are many and tiny, and that nobody asks for one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_SHOWN = 300
"""Characters of a row of which a failure tells."""


def every_row(
    names: str | tuple[str, ...], rows: Iterable[Any], ids: Iterable[str] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator as `pytest.mark.parametrize` is, by which all rows are one test.

    A test costs milliseconds whatever it does, in each worker once more when it is collected, and a row some
    microseconds. All rows are checked; those that fail are told together, each with its traceback and its values.
    Rows with fixtures of their own or with marks are `parametrize`'s. Of several decorators, each takes the rows
    below it as often as it has rows.
    """
    words = tuple(name.strip() for name in names.split(",")) if isinstance(names, str) else names
    table = [row if len(words) > 1 else (row,) for row in rows]
    labels = None if ids is None else list(ids)
    assert table
    assert labels is None or len(labels) == len(table)

    def decorated(test: Callable[..., None]) -> Callable[..., None]:
        def whole(**others: Any) -> None:
            failures: list[BaseException] = []
            for number, row in enumerate(table):
                values = dict(zip(words, row, strict=True))
                try:
                    test(**others, **values)
                except (Exception, pytest.fail.Exception) as failure:  # noqa: BLE001 - whatever a row comes to
                    label = values if labels is None else labels[number]
                    failure.add_note(f"row {number}: {label!r}"[:MOST_SHOWN])
                    failures.append(failure)
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(table)} rows of {test.__name__}", failures)

        # Not by functools.wraps: pytest would ask the test behind it for its fixtures.
        whole.__name__, whole.__qualname__, whole.__doc__ = test.__name__, test.__qualname__, test.__doc__
        whole.__module__ = test.__module__
        return whole

    return decorated
