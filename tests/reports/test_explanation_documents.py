"""Formulas in LaTeX and Markdown: each line comes to its result, and nothing in a name is obeyed."""

from __future__ import annotations

import re
import shutil
import subprocess
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.layers import LAYERS
from cnncalc.layers.description import describe
from cnncalc.reports.aligned import TEXT_WIDTH
from cnncalc.reports.latex_width import width
from cnncalc.reports.registry import pieces
from cnncalc.reports.style import PLAIN
from tests.latex_formulas import check_balance, equations, value
from tests.layers.cases import KINDS, spec_with
from tests.marking import slow_but
from tests.networks import NAMES
from tests.rows import every_row

if TYPE_CHECKING:
    from pathlib import Path

    from cnncalc.formulas.explanation import Explanation

FORMS = ["latex", "markdown"]


def check(found: Explanation, form: str) -> str:
    """Every line of a document, worked out, gives what stands behind it; in order, the results are the formulas'."""
    document = found.to_text(form)  # type: ignore[arg-type]
    known = list(equations(document))
    for one in known:
        assert len(set(one.numbers)) == 1, one
    if found.layer is not None or len(found.layers) == 1:
        shown = iter([value(one.sides[-1]) for one in known])
        assert all(Fraction(line.result) in shown for layer in found.layers for line in layer.formulas)
    check_form(document, form)
    return document


def check_form(document: str, form: str) -> None:
    """What is begun is ended; in Markdown nothing in a formula is lost where Markdown's own signs are obeyed."""
    lines = document.splitlines()
    assert not any(line != line.rstrip() for line in lines)
    if form == "latex":
        check_balance(document)
        return
    blocks = document.split("$$")
    assert len(blocks) % 2
    for block in blocks[1::2]:
        check_balance(block)
        assert block.startswith("\n\\begin{aligned}\n")
        assert block.endswith("\n\\end{aligned}\n")
        assert not re.search(r"\\[^a-zA-Z]|[*<>`|~$#%]|[^ ]_|\n\n|\n[-+=#]", block)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", slow_but(KINDS, sorted(LAYERS)))
