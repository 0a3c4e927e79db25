"""Lists by `for`: `[f(x) for x in list if c]`, with several names and several `for`s."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.errors import value_text
from cnncalc.spec.namespace import UNSET
from cnncalc.spec.operators import MOST_ITEMS, ExpressionError
from cnncalc.spec.steps import count_result, step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.spec.namespace import Closure, Namespace

FIXED: Final = ("in_channels", "in_shape", "true", "false", "null")
"""Names that no variable hides."""


class Clause(NamedTuple):
    """One `for` of a list: its variables, the list that they walk, and its conditions."""

    variables: list[str]
    rows: Closure
    conditions: list[Closure]

    def walked(self, names: Namespace) -> list[Any]:
        """The list that the variables walk."""
        rows = self.rows(names)
        if not isinstance(rows, list):
            written = ", ".join(self.variables)
            raise ExpressionError(f"`for` walks a list, and that of `{written}` is {value_text(rows)}")
        return rows

    def rounds(self, rows: list[Any], names: Namespace) -> Iterator[None]:
        """Set the variables to each row in turn for which the conditions hold; each row counts as a step."""
        for row in rows:
            step(names)
            names.bound |= self._values(row)
            if all(condition(names) for condition in self.conditions):
                yield

    def _values(self, row: Any) -> dict[str, Any]:
        """The values of the variables for a row, which is a list where they are several."""
        if len(self.variables) == 1:
            return {self.variables[0]: row}
        if not isinstance(row, list) or len(row) != len(self.variables):
            written, count = ", ".join(self.variables), len(self.variables)
            raise ExpressionError(f"each row of `{written}` has {count} values, not {value_text(row)}")
        return dict(zip(self.variables, row, strict=True))


def list_maker(clauses: Sequence[Clause], item: Closure) -> Closure:
    """The function that makes the list of an item for each round of all clauses, of which the last goes fastest.

    As in Python, the variables hide outer names within the list only, and the first clause walks a list that does not
    see them.
    """
    first = clauses[0]
    unset = dict.fromkeys([name for clause in clauses for name in clause.variables], UNSET)

    def apply(names: Namespace) -> Any:
        rows, outer = first.walked(names), names.bound
        names.bound = outer | unset
        try:
            found = []
            for _ in _rounds(clauses, rows, names):
                found.append(item(names))
                if len(found) > MOST_ITEMS:
                    raise ExpressionError(f"a list or text of more than {MOST_ITEMS:,} items")
            return count_result(names, found)
        finally:
            names.bound = outer

    return apply


def _rounds(clauses: Sequence[Clause], rows: list[Any], names: Namespace) -> Iterator[None]:
    """Walk the rows of the first clause, and the lists of the others within."""
    first, *others = clauses
    for _ in first.rounds(rows, names):
        if others:
            yield from _rounds(others, others[0].walked(names), names)
        else:
            yield


def variables(clause: ast.comprehension) -> list[str]:
    """The names between `for` and `in`; raises `ExpressionError` where something else stands there."""
    if clause.is_async:
        raise ExpressionError("there is no `async` in this language", "write `for` alone")
    target, names = clause.target, []
    for node in target.elts if isinstance(target, (ast.Tuple, ast.List)) and target.elts else [target]:
        if not isinstance(node, ast.Name) or node.id in FIXED:
            hint = f"`{node.id}` means something else there" if isinstance(node, ast.Name) else _TARGETS
            raise ExpressionError(f"`{ast.unparse(node)[:40]}` cannot be the name of a variable", hint)
        names.append(node.id)
    if len(set(names)) < len(names):
        raise ExpressionError(f"`{ast.unparse(target)[:40]}` names a variable twice", "rename one of the two")
    return names


_TARGETS: Final = "names stand between `for` and `in`, such as [a + b for a, b in rows]"
