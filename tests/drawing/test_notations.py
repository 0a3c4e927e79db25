"""Scenes as SVG, TikZ, HTML and PNG: what each program takes, and what names may not do to them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

import cnncalc
from cnncalc.drawing.scene import Circle, Group, Line, Picture, Polygon, Rectangle, Scene, Text, arrow
from cnncalc.drawing.svg import svg
from cnncalc.drawing.text_metrics import text_width
from cnncalc.drawing.tikz import tikz

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

EVIL = "</text><script>alert(1)</script>&\"'%\\input{x}$#_^~{}\u202e\x07\n"
SCENE = Scene(
    120,
    60,
    EVIL,
    EVIL,
    (
        Rectangle(1, 2, 30, 12, "#b7d7ee", "#46525a", 0.6, 2.5, (2, 1)),
        Polygon(((40, 2), (60, 2), (50, 12)), "#eaa98a"),
        Circle(70, 8, 5.5, None, "#000000", 0.6, (1, 1)),
        *arrow(((5, 30), (50, 30), (50, 50)), "#5a6675"),
        Group(
            (Text(60, 40, EVIL, 7, "#1c1e21", "middle", bold=True), Text(9, 50, "55²", 6, "#5c6166", turned=True)),
            EVIL,
            EVIL,
        ),
    ),
    "#ffffff",
)
SVG = "{http://www.w3.org/2000/svg}"
ATTRIBUTES = {
    "svg": {"width", "height", "viewBox", "role", "font-family"},
    "title": set(),
    "desc": set(),
    "g": {"data-layer"},
    "rect": {"x", "y", "width", "height", "rx", "fill", "stroke", "stroke-width", "stroke-dasharray"},
    "polygon": {"points", "fill", "stroke", "stroke-width"},
    "path": {"d", "fill", "stroke", "stroke-width", "stroke-dasharray"},
    "circle": {"cx", "cy", "r", "fill", "stroke", "stroke-width", "stroke-dasharray"},
    "text": {"x", "y", "text-anchor", "transform", "font-size", "font-weight", "fill"},
}
"""The elements and attributes that all programs draw alike."""


def test_svg_has_plain_shapes_alone() -> None:
    root = ET.fromstring(svg(SCENE))
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag.removeprefix(SVG)]
    assert [element.tag.removeprefix(SVG) for element in root][:2] == ["title", "desc"]


def test_names_are_text_in_svg() -> None:
    """An XML parser finds them whole, but for what XML does not have, which is spelled out."""
    spelled = EVIL.replace("\u202e", r"\u202e").replace("\x07", r"\x07").replace("\n", r"\n")
    root = ET.fromstring(svg(SCENE))
    [text, _] = root.iter(f"{SVG}text")
    [group] = root.iter(f"{SVG}g")
    assert text.text == root[0].text == root[1].text == group[0].text == group.get("data-layer") == spelled
    assert not list(root.iter(f"{SVG}script"))


def test_names_are_text_in_tikz() -> None:
    """Nothing in them is a command, a comment or a brace, and comments end where their line does."""
    lines = tikz(SCENE).partition(r"\begin{tikzpicture}")[2].splitlines()
    body = "\n".join(line for line in lines if not line.startswith("% "))
    assert r"\textless{}/text\textgreater{}\textless{}script\textgreater{}alert(1)" in body
    assert r"\textbackslash{}input\{x\}\$\#\_\textasciicircum{}\textasciitilde{}\{\}" in body
    ours = "path node useasboundingbox fill definecolor end cnncalcfont cnncalctext"
    fonts = "fontsize selectfont bfseries"
    text = "textless textgreater textbackslash textasciicircum textasciitilde symbol texttwosuperior"
    assert set(re.findall(r"\\([a-z]+)", body)) <= set(f"{ours} {fonts} {text}".split())
    unescaped = re.sub(r"\\.", "", body)
    assert unescaped.count("{") == unescaped.count("}")


@pytest.mark.slow
def test_latex_takes_it(tmp_path: Path) -> None:
    """Whatever names hold, in LaTeX's first fonts, which are wider than those that texts are measured in."""
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("pdflatex is not installed: apt-get install texlive-latex-recommended texlive-pictures")
    (tmp_path / "evil.tex").write_text(tikz(SCENE), encoding="utf-8")
    cnncalc.load("alexnet").draw(width="5.5in").save(tmp_path / "net.tex")
    pages = r"\input{evil}\newpage\noindent\input{net}"
    page = rf"\documentclass{{article}}\usepackage{{tikz}}\begin{{document}}{pages}\end{{document}}"
    (tmp_path / "page.tex").write_text(page, encoding="utf-8")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stdout[-2000:]
    assert "(2 pages" in found.stdout


def test_the_same_bytes_each_time() -> None:
    assert svg(SCENE) == svg(SCENE)
    assert cnncalc.load("lenet").draw().to_svg() == cnncalc.load("lenet").draw().to_svg()


def test_a_corner_is_no_rounder_than_there_is_room() -> None:
    line = Line(((0, 0), (3, 0), (3, 20)), "#000000", radius=8)
    assert 'd="M0 0L1.5 0Q3 0 3 1.5L3 20"' in svg(Scene(9, 30, "", "", (line,)))


