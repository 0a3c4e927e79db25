from __future__ import annotations

from tests.console import matches, parsed
from tests.rows import every_row


def test_parsed() -> None:
    shown = parsed(["$ cnncalc summary 'relu | relu'", "a", "...", "$ cnncalc list"])
    assert shown == [(("summary", "relu | relu"), ("a", "...")), (("list",), ())]


@every_row(
    ("shown", "printed", "same"),
    [
        (("a", "b"), "a\nb\n", True),
        (("a", "b"), "a\nc\n", False),
        (("a",), "a\nb\n", False),
        (("a", "..."), "a\nb\nc\n", True),
        (("...", "c"), "a\nb\nc\n", True),
        (("...", "a", "c"), "a\nb\nc\n", False),
        (("...", "c", "...", "a"), "a\nb\nc\n", False),
        ((), "a\n", False),
    ],
)
def test_matches(shown: tuple[str, ...], printed: str, same: bool) -> None:
    assert matches(shown, printed) is same
