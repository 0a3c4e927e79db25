"""Conditions that repeat along the sizes of an axis, and the residues at which all of them hold."""

from __future__ import annotations

from math import gcd, lcm
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.solve.limits import MOST_RESIDUES

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.solve.building import Builder
    from cnncalc.symbolic.floor_forms import Constraint


class Condition(NamedTuple):
    """What must hold at an input size, and the number after which it repeats; 0 where it does not."""

    period: int
    holds: Callable[[int], bool]


def as_condition(constraint: Constraint) -> Condition:
    """A constraint as a condition; sizes that grow at different rates agree at no regular distance."""
    periods = [form.period for form in constraint.forms]
    if constraint.multiple:
        [(period, growth)] = periods
        return Condition(period * (constraint.multiple // gcd(constraint.multiple, growth)), constraint.holds)
    if any(growth * periods[0][0] != periods[0][1] * period for period, growth in periods):
        return Condition(0, constraint.holds)
    return Condition(lcm(*(period for period, _ in periods)), constraint.holds)


def common_residues(conditions: list[Condition], least: int, builder: Builder) -> tuple[int, tuple[int, ...]]:
    """The modulus and the residues at which all conditions hold.

    The residues that are left are spread over a larger modulus, condition by condition; a modulus of 0 says that they
    become too many.
    """
    modulus, residues = 1, [0]
    for period, holds in sorted(conditions, key=itemgetter(0)):
        wider = lcm(modulus, period)
        if not period or len(residues) * (wider // modulus) > MOST_RESIDUES:
            return 0, ()
        builder.spend(len(residues) * (wider // modulus) // 16)
        spread = (size for start in residues for size in range(start, wider, modulus))
        residues = [size for size in spread if holds(least + (size - least) % wider)]
        modulus = wider
    return with_smallest_modulus(modulus, sorted(residues))


def with_smallest_modulus(modulus: int, residues: list[int]) -> tuple[int, tuple[int, ...]]:
    """The same sizes with the smallest modulus.

    >>> with_smallest_modulus(8, [1, 3, 5, 7])
    (2, (1,))
    """
    known = set(residues)
    for rounds in range(len(residues), 1, -1):
        smaller = modulus // rounds
        if len(residues) % rounds or modulus % rounds:
            continue
        if all((residue + smaller) % modulus in known for residue in residues):
            return smaller, tuple(sorted({residue % smaller for residue in residues}))
    return (modulus, tuple(residues)) if residues else (1, ())
