"""A line of an explanation, as data: what is computed, and the tree of the computation."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.symbolic.rendering import PLAIN_TEXT


class Formula(NamedTuple):
    r"""A line ``left = symbols = numbers = result``, of which `tree` has all but the left side.

    `quantity` says what the line belongs to, such as "output" or "MACs", `axes` along which spatial axes it holds, and
    `note` what is remarkable about it. Notations make text of the tree: `symbols` and `numbers` are plain text, and
    `cnncalc.symbolic.rendering` has others.

    >>> from cnncalc.symbolic.latex import LATEX
    >>> from cnncalc.symbolic.traced import as_symbol
    >>> line = Formula("output", "C_out", as_symbol(6, "C_in") * 4)
    >>> line.symbols, line.numbers, line.result, LATEX.symbols(line.tree)
    ('C_in x 4', '6 x 4', 24, 'C_{\\mathrm{in}} \\cdot 4')
    """

    quantity: str
    left: str
    tree: int
    axes: tuple[str, ...] = ()
    note: str = ""

    @property
    def symbols(self) -> str:
        """The computation with symbols, in plain text."""
        return PLAIN_TEXT.symbols(self.tree)

    @property
    def numbers(self) -> str:
        """The computation with the numbers that the symbols stand for, in plain text."""
        return PLAIN_TEXT.numbers(self.tree)

    @property
    def result(self) -> int:
        """The number that the computation comes to."""
        return int(self.tree)
