"""Words that YAML 1.1 and people read as true or false, and YAML 1.2 does not."""

from __future__ import annotations

from typing import Final

_TRUTHS: Final = {
    **dict.fromkeys(("no", "off", "n", "f", "disabled", "none"), "false"),
    **dict.fromkeys(("yes", "on", "y", "t", "enabled"), "true"),
}


def truth_hint(name: str, word: str) -> str | None:
    """The hint for a word in place of a truth value; None for any other word.

    >>> truth_hint("bias", "no")
    '`no` is a word in YAML 1.2: write `bias: false`'
    """
    meant = _TRUTHS.get(word.lower())
    return None if meant is None else f"`{word}` is a word in YAML 1.2: write `{name}: {meant}`"
