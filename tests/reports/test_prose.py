"""The guide as text and as Markdown."""

from __future__ import annotations

import pytest

from cnncalc.guide.markup import Fenced, parse
from cnncalc.guide.topics import TOPICS, Topic, topic
from cnncalc.reports import markdown_blocks, topic_text, topics_text
from cnncalc.reports.prose import readable
from cnncalc.reports.style import PLAIN, Style
from tests.rows import every_row

TEXT = """Some text,
in two lines.

- an item
- another

## section

```yaml input=3
- relu

- elu
```
"""


def test_a_topic_as_text() -> None:
    assert topic_text.render(Topic("name", "what it is", parse(TEXT))).splitlines() == [
        "name  what it is",
        "",
        "Some text, in two lines.",
        "",
        "- an item",
        "- another",
        "",
        "section",
        "───────",
        "",
        "    - relu",
        "",
        "    - elu",
    ]


def test_examples_are_never_broken() -> None:
    found = topic_text.render(Topic("name", "what it is", (Fenced("yaml", {}, ("x" * 100,)),)), Style(width=40))
    assert found.splitlines()[-1] == "    " + "x" * 100


def test_topics_stand_in_columns() -> None:
    lines = topics_text.render([Topic("a", "word " * 9, ()), Topic("long", "b", ())], Style(width=40)).splitlines()
    assert lines[1:4] == ["  a     word word word word word word", "        word word word", "  long  b"]


@pytest.mark.parametrize(("width", "readable_width"), [(None, 80), (40, 40), (80, 80), (200, 100)])
def test_lines_are_not_too_long_to_read(width: int | None, readable_width: int) -> None:
    assert readable(Style(width=width)).width == readable_width
    assert readable(PLAIN)._replace(width=None) == PLAIN


def test_markdown() -> None:
    assert markdown_blocks.written(parse(TEXT)) == TEXT.replace("text,\nin", "text, in").replace(" input=3", "")


@every_row("name", TOPICS)
def test_markdown_reads_back(name: str) -> None:
    """But for the facts beside examples."""
    blocks = [block._replace(facts={}) if isinstance(block, Fenced) else block for block in topic(name).blocks]
    assert list(parse(markdown_blocks.written(blocks))) == blocks
