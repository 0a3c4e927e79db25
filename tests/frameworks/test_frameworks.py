"""The classes of PyTorch and Keras: the tables against the recorded constructors, and lines against YAML."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.frameworks.classes import FRAMEWORKS
from cnncalc.layers import LAYERS, find
from cnncalc.reports.registry import render
from cnncalc.reports.style import PLAIN
from cnncalc.text_nodes import COMMON
from tests.marking import slow_after

LINES = Path(__file__).with_name("framework_lines.txt")
CLASSES = Path(__file__).parent.parent / "reference" / "framework_classes.tsv"

SIGNATURES: dict[tuple[str, str], ast.arguments] = {}
for line in CLASSES.read_text(encoding="utf-8").splitlines()[2:]:
    framework, name, parameters = line.split("\t")
    definition = ast.parse(f"def f({parameters}): ...").body[0]
    assert isinstance(definition, ast.FunctionDef)
    SIGNATURES[framework, name] = definition.args


def test_every_row_is_recorded() -> None:
    assert set(SIGNATURES) == {(known.name, name) for known in FRAMEWORKS for name in known.rows}


@pytest.mark.parametrize("known", FRAMEWORKS, ids=lambda known: known.name)
def test_parameters_are_those_of_the_constructors_in_their_order(known: Any) -> None:
    for name, row in known.rows.items():
        signature = SIGNATURES[known.name, name]
        names = [argument.arg for argument in signature.args]
        required = len(names) - len(signature.defaults)
        assert (list(row.required), list(row.optional)) == (names[:required], names[required:]), name
        assert not signature.kwonlyargs


@pytest.mark.parametrize("known", FRAMEWORKS, ids=lambda known: known.name)
def test_every_parameter_means_something(known: Any) -> None:
    for name, row in known.rows.items():
        for parameter in row.positions:
            has_rule = parameter in {*row.rules, *known.rules, *COMMON} or row.adjust is not None
            found = find(row.type, LAYERS)
            assert has_rule or (found is not None and parameter in found[0].options), f"{name}: {parameter}"


REQUIRED = {
    "in_channels": 4,
    "num_features": 4,
    "num_channels": 4,
    "out_channels": 8,
    "filters": 8,
    "units": 8,
    "kernel_size": 2,
    "pool_size": 2,
    "norm_type": 2,
    "output_size": 2,
    "num_groups": 2,
    "groups": 2,
    "normalized_shape": 8,
    "in_features": 8,
    "input_size": 8,
    "hidden_size": 3,
    "embed_dim": 8,
    "num_heads": 2,
    "num_embeddings": 9,
    "embedding_dim": 3,
    "out_features": 3,
    "size": 3,
    "padding": 1,
    "value": 1,
    "dim": 1,
    "unflattened_size": (2, 2),
    "upscale_factor": 2,
    "downscale_factor": 2,
    "threshold": 0.5,
    "scale": 0.5,
    "target_shape": (8, -1),
    "dims": (2, 3, 1),
    "height": 4,
    "width": 6,
    "rate": 0.5,
    "stddev": 1,
    "activation": "relu",
    "layer": "layers.LSTM(3)",
    "factor": 0.1,
    "height_factor": 0.1,
    "width_factor": 0.1,
}
"""Values for what must be given, at an input of 4 channels and 8 positions an axis."""
UPSAMPLE = {"Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d"}
MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
SEQUENTIAL = ("LSTM", "GRU", "RNN", "SimpleRNN", "Bidirectional")
OTHERWISE: dict[str, dict[str, Any]] = {
    **{name: {"scale_factor": 2} for name in UPSAMPLE},
    "PReLU": {"shared_axes": (1, 2)},
    "GroupNormalization": {"groups": 4},
    **{f"FractionalMaxPool{n}d": {"output_size": 2} for n in (2, 3)},
    **{name: {"from": "[input, input]"} for name in MERGES},
}
"""What must be given although the class has a default, as none of ours stands for that, or as it does not fit."""


def defaulted() -> list[tuple[str, str, str, str]]:
    """A class with what it must be given, the same with its recorded defaults, and an input."""
    found = []
    for (framework, name), signature in SIGNATURES.items():
        if name in ("Input", "InputLayer"):
            continue
        given = {} if framework == "PyTorch" and name == "PReLU" else OTHERWISE.get(name, {})
        names = [argument.arg for argument in signature.args]
        required = names[: len(names) - len(signature.defaults)]
        rest = {
            name: ast.unparse(default)
            for name, default in zip(names[len(required) :], signature.defaults, strict=True)
            if name not in given
        }
        written = [f"{name}={({**REQUIRED, **given})[name]}" for name in (*required, *given)]
        rank = next((int(n) for n in re.findall(r"(\d)[dD]", name)), 1 if name in SEQUENTIAL else 2)
        rank += name.startswith("ConvLSTM")
        channels = 8 if name == "PixelShuffle" else 4
        shape = "x".join(map(str, (channels, *(8,) * rank)))
        prefix = {"PyTorch": "nn.", "Keras": "layers."}[framework]
        short = f"{prefix}{name}({', '.join(written)})"
        whole = f"{prefix}{name}({', '.join([*written, *(f'{name}={value}' for name, value in rest.items())])})"
        found.append((f"{framework}-{name}", short, whole, shape))
    return found


@pytest.mark.parametrize(
    ("short", "whole", "shape"),
    slow_after(25, [case[1:] for case in defaulted()]),
    ids=[case[0] for case in defaulted()],
)
def test_defaults_are_those_of_the_class(short: str, whole: str, shape: str) -> None:
    assert summary(short, shape) == summary(whole, shape)


def summary(spec: str, shape: str | None = None) -> dict[str, Any]:
    """What `summary --json` says, without the name, and every option of every layer."""
    network = cnncalc.load(spec, input=shape)
    found: dict[str, Any] = json.loads(render("summary", "json", network.report(), PLAIN))
    del found["name"]
    return found


SAME = [case.partition("\n") for case in LINES.read_text(encoding="utf-8").split("\n==== ")[1:]]


@pytest.mark.parametrize(("shape", "case"), slow_after(15, [(shape, case) for shape, _, case in SAME]))
def test_a_line_is_the_same_network_as_yaml(shape: str, case: str) -> None:
    line, _, layers = case.partition("\n----\n")
    spec = f"input: {shape}\nlayers:\n{layers}\n"
    assert summary(line, shape) == summary(spec)
    found, expected = (cnncalc.load(source, input=shape).run() for source in (line, spec))
    assert found[0].ok
    for name, array in expected[1].items():
        assert (array == found[1][name]).all()


def test_all_lines_are_read() -> None:
    assert len(SAME) > 60
