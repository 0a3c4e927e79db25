"""What commands write as JSON is what their schemas say, key by key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

from cnncalc.cli import _HOMES
from cnncalc.error_codes import CODES
from cnncalc.schema.catalogue import SCHEMAS, schema
from cnncalc.schema.figure_meanings import MEANINGS
from cnncalc.summary.results import Totals
from tests.marking import slow_after

if TYPE_CHECKING:
    from collections.abc import Callable

TWO = """inputs: {a: 2x9x9, b: 2x9x9}
layers:
  - add: {from: [a, b], name: s}
  - conv2d: {out_channels: 2, kernel_size: 3}
"""
FILES = {
    "two.yaml": f"{TWO}outputs: [s, conv2d_1]\n",
    "bad.yaml": "input: 3xx\nlayers: [rleu, relu: {a: 1}]\nfoo: 1\n",
    "held.yaml": f"""{TWO}expect: {{macs: 1, layers: {{s: {{output_shape: 2x9x9}}}}}}
budget: {{dtype: int8, weight_bytes: 1k}}
""",
    "fit.yaml": """input: 3x28x28
layers:
  - max_pool2d: {kernel_size: 2}
  - flatten
  - linear: {in_features: 588, out_features: 2}
""",
    "merge.yaml": """input: 1x9
layers:
  - parallel: {branches: [[conv1d: {out_channels: 1, kernel_size: 2, padding: [[1, 0]]}], []]}
""",
    "up.yaml": "input: 1x9\nlayers:\n  - upsample: {scale_factor: 2}\n  - batch_norm\n  - gelu\n",
}

COMMANDS = """
summary lenet
summary two.yaml
run lenet
run two.yaml
explain lenet
explain two.yaml
receptive-field lenet
receptive-field two.yaml
receptive-field lenet c3 --unit 1,1 --verify
receptive-field two.yaml s --unit 1,1
receptive-field lenet --verify
receptive-field merge.yaml
receptive-field merge.yaml concat_1
memory lenet
memory two.yaml --by size
solve lenet
solve alexnet conv1 --output 55
solve two.yaml
solve fit.yaml
check lenet
check bad.yaml held.yaml nosuch squeezenet --max-macs 1M
list lenet
layers
layers conv2d
layers relu
layers max_unpool
summary up.yaml
summary lenet --as ptflops
compare lenet alexnet
compare resnet18 resnet34 --layers
compare lenet two.yaml vgg11
sweep mobilenet --set alpha=0.5,1 --input 3x64x64,3x1x1
sweep resnet --variant resnet18,resnet34 --input 3x64x64,3x1x9x9
solve mobilenet --set alpha=? --max-macs 300M
solve mobilenet --set classes=? --max-parameters 4M
run lenet --print
run lenet c1 --print
run two.yaml --print
summary resnet18 --as torch
summary googlenet --as onnx-tool
explain up.yaml
run up.yaml
summary keras_mobilenet_v3
summary c3d
explain densenet_cifar
explain alexnet conv1
summary googlenet --batch 2 --dtype int8
run vdcnn --batch 2
summary efficientnet
solve unet
solve dcgan
solve text_cnn
receptive-field segnet
receptive-field unet
summary deeplab_v3
solve fcn
run raw_audio
run lenet --plan
steps lenet c3
steps two.yaml conv2d_1 --flip --unit all
steps two.yaml conv2d_1 --as matrix
run two.yaml --plan --exact
""".strip().splitlines()


@pytest.mark.parametrize("line", slow_after(24, [(line,) for line in COMMANDS]))
def test_what_is_written(line: str, run: Callable[..., Any], request: pytest.FixtureRequest) -> None:
    command, *arguments = line.split()
    if command == "list":
        request.getfixturevalue("few_architectures")
    for name, text in FILES.items():
        Path(name).write_text(text)
    written = run(command, *arguments, "--json").out
    assert written
    name = "plan" if "--plan" in arguments else command
    for found in map(json.loads, written.splitlines()):
        best = best_match(Draft202012Validator(schema(name)).iter_errors(found))
        assert best is None, f"{best.json_path}: {best.message[:300]}"


def test_every_command_that_writes_json_has_a_schema() -> None:
    others = {"show", "schema", "help", "init", "completion", "export", "import", "draw", "page"}
    assert {*_HOMES} - others == {*SCHEMAS} - {"spec", "plan"}


@pytest.mark.parametrize("name", [name for name in SCHEMAS if name != "spec"])
def test_it_is_a_schema_that_says_what_each_key_is(name: str) -> None:
    whole = schema(name)
    Draft202012Validator.check_schema(whole)
    assert (whole["$schema"], whole["$id"]) == (
        "https://json-schema.org/draft/2020-12/schema",
        f"urn:cnncalc:schema:{name}",
    )
    for record in records_in(whole):
        assert record["additionalProperties"] is False
        assert all(
            "description" in value or "anyOf" in value or "const" in value for value in record["properties"].values()
        )
        assert set(record["required"]) <= record["properties"].keys()


def records_in(value: Any) -> list[dict[str, Any]]:
    """All objects with known keys within a schema."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    inner = [found for item in items for found in records_in(item)]
    return [value, *inner] if isinstance(value, dict) and "properties" in value and "required" in value else inner


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.pop("name"),
        lambda found: found.update(extra=1),
        lambda found: found["layers"][0].update(macs=-1),
        lambda found: found["layers"][0].pop("flops"),
        lambda found: found["layers"][0].update(output_shape=[1.5]),
        lambda found: found["totals"].pop("macs"),
        lambda found: found["layers"][0]["receptive_field"].update(size="3"),
        lambda found: found.update(schema_version=2),
        lambda found: found.update(data_format="nchw"),
    ],
)
def test_what_is_otherwise_is_refused(change: Callable[[Any], object], run: Callable[..., Any]) -> None:
    found = json.loads(run("summary", "lenet", "--json").out)
    change(found)
    with pytest.raises(ValidationError):
        Draft202012Validator(schema("summary")).validate(found)


def test_every_figure_has_a_meaning() -> None:
    assert MEANINGS.keys() == set(Totals._fields)
    codes = schema("check")["properties"]["specs"]["items"]["properties"]["faults"]["items"]["properties"]["code"]
    assert codes["enum"] == list(CODES)
