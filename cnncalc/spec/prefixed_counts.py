"""Counts with prefixes, as budgets and expectations write them."""

from __future__ import annotations

import re
from typing import Any, Final

from cnncalc.shapes import as_whole

LONGEST: Final = 40
FORMS: Final = "a count such as 5000000, 5M or 1.5G"
_FACTORS: Final = {
    "": 1,
    **{prefix: 1000**power for power, prefix in enumerate("kMGT", 1)},
    **{f"{prefix}i": 1024**power for power, prefix in enumerate("KMGT", 1)},
}
_COUNT: Final = re.compile(r"([0-9]+)(?:\.([0-9]+))? ?([kMGT]|[KMGT]i)?B?")


def parse_count(text: str) -> tuple[int, bool]:
    """The count that a text means, rounded down, and whether it is whole; raises `ValueError`.

    The prefixes k, M, G and T are decimal, Ki, Mi, Gi and Ti binary; a B for bytes may follow. Decimals that no prefix
    makes larger are no count.

    >>> parse_count("1.5G"), parse_count("64MiB"), parse_count("1.0005k")
    ((1500000000, True), (67108864, True), (1000, False))
    """
    found = _COUNT.fullmatch(text.strip()) if len(text) < LONGEST else None
    if found is None:
        raise ValueError(f"is not {FORMS}")
    whole, decimals, prefix = (part or "" for part in found.groups())
    count, rest = divmod(int(whole + decimals) * _FACTORS[prefix], 10 ** len(decimals))
    if rest and not prefix:
        raise ValueError(f"is not {FORMS}: without a prefix it is whole")
    return count, not rest


def whole_count(value: Any) -> int:
    """The count that a number or a text means, which is whole; raises `ValueError`.

    >>> whole_count(44.0), whole_count("0.044k")
    (44, 44)
    """
    if isinstance(value, str):
        count, is_whole = parse_count(value)
        if is_whole:
            return count
        raise ValueError(f"is not {FORMS}, and whole")
    return count_at_most(value)


def written_count(value: Any) -> str:
    """A count as it was given, with commas or a blank before its unit.

    >>> written_count(5000), written_count("256KiB"), written_count("61705"), written_count("1.5 G")
    ('5,000', '256 KiB', '61,705', '1.5 G')
    """
    if not isinstance(value, str):
        return f"{int(value):,}"
    digits = value.strip().rstrip("kKMGTiB ")
    unit = value.strip()[len(digits) :].strip()
    return f"{digits} {unit}" if unit else f"{parse_count(value)[0]:,}"


def count_at_most(value: Any) -> int:
    """The largest count that a budget allows, given as a number or a text; raises `ValueError`.

    >>> count_at_most(5000), count_at_most(1e9), count_at_most("1.5M")
    (5000, 1000000000, 1500000)
    """
    if isinstance(value, str):
        return parse_count(value)[0]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    count = as_whole(value)
    if count is None or count < 0:
        raise ValueError(f"is not {FORMS}")
    return count
