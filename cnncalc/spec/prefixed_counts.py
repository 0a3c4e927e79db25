"""Counts with prefixes, as budgets and expectations write them."""

from __future__ import annotations

import re
from typing import Final

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

    The prefixes k, M, G and T are decimal, Ki, Mi, Gi and Ti binary; a B for bytes may follow.

    >>> parse_count("1.5G"), parse_count("64MiB"), parse_count("1.0005k")
    ((1500000000, True), (67108864, True), (1000, False))
    """
    found = _COUNT.fullmatch(text.strip()) if len(text) < LONGEST else None
    if found is None:
        raise ValueError(f"is not {FORMS}")
    whole, decimals, prefix = (part or "" for part in found.groups())
    count, rest = divmod(int(whole + decimals) * _FACTORS[prefix], 10 ** len(decimals))
    return count, not rest
