"""A network explained in LaTeX: its formulas in `align` environments, for a paper's appendix or a lecture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.reports import explanation_lines, number_text
from cnncalc.reports.aligned import rows
from cnncalc.reports.explanation_parts import Section, is_whole, sections, steps, sums
from cnncalc.reports.latex_text import escaped, shown
from cnncalc.reports.style import PLAIN, Style
from cnncalc.symbolic.latex import LATEX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.formulas.explanation import Explanation, LayerExplanation

_JOINTS: Final = re.compile(r"(?<=[\w}])(?:\.|\\_|/)(?=\w)|[a-zA-Z0-9]{24}(?=[a-zA-Z0-9])")
"""Where a line may end within a long name: behind a sign between its words, or within a word that has no end."""


def pieces(found: Explanation, style: Style = PLAIN) -> Iterator[str]:
    r"""Sections to put into a document, a layer at a time; `\usepackage{amsmath}` is all they need."""
    del style
    report = found.report
    yield "% \\usepackage{amsmath}\n"
    title = f"{number_text.name(report)}, {number_text.inputs(report.inputs)}"
    yield f"\\begingroup\\raggedright\\allowdisplaybreaks\n\\subsection*{{{_breakable(shown(title))}}}\n"
    for layer in found.layers:
        yield "".join(f"{line}\n" for line in _layer(layer, found))
    title, counts = sums(found)
    if counts:
        yield "".join(f"{line}\n" for line in _sums(title, counts))
    yield "\n\\endgroup\n"


def _layer(layer: LayerExplanation, found: Explanation) -> Iterator[str]:
    """A heading, and the formulas of a layer."""
    yield ""
    yield rf"\paragraph{{{_breakable(escaped(layer.name))}}} {shown(explanation_lines.about(layer))}"
    if is_whole(found):
        yield from _section(Section("", tuple(steps(layer))))
    else:
        for section in sections(layer, several_inputs=len(found.report.inputs) > 1):
            yield ""
            yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    """What is said of a quantity in words, and then its equations."""
    title = [rf"\emph{{{_breakable(shown(section.title))}}}"] if section.title else []
    words = [*title, *(_breakable(shown(sentence)) for sentence in section.sentences)]
    if words:
        yield "; ".join(words)
    equations = rows(section, LATEX)
    if equations:
        yield r"\begin{align*}"
        yield from (rf"  {row} \\" for row in equations[:-1])
        yield f"  {equations[-1]}"
        yield r"\end{align*}"


def _sums(title: str, counts: list[tuple[str, str]]) -> Iterator[str]:
    """A small table of what the layers come to together."""
    yield from ("", rf"\paragraph{{{title or 'in all'}}}", r"\begin{center}", r"\begin{tabular}{lr}")
    yield from (rf"  {shown(label)} & {shown(count)} \\" for label, count in counts)
    yield from (r"\end{tabular}", r"\end{center}")


def _breakable(text: str) -> str:
    r"""The text of a long name, with places where a line may end.

    >>> print(_breakable("layer1.0.conv1"))
    layer1.\allowbreak{}0.\allowbreak{}conv1
    """
    return _JOINTS.sub(r"\g<0>\\allowbreak{}", text)
