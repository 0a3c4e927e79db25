"""How a report is to be written, beside what it says."""
# No postponed annotations here: named tuples compile each one that is a string.

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from cnncalc.reports.view import View

DEFAULT_WIDTH: Final = 80
"""The columns of what has to have a width, such as bars and paragraphs, where there is no terminal."""


class Style(NamedTuple):
    """What the place that a report goes to can show, and what its reader wishes; a renderer takes what concerns it.

    `width` is the number of columns, None where lines may be as long as they need. `encoding` is that of the stream,
    which may lack ticks and lines. `indent` is that of JSON, None for one line. `wishes` is a view, where the reader
    wishes to see something in particular of a network's layers. `errors_are_seen` beside the report, so that it need
    not repeat them.
    """

    width: int | None = None
    colours: bool = False
    encoding: str = "utf-8"
    indent: int | None = None
    wishes: Any = None
    errors_are_seen: bool = False

    @property
    def view(self) -> "View":
        """What the reader wishes to see of a network's layers; JSON, which has all, asks for none."""
        if self.wishes is None:
            from cnncalc.reports.view import WHOLE

            return WHOLE
        view: View = self.wishes
        return view


PLAIN = Style()