def test_every_layer_type(name: str, form: str) -> None:
    network = cnncalc.load(spec_with(name, describe(LAYERS[name]).example))
    check(network.explain(network.nodes[1].name), form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", slow_but({"lenet"}, NAMES))
def test_bundled_networks(name: str, form: str) -> None:
    """Step by step, and one layer of each type with all formulas."""
    whole = cnncalc.load(name).explain()
    document = check(whole, form)
    # Figures in tables have plain commas, those in formulas are in braces, which take away the blank behind.
    macs = f"{whole.report.totals.macs:,}".replace(",", r"\," if form == "latex" else ",")
    assert macs in document.replace("{,}", ",")
    for layer in {layer.type: layer for layer in whole.layers}.values():
        check(whole._replace(layer=layer.name, layers=(layer,)), form)


MEASURED = [
    (r"832 \cdot 4", 27.22),
    (r"\min\left(1, 3\right)", 40.56),
    (r"\left\lfloor \frac{H + 31}{32} \right\rfloor", 45.41),
    (r"2 \cdot 4\,300\,800", 50.56),
    (r"\mathrm{out\_features}", 52.29),
    (r"\mathrm{weight\_hh\_l0}", 54.42),
    (r"10 + \left(3 - 1\right) \cdot 2", 64.44),
    (r"3\,219 + \left(1 - 1\right) \cdot 32", 81.11),
    (r"C_{1} + C_{2} + C_{3} + C_{4}", 83.2),
    (r"4 \cdot C_{\mathrm{out}} \cdot H_{\mathrm{out}} \cdot W_{\mathrm{out}}", 87.65),
    (r"\left\lfloor \frac{360 + 2 \cdot 1 - 3}{1} \right\rfloor + 1", 92.96),
    (r"128 \cdot 2 \cdot 7 \cdot 7 \cdot 48 \cdot 1 \cdot 3 \cdot 3", 105.56),
    (r"C_{\mathrm{in}} \cdot \mathrm{kernel\_size} \cdot \mathrm{kernel\_size}", 119.47),
    (
        r"\left\lfloor \frac{L_{\mathrm{in}} + \mathrm{pad\_before} + \mathrm{pad\_after} - \mathrm{extent}}"
        r"{\mathrm{stride}} \right\rfloor + 1",
        195.59,
    ),
    (
        r"\max\left(\mathrm{padding}_{1}, \mathrm{padding}_{2}, \mathrm{padding}_{3}, \mathrm{padding}_{4}\right)",
        199.89,
    ),
]
"""Formulas and how many points they are wide, as pdfTeX sets them with Computer Modern at 10 pt (TeX Live 2022)."""


@every_row(("formula", "points"), MEASURED)
def test_widths_are_those_of_latex(formula: str, points: float) -> None:
    assert 0.99 * points <= width(formula) <= 1.1 * points


MANY = {
    "input": "3x8x8",
    "layers": [
        *(
            {"conv2d": {"name": f"c{i}", "from": "input", "out_channels": i % 7 + 1, "kernel_size": 1}}
            for i in range(99)
        ),
        {"concat": {"name": "joint", "from": [f"c{i}" for i in range(99)]}},
    ],
}
DEEPLAB = pytest.param("deeplab_v3", "classifier.0.convs", marks=pytest.mark.slow)
LARGE = {
    "input": "99999x9999x9999",
    "layers": [{"conv2d": {"name": "conv", "out_channels": 999_999, "kernel_size": [999, 998], "stride": [17, 13]}}],
}


@pytest.mark.parametrize(("spec", "layer"), [(MANY, "joint"), (LARGE, "conv"), DEEPLAB])
def test_long_formulas_have_as_many_rows_as_they_need(spec: Any, layer: str) -> None:
    """None is wider than the text, a sum of 99 sizes neither; and the same stands there as in one row."""
    found = cnncalc.load(spec).explain(layer)
    document = check(found, "latex")
    rows = re.findall(r"^  .*&.*$", document, re.MULTILINE)
    assert max(map(width, rows)) <= TEXT_WIDTH
    assert len(rows) > len(list(equations(document)))


SMALL = {"input": "1x4x4", "layers": [{"conv2d": {"name": "c", "out_channels": 2, "kernel_size": 3}}]}
HOSTILE = [
    "$x$",
    "\\end{align*}",
    "}}}",
    "a & b \\\\ %",
    "<b>&lt;",
    "`c` *b* _i_",
    "[x](y)",
    "\x1b[2J\n$$",
    "#1 ~^",
    "x" * 300,
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_is_obeyed(title: str, form: str) -> None:
    """Which may be any text; the names of layers are letters, digits and few signs."""
    found, usual = (cnncalc.load({**SMALL, "name": name}).explain() for name in (title, "usual"))
    document, other = check(found, form), check(usual, form)
    begin = document.index("\\paragraph" if form == "latex" else "####")
    assert document[begin:] == other[other.index("\\paragraph" if form == "latex" else "####") :]
    head = document[:begin]
    if form == "latex":
        assert not re.search(r"(?<!\\)[%#]|\\end", head.removeprefix("% \\usepackage{amsmath}\n"))
        assert len(head.splitlines()) == 4
    else:
        assert len(head.splitlines()) == 2
        assert not re.search(r"(?<!\\)[$*`<\[&]", head)


@pytest.mark.parametrize("form", FORMS)
def test_names_are_shortened_in_formulas_and_may_be_parted_in_titles(form: str) -> None:
    name = "a_long_word/" * 12
    inputs = {"inputs": {name: "2x8x8", "y": "2x8x8"}, "layers": [{"add": {"name": "sum", "from": [name, "y"]}}]}
    document = check(cnncalc.load(inputs).explain("sum"), form)
    assert "long" in document
    if form == "latex":
        titles = " ".join(line for line in document.splitlines() if not line.startswith("  "))
        assert max(len(word) for word in re.split(r"\\allowbreak\{\}|\s", titles)) < 60
        assert max(map(width, re.findall(r"^  .*&.*$", document, re.MULTILINE))) <= TEXT_WIDTH


@pytest.mark.parametrize("form", FORMS)
def test_it_is_written_a_layer_at_a_time(form: str) -> None:
    found = cnncalc.load("lenet").explain()
    parts = list(pieces("explanation", form, found, PLAIN))
    assert len(parts) >= len(found.layers) + 2
    assert [
        layer.name for layer, part in zip(found.layers, parts[-len(found.layers) - 2 :], strict=False) if layer.name
    ]


@pytest.mark.slow
def test_latex_itself_finds_no_fault_and_no_line_too_wide(tmp_path: Path) -> None:
    """Of whole networks, of each type of layer, and of titles and names that are odd."""
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("pdflatex is not installed: apt-get install texlive-latex-recommended")
    some = [cnncalc.load(name).explain() for name in ("lenet", "crnn", "resnet18")]
    some += [found._replace(layer=one.name, layers=(one,)) for found in some for one in found.layers[:9]]
    types = [cnncalc.load(spec_with(name, describe(LAYERS[name]).example)) for name in sorted(LAYERS)]
    some += [network.explain(network.nodes[1].name) for network in types]
    some += [cnncalc.load({**SMALL, "name": title}).explain() for title in HOSTILE]
    some += [cnncalc.load(spec).explain(layer) for spec, layer in ((MANY, "joint"), (LARGE, "conv"))]
    body = "\n".join(found.to_text("latex") for found in some)
    source = f"\\documentclass{{article}}\n\\usepackage{{amsmath}}\n\\begin{{document}}\n{body}\\end{{document}}\n"
    (tmp_path / "whole.tex").write_text(source, encoding="utf-8")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "whole"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, errors="replace", check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
