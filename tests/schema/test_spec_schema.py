"""What the schema says of specs is what the program says of them."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import cnncalc
from cnncalc import CnncalcError
from cnncalc.layers import spellings
from cnncalc.schema.spec_schema import spec_schema
from cnncalc.spec import bundled
from cnncalc.spec.document import KEYS
from tests.marking import slow_but
from tests.networks import FILES
from tests.rows import every_row
from tests.schema.validators import of_specs, plain

KINDS = {"residual", "parallel", *spellings()}
SOME = ("lenet", "resnet", "unet", "inception_v1")


@pytest.mark.slow
def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(spec_schema())


@pytest.mark.parametrize("name", slow_but(SOME, bundled.names()))
def test_what_is_bundled_is_valid(name: str) -> None:
    of_specs().validate(plain(bundled.text(name)))


def refused_by_program(text: str) -> bool:
    """Whether the program refuses a spec, for whatever reason."""
    try:
        cnncalc.load(text)
    except CnncalcError:
        return True
    return False


# Each is a whole spec but for its input.
ACCEPTED = [
    "layers: [batch_norm: {name: c, trainable: false}, {share: c}, {share: c, name: d, from: input, when: true}]",
    "layers: [batch_norm: {name: c}, batch_norm: {share: c}, {share: =null, trainable: =1 > 2, layers: [batch_norm]}]",
    "layers: [batch_norm: {share: null, trainable: null}, {name: g, layers: [batch_norm: {share: false}]}]",
    "frozen: a\nlayers: [batch_norm: {name: a}]",
    "frozen: [a]\nlayers: [{name: a, layers: [batch_norm]}]",
    "frozen: []\nvariants: {v: {frozen: b}}\nlayers: [batch_norm: {name: b}]",
    "blocks: {b: {spec: resnet18, until: layer1, description: x}}\nlayers: [b]",
    "layers: [parameter: {shape: 2x3, weight: ones}, parameter: {shape: [2, 3]}, constant: {value: [[1]]}, relu]",
    "layers: [split: {sections: 1}, split: {name: s, sections: [1, -1]}, concat]",
    "layers: [relu]",
    "layers: [relu: , relu: {}, {type: relu}, {type: relu, name: a}, relu: {name: 1, from: a}]",
    "layers: [{layers: [relu]}, {name: g, layers: []}, {repeat: 2, layers: [relu]}, {repeat: =1 + 1, layers: [relu]}]",
    "layers: [{for: {a: [1, 2]}, layers: [conv: {out_channels: =a, kernel_size: 1}]}]",
    'layers: [{for: {"a, b": [[1, 2]], c: "=[3]"}, layers: [relu: {name: "x{a}"}]}]',
    "layers: [residual: {layers: [relu]}, {type: residual, layers: [relu], shortcut: false}]",
    "layers: [residual: {layers: [relu], shortcut: [relu], activation: relu, name: r, when: =1 == 1}]",
    "layers: [parallel: {branches: [[relu], [], {repeat: 2, layers: [relu]}], merge: add, activation: relu}]",
    "layers: [{type: parallel, branches: [[relu], [relu]], merge: '=\"add\"'}]",
    "layers: ['=\"relu\"', {type: '=\"relu\"'}, {'=\"relu\"': {name: x}}]",
    "blocks: {b: {parameters: {w: null, v: =w}, layers: [relu], description: x}}\nlayers: [b: {w: 1}, {type: b, w: 2}]",
    "blocks: {b: {inputs: [x, y], layers: [add: {from: [x, y]}]}}\nlayers: [b: {from: [input, input]}]",
    "name: 3\nsource: x\ndescription: ~\nlayers: [relu: {name: a}]\noutputs: a",
    "layers: [relu: {name: a}, relu: {name: b}]\noutputs: [a, b]\ndata_format: channels_first",
    "parameters: {a: 1, b: [1, x]}\nvariants: {v: {a: 2}, w: , x: {input: 3x4x4, expect: {macs: 0}}}\nlayers: [relu]",
    "layers: [relu: {name: a}]\nexpect: {macs: 0, layers: 1}\nbudget: {dtype: int8, weight_bytes: 256KiB, flops: 1.5G}",
    "layers: [relu: {name: a}]\nexpect: {layers: {a: {macs: 0, output_shape: 3x8x8}}, outputs: {a: {parameters: 0}}}",
]
REFUSED = [
    "layers: [batch_norm: {share: [a]}]",
    "layers: [batch_norm: {trainable: x}]",
    "layers: [batch_norm: {name: a}, {share: a, trainable: false}]",
    "layers: [batch_norm: {name: a}, {share: a, eps: 1}]",
    "blocks: {b: {spec: resnet18, layers: [relu]}}\nlayers: [b]",
    "blocks: {b: {until: a, layers: [relu: {name: a}]}}\nlayers: [b]",
    "blocks: {b: {spec: [resnet18]}}\nlayers: [b]",
    "frozen: {a: 1}\nlayers: [batch_norm: {name: a}]",
    "layers: [parameter, relu]",
    "layers: [parameter: {shape: 0}, relu]",
    "layers: [constant: {value: x}, relu]",
    "layer: [relu]",
    "layers: [relu]\nlayers2: []",
    "layers: []",
    "layers: relu",
    "layers: {relu: {}}",
    "layers: [rleu]",
    "layers: [rleu: {}]",
    "layers: [{type: rleu}]",
    "layers: [conv2d]",
    "layers: [conv2d: ]",
    "layers: [conv4d: {out_channels: 1, kernel_size: 1}]",
    "layers: [relu2d]",
    "layers: [{}]",
    "layers: [[relu]]",
    "layers: [3]",
    "layers: [~]",
    "layers: [relu: [1]]",
    "layers: [relu: 3]",
    "layers: [{relu: {}, tanh: {}}]",
    "layers: [{relu: , name: x}]",
    "layers: [{name: x}]",
    "layers: [{name: {a: 1}}]",
    "layers: [{repeat: 2}]",
    "layers: [{repeat: {}}]",
    "layers: [{type: relu, x: 1}]",
    "layers: [{type: conv2d, kernel_size: 1}]",
    "layers: [{type: [relu]}]",
    "layers: [relu: {name: [x]}]",
    "layers: [relu: {name: ''}]",
    "layers: [relu: {from: []}]",
    "layers: [relu: {from: {a: 1}}]",
    "layers: [relu: {when: 3}]",
    "layers: [relu: {when: x}]",
    "layers: [{layers: [relu], x: 1}]",
    "layers: [{layers: relu}]",
    "layers: [{repeat: -1, layers: [relu]}]",
    "layers: [{repeat: x, layers: [relu]}]",
    "layers: [{repeat: 1.5, layers: [relu]}]",
    "layers: [{repeat: 1, for: {a: [1]}, layers: [relu]}]",
    "layers: [{for: {}, layers: [relu]}]",
    "layers: [{for: [a], layers: [relu]}]",
    "layers: [{for: {a: 3}, layers: [relu]}]",
    "layers: [residual]",
    "layers: [residual: {layer: [relu]}]",
    "layers: [residual: {layers: [relu], shortcut: 3}]",
    "layers: [residual: {layers: [relu], activation: rleu}]",
    "layers: [residual: {layers: [relu], merge: add}]",
    "layers: [{type: residual, shortcut: true}]",
    "layers: [parallel: {branches: []}]",
    "layers: [parallel: {branches: [relu]}]",
    "layers: [parallel: {branches: [[relu], [relu]], merge: subtract}]",
    "blocks: {b: {layer: [relu]}}\nlayers: [relu]",
    "blocks: {b: {layers: [relu], x: 1}}\nlayers: [b]",
    "blocks: {b: [relu]}\nlayers: [b]",
    "blocks: [b]\nlayers: [relu]",
    "blocks: {b: {layers: [conv2d: {kernel_size: 1}]}}\nlayers: [b]",
    "blocks: {b: {inputs: [], layers: [relu]}}\nlayers: [b]",
    "blocks: {b: {layers: [relu]}}\nlayers: [conv2d]",
    "blocks: {b: {layers: [relu]}}\nlayers: [relu: {x: 1}]",
    "blocks: {b: {layers: [relu]}}\nlayers: [{name: b}]",
    "parameters: [a]\nlayers: [relu]",
    "parameters: {a b: 1}\nlayers: [relu]",
    "variants: {}\nlayers: [relu]",
    "variants: {a: 3}\nlayers: [relu]",
    "variants: {a: {expect: {macs: -1}}}\nlayers: [relu]",
    "data_format: nchw\nlayers: [relu]",
    "name: [x]\nlayers: [relu]",
    "outputs: []\nlayers: [relu]",
    "expect: {mcs: 1}\nlayers: [relu]",
    "expect: {macs: x}\nlayers: [relu]",
    "expect: {macs: 1.5}\nlayers: [relu]",
    "expect: {layers: {a: 3}}\nlayers: [relu: {name: a}]",
    "expect: {layers: {a: {output_shape: 3x}}}\nlayers: [relu: {name: a}]",
    "budget: {layers: {a: {output_shape: 3x8x8}}}\nlayers: [relu: {name: a}]",
    "budget: {dtype: int4}\nlayers: [relu]",
    "budget: 3\nlayers: [relu]",
    "outputs: {a: 1}\nlayers: [relu]",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_both_accept(text: str) -> None:
    text = f"input: 3x8x8\n{text}\n"
    assert not refused_by_program(text)
    of_specs().validate(plain(text))


@every_row("text", REFUSED)
def test_what_both_refuse(text: str) -> None:
    text = f"input: 3x8x8\n{text}\n"
    assert refused_by_program(text)
    assert not of_specs().is_valid(plain(text))


SHAPES = {
    "3x8x8": True, "3 X 8": True, "[3, 8, 8]": True, "784": True, "[784]": True, "'784'": True, "[3.0, 8]": True,
    "3x": False, "0": False, "[]": False, "[1, 2, 3, 4, 5]": False, "1x2x3x4x5": False, "{a: 3}": False, "x": False,
    "-3": False, "true": False, "2147483648": False, "[3, x]": False, "~": False, "1.5": False,
}  # fmt: skip


@every_row(("shape", "right"), SHAPES.items())
def test_shapes(shape: str, right: bool) -> None:
    for text in (f"input: {shape}\nlayers: [relu]\n", f"inputs: {{a: {shape}}}\nlayers: [relu: {{from: a}}]\n"):
        assert refused_by_program(text) is not right
        assert of_specs().is_valid(plain(text)) is right


def test_one_kind_of_inputs_alone() -> None:
    text = "input: 3\ninputs: {a: 3}\nlayers: [relu]\n"
    assert refused_by_program(text)
    assert not of_specs().is_valid(plain(text))
    assert of_specs().is_valid(["relu", {"conv2d": {"out_channels": 1, "kernel_size": 1}}])


def mutated(word: str, rng: Random) -> str:
    """A word that is misspelt."""
    at = rng.randrange(len(word))
    return rng.choice([word[:at] + word[at + 1 :], word + word[at], word[:at] + "_" + word[at:], word.title()])


@pytest.mark.parametrize("name", slow_but(SOME[:1], bundled.names(), FILES))
def test_misspelt_keys(name: str) -> None:
    """Every top-level key, and a dozen keys of layers that no group or condition may leave out."""
    rng = Random(name)
    text = bundled.text(name)
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        key = line.partition(":")[0]
        if line[0].isalpha() and ":" in line:
            other = mutated(key, rng)
            changed = "".join([*lines[:number], other + line[len(key) :], *lines[number + 1 :]])
            assert refused_by_program(changed)
            assert not of_specs().is_valid(plain(changed)), other
    options_there = list(options_in(plain(text)["layers"]))
    for place, option in rng.sample(options_there, min(12, len(options_there))):
        whole = plain(text)
        other = mutated(option, rng)
        if other in KEYS or other in place:
            continue
        options = next(iter(whole["layers"][place[0]].values()))
        options[other] = options.pop(option)
        assert not of_specs().is_valid(whole)
        assert refused_by_program(text_of(whole)), other


def options_in(layers: list[Any]) -> list[tuple[tuple[Any, ...], str]]:
    """The options of layers in the outermost list: the place of each, with its other options, and its name."""
    return [
        ((number, *options), option)
        for number, entry in enumerate(layers)
        if isinstance(entry, dict) and len(entry) == 1
        for kind, options in entry.items()
        if kind in KINDS and isinstance(options, dict) and "when" not in options
        for option in options
    ]


def text_of(whole: Any) -> str:
    """Plain data as YAML."""
    import json

    return json.dumps(whole) + "\n"
