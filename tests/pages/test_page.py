"""The file of a page: what it holds, what it may do, and how large it is."""

from __future__ import annotations

import base64
import io
import json
import re
import sys
import zlib
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import cnncalc
from cnncalc.interchange.photographs import read
from cnncalc.pages.page_data import data
from cnncalc.pages.text_forms import formed
from cnncalc.pages.unit_sets import in_runs, set_table
from cnncalc.receptive_field.axis_tables import AxisTable
from tests.marking import slow_but
from tests.networks import NAMES, NETWORKS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.conftest import Outcome

MOST = 100_000
"""The bytes that a page about any bundled network may have."""


def unpacked(runs: Sequence[Sequence[int]]) -> list[int]:
    """The sequence of runs, as the page unpacks them."""
    return [
        period[place % len(period)] + step * (place // len(period))
        for count, step, *period in runs
        for place in range(count)
    ]


@given(
    st.lists(
        st.tuples(st.lists(st.integers(-2, 40), min_size=1, max_size=5), st.integers(-1, 3), st.integers(1, 9)),
        max_size=4,
    )
)
def test_sequences_in_runs(parts: list[tuple[list[int], int, int]]) -> None:
    numbers = [value + step * turn for period, step, count in parts for turn in range(count) for value in period]
    assert unpacked(in_runs(np.array(numbers, np.int64))) == numbers


def test_long_sequences_are_few_runs() -> None:
    """A map that was enlarged twice by two, and clipped at both ends."""
    steps = np.maximum(np.arange(1000) // 4 * 3 - 7, 0)
    assert len(in_runs(steps)) < 6


def test_sets_with_holes() -> None:
    bits = np.array([0b1011 << place for place in range(4)], object)
    first = np.arange(4)
    table = set_table(AxisTable(first, first + 3, bits))
    assert (unpacked(table.first), unpacked(table.last), unpacked(table.form)) == ([0, 1, 2, 3], [3, 4, 5, 6], [0] * 4)
    assert table.forms == ((2, 1, 1),)


WORDS = st.sampled_from(
    ["12", "1,234", "0", "007", "0.25", "1e-05", "conv2d", "H_1", " x ", " = ", ",", "\n", "-", "9" * 17]
)


@given(st.lists(st.lists(WORDS, max_size=12).map("".join), max_size=4))
def test_texts_are_what_their_forms_and_numbers_give(texts: list[str]) -> None:
    forms, rows = formed(texts)
    for text, (number, *fill) in zip(texts, rows, strict=True):
        first, *parts = forms[number].split("\0")
        assert len(parts) == len(fill)
        filled = (f"{-value:,}" if value < 0 else str(value) for value in fill)
        assert first + "".join(word + part for word, part in zip(filled, parts, strict=True)) == text


def test_the_policy_lets_nothing_run_but_the_own_script() -> None:
    text = cnncalc.load("lenet").page().to_html()
    policy = re.search(r'http-equiv="Content-Security-Policy"\scontent="([^"]*)"', text)
    assert policy is not None
    for tag in ("style", "script"):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
        digest = base64.b64encode(sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; img-src data:;")
    assert not re.findall(r"(?:href|src)=\"(?!#|data:)[^\"]*\"", text)
    assert "style=" not in text.replace("<style>", "")


def test_a_page_is_ascii() -> None:
    """Standard output may have another encoding than the page names, and the script another hash then."""
    names = "name: Größe 畳み込み\ninput: 3x8x8\nlayers: [relu, {conv: {out_channels: 2, kernel_size: 3}}]"
    assert cnncalc.page(names, "lenet").to_html().isascii()
    assert cnncalc.load(names).steps("conv_1").to_html().isascii()
    assert cnncalc.load(names).layer_matrices("conv_1").to_html().isascii()


def test_the_data_of_a_page() -> None:
    network = cnncalc.load("alexnet")
    [found] = json.loads(zlib.decompress(base64.b64decode(data(network.page())), -zlib.MAX_WBITS))
    report = network.report()
    assert found["names"] == [layer.name for layer in report.layers]
    assert found["macs"] == [layer.macs for layer in report.layers]
    assert sum(found["parameters"]) == report.totals.parameters
    assert found["memory"]["total"] == 2323200


@pytest.mark.parametrize("name", slow_but(["lenet"], NAMES, {*NETWORKS, "keras_DenseNet201"}))
def test_a_page_is_small(name: str) -> None:
    page = cnncalc.load(name).page()
    size = len(page.to_html().encode())
    [network] = page.networks
    assert network.figure is not None
    assert None not in network.units.layers
    assert size <= MOST, (size, len(network.figure.to_svg()))


@pytest.mark.slow
def test_ten_thousand_layers() -> None:
    page = cnncalc.load("- conv: {out_channels: 3, kernel_size: 1}\n" * 10_000, input="3x8x8").page()
    text = page.to_html()
    assert len(text.encode()) < 1_000_000
    assert "formulas are on pages of at most 2,000 layers" in text


def test_a_picture_is_made_small(tmp_path: Path, run: Callable[..., Outcome]) -> None:
    """Turned upright, no larger than half a megapixel, and without what the camera says of it."""
    colours = np.zeros((300, 900, 3), np.uint8)
    colours[:, :450] = 255, 0, 0
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the picture is at the right of the file
    exif[0x010F] = "a camera"
    Image.fromarray(colours).save(tmp_path / "photo.jpg", exif=exif)
    outcome = run("page", "lenet", "--picture", str(tmp_path / "photo.jpg"), "-o", "net.html")
    assert outcome == (0, "", "")
    text = (tmp_path / "net.html").read_text(encoding="utf-8")
    found = re.search(r'<img id="photograph" alt="" hidden src="data:image/jpeg;base64,([^"]*)"', text)
    assert found is not None
    (tmp_path / "small.jpg").write_bytes(base64.b64decode(found[1]))
    with Image.open(tmp_path / "small.jpg") as small:
        assert small.size == (171, 512)
        assert not small.getexif()
        top, bottom = (small.getpixel((85, y)) for y in (20, 490))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 240
    assert bottom[0] < 15


def test_a_picture_of_16_bits_keeps_its_greys(tmp_path: Path) -> None:
    """Pillow would make all white that is lighter than a 256th."""
    Image.fromarray(np.full((8, 8), 100 * 256 + 17, np.uint16)).save(tmp_path / "grey.png")
    with Image.open(io.BytesIO(read(tmp_path / "grey.png", 64))) as small:
        assert small.getpixel((4, 4)) == (100, 100, 100)


WRONG: dict[str, tuple[list[str], str]] = {
    "no picture": (["lenet", "--picture", "net.yaml"], "net.yaml is not an image"),
    "no file": (["lenet", "--picture", "nothing.png"], "nothing.png"),
    "a folder": (["lenet", "--picture", "."], "hint: give an image; a pipe has to be saved to a file first"),
    "no page": (["lenet", "-o", "net.svg"], "`page` cannot write .svg"),
    "no theme": (["lenet", "--theme", "dark"], "dark"),
    "too many": (["mobilenet", "--set", "alpha=0.1:1:0.05"], "a page is of 1 to 12 networks"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_page(run: Callable[..., Outcome], tmp_path: Path, name: str) -> None:
    arguments, words = WRONG[name]
    (tmp_path / "net.yaml").write_text("input: 3x8x8\nlayers: [relu]\n", encoding="utf-8")
    outcome = run("page", *arguments)
    assert outcome.status == 2
    assert outcome.out == ""
    assert words in outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.yaml"]


def test_names_of_networks_are_told_apart() -> None:
    page = cnncalc.page("lenet", "lenet", cnncalc.load("alexnet"))
    assert [network.label for network in page.networks] == ["lenet", "lenet (2)", "AlexNet"]
    assert page.comparison is not None
    assert cnncalc.load("lenet").page().comparison is None


def test_a_picture_without_pillow(monkeypatch: pytest.MonkeyPatch, run: Callable[..., Outcome]) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    hint = "hint: pip install 'cnncalc[image]', or leave --picture out\n"
    assert (
        run("page", "lenet", "--picture", "cat.png").err == f"error: images need Pillow, which is not installed\n{hint}"
    )


def test_a_page_says_nothing_of_folders(tmp_path: Path) -> None:
    """It is mailed and published; the file alone tells the networks apart."""
    (tmp_path / "net.yaml").write_text("input: 1x8x8\nlayers: [relu]\n")
    page = cnncalc.page(tmp_path / "net.yaml", "lenet")
    assert [network.label for network in page.networks] == ["net.yaml", "lenet"]
    assert str(tmp_path) not in page.to_html()


def test_a_notebook_shows_a_page_in_a_frame() -> None:
    shown = cnncalc.load("lenet").page()._repr_html_()
    assert shown.startswith('<iframe title="LeNet-5"')
    assert shown.count("<") == 2


SMALL = {
    "nothing but a ReLU": "- relu\n",
    "vectors": "- flatten\n- linear: {out_features: 3}\n",
    "a parameter": "- parameter: {name: p, shape: 3x1x1}\n- add: {from: [input, p]}\n",
}


@pytest.mark.parametrize("layers", SMALL.values(), ids=SMALL)
def test_small_networks(layers: str) -> None:
    assert cnncalc.load(layers, input="3x8x8").page().to_html().endswith("</html>\n")