def test_pixels_have_no_room_in_tikz() -> None:
    scene = Scene(9, 9, "", "", (Picture(0, 0, 9, 9, b"\x89PNG", "image/png"),))
    assert 'href="data:image/png;base64,iVBORw=="' in svg(scene)
    with pytest.raises(cnncalc.CnncalcError, match=r"a \.tex file has no room for the pixels of a picture"):
        tikz(scene)


@pytest.mark.parametrize("bold", [False, True])
def test_widths_are_those_of_a_font(bold: bool) -> None:
    """Liberation Sans, which was made as wide as Arial and Helvetica."""
    fonts = pytest.importorskip("PIL.ImageFont", reason="Pillow is not installed")
    name = f"LiberationSans-{'Bold' if bold else 'Regular'}.ttf"
    try:
        font = fonts.truetype(name, 1000)
    except OSError:
        pytest.skip("Liberation Sans is not installed: apt-get install fonts-liberation")
    for character in [*map(chr, range(32, 127)), *"×−·→²³…∑°≤"]:
        assert text_width(character, 1000, bold=bold) == pytest.approx(font.getlength(character), abs=1.01), character


def test_png(tmp_path: Path) -> None:
    """Four pixels a point; the page is white."""
    pytest.importorskip("resvg_py")
    from PIL import Image

    drawing = cnncalc.load("lenet").draw()
    drawing.save(tmp_path / "net.png")
    with Image.open(tmp_path / "net.png") as image:
        assert image.size == (round(drawing.scene.width * 4), round(drawing.scene.height * 4))
        assert image.convert("RGB").getpixel((1, 1)) == (255, 255, 255)
        assert len(image.convert("RGB").getcolors(2**16) or []) > 20


def test_without_the_package(monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    found = run("draw", "lenet", "-o", str(tmp_path / "net.png"))
    assert (found.status, found.out) == (2, "")
    assert found.err == "error: a .png is drawn by resvg-py, which is not installed\nhint: pip install 'cnncalc[png]'\n"
    assert not list(tmp_path.iterdir())


def test_an_ending_that_is_none_of_a_figure(tmp_path: Path) -> None:
    with pytest.raises(cnncalc.CnncalcError, match=r"a figure cannot be written as \.pdf"):
        cnncalc.load("lenet").draw().save(tmp_path / "net.pdf")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--width", "wide"], "a width is a number with in, cm, mm, pt or px, not 'wide'"),
        (["--width", "3pt"], "a width of 3pt is 3 pt, and a figure has from 72 to 14400"),
        (
            ["--width", "5.5"],
            "a width of 5.5 is 5.5 pt, and a figure has from 72 to 14400\nhint: with its unit: 5.5in\n",
        ),
        (["--scope", "c9"], "LeNet-5 has no layer `c9`"),
        (["--label", "name,colour"], "'colour' is not one of name, shape, window, params, field"),
        (["--label", "names"], "hint: did you mean `name`?\n"),
        (["--theme", "gray"], "hint: did you mean `grey`?\n"),
        (["--format", "tex"], "hint: did you mean `tikz`?\n"),
        (["-o", "net.pdf"], "; \\input takes a .tex, and Inkscape or rsvg-convert make a PDF of an .svg\n"),
        (["--unit", "3"], "`unit` is for the styles fan and growth, not for volumes\nhint: ask for one: --style fan\n"),
        (["--style", "blocks", "--layer", "c1"], "`layer` is for the styles fan and growth, not for blocks\n"),
        (
            ["--style", "growth", "--depth", "1"],
            "`depth` is for the styles volumes, levels and blocks, not",
        ),
        (["--style", "fan", "--picture", "net.png"], "cannot read net.png"),
    ],
)
def test_wishes_that_cannot_be(arguments: list[str], error: str, run: Run) -> None:
    found = run("draw", "lenet", *arguments)
    assert (found.status, found.out) == (2, "")
    assert error in found.err


@pytest.mark.parametrize(
    ("wishes", "error"),
    [
        ({"style": ["blocks"]}, r"`style` takes auto, volumes, levels, blocks, fan or growth, not \['blocks'\]"),
        ({"theme": ["blue"]}, r"`theme` takes blue, amber, grey or dark, not \['blue'\]"),
        ({"labels": "name"}, r"`labels` takes a list of some of name, .* and field, not 'name'"),
        ({"labels": None}, r"`labels` takes a list of some of name, .* and field, not None"),
    ],
)
def test_values_that_are_no_wishes(wishes: dict[str, Any], error: str) -> None:
    with pytest.raises(cnncalc.CnncalcError, match=error):
        cnncalc.load("lenet").draw(**wishes)


def test_any_number_of_points_is_a_width() -> None:
    """Also one with as many digits as Python writes."""
    assert cnncalc.load("lenet").draw(width=1000 / 3).scene.width == pytest.approx(1000 / 3)


@pytest.mark.parametrize("path", [None, 3, ["net.svg"]])
def test_what_is_no_path(path: Any) -> None:
    with pytest.raises(cnncalc.CnncalcError, match="`path` takes the path of a file"):
        cnncalc.load("lenet").draw().save(path)
