"""What the place that a report goes to can show, beside its width."""
# No postponed annotations here: named tuples compile each one that is a string.

from typing import NamedTuple


class Medium(NamedTuple):
    """Whether there are colours, and the encoding of the stream, which may lack ticks and lines."""

    colours: bool = False
    encoding: str = "utf-8"


PLAIN = Medium()
