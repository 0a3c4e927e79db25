"""The rounds of `repeat` and `for`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import value_text
from cnncalc.spec.evaluation import is_variable
from cnncalc.spec.scopes import Rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.spec.evaluation import Evaluator
    from cnncalc.spec.namespace import Namespace
    from cnncalc.text_nodes import Mapping, Scalar, TextNode

MOST_ROUNDS: Final = 1_000_000


def repeat_rounds(node: TextNode, evaluator: Evaluator, names: Callable[[], Namespace]) -> Rounds:
    """The values of each round of a `repeat`: `index`, from 0."""
    count = evaluator.plain(node, names)
    if isinstance(count, float) and count.is_integer():
        count = int(count)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise evaluator.source.error(node, f"`repeat` must be an integer of at least 0, not {value_text(count)}")
    if count > MOST_ROUNDS:
        raise evaluator.source.error(node, f"`repeat` must be at most {MOST_ROUNDS:,}, not {value_text(count)}")
    return Rounds(count, ({"index": index} for index in range(count)))


def for_rounds(loop: Mapping, evaluator: Evaluator, names: Callable[[], Namespace]) -> Rounds:
    """The values of each round of a `for`: its variables, walked together, and `index`."""
    columns: dict[str, tuple[Scalar, list[Any]]] = {}
    for key, node in loop.entries():
        rows = evaluator.plain(node, names)
        if not isinstance(rows, list):
            raise evaluator.source.error(node, f"`for` walks a list, and `{key.text}` is {value_text(rows)}")
        for name, column in _columns(key, node, rows, evaluator).items():
            if not is_variable(name):
                raise evaluator.source.error(key, f"`{name}` cannot be the name of a loop's variable")
            if name in columns:
                raise evaluator.source.error(key, f"`{name}` stands twice in this `for`", "rename one of the two")
            columns[name] = key, column
    (first, (_, reference)), *others = columns.items()
    for name, (key, column) in others:
        if len(column) != len(reference):
            raise evaluator.source.error(
                key,
                f"`{first}` has {len(reference)} values and `{name}` has {len(column)}",
                "give them the same length",
            )
    count = len(reference)
    return Rounds(
        count,
        ({**{name: column[index] for name, (_, column) in columns.items()}, "index": index} for index in range(count)),
    )


def _columns(key: Scalar, node: TextNode, rows: list[Any], evaluator: Evaluator) -> dict[str, list[Any]]:
    """The list of each name in a key, which may be several with a comma between: then the list is one of rows."""
    names = [name.strip() for name in key.text.split(",")]
    if len(set(names)) < len(names):
        raise evaluator.source.error(key, f"`{key.text}` names a variable twice", "rename one of the two")
    if len(names) == 1:
        return {names[0]: rows}
    for row in rows:
        if not isinstance(row, list) or len(row) != len(names):
            raise evaluator.source.error(
                node, f"each row of `{key.text}` has {len(names)} values, not {value_text(row)}"
            )
    return {name: [row[column] for row in rows] for column, name in enumerate(names)}
