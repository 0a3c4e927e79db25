"""Arrays by name against the arrays of networks: what fits, and what is said of what does not."""

from __future__ import annotations

import csv
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.execution.assignment import Assignment
from cnncalc.models.stored_arrays import Store, StoredArray
from tests.marking import slow_but
from tests.rows import every_row

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.shapes import Shape

REFERENCE = Path(__file__).parent.parent / "reference"


def rows(file: str) -> list[dict[str, str]]:
    """The rows of a table, without its remarks."""
    lines = (REFERENCE / file).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def state_dict(network: str) -> dict[str, Shape]:
    """The names and shapes of torchvision's arrays."""
    return {
        row["array"]: () if row["shape"] == "-" else tuple(map(int, row["shape"].split("x")))
        for row in rows("torchvision_state_dicts.tsv")
        if row["network"] == network
    }


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "convnext_tiny"])
def test_state_dicts_of_torchvision_fit(name: str) -> None:
    arrays = {word: StoredArray(shape, "float32") for word, shape in state_dict(name).items()}
    assert len(arrays) > 100
    network = cnncalc.load(name)
    found = Assignment(network, Store("file", arrays))
    found.check()
    taken = [array for node in network.nodes for array in found.found[node.storage].values()]
    counted = [array for word, array in arrays.items() if not word.endswith("num_batches_tracked")]
    assert sorted(map(id, taken)) == sorted(map(id, counted))


class Everything(dict[str, StoredArray]):
    """Stored arrays of whatever name is asked for first."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> StoredArray:
        self[name] = StoredArray((), "float32")
        return self[name]


def names_and_shapes(network: Network) -> dict[str, Shape]:
    """The names by which a network asks for its arrays, and the shapes that it wants."""
    asked = Everything()
    shapes = Assignment(network, Store("any", asked)).misfits.misshapen
    return {name: shape for name, _, shape in shapes}


DIGESTS = {row["network"]: (int(row["arrays"]), row["digest"]) for row in rows("torchvision_arrays.tsv")}
QUICK = {"resnet18", "mobilenet_v3_small", "alexnet_torchvision", "squeezenet1_1"}


@pytest.mark.parametrize("name", slow_but(QUICK, DIGESTS))
def test_networks_of_torchvision_have_its_names(name: str) -> None:
    network = cnncalc.load(name)
    shapes = names_and_shapes(network)
    lines = (f"{word} {'x'.join(str(size) for size in shape if size != 1)}" for word, shape in shapes.items())
    assert (len(shapes), sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]) == DIGESTS[name]
    assert sum(map(prod, shapes.values())) == network.parameters + network.buffers


TINY = """
input: 3x8x8
layers:
  - conv2d: {name: conv1, out_channels: 4, kernel_size: 3}
  - batch_norm: {name: bn1}
  - flatten
  - linear: {name: fc, out_features: 10}
