"""A network explained in Markdown: its formulas for KaTeX or MathJax, as GitHub, notebooks and websites have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports import explanation_lines, number_text
from cnncalc.reports.aligned import rows
from cnncalc.reports.explanation_parts import Section, is_whole, sections, steps, sums
from cnncalc.reports.markdown_text import escaped
from cnncalc.reports.style import PLAIN, Style
from cnncalc.symbolic.latex import MARKDOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.formulas.explanation import Explanation, LayerExplanation


def pieces(found: Explanation, style: Style = PLAIN) -> Iterator[str]:
    """A heading and the formulas of each layer, a layer at a time, and the totals as a table."""
    del style
    report = found.report
    yield f"### {escaped(f'{number_text.name(report)}, {number_text.inputs(report.inputs)}')}\n"
    for layer in found.layers:
        yield "".join(f"{line}\n" for line in _layer(layer, found))
    title, counts = sums(found)
    if counts:
        yield "".join(f"{line}\n" for line in _sums(title, counts))


def _layer(layer: LayerExplanation, found: Explanation) -> Iterator[str]:
    """A heading, and the formulas of a layer."""
    yield from ("", f"#### {escaped(layer.name)}", "", escaped(explanation_lines.about(layer)))
    if is_whole(found):
        yield from _section(Section("", tuple(steps(layer))))
    else:
        for section in sections(layer, several_inputs=len(found.report.inputs) > 1):
            yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    r"""What is said of a quantity in words, and then its equations; rows end in `\cr`, as of `\\` one may get lost."""
    title = [f"*{escaped(section.title)}*"] if section.title else []
    words = [*title, *map(escaped, section.sentences)]
    if words:
        yield from ("", "; ".join(words))
    equations = rows(section, MARKDOWN)
    if equations:
        yield from ("", "$$", r"\begin{aligned}")
        yield from (rf"{row} \cr" for row in equations[:-1])
        yield from (equations[-1], r"\end{aligned}", "$$")


def _sums(title: str, counts: list[tuple[str, str]]) -> Iterator[str]:
    """A small table of what the layers come to together."""
    yield from ("", f"| {title or 'in all'} | exact |", "| --- | ---: |")
    yield from (f"| {escaped(label)} | {escaped(count)} |" for label, count in counts)
