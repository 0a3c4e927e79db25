"""Boxes of networks that nobody would build: huge ones, and graphs by chance."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.drawing.scene import Text
from tests.drawing.layout import bodies, faults, faults_of_boxes, wires
from tests.marking import slow_but

if TYPE_CHECKING:
    from cnncalc.drawing.scene import Scene


def conv(name: str, channels: int, **others: Any) -> dict[str, Any]:
    """A convolution of single pixels."""
    return {"conv2d": {"name": name, "out_channels": channels, "kernel_size": 1, **others}}


def merged(name: str, sources: list[str], type_: str = "add") -> dict[str, Any]:
    """A merge of several."""
    return {type_: {"name": name, "from": sources}}


def net(*layers: Any, **others: Any) -> dict[str, Any]:
    """A network with these layers."""
    return {"input": "4x8x8", "layers": list(layers), **others}


def branches(channels: list[int], type_: str) -> dict[str, Any]:
    """As many convolutions of the input as there are numbers, merged."""
    every = [conv(f"c{number}", count, **{"from": "input"}) for number, count in enumerate(channels)]
    return net(*every, merged("m", [f"c{number}" for number in range(len(channels))], type_))


def dense(count: int) -> dict[str, Any]:
    """Convolutions, each of the sum of the input and of all before it."""
    layers: list[Any] = [conv("c0", 4)]
    for number in range(1, count):
        layers += [merged(f"s{number}", ["input", *(f"c{before}" for before in range(number))])]
        layers += [conv(f"c{number}", 4)]
    return net(*layers)


def numbered(count: int) -> list[str]:
    """The names of so many inputs."""
    return [f"in{number}" for number in range(count)]


HUGE = {
    "one layer": (net("relu"), "2 boxes", None),
    "equal layers": (net(*["relu"] * 10_000), "2 boxes", "×10000"),
    "other layers": (net(*(conv(f"c{n}", n % 97 + 1) for n in range(10_000))), "150 boxes", "… 9,852 more …"),
    "equal and other layers": (
        net(*(conv(f"e{n}", 8) for n in range(6)), *(conv(f"c{n}", n + 1) for n in range(400))),
        "150 boxes",
        "×5",
    ),
    "equal layers among others": (
        net(*(conv(f"c{n}", min(n + 1, max(n - 8, 201))) for n in range(410))),
        "150 boxes",
        "… 262 more …",
    ),
    "other layers of one scope": (net(*(conv(f"s.c{n}", n + 1) for n in range(400))), "150 boxes", "… 252 more …"),
    "equal branches": (branches([4] * 1000, "add"), "3 boxes", "×1000 in parallel"),
    "other branches": (branches(list(range(1, 1001)), "concat"), "18 boxes", "… 985 more …"),
    "inputs": (
        {"inputs": dict.fromkeys(numbered(1000), "1x4x4"), "layers": [merged("m", numbered(1000), "concat")]},
        "18 boxes",
        "… 984 more …",
    ),
    "everything reads everything": (dense(60), "120 boxes", None),
    "twice the same": (net(conv("c", 4), merged("a", ["c", "c"])), "3 boxes", None),
}
"""Networks, how many boxes they are drawn as, and what is said of the others."""

QUICK = ("one layer", "equal branches", "other branches", "twice the same")


def words(scene: Scene) -> list[str]:
    """The texts of a figure."""
    return [shape.text for shape in scene.all_shapes() if isinstance(shape, Text)]


@pytest.mark.parametrize("kind", slow_but(QUICK, HUGE))
def test_huge(kind: str) -> None:
    spec, boxes, word = HUGE[kind]
    network = cnncalc.load(spec)
    start = perf_counter()
    scene = network.draw("blocks").scene
    assert perf_counter() - start < 15
    assert scene.description.endswith(f" as {boxes}")
    assert word is None or word in words(scene)
    assert faults(scene) == faults_of_boxes(scene) == []
    assert len(bodies(scene)) == int(boxes.split()[0])


@pytest.mark.slow
def test_what_is_left_out_is_noted() -> None:
    drawing = cnncalc.load(HUGE["other layers"][0]).draw("blocks")
    assert drawing.notes == ("9,852 of 10,001 boxes in the middle are left out; --scope shows a part",)


@pytest.mark.parametrize(
    ("layers", "reads"),
    [
        ([conv("a", 4), conv("b", 4), merged("m", ["a", "b", "b"])], 2),
        ([conv("a", 4), conv("b", 4), merged("m", ["a", "b", "b", "a"])], 2),
        ([merged("b", ["input", "input"]), merged("m", ["b", "input", "b", "b"], "multiply")], 2),
        (
            [conv("a", 4), merged("b", ["a", "input"]), merged("c", ["b", "a"]), merged("m", ["c", "b", "c", "input"])],
            1,
        ),
    ],
)
@pytest.mark.parametrize("direction", ["down", "right"])
def test_what_is_read_again_has_a_head_of_its_own(layers: list[Any], reads: int, direction: str) -> None:
    scene = cnncalc.load(net(*layers)).draw("blocks", direction=direction).scene
    assert faults(scene) == faults_of_boxes(scene) == []
    found = [(title, head) for title, _, head in wires(scene)]
    wanted = Counter(
        f"{source} to {name}"
        for layer in layers
        for [name, sources] in [[each["name"], each.get("from")] for each in layer.values()]
        for source in (sources or [{"a": "input", "b": "a"}[name]])
    )
    assert Counter(title for title, _ in found) == wanted
    assert len({head for title, head in found if title == "b to m"}) == reads


@pytest.mark.parametrize("labels", [(), ("name", "shape", "field")])
@pytest.mark.parametrize("direction", ["down", "right"])
def test_counts_beside_frames_with_several_ways_in_are_on_the_page(labels: tuple[str, ...], direction: str) -> None:
    products = ["b.n", "b.c.n", "b.m"]
    every = ["input", "a", *products, "b.c.m", "b.d.n", "e.f.n"]
    layers = [
        merged(name, [before, "input"], "multiply" if name in products else "add") for before, name in pairwise(every)
    ]
    scene = cnncalc.load(net(*layers, "relu")).draw("blocks", direction=direction, labels=labels).scene
    assert faults(scene) == faults_of_boxes(scene) == []
    assert "×2" in words(scene)


@pytest.mark.parametrize("direction", ["down", "right"])
def test_words_at_circles_are_apart(direction: str) -> None:
    """However long the words for what follows a merge are, and however near the next one is."""
    layers: list[Any] = [conv("c", 4)]
    for number, behind in enumerate(["batch_norm", "relu", "leaky_relu", "sigmoid"]):
        layers += [
            merged(f"s{number}", [f"b{number - 1}" if number else "input", "c"]),
            {behind: {"name": f"b{number}"}},
        ]
    scene = cnncalc.load(net(*layers)).draw("blocks", direction=direction).scene
    assert faults(scene) == faults_of_boxes(scene) == []
    assert {"ReLU", "sigmoid"} < set(words(scene))


@st.composite
def graphs(draw: st.DrawFn) -> list[list[int]]:
    """What each layer reads: layers before it, 0 for the input; most read the one before."""
    found = []
    for number in range(1, draw(st.integers(1, 14)) + 1):
        before = st.integers(max(0, number - 5), number - 1)
        found.append([number - 1] if draw(st.booleans()) else draw(st.lists(before, min_size=1, max_size=3)))
    return found


@given(graphs(), st.sampled_from(["down", "right"]), st.booleans(), st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_any_graph(sources: list[list[int]], direction: str, unfold: bool, channels: int) -> None:
    """Nothing meets, nothing leaves the page, and unfolded every connection is drawn, each box once."""
    names = ["input", *(f"scope{number // 3}.n{number}" for number in range(len(sources)))]
    layers: list[Any] = []
    for name, read in zip(names[1:], sources, strict=True):
        merge = len(read) > 1
        layers.append(
            merged(name, [names[each] for each in read])
            if merge
            else conv(name, 4, **{"from": names[read[0]], "groups": channels if channels != 3 else 4})
        )
    scene = cnncalc.load(net(*layers)).draw("blocks", direction=direction, unfold=unfold).scene
    assert faults(scene) == []
    assert faults_of_boxes(scene) == []
    if unfold:
        wanted = Counter(
            f"{names[each]} to {name}" for name, read in zip(names[1:], sources, strict=True) for each in read
        )
        assert Counter(title for title, _, _ in wires(scene)) == wanted
        assert sorted(name for name, _ in bodies(scene)) == sorted(names)
    for _, line, _ in wires(scene):
        assert all(
            one[0] == pytest.approx(two[0]) or one[1] == pytest.approx(two[1]) for one, two in pairwise(line.points)
        )


def test_the_name_of_an_input_is_written_once() -> None:
    scene = cnncalc.load(net(conv("c", 4))).draw("blocks", labels=("name", "shape")).scene
    assert words(scene) == ["input", "4×8×8", "1×1 conv, 4", "c", "4×8×8"]
