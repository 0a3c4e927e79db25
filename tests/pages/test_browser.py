"""Pages in a real browser: what they say of units is what the walk back from each of them tells."""

from __future__ import annotations

import json
import re
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc import Network
from cnncalc.graph.graph import Graph
from cnncalc.reports import number_text
from cnncalc.reports.explanation_text import layer_text
from cnncalc.text import printable
from tests.marking import slow_after
from tests.pages.browser import Tab

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome
    from tests.pages.browser import Browser

    Open = Callable[..., Tab]

HOLES = "input: 3x20x31\nlayers:\n- conv: {name: c, out_channels: 4, kernel_size: 3, dilation: [2, 5], stride: 2}\n"
PADDED = "input: 3x6x6\nlayers:\n- conv: {name: c, out_channels: 4, kernel_size: 1, padding: [[2, 1], [0, 3]]}\n"
LAST = (
    "input: 9x7x3\ndata_format: channels_last\nlayers:\n- conv: {name: c, out_channels: 4, kernel_size: [3, 2]}\n"
    "- conv: {name: d, out_channels: 4, kernel_size: 3, stride: 2, padding: 1}\n"
)
TWO = (
    "inputs: {left: 1x9x9, right: 2x5x9}\nlayers:\n"
    "- conv: {name: a, from: left, out_channels: 2, kernel_size: [5, 1]}\n- add: {name: s, from: [a, right]}\n"
    "- conv: {name: b, from: right, out_channels: 2, kernel_size: 3, padding: 2}\n"
    "- crop: {name: c, size: [5, 9]}\n- add: {name: t, from: [s, c]}\n"
)

UNITS = [
    ("alexnet", "conv3", "3,8"),
    (HOLES, "c", "3,4"),
    ("siamese", "difference", None),
    (TWO, "t", "4,0"),
    ("alexnet", "fc6", None),
    ("alexnet", "pool5", "0,5"),
    (PADDED, "c", "2,0"),
    (PADDED, "c", "0,4"),
    (LAST, "d", "1,2"),
    ("resnet18", "layer2", "9,20"),
    ("unet", "up1.conv1", "7,101"),
    ("c3d", "conv3b", "1,3,27"),
    ("wavenet", "layer9.output", "4321"),
    ("keras_nasnet", "stem_2.p.concat_1", "41,3"),
    ("keras_nasnet", "stem_2.p.concat_1", "41,41"),
    ("yolov8n", "model.22.distances", "7000"),
]


def told(sentence: str, inputs: list[str]) -> dict[str, Any]:
    """What a sentence says of each input: the intervals, or nothing, and how many along each axis."""
    found = {}
    several = len(inputs) > 1
    clauses = re.split(r"; (?=of )", sentence) if several else [sentence]
    for clause in clauses:
        name = re.search(r"of (\S+) (?=nothing|\d+ of the|(?:depth|row|column|position))", clause) if several else None
        ranges = re.findall(r"(?:(\d[\d,]*) of the )?(?:depth|row|column|position)s? (\d+)(?: to (\d+))?", clause)
        intervals = [[int(first), int(last or first)] for _, first, last in ranges]
        counted = re.search(r": ([\d,× ]+) (?:position|pixel|voxel)", clause)
        pixels = [int(part.replace(",", "")) for part in counted[1].split(" × ")] if counted else []
        for (some, _, _), count in zip(ranges, pixels, strict=True):
            assert not some or int(some.replace(",", "")) == count
        found[name[1] if name else inputs[0]] = (intervals or None, pixels)
    return found


def by_the_command(run: Callable[..., Outcome], spec: str, layer: str, unit: str | None) -> dict[str, Any]:
    """The same as `receptive-field` tells it."""
    asked = ["--unit", unit] if unit else []
    source = ["-"] if "\n" in spec else [spec]
    outcome = run("receptive-field", *source, layer, *asked, "--json", stdin=spec if "\n" in spec else None)
    found = json.loads(outcome.out)
    names = list(found["inputs"])
    intervals = found["interval"] if len(names) > 1 else {names[0]: found["interval"]}
    pixels = found["pixels"] if len(names) > 1 else {names[0]: found["pixels"]}
    return {name: (None, []) if None in intervals[name] else (intervals[name], pixels[name]) for name in intervals}


@pytest.mark.parametrize(("spec", "layer", "unit"), slow_after(2, UNITS))
def test_the_sentence_is_what_receptive_field_says(
    opened: Open, run: Callable[..., Outcome], spec: str, layer: str, unit: str | None
) -> None:
    network = cnncalc.load(spec)
    full = network.tensors[network.tensor(layer)].name
    tab = opened(spec, at=f"#{full}" + (f",{unit}" if unit else ""))
    sentence = tab.text("#sentence")
    assert full in sentence
    assert told(sentence, list(network.inputs)) == by_the_command(run, spec, layer, unit)
    assert "None" not in sentence
    assert "undefined" not in sentence


