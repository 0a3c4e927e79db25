"""A page about networks as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol

    from cnncalc.reports.style import Style

    class HasFile(Protocol):
        """A page, which knows the text of its file."""

        def to_html(self) -> str:
            """The text."""


def render(page: HasFile, style: Style) -> str:
    """The text of the file."""
    del style
    return page.to_html()
