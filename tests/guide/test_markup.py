"""The part of Markdown that the guide is written in."""

from __future__ import annotations

import pytest

from cnncalc.guide.markup import Fenced, Heading, Item, Paragraph, parse
from tests.rows import every_row

TEXT = """# title

A paragraph
of two lines.
- an item
  that goes on
- `another`

## section

```yaml input=3x8x8 file=a.yaml
- relu

# no heading
```
Text.
"""


def test_blocks() -> None:
    assert parse(TEXT) == (
        Heading(1, "title"),
        Paragraph("A paragraph of two lines."),
        Item("an item that goes on"),
        Item("`another`"),
        Heading(2, "section"),
        Fenced("yaml", {"input": "3x8x8", "file": "a.yaml"}, ("- relu", "", "# no heading")),
        Paragraph("Text."),
    )
    assert parse("") == ()


@every_row(
    "text",
    [
        "### too deep",
        "#no heading",
        "| a | table |",
        "> a quotation",
        "1. a number",
        "* a star",
        "+ a plus",
        "  - an item within an item",
        "text\n+ and more",
        "an <b>element",
        "some **bold** text",
        "a [link](https://example.org)",
        "one `backtick",
        "text\nand `one",
        "```rust\n```",
        "```yaml\n- relu",
    ],
)
def test_other_markdown_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_in_backticks_anything_may_stand() -> None:
    assert parse("`**` and `a[0](1)` and `| x`") == (Paragraph("`**` and `a[0](1)` and `| x`"),)