"""
SHAPES: dict[str, Shape] = {
    "conv1.weight": (4, 3, 3, 3),
    "conv1.bias": (4,),
    "bn1.weight": (4,),
    "bn1.bias": (4,),
    "bn1.running_mean": (4,),
    "bn1.running_var": (4,),
    "fc.weight": (10, 144),
    "fc.bias": (10,),
}


def changed(**changes: Any) -> dict[str, Any]:
    """The arrays of the network above with some others, or without some; `__` stands for a dot."""
    found: dict[str, Any] = {name: np.ones(shape, np.float32) for name, shape in SHAPES.items()}
    found |= {name.replace("__", "."): array for name, array in changes.items()}
    return {name: array for name, array in found.items() if array is not None}


def renamed(before: str, after: str) -> dict[str, Any]:
    return {name.replace(before, after, 1): array for name, array in changed().items()}


@pytest.mark.parametrize(
    "arrays",
    [
        changed(),
        changed(bn1__num_batches_tracked=np.array(7)),
        changed(no__such__layer__num_batches_tracked=np.array(7)),
        changed(conv1__weight=np.ones(SHAPES["conv1.weight"]), fc__bias=np.ones(10, np.float16)),
        changed(fc__bias=[0.5] * 10),
    ],
)
def test_what_fits(arrays: dict[str, Any]) -> None:
    assert np.asarray(cnncalc.load(TINY, weights=arrays).forward()).shape == (1, 10)


MISFITS = [
    (changed(fc__bias=None), "it lacks `fc.bias` (10)", None),
    (
        changed(fc__weight=None, fc__bias=None),
        "it lacks `fc.weight` (10 x 144) and `fc.bias` (10)",
        None,
    ),
    (
        {},
        "it lacks `conv1.weight` (4 x 3 x 3 x 3), `conv1.bias` (4), `bn1.weight` (4) and 5 more",
        None,
    ),
    (
        changed(a=np.ones(3)),
        "`a` (3) is no array of the network",
        "save it without: {name: array for name, array in state.items() if not name.startswith('a.')}",
    ),
    (
        changed(aux1__a=np.ones(3), aux1__b=np.ones(()), aux2__a=np.ones(2)),
        "`aux1.a` (3), `aux1.b` (a single value) and `aux2.a` (2) are no arrays of the network",
        "save it without: {name: array for name, array in state.items() if not name.startswith(('aux1.', 'aux2.'))}",
    ),
    (
        changed(**{f"a{n}": np.ones(1) for n in range(9)}),
        "`a0` (1), `a1` (1), `a2` (1) and 6 more are no arrays of the network",
        None,
    ),
    (
        changed(conv1__weight=np.ones((4, 1, 3, 3))),
        "`conv1.weight` is 4 x 1 x 3 x 3 and not 4 x 3 x 3 x 3",
        None,
    ),
    (
        changed(conv1__weight=np.ones((4, 3, 3))),
        "`conv1.weight` is 4 x 3 x 3 and not 4 x 3 x 3 x 3",
        None,
    ),
    (
        changed(bn1__bias=np.ones((4, 1, 1))),
        "`bn1.bias` is 4 x 1 x 1 and not 4",
        None,
    ),
    (
        changed(fc__weight=np.ones((144, 10)), fc__bias=np.ones(())),
        "`fc.weight` is 144 x 10 and not 10 x 144, `fc.bias` is a single value and not 10",
        "weights are laid out as in PyTorch: (out, in / groups, *kernel), of a linear layer (out, in)",
    ),
    (
        changed(**{name.replace(".", "__"): np.ones((2, *shape)) for name, shape in SHAPES.items()}),
        "`conv1.weight` is 2 x 4 x 3 x 3 x 3 and not 4 x 3 x 3 x 3, `conv1.bias` is 2 x 4 and not 4, "
        "`bn1.weight` is 2 x 4 and not 4 and 5 more have other shapes",
        None,
    ),
    (
        changed(fc__bias=np.ones(10, int)),
        "`fc.bias` (int64) holds no floating-point numbers",
        None,
    ),
    (
        changed(fc__bias=[1] * 10, conv1__bias=np.array(["a"] * 4)),
        "`conv1.bias` (str32) and `fc.bias` (int64) hold no floating-point numbers",
        None,
    ),
    (
        renamed("fc.", "classifier."),
        "it lacks `fc.weight` (10 x 144) and `fc.bias` (10); `classifier.weight` (10 x 144) and `classifier.bias` "
        "(10) are no arrays of the network",
        "is its `classifier.weight` the network's `fc.weight`?",
    ),
    (
        renamed("conv1.", "conv_1."),
        "it lacks `conv1.weight` (4 x 3 x 3 x 3) and `conv1.bias` (4); `conv_1.weight` (4 x 3 x 3 x 3) and "
        "`conv_1.bias` (4) are no arrays of the network",
        "is its `conv_1.weight` the network's `conv1.weight`?",
    ),
    (
        renamed("", "module."),
        "it lacks `conv1.weight` (4 x 3 x 3 x 3), `conv1.bias` (4), `bn1.weight` (4) and 5 more; "
        "`module.conv1.weight` (4 x 3 x 3 x 3), `module.conv1.bias` (4), `module.bn1.weight` (4) and 5 more are no "
        "arrays of the network",
        "its names begin with `module.`: rename them, as by name.removeprefix('module.')",
    ),
]  # fmt: skip


@every_row(("arrays", "facts", "hint"), MISFITS)
def test_what_does_not_fit(arrays: dict[str, Any], facts: str, hint: str | None) -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load("name: tiny" + TINY, weights=arrays).forward()
    assert (caught.value.message, caught.value.hint) == (f"`weights` does not fit tiny: {facts}", hint)
    assert caught.value.code == "weights"


def test_a_network_in_a_scope_and_a_file_that_is_not() -> None:
    inner = TINY.replace("\n  ", "\n      ").replace("layers:", "layers:\n  - name: backbone\n    layers:")
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(inner, weights=changed()).forward()
    assert caught.value.hint == "the network's names begin with `backbone.`, and those of the file do not"


@every_row("shape", [(5,), (5, 1, 1), (1, 5, 1), (1, 5)])
@every_row("name", ["gamma", "gamma.weight"])
def test_a_scale_is_stored_under_its_name_axes_of_size_1_aside(name: str, shape: Shape) -> None:
    network = cnncalc.load("input: 5x2x2\nlayers:\n  - scale: {name: gamma}\n")
    given = np.arange(5.0)
    output = cnncalc.load(
        "input: 5x2x2\nlayers:\n  - scale: {name: gamma}\n", weights={name: given.reshape(shape)}
    ).forward(np.ones((5, 2, 2)))
    np.testing.assert_array_equal(np.asarray(output)[:, 0, 0], given)
    assert list(names_and_shapes(network)) == ["gamma"]


def test_a_scale_of_another_shape_is_none() -> None:
    with pytest.raises(CnncalcError, match="`gamma` is 5 x 2 and not 5"):
        cnncalc.load("input: 5x2x2\nlayers:\n  - scale: {name: gamma}\n", weights={"gamma": np.ones((5, 2))}).forward()


def test_numbers_of_the_spec_need_not_be_stored() -> None:
    text = "input: 3\nlayers:\n  - linear: {name: a, out_features: 2, weight: [[1, 2, 3], [4, 5, 6]], bias: WORD}\n"
    given = cnncalc.load(text.replace("WORD", "true"), weights={"a.bias": np.array([10.0, 20.0])})
    np.testing.assert_array_equal(np.asarray(given.forward([1.0, 0.0, 1.0])), [14, 30])
    with pytest.raises(CnncalcError, match=r"it lacks `a\.bias` \(2\)"):
        cnncalc.load(text.replace("WORD", "zeros"), weights={}).forward()
