"""Characters that mean something to LaTeX, as its text has them."""

from __future__ import annotations

from typing import Final

SPECIAL: Final = {
    **{character: f"\\{character}" for character in "{}$&#%_"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
"""What is written for a character that means something to LaTeX, or that its standard fonts show as another."""