def test_the_unit_under_the_mouse_and_the_finger(opened: Open) -> None:
    network = cnncalc.load("alexnet")
    tab = opened("alexnet", at="#pool2,0,0")
    for y, x in [(0, 12), (7, 3), (12, 12)]:
        tab.mouse("#map", (x + 0.5) / 13, (y + 0.5) / 13)
        interval = network.receptive_field("pool2", (y, x)).seen
        assert interval is not None
        assert told(tab.text("#sentence"), ["input"])["input"][0] == [list(pair) for pair in interval.interval["input"]]  # type: ignore[arg-type]
    assert tab.value("location.hash") == "#pool2,0,0"
    tab.mouse("#map", 0.5, 0.5, click=True)
    assert tab.value("location.hash") == "#pool2,6,6"
    tab.mouse("#sentence", 0.5, 0.5)
    assert tab.text("#sentence").startswith("Unit 6, 6 of pool2 sees")
    tab.mouse("#pictures canvas", 0.01, 0.99)
    assert tab.text("#sentence").startswith("Unit 12, 0 of pool2 sees")
    phone = opened("alexnet", at="#pool2", width=360)
    phone.touch("#map", (0.5, 0.5), (0.02, 0.02), (0.98, 0.02))
    assert phone.text("#sentence").startswith("Unit 0, 12 of pool2 sees")
    assert phone.value("location.hash") == "#pool2,0,12"


@pytest.mark.slow
def test_keys(opened: Open) -> None:
    tab = opened("alexnet", at="#conv3,3,8")
    tab.value("document.getElementById('map').focus()")
    tab.press("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowUp")
    assert tab.value("location.hash") == "#conv3,2,9"
    tab.press("Home", "ArrowLeft")
    assert tab.text("#sentence").startswith("Unit 2, 0 of conv3 sees")
    tab.value("document.querySelector('#layers-table tbody tr[tabindex=\"0\"]').focus()")
    tab.press("ArrowDown", "ArrowDown")
    assert tab.text("#formula-name") == "conv5"
    assert tab.value("document.activeElement.querySelector('th').textContent") == "conv5"
    assert tab.value("document.querySelectorAll('#layers-table [aria-selected=true]').length") == 1
    depth = opened("c3d", at="#conv3a,1,3,27")
    depth.value("document.getElementById('map').focus()")
    depth.press("PageDown")
    assert depth.text("#sentence").startswith("Unit 2, 3, 27 of conv3a sees depths")


@pytest.mark.slow
def test_scopes_open_and_close(opened: Open) -> None:
    tab = opened("resnet50")
    count = "document.querySelectorAll('#layers-table tbody tr').length"
    before = tab.value(count)
    assert before < 60
    tab.value(
        "[...document.querySelectorAll('#layers-table tbody tr')].find(row => row.node.title === 'layer2').focus()"
    )
    if tab.value("document.activeElement.ariaExpanded") == "true":
        tab.press("ArrowLeft")
    closed = tab.value(count)
    tab.press("ArrowRight")
    assert tab.value(count) == closed + 4
    assert tab.value("document.activeElement.getAttribute('aria-expanded')") == "true"
    report = cnncalc.load("resnet50").report()
    own = sum(layer.parameters for layer in report.layers if layer.name.startswith("layer2."))
    assert tab.value("document.activeElement.querySelector('.parameters .exact').textContent") == f"{own:,}"
    deep = opened("resnet50", at="#layer3.4.conv2,1,2")
    assert deep.value("document.querySelector('#layers-table [aria-selected=true]').getAttribute('aria-level')") == "3"


@pytest.mark.slow
def test_figure_table_and_address_go_together(opened: Open) -> None:
    tab = opened("alexnet", at="#conv3,3,8")
    assert tab.value("[...document.querySelectorAll('.figure .selected')].map(part => part.dataset.layer)") == ["conv3"]
    parts = "[...document.querySelectorAll('.figure [data-layer]')]"
    box = f"{parts}.find(part => ['conv1', 'norm1'].includes(part.dataset.layer))"
    tab.value(f"{box}.dispatchEvent(new MouseEvent('click', {{bubbles: true}}))")
    assert tab.value("location.hash").startswith("#conv1,")
    assert tab.value("document.querySelector('#layers-table [aria-selected=true] th').textContent") == "conv1"
    assert "11 x 11" in tab.text("#formula")
    tab.value("history.back()")
    tab.wait("document.getElementById('formula-name').textContent === 'conv3'")
    assert tab.text("#sentence").startswith("Unit 3, 8 of conv3 sees rows 16 to 114")
    tab.value("history.forward()")
    tab.wait("document.getElementById('formula-name').textContent === 'conv1'")
    for wrong in ("#nothing,1", "#conv3,99,-4", "#conv3,x", "#%E0%A4%A", "#conv3,1,2,3,4"):
        tab.value(f"location.hash = {json.dumps(wrong)}")
        tab.wait(f"location.hash === {json.dumps(wrong)}")
        assert re.match(r"Unit \d+, \d+ of \w+ sees rows", tab.text("#sentence"))


