"""Recorded passes of real networks become networks with the parameters, operations and shapes that others count."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc import CnncalcError, Network
from cnncalc.frameworks.pytorch import PYTORCH
from cnncalc.models.model import Model
from cnncalc.models.pytorch.operators import table
from cnncalc.models.pytorch.operators.table import find
from cnncalc.models.pytorch.recording import Recording
from cnncalc.models.pytorch.translation import Translator
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.given_inputs import build_at
from cnncalc.spec.model_specs import spec_of
from cnncalc.spec.variant import ChosenVariant
from tests.marking import slow_but
from tests.models.pytorch.small_modules import SMALL
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.imported import Imported
    from cnncalc.shapes import Shape

FOLDER = Path(__file__).parent / "recordings"


class RecordedArrays:
    """The arrays of a module that were recorded, as a live module has them."""

    def __init__(self, recording: Recording, arrays: Mapping[str, Any]) -> None:
        self.recording = recording
        self.arrays = arrays

    def array(self, number: int, dtype: str) -> Any:
        return np.array(self.arrays[str(number)], dtype)

    def numbers_of(self, number: int) -> Any:
        return self.recording.tensors[number].numbers


class Recorded(Model):
    """A pass that was recorded before."""

    def __init__(self, recording: Recording, source: RecordedArrays | None = None, *, opaque: bool = False) -> None:
        shapes = {name: recording.tensors[ref.tensor].shape[1:] for name, ref in recording.inputs.items()}
        super().__init__(recording.name, recording.name, shapes)
        self.recording = recording
        self.source = source
        self.opaque = opaque

    def translated(self, inputs: Mapping[str, Shape]) -> Imported:
        del inputs
        return Translator(self.recording, self.source).translated(opaque=self.opaque)


@cache
def facts(name: str) -> dict[str, Any]:
    """What a file has."""
    found: dict[str, Any] = json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))
    return found


def network(recording: Recording, source: RecordedArrays | None = None, *, opaque: bool = False) -> Network:
    """The network of a recording, whose shapes are held against those of PyTorch as it is built."""
    return Network(build_at(Blueprint(ChosenVariant(spec_of(Recorded(recording, source, opaque=opaque))))))


NAMES = [each.name.partition(".")[0] for each in sorted(FOLDER.iterdir())]
BUNDLED = [
    "resnet18",
    "mobilenet_v3_small",
    "alexnet",
    "densenet121",
    "efficientnet_b0",
    "googlenet",
]
NEVER_CALLED = {"googlenet": (6_379_984, 512)}
"""Parameters and buffers of modules that are never called in evaluation mode."""
OTHER_NAMES = {"alexnet": "alexnet_torchvision"}
"""What bundled architectures are called where the name is that of another."""
OF_NO_LAYER = {"windows": 256, "tokens": 81}
"""Values of buffers that are constants here."""
AS_WEIGHTS = {"changed_in_place": 2}
"""Values of buffers that are in the weights of layers."""


@pytest.mark.parametrize("name", slow_but(NAMES[:9], NAMES))
def test_every_parameter_and_buffer_is_there(name: str) -> None:
    known = facts(name)
    totals = network(Recording.from_json(known["recording"])).report().totals
    parameters, buffers = NEVER_CALLED.get(name, (0, OF_NO_LAYER.get(name, 0)))
    as_weights = AS_WEIGHTS.get(name, 0)
    assert totals.parameters + totals.frozen + parameters - as_weights == known["parameters"]
    assert totals.buffers + buffers + as_weights == known["buffers"]
    imported = Translator(Recording.from_json(known["recording"])).translated()
    assert imported.parameters == totals.parameters + totals.frozen
    assert imported.buffers == totals.buffers


@every_row("name", sorted(SMALL))
def test_values_are_those_that_pytorch_computed(name: str) -> None:
    known = facts(name)
    recording = Recording.from_json(known["recording"])
    ours = network(recording, RecordedArrays(recording, known["arrays"]))
    found = ours.forward({each: np.array(x, "float32") for each, x in zip(ours.inputs, known["batch"], strict=True)})
    outputs = list(found.values()) if isinstance(found, dict) else [found]
    for one, theirs in zip(outputs, known["outputs"], strict=True):
        np.testing.assert_allclose(one, np.array(theirs).reshape(one.shape), rtol=1e-4, atol=1e-5)


RECORDED_OTHERWISE = {
    *("native_channel_shuffle", "upsample", "vector_norm"),
    *("truediv", "rtruediv", "rmatmul"),
    *("adaptive_max_pool1d_with_indices", "adaptive_max_pool2d_with_indices", "adaptive_max_pool3d_with_indices"),
}
"""Functions that PyTorch 2.14 calls otherwise, and other versions so."""

NOT_RECORDED = {
    "CrossMapLRN2d": "it computes other values than its formula, and is refused",
    "FractionalMaxPool2d": "its places are random",
    "FractionalMaxPool3d": "its places are random",
}
"""Why no recording has a class. What is lazy is another class when it was called."""


def test_every_function_and_class_is_in_a_recording() -> None:
    calls = [made for name in NAMES for made in Recording.from_json(facts(name)["recording"]).calls]
    functions = {id(find(made.name)) for made in calls if not made.is_module}
    unseen = {name for name, known in table.FUNCTIONS.items() if id(known) not in functions}
    assert unseen <= RECORDED_OTHERWISE
    classes = {made.name for made in calls if made.is_module}
    assert {name for name in set(PYTORCH.rows) - classes if not name.startswith("Lazy")} == set(NOT_RECORDED)


@pytest.mark.parametrize("name", slow_but(BUNDLED[:2], BUNDLED))
def test_operations_are_those_of_the_bundled_architecture(name: str) -> None:
    ours = network(Recording.from_json(facts(name)["recording"]))
    [shape] = ours.inputs.values()
    theirs = cnncalc.load(OTHER_NAMES.get(name, name), input=shape)
    assert ours.report().totals.macs == theirs.report().totals.macs


def recording(*calls: list[Any], tensors: list[list[Any]] | None = None, outputs: Any = None) -> Recording:
    """One of `calls` on an input of 4 x 6 x 6, number 0; 1 is a parameter of 4 values, and results follow."""
    given = [[[61, 4, 6, 6], "input", "x"], [[4, 1, 1], "parameter", "gain"], *(tensors or [])]
    return Recording.from_json(
        {
            "name": "net",
            "batch": 61,
            "version": "2.14",
            "inputs": {"x": 0},
            "tensors": [[*each, *["result", "", "float32", True, None][len(each) - 1 :]] for each in given],
            "calls": [
                [*each, *[False, {"dict": {}}, {"dict": {}}, "net.py:7", False][len(each) - 5 :]] for each in calls
            ],
            "outputs": {"tensor": len(given) - 1} if outputs is None else outputs,
            "modules": {"": ["Net", ["gain"], 1]},
            "reads_sizes": False,
            "faults": [],
        }
    )


def call(name: str, *arguments: Any, to: int | list[int], path: str = "block", **keywords: Any) -> list[Any]:
    """A call of a function."""
    results = {"tensor": to} if isinstance(to, int) else {"tuple": [{"tensor": each} for each in to]}
    return [name, path, {"tuple": list(arguments)}, {"dict": keywords}, results]


X, GAIN = {"tensor": 0}, {"tensor": 1}
MAP = [[61, 4, 6, 6]]


def refused(*calls: list[Any], tensors: list[list[Any]]) -> str:
    with pytest.raises(CnncalcError) as raised:
        network(recording(*calls, tensors=tensors))
    return str(raised.value)


def test_all_that_has_no_layer_is_told_at_once() -> None:
    second, third = {"tensor": 2}, {"tensor": 3}
    assert refused(
        call("sort", X, to=2),
        call("nonzero", second, to=3, path="head"),
        call("sort", third, to=4),
        tensors=[MAP, MAP, MAP],
    ) == (
        "error: net: 3 of 3 calls have no layer here: `sort` has no counterpart here: `block` (net.py:7); "
        "`nonzero` has no counterpart here: `head` (net.py:7)\n"
        "hint: with --opaque, or opaque=True, they become layers of type `opaque`"
    )


@pytest.mark.parametrize(
    ("made", "shape", "fact"),
    [
        (call("softmax", X, 0, to=2), MAP, "works along the axis of the batch, so that samples would mix"),
        (call("mean", X, to=2), [[]], "reduces over the batch"),
        (call("__getitem__", X, 0, to=2), [[4, 6, 6]], "takes one sample out of a batch"),
        (call("reshape", X, to=2), [[4, 61, 36]], "lays the samples of a batch out anew"),
        (call("div", X, 2, rounding_mode="floor", to=2), MAP, "rounds what it divides"),
        (call("norm", X, 3, 1, to=2), [[61, 6, 6]], "takes the norm of order 3"),
    ],
)
def test_a_call_that_no_layer_is_is_refused(made: list[Any], shape: list[Any], fact: str) -> None:
    assert refused(made, tensors=[shape]).startswith(
        f"error: net: a call has no layer here: `{made[0]}` {fact}: `block` (net.py:7)\n"
    )


def test_a_class_that_computes_other_values_than_it_says_is_refused() -> None:
    """Of 7 channels those from the second on are up to 0.4 apart from `LocalResponseNorm`, in PyTorch 2.14."""
    told = refused([*call("CrossMapLRN2d", X, to=2), True], tensors=[MAP])
    fact = "computes other values than its formula; nn.LocalResponseNorm computes that"
    assert told.startswith(f"error: net: a call has no layer here: `CrossMapLRN2d` {fact}: `block` (net.py:7)\n")


def test_alpha_is_times_what_is_subtracted() -> None:
    made = call("rsub", X, 2, alpha=3, to=2)
    layers = Translator(recording(made, tensors=[MAP])).translated().layers
    assert [(layer.type, layer.options) for layer in layers] == [
        ("multiply", {"value": 3}),
        ("subtract", {"value": 2, "reverse": True}),
    ]


def test_a_weight_that_layers_make_is_refused() -> None:
    part = call("__getitem__", GAIN, {"slice": [0, 1, None]}, to=2)
    told = refused(part, call("prelu", X, {"tensor": 2}, to=3), tensors=[[[1, 1, 1]], MAP])
    assert "`prelu` takes a `weight` that is computed of parameters: `block` (net.py:7)" in told


def test_what_no_layer_is_may_be_opaque() -> None:
    found = network(recording(call("sort", X, to=2), tensors=[MAP]), opaque=True)
    [node] = found.nodes
    assert (node.name, node.output_shape) == ("block.opaque_1", (4, 6, 6))


@every_row(
    ("made", "shape", "type_", "options"),
    [
        (call("mean", X, [2, 3], to=2), [[61, 4]], "global_avg_pool", {"keepdim": False}),
        (call("mean", X, -1, keepdim=True, to=2), [[61, 4, 6, 1]], "reduce_mean", {"dim": 2}),
        (call("flatten", X, 1, to=2), [[61, 144]], "flatten", {}),
        (call("view", X, 61, 2, 2, 36, to=2), [[61, 2, 2, 36]], "reshape", {"shape": [2, 2, 36]}),
        (call("rsub", X, 1, to=2), MAP, "subtract", {"value": 1, "reverse": True}),
        (call("__radd__", X, 2.5, to=2), MAP, "add", {"value": 2.5}),
        (call("mul", X, GAIN, to=2), MAP, "scale", {}),
        (call("relu_", X, to=2), MAP, "relu", {}),
        (call("permute", X, 0, 2, 3, 1, to=2), [[61, 6, 6, 4]], "permute", {"dims": [1, 2, 0]}),
        (call("pad", X, [1, 2, 0, -1], to=2), [[61, 4, 5, 9]], "pad", {"padding": [[0, 0], [1, 2]]}),
        (call("interpolate", X, 12, to=2), [[61, 4, 12, 12]], "upsample", {"size": 12}),
        (call("pow", X, 2, to=2), MAP, "square", {}),
        (
            call("__getitem__", X, {"tuple": [{"slice": [None] * 3}, {"slice": [1, 3, None]}]}, to=2),
            [[61, 2, 6, 6]],
            "slice",
            {"start": 1, "end": 3},
        ),
        (call("chunk", X, 2, 1, to=[2, 3]), [[61, 2, 6, 6]], "split", {"sections": 2}),
    ],
)
def test_functions_become_layers(made: list[Any], shape: list[Any], type_: str, options: dict[str, Any]) -> None:
    tensors = [shape, shape] if made[0] == "chunk" else [shape]
    layer = Translator(recording(made, tensors=tensors)).translated().layers[-1]
    assert (layer.type, layer.options) == (type_, options)


def test_what_changes_no_value_is_no_layer() -> None:
    calls = [call("contiguous", X, to=2), call("permute", {"tensor": 2}, 1, 0, 2, 3, to=3)]
    calls.append(call("relu", {"tensor": 3}, to=4, path=""))
    found = Translator(recording(*calls, tensors=[MAP, [[4, 61, 6, 6]], [[4, 61, 6, 6]]])).translated()
    assert [(layer.name, layer.type, layer.inputs) for layer in found.layers] == [("relu_1", "relu", ["x"])]


def test_parameters_in_no_layer_are_told() -> None:
    found = Translator(recording(call("relu", X, to=2), tensors=[MAP])).translated()
    assert found.notes == ("4 parameters are in no layer: `gain`",)


def test_modules_that_are_never_called_are_told() -> None:
    notes = network(Recording.from_json(facts("googlenet")["recording"])).notes
    assert [note for note in notes if "never" in note] == [
        f"`{name}` is never called in evaluation mode: its {count} parameters are not counted"
        for name, count in (("aux1", "3,188,968"), ("aux2", "3,191,016"))
    ]


def test_a_recording_is_the_same_behind_json() -> None:
    written = facts("attention")["recording"]
    assert json.loads(json.dumps(Recording.from_json(written).to_json())) == written
