"""Comparisons asked from Python."""

from __future__ import annotations

from typing import Any

import pytest

import cnncalc
from cnncalc import CnncalcError
from tests.rows import every_row


def test_networks_are_those_that_are_loaded() -> None:
    found = cnncalc.compare("resnet18", "resnet50", "alexnet")
    for network, name in zip(found.networks, ("resnet18", "resnet50", "alexnet"), strict=True):
        loaded = cnncalc.load(name)
        report = loaded.report()
        assert (network.label, network.name, network.totals) == (name, report.name, report.totals)
        assert network.last_map == loaded.tensors[loaded.tensor()].name
        assert network.receptive_field == loaded.receptive_field(network.last_map).layer.receptive_field
    first, second, third = found.networks
    assert found.differences[0].absolute["macs"] == 4089184256 - 1814073344
    assert found.differences[1].ratios["parameters"] == third.totals.parameters / first.totals.parameters
    assert found.differences[0].absolute["depth"] == second.depth - first.depth == 32
    assert (found.changes, found.differing) == (None, None)


def test_what_the_first_has_none_of_has_no_ratio() -> None:
    found = cnncalc.compare("lenet", "resnet18")
    assert (found.differences[0].absolute["buffers"], found.differences[0].ratios["buffers"]) == (9600, None)


LABELS: list[tuple[tuple[str, ...], dict[str, Any], list[str]]] = [
    (("mobilenet",), {"alpha": [1.0, 0.5]}, ["mobilenet alpha=1.0", "mobilenet alpha=0.5"]),
    (("resnet",), {"variant": "resnet18,resnet34"}, ["resnet:resnet18", "resnet:resnet34"]),
    (("lenet",), {"input": [(1, 28, 28), "1 x 32 x 32"]}, ["lenet 1x28x28", "lenet 1x32x32"]),
    (("lenet", "input: 4\nname: X\nlayers: [relu]\n"), {}, ["lenet", "X"]),
    (("resnet18", "resnet34"), {"groups": 1}, ["resnet18", "resnet34"]),
    (
        ("resnet18", "resnet34"),
        {"width_per_group": [64, 32]},
        [f"{name} width_per_group={width}" for name in ("resnet18", "resnet34") for width in (64, 32)],
    ),
]


@pytest.mark.parametrize(("sources", "grid", "labels"), LABELS)
def test_labels_tell_networks_apart(sources: tuple[str, ...], grid: dict[str, Any], labels: list[str]) -> None:
    assert [network.label for network in cnncalc.compare(*sources, grid=grid).networks] == labels


def test_networks_may_be_given() -> None:
    lenet = cnncalc.load("lenet", input="1x32x32")
    found = cnncalc.compare(lenet, lenet.at("1x40x40"))
    assert [network.inputs["input"] for network in found.networks] == [(1, 32, 32), (1, 40, 40)]
    assert found.changes
    assert {change.kind for change in found.changes} == {"changed"}
    narrow = cnncalc.load("mobilenet", set={"alpha": 0.5})
    found = cnncalc.compare(narrow, grid={"classes": [10, 20]})
    assert [network.settings for network in found.networks] == [{"alpha": 0.5, "classes": n} for n in (10, 20)]


def test_layers_are_told_where_they_are_few_or_asked_for() -> None:
    few = cnncalc.compare("mobilenet", grid={"classes": [1000, 10]})
    assert (few.differing, few.changes and len(few.changes)) == (2, 2)
    many = cnncalc.compare("resnet18", "resnet50")
    assert (many.changes, many.differing and many.differing > 40) == (None, True)
    asked = cnncalc.compare("resnet18", "resnet50", by_layer=True)
    assert asked.changes is not None
    assert len(asked.changes) == many.differing
    assert cnncalc.compare("lenet", "lenet", by_layer=False).changes is None
    assert cnncalc.compare("lenet", "alexnet", by_layer=True).changes


HINT = "give a second, or several values: --set width=1,0.5, --variant small,large or --input SHAPE,SHAPE"
WRONG: list[tuple[tuple[Any, ...], dict[str, Any], str]] = [
    ((), {}, f"there is nothing to be compared with\nhint: {HINT}"),
    (("lenet",), {}, f"one network has nothing to be compared with\nhint: {HINT}"),
    (("lenet", "lenet", "lenet"), {"by_layer": True}, "layers are compared of two networks, and there are 3"),
    (
        ("mobilenet",),
        {"grid": {"alpha": "0.01:1:0.01"}},
        "more than 64 networks to compare\nhint: `sweep`",
    ),
    (("lenet", "lenet"), {"grid": {"a": 1}}, "lenet.yaml has no parameter `a`\nhint: it has no parameters"),
    (
        ("resnet18",),
        {"grid": {"variant": ["resnet34"]}},
        "`resnet18` names the variant resnet18, and resnet34 is",
    ),
    (("lenet", 3), {}, "`sources` takes a path, the name of a bundled architecture or the text of a spec, not 3"),
    (("lenet", "lenet"), {"batch": 0}, "`batch` takes a whole number from 1 to 2147483647, not 0"),
]


@every_row(("sources", "options", "message"), WRONG)
def test_what_cannot_be_compared(sources: tuple[Any, ...], options: dict[str, Any], message: str) -> None:
    with pytest.raises(CnncalcError) as raised:
        cnncalc.compare(*sources, **options)
    assert str(raised.value).startswith(f"error: {message}")