@pytest.mark.slow
def test_several_networks(opened: Open) -> None:
    tab = opened("lenet", "alexnet", at="#alexnet/conv3,3,8")
    assert tab.text("#sentence").startswith("Unit 3, 8 of conv3 sees rows 16 to 114")
    assert tab.text("header:not([hidden]) h1").startswith("AlexNet")
    tab.value("document.querySelector('nav a').click()")
    tab.wait("document.querySelector('header:not([hidden]) h1').textContent.startsWith('LeNet')")
    tab.value("history.back()")
    tab.wait("document.querySelector('header:not([hidden]) h1').textContent.startsWith('AlexNet')")
    for network in cnncalc.compare("lenet", "alexnet").networks:
        assert f"{network.totals.macs:,}" in tab.text(".compare")


NAMES = ("a\"><img src=x onerror='window.hacked = 2'>", "]]>&amp;\u2028${x}`</script><!--", "<b>#/,%2F.", "__proto__")


def test_names_are_never_more_than_text(browser: Browser, tmp_path: Path) -> None:
    """No spec may name a layer so, but a page is not to rely on that."""
    bad = "</script><img src=x onerror='window.hacked = 1'><!--"
    text = f"name: {json.dumps(bad)}\ninput: 3x8x8\nlayers:\n" + "- conv: {out_channels: 2, kernel_size: 1}\n" * len(
        NAMES
    )
    network = cnncalc.load(text)
    for node, name in zip(network.nodes, NAMES, strict=True):
        node.name = name
    cnncalc.load("lenet").page()
    file = tmp_path / "'#?&.html"
    Network(Graph(network.blueprint, network.inputs, network.nodes, network.outputs)).page().save(file)
    tab = Tab(browser, file)
    assert tab.value("[window.hacked, document.querySelectorAll('img, iframe, object, b b').length]") == [None, 0]
    assert tab.text("h1") == bad
    shown = [printable(name) for name in NAMES]
    rows = "[...document.querySelectorAll('#layers-table tbody th')]"
    assert tab.value(f"{rows}.map(row => row.textContent)") == shown
    tab.value(f"{rows}[2].click()")
    address = tab.value("location.hash")
    tab.close()
    again = Tab(browser, file, address)
    assert again.text("#formula-name") == NAMES[2]
    again.close()


CONTRAST = """(() => {
  const parts = colour => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const bright = colour => parts(colour).slice(0, 3).map(value => value / 255)
    .map(value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4)
    .reduce((sum, value, i) => sum + value * [.2126, .7152, .0722][i], 0);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = parts(getComputedStyle(element).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return `rgb(${colour.slice(0, 3)})`;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("svg, canvas, script, [hidden], noscript, .skip")) continue;
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const bar = getComputedStyle(element, "::before").backgroundColor, backs = [behind(element)];
    if (element.classList.contains("bar")) backs.push(bar);
    for (const back of backs) {
      const [high, low] = [bright(getComputedStyle(element).color), bright(back)].sort((a, b) => b - a);
      if ((high + .05) / (low + .05) < 4.5) found.push([element.outerHTML.slice(0, 80), back]);
    }
  }
  return found;
})()"""


@pytest.mark.parametrize(
    ("width", "dark"), slow_after(1, [(360, True), (1280, False), (320, False), (800, True), (1260, False)])
)
def test_a_page_is_readable(opened: Open, width: int, dark: bool) -> None:
    """No part of it is wider than a phone, words stand out, and nothing moves once it is there."""
    tab = opened("lenet", "resnet18", at="#resnet18/layer2.0.conv1", width=width, dark=dark)
    assert tab.value("document.documentElement.scrollWidth") <= width
    assert tab.value("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('.all .scroll'))")
    assert tab.value(CONTRAST) == []
    shift = (
        "new Promise(done => { let sum = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => "
        "{ sum += entry.value; })).observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 50); })"
    )
    assert tab.value(shift) < 0.02
    assert bool(tab.value("matchMedia('(prefers-color-scheme: dark)').matches")) == dark


