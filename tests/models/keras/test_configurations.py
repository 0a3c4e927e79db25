"""Configurations as Keras 2 writes them, layers that are called in other ways, and what cannot be translated."""

from __future__ import annotations

import json
import struct
import time
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from tests.models.keras.reference import configuration
from tests.models.keras.test_values import files

if TYPE_CHECKING:
    from pathlib import Path


def layer(class_name: str, name: str, *inbound: Any, **config: Any) -> dict[str, Any]:
    """A layer as Keras 2 writes it; `inbound` are its calls, each the names of what it takes."""
    nodes = [[[source, 0, 0, {}] if isinstance(source, str) else source for source in call] for call in inbound]
    return {"class_name": class_name, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


def image(*shape: int | None) -> dict[str, Any]:
    """An input as Keras 2 writes it."""
    return layer("InputLayer", "image", batch_input_shape=[None, *shape], dtype="float32", sparse=False, ragged=False)


def model(layers: list[dict[str, Any]], outputs: list[str], name: str = "old") -> dict[str, Any]:
    """A functional model of Keras 2."""
    config = {
        "name": name,
        "layers": layers,
        "input_layers": [[layers[0]["name"], 0, 0]],
        "output_layers": [[output, 0, 0] for output in outputs],
    }
    return {"class_name": "Functional", "config": config, "keras_version": "2.15.0", "backend": "tensorflow"}


def loaded(folder: Path, value: Any, **options: Any) -> Any:
    """The network of a configuration."""
    path = folder / "net.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return cnncalc.load(path, **options)


@pytest.mark.parametrize(
    ("function", "theirs"),
    [
        ("math.reduce_variance", [[0.1875, 0.75], [12.0, 48.0]]),
        ("math.reduce_std", [[0.4330127, 0.8660254], [3.4641016, 6.9282032]]),
    ],
)
def test_variances_are_divided_by_the_number_of_values(function: str, theirs: Any, tmp_path: Path) -> None:
    """As TensorFlow gives them, of 2 x 4 pixels with two channels along their rows."""
    reduced = layer("TFOpLambda", "reduced", function=function)
    reduced["inbound_nodes"] = [["image", 0, 0, {"axis": 2}]]
    network = loaded(tmp_path, model([image(2, 4, 2), reduced], ["reduced"]))
    rows = np.array([[0, 0, 0, 1], [0, 0, 0, 8]], "float32")
    found = network.forward(np.stack([rows, 2 * rows])[None])
    np.testing.assert_allclose(np.moveaxis(found, 1, -1)[0], theirs, rtol=1e-6)


@pytest.mark.parametrize("class_name", ["RandomContrast", "RandomBrightness"])
def test_what_is_for_training_is_read_with_the_layout_that_keras_3_15_writes(class_name: str, tmp_path: Path) -> None:
    made = layer(
        class_name, "augmented", ["image"], factor=[0.2, 0.2], value_range=[0, 255], data_format="channels_last"
    )
    report = loaded(tmp_path, model([image(6, 8, 3), made], ["augmented"])).report()
    assert [(found.type, found.output_shape) for found in report.layers] == [("identity", (3, 6, 8))]


def refusal(folder: Path, value: Any) -> str:
    """The error of a configuration, without the folder."""
    with pytest.raises(cnncalc.CnncalcError) as raised:
        loaded(folder, value)
    return str(raised.value).removeprefix("error: ").replace(f"{folder}/", "")


CONV = {"filters": 4, "kernel_size": [3, 3], "padding": "same", "data_format": "channels_last", "activation": "relu"}


def test_functional_models_of_keras_2(tmp_path: Path) -> None:
    layers = [
        image(8, 8, 3),
        layer("Conv2D", "conv", ["image"], **CONV),
        layer("BatchNormalization", "norm", ["conv"], axis=[3], epsilon=0.001),
        layer("Add", "sum", ["norm", "conv"]),
        layer("GlobalAveragePooling2D", "pool", ["sum"], data_format="channels_last"),
        layer("Dense", "dense", ["pool"], ["pool"], units=2, activation="hard_sigmoid", use_bias=True),
    ]
    report = loaded(tmp_path, model(layers, ["dense"])).report()
    assert (report.totals.parameters, report.totals.buffers) == (3 * 9 * 4 + 4 + 8 + 4 * 2 + 2, 8)
    assert [found.type for found in report.layers[:3]] == ["conv2d", "batch_norm", "add"]
    assert report.layers[-1].name == "dense_2"


def test_hard_sigmoid_is_that_of_keras_2(tmp_path: Path) -> None:
    layers = [image(3), layer("Activation", "gate", ["image"], activation="hard_sigmoid")]
    found = loaded(tmp_path, model(layers, ["gate"])).forward([1.0, -1.0, 9.0])
    np.testing.assert_allclose(found, [0.7, 0.3, 1.0], rtol=1e-6)


def test_a_sequential_model_of_keras_2(tmp_path: Path) -> None:
    layers = [
        {"class_name": "Conv2D", "config": {"name": "conv", "batch_input_shape": [None, 8, 8, 1], **CONV}},
        {"class_name": "Flatten", "config": {"name": "flatten", "data_format": "channels_last"}},
        {"class_name": "Dense", "config": {"name": "dense", "units": 10, "activation": "softmax", "use_bias": False}},
    ]
    for config in ({"name": "straight", "layers": layers}, layers):  # the second before Keras 2.2.3
        report = loaded(tmp_path, {"class_name": "Sequential", "config": config}).report()
        assert report.totals.parameters == 40 + 8 * 8 * 4 * 10


def test_a_model_in_a_model_is_numbered_from_1_by_keras_2(tmp_path: Path) -> None:
    inner = model([image(8, 8, 3), layer("Conv2D", "conv", ["image"], **CONV)], ["conv"], "inner")
    nested = {
        "class_name": "Functional",
        "config": inner["config"],
        "name": "inner",
        "inbound_nodes": [[["first", 0, 0, {}]]],
    }
    first = {**image(8, 8, 3), "name": "first"}
    dense = layer("Flatten", "flat", [["inner", 1, 0, {}]])
    report = loaded(tmp_path, model([first, nested, dense], ["flat"])).report()
    assert [found.name for found in report.layers] == ["inner.conv", "flat"]


def test_functions_of_tensorflow(tmp_path: Path) -> None:
    layers = [
        image(6, 8, 4),
        {
            **layer("TFOpLambda", "tf.math.multiply", function="math.multiply"),
            "inbound_nodes": [["image", 0, 0, {"y": 2.0}]],
        },
        {
            **layer("TFOpLambda", "tf.math.reduce_mean", function="math.reduce_mean"),
            "inbound_nodes": [["tf.math.multiply", 0, 0, {"axis": [1, 2], "keepdims": True}]],
        },
        {
            **layer("TFOpLambda", "tf.__operators__.add", function="__operators__.add"),
            "inbound_nodes": [["image", 0, 0, {"y": ["tf.math.reduce_mean", 0, 0]}]],
        },
        {
            **layer("SlicingOpLambda", "tf.__operators__.getitem", function="__operators__.getitem"),
            "inbound_nodes": [
                [
                    *("tf.__operators__.add", 0, 0),
                    {"slice_spec": [{"start": None, "stop": None, "step": None}, {"start": 1, "stop": 5, "step": 2}]},
                ]
            ],
        },
    ]
    report = loaded(tmp_path, model(layers, ["tf.__operators__.getitem"])).report()
    assert [found.type for found in report.layers] == ["multiply", "reduce_mean", "add", "slice"]
    assert [found.output_shape for found in report.layers][1:] == [(4, 1, 1), (4, 6, 8), (4, 2, 8)]


def test_free_sizes_are_asked_for(tmp_path: Path) -> None:
    value = model([image(None, None, 3), layer("Conv2D", "conv", ["image"], **CONV)], ["conv"])
    assert loaded(tmp_path, value, input=(3, 20, 30)).report().layers[0].output_shape == (4, 20, 30)
    with pytest.raises(
        cnncalc.CnncalcError, match=r"`image` has free sizes: 3 x \? x \?\nhint: say which, such as --input 3x224x224"
    ):
        loaded(tmp_path, value).report()


def test_channels_first(tmp_path: Path) -> None:
    conv = {**CONV, "data_format": "channels_first"}
    layers = [
        image(3, 8, 6),
        layer("Conv2D", "conv", ["image"], **conv),
        layer("BatchNormalization", "norm", ["conv"], axis=1),
        layer("Concatenate", "joined", ["norm", "conv"], axis=1),
        layer("Flatten", "flat", ["joined"], data_format="channels_first"),
    ]
    report = loaded(tmp_path, model(layers, ["flat"])).report()
    assert [found.output_shape for found in report.layers] == [(4, 8, 6), (4, 8, 6), (8, 8, 6), (384,)]


def test_all_that_cannot_be_translated_is_told_at_once(tmp_path: Path) -> None:
    layers = [
        image(8, 8, 3),
        layer("Lambda", "one", ["image"], function="x"),
        layer("Lambda", "two", ["one"], function="x"),
        layer("mine>Conv2D", "three", ["two"], filters=3),
        layer("Conv2D", "four", ["image"], **{**CONV, "data_format": "channels_first"}),
        layer("Conv2D", "five", ["image"], **CONV),
        layer("Activation", "six", ["five"], activation="sparsemax"),
    ]
    assert refusal(tmp_path, model(layers, ["six"])) == (
        "net.json: 5 of 6 layers have no translation: Lambda `one`, `two`: is Python code, which is not run;"
        " mine.Conv2D `three`: is a class of the file's own; Conv2D `four`: `data_format` is channels_first, and other"
        " layers have channels_last; Activation `six`: the activation sparsemax has no counterpart here\n"
        "hint: a class of your own can be written as a block of a spec"
    )


def _cycle() -> Any:
    return model([image(4), layer("Dense", "a", ["b"], units=2), layer("Dense", "b", ["a"], units=2)], ["b"])


def _doubled(depth: int) -> Any:
    """Models that call the model in them twice, so that so many levels have 2 to that power of calls."""
    inner: Any = layer("Dense", "inner", ["image"], ["inner"], units=4)
    inner["inbound_nodes"] = [[["image", 0, 0, {}]], [["inner", 0, 0, {}]]]
    for _ in range(depth):
        whole = model([image(4), inner], ["inner"])
        whole["config"]["output_layers"] = [["inner", 1, 0]]
        calls = [[["image", 0, 0, {}]], [["inner", 0, 0, {}]]]
        inner = {"class_name": "Functional", "config": whole["config"], "name": "inner", "inbound_nodes": calls}
    return whole


HOSTILE = [
    (_cycle(), "net.json: not a Keras model as it should be: `a` takes what comes of itself"),
    (
        model([image(4), layer("Dense", "a", ["c"], units=2)], ["a"]),
        "net.json: not a Keras model as it should be: `a` takes a tensor of `c`, which makes none",
    ),
    (
        model([image(4), layer("Dense", "a", ["image"], units=2), layer("Dense", "a", ["image"], units=2)], ["a"]),
        "net.json: not a Keras model as it should be: two layers of `old` have one name",
    ),
    (
        model([image(4), {"class_name": "Dense", "config": 3}], ["a"]),
        "net.json: not a Keras model as it should be: the `config` of a Dense is no object",
    ),
    (
        model([image(4), {**layer("Dense", "a"), "inbound_nodes": [[["image", "x", 0]]]}], ["a"]),
        "net.json: not a Keras model as it should be: the `inbound_nodes` of `a` cannot be read",
    ),
    (
        '{"class_name": ' + "[" * 200_000,
        "net.json: not a Keras model as it should be: its configuration is nested too deep",
    ),
    (
        model([image(4), layer("Concatenate", "a", [])], ["a"]),
        "net.json: not a Keras model as it should be: the `inbound_nodes` of `a` cannot be read",
    ),
    (
        model([image(4), layer("Rescaling", "a", ["image"], scale=[["x"]], offset=[2])], ["a"]),
        "net.json: 1 of 1 layers has no translation: Rescaling `a`: has no number where one belongs: x\n"
        "hint: a class of your own can be written as a block of a spec",
    ),
    (
        model([image(4), layer("Normalization", "a", ["image"], mean=[1, 2], variance=[1, "x"])], ["a"]),
        "net.json: 1 of 1 layers has no translation: Normalization `a`: has values that are not those of its class\n"
        "hint: a class of your own can be written as a block of a spec",
    ),
    (
        {"class_name": "Functional", "config": {"name": "x", "layers": []}},
        "net.json: not a Keras model as it should be: a model without layers",
    ),
    (
        {"class_name": "MyModel", "registered_name": "pkg>MyModel", "config": {"width": 3}},
        "net.json has a pkg>MyModel, whose layers stand in the code of its class\n"
        "hint: functional and sequential models can be read: save those that it is made of",
    ),
    (
        model([image(8, 8, 3), layer("Conv2D", "conv", ["image"], **{**CONV, "filters": "many"})], ["conv"]),
        "net.json: `conv`, Conv2D \"conv\": `out_channels` must be an integer of at least 1, not 'many'",
    ),
]


@pytest.mark.parametrize(("value", "message"), HOSTILE)
def test_what_is_no_model_is_told(value: Any, message: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, value) == message


@pytest.mark.slow
@pytest.mark.parametrize(("depth", "message"), [(20, "net.json: more than 5000 layers"), (32, "more than 30 deep")])
def test_models_that_double_at_each_level_come_to_an_end(depth: int, message: str, tmp_path: Path) -> None:
    begin = time.process_time()
    assert message in refusal(tmp_path, _doubled(depth))
    assert time.process_time() - begin < 10


def test_an_archive_whose_configuration_is_a_bomb(tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * (12 * 2**20))
    with pytest.raises(cnncalc.CnncalcError, match="its configuration is longer than 8 MiB, the most that is read"):
        cnncalc.load(path)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 3]


