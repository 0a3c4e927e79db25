"""Tables of facts that one test checks: rows that are many and tiny, and that nobody asks for one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PARAM = type(pytest.param())
"""What `pytest.param` makes: the values of a row, its marks and its name."""

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
    cases = [row if isinstance(row, PARAM) else pytest.param(*(row if words[1:] else (row,))) for row in rows]
    labels = [case.id for case in cases] if ids is None else list(ids)
    assert cases
    assert len(labels) == len(cases)
    assert all(len(case.values) == len(words) and not case.marks for case in cases)

    def decorated(test: Callable[..., None]) -> Callable[..., None]:
        def whole(**others: Any) -> None:
            failures: list[BaseException] = []
            for number, case in enumerate(cases):
                values = dict(zip(words, case.values, strict=True))
                try:
                    test(**others, **values)
                except (Exception, pytest.fail.Exception) as failure:  # noqa: BLE001 - whatever a row comes to
                    failure.add_note(f"row {number}: {labels[number] or repr(values)}"[:MOST_SHOWN])
                    failures.append(failure)
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(cases)} rows of {test.__name__}", failures)

        # Not by functools.wraps: pytest would ask the test behind it for its fixtures.
        whole.__name__, whole.__qualname__, whole.__doc__ = test.__name__, test.__qualname__, test.__doc__
        whole.__module__ = test.__module__
        return whole

    return decorated
