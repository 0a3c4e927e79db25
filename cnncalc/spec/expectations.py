"""What a spec says of its own totals: `expect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.errors import did_you_mean, value_text
from cnncalc.spec.text_nodes import Mapping
from cnncalc.summary.results import Totals

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.spec.text_nodes import Source, TextNode


def expectations(source: Source, node: TextNode | None) -> Mapping:
    """The mapping under `expect`, empty where there is none; raises `CnncalcError` for an unknown total."""
    if node is None:
        return Mapping()
    if not isinstance(node, Mapping):
        raise source.error(node, f"`expect` must be a mapping, not {value_text(node.plain())}")
    for name, key in node.keys.items():
        if name not in Totals._fields:
            hint = did_you_mean(name, Totals._fields, "totals")
            raise source.error(key, f"`expect` knows no `{name}`", hint, code="unknown-key")
    return node


def expected(source: Source, expects: Mapping, plain: Callable[[TextNode], Any]) -> dict[str, int]:
    """The count that each total is expected to be; `plain` evaluates. Raises `CnncalcError` for what is no count."""
    counts: dict[str, int] = {}
    for key, node in expects.entries():
        value = plain(node)
        count = _count(value)
        if count is None:
            from cnncalc.spec.prefixed_counts import FORMS

            hint = "it says what the total equals; for what it may be at most, `check` takes budgets"
            message = f"`{key.text}` in `expect` must be {FORMS}, and whole, not {value_text(value)}"
            raise source.error(node, message, hint if isinstance(value, dict) else None)
        counts[key.text] = count
    return counts


def _count(value: Any) -> int | None:
    """A whole number of at least 0, however it is written, or None."""
    if isinstance(value, str):
        from cnncalc.spec.prefixed_counts import parse_count

        try:
            count, whole = parse_count(value)
        except ValueError:
            return None
        return count if whole else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if value >= 0 and value % 1 == 0 else None