def _circle(data: bytes) -> bytes:
    """The root group's tree points to itself."""
    at = data.index(b"TREE")
    return data[: at + 32] + struct.pack("<Q", at) + data[at + 40 :]


def _nothing(data: bytes) -> bytes:
    return data[:8] + b"\0" * 500


@pytest.mark.parametrize("damage", [_cut, _circle, _nothing])
def test_a_damaged_hdf5_file_is_told(damage: Any, tmp_path: Path) -> None:
    path = tmp_path / "net.h5"
    path.write_bytes(damage(files()["straight.h5"]))
    with pytest.raises(cnncalc.CnncalcError) as raised:
        cnncalc.load(path).report()
    assert str(path) in str(raised.value)


@pytest.mark.parametrize("ending", ["h5", "keras"])
@pytest.mark.slow
def test_no_damage_ends_otherwise_than_in_an_error(ending: str, tmp_path: Path) -> None:
    data = bytearray(files()[f"straight.{ending}"])
    path = tmp_path / f"net.{ending}"
    for at in range(0, len(data), max(1, len(data) // 100)):
        changed = bytearray(data)
        changed[at : at + 8] = b"\xff" * 8
        path.write_bytes(changed)
        with suppress(cnncalc.CnncalcError):
            cnncalc.load(path).report()


def test_json_of_another_program_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text('{"config": 3, "layers": []}', encoding="utf-8")
    with pytest.raises(cnncalc.CnncalcError) as raised:
        cnncalc.load(path)
    assert "Keras" not in str(raised.value)


def test_an_input_may_have_another_size_than_the_file_says(tmp_path: Path) -> None:
    value = json.loads(configuration("pools"))
    assert loaded(tmp_path, value, input=(4, 21, 19)).report().layers[0].output_shape == (4, 10, 9)


def test_what_cannot_be_translated_may_be_kept_with_its_shape(run: Any, tmp_path: Path) -> None:
    value = json.loads(configuration("convolutions"))
    for found in value["config"]["layers"]:
        if found["name"] == "grouped":
            found |= {"class_name": "Mine", "module": "mine", "registered_name": "Mine"}
    assert refusal(tmp_path, value) == (
        "net.json: 1 of 7 layers has no translation: mine.Mine `grouped`: is a class of the file's own\n"
        "hint: `summary --opaque` keeps them as layers of which nothing but the shape is known"
    )
    totals = json.loads(run("summary", str(tmp_path / "net.json"), "--opaque", "--json").out)["totals"]
    assert (totals["opaque"], totals["parameters"]) == (1, 1233 - 8 * 3 * 8 // 2)


STEPS = [
    (
        {"class_name": "LSTM", "config": {"name": "x", "units": 2}},
        "LSTM `steps`: at each step of a sequence has no counterpart here",
    ),
    (
        {"class_name": "PReLU", "config": {"name": "x", "shared_axes": None}},
        "PReLU `steps`: as prelu at each step of a sequence has no counterpart here",
    ),
    (
        {"class_name": "Softmax", "config": {"name": "x", "axis": 1}},
        "Softmax `steps`: as softmax at each step of a sequence has no counterpart here",
    ),
]


@pytest.mark.parametrize(("inner", "message"), STEPS)
def test_what_steps_would_change_is_refused(inner: Any, message: str, tmp_path: Path) -> None:
    layers = [image(5, 6, 4), layer("TimeDistributed", "steps", ["image"], layer=inner)]
    assert message in refusal(tmp_path, model(layers, ["steps"]))


def test_a_class_that_only_bears_the_name_of_one_of_keras_is_refused(tmp_path: Path) -> None:
    layers = [image(8, 8, 3), {**layer("LayerScale", "mine", ["image"], gain=3), "module": "mine"}]
    assert "mine.LayerScale `mine`: is a class of the file's own" in refusal(tmp_path, model(layers, ["mine"]))