@pytest.mark.slow
def test_numbers_are_written_as_in_reports(opened: Open) -> None:
    tab = opened("lenet")
    counts = [0, 7, 999, 1000, 9995, 99_949, 99_950, 999_499, 999_500, 60_965_224, 2**53 - 1]
    assert tab.value(f"{counts}.map(short)") == [number_text.short(count) for count in counts]
    assert tab.value(f"{counts}.map(exact)") == [number_text.exact(count) for count in counts]


@pytest.mark.slow
@pytest.mark.parametrize("spec", ["lenet", "siamese", "batch_norm_only"])
def test_formulas_are_those_of_explain(opened: Open, spec: str) -> None:
    """Letter by letter; on the page each form of them is there once, and numbers fill it."""
    source = "input: 3x4x4\nlayers: [{batch_norm: {eps: 0.25}}, relu]" if spec == "batch_norm_only" else spec
    network = cnncalc.load(source)
    told = opened(source).value("page.network.names.map((_, layer) => page.network.formula(layer))")
    several = len(network.inputs) > 1
    layers = network.explain().layers
    assert told == [dedent(layer_text(layer, several=several, width=62)).rstrip("\n") for layer in layers]
    assert re.search(r"= \d", told[0])


UNTOLD = "input: 2x6x6\nlayers:\n- unfold: {name: u, kernel_size: 3}\n- flatten: {name: f}\n"
CONSTANT = "input: 2x6x6\nlayers:\n- parameter: {name: p, shape: 2x1x1}\n- add: {name: s, from: [input, p]}\n"


@pytest.mark.slow
def test_what_is_not_told_is_said(opened: Open) -> None:
    tab = opened(UNTOLD, at="#u,3")
    assert "is not told on this page; cnncalc receptive-field SPEC u --unit X follows one" in tab.text("#sentence")
    tab.value("location.hash = '#f'")
    tab.wait("document.getElementById('formula-name').textContent === 'f'")
    assert tab.text("#sentence").startswith("The 288 features of f together see rows 0 to 5 and columns 0 to 5")
    constant = opened(CONSTANT, at="#p,0,0")
    assert constant.text("#sentence") == "No input reaches p: it is the same for every input."


@pytest.mark.slow
def test_one_feature_and_almost_all(opened: Open) -> None:
    """One feature alone sees, and what is not all is no 100 %."""
    tab = opened("input: 1x3000\nlayers: [{crop: {size: 2999}}, flatten, {linear: {out_features: 1}}]", at="#linear_1")
    said = "The 1 feature of linear_1 sees positions 0 to 2998: 2,999 positions, 99.9 % of the input."
    assert tab.text("#sentence") == said


@pytest.mark.slow
def test_a_figure_is_gone_over_with_keys(opened: Open) -> None:
    tab = opened("lenet")
    assert tab.value("document.querySelectorAll('.figure [tabindex=\"0\"]').length") == 1
    tab.value("document.querySelector('.figure [tabindex=\"0\"]').focus()")
    found = []
    for key in ("Enter", "ArrowRight", "ArrowRight", "ArrowLeft"):
        tab.press(key)
        found.append(tab.text("#formula-name"))
    assert found == ["c1", "s2", "c3", "s2"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spec", "layer", "drawn"),
    [("resnet50", "layer3.4.conv2", "layer3.1.relu_2"), ("resnet50", "layer3.0.bn2", "layer3.0.relu_2")],
)
def test_a_layer_is_found_in_the_figure(opened: Open, spec: str, layer: str, drawn: str) -> None:
    """Of scopes that are drawn once it is that of the one that is drawn."""
    tab = opened(spec, at=f"#{layer}")
    assert tab.value("[...document.querySelectorAll('.figure .selected')].map(part => part.dataset.layer)") == [drawn]


@pytest.mark.slow
def test_a_page_in_a_notebook(browser: Browser, tmp_path: Path) -> None:
    """It stands in a frame, which has an address of another kind."""
    shown = cnncalc.load("lenet").page()._repr_html_()
    file = tmp_path / "notebook.html"
    file.write_text(f"<!DOCTYPE html><link rel=icon href='data:,'><body>{shown}</body>", encoding="utf-8")
    tab = Tab(browser, file, ready="frames[0]?.document.documentElement?.dataset.ready !== undefined")
    inner = "frames[0].document"
    tab.value(f"{inner}.querySelectorAll('#layers-table tbody tr')[2].click()")
    assert tab.value(f"{inner}.getElementById('formula-name').textContent") == "c3"
    assert tab.complaints() == []


@pytest.mark.slow
def test_memory(opened: Open) -> None:
    tab = opened("alexnet", at="#conv3")
    assert "2,323,200 bytes" in tab.text("#memory-text")
    tab.mouse("#memory", 0.25, 0.75, click=True)
    assert tab.text("#formula-name") != "conv3"
