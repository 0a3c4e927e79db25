"""Boxes: which layers are drawn as one, told by hand."""

from __future__ import annotations

import cnncalc
from cnncalc.drawing.boxes import boxes
from tests.rows import every_row

CONV = "conv2d(4, 3, name=c)"

JOINED = {
    # layers: the types behind the first layer of each box, the box's norm, and its activation
    f"{CONV} | batch_norm | relu": [(("batch_norm", "relu"), "batch_norm", "relu")],
    f"{CONV} | batch_norm(activation=relu)": [(("batch_norm", "relu"), "batch_norm", "relu")],
    f"{CONV} | dropout | batch_norm(activation=silu)": [(("dropout", "batch_norm", "silu"), "batch_norm", "silu")],
    "conv2d(4, 3, activation=relu) | batch_norm": [(("relu", "batch_norm"), "batch_norm", "relu")],
    # A second activation is one too many, be it a norm's own.
    "conv2d(4, 3, activation=relu) | batch_norm(activation=silu)": [
        (("relu",), None, "relu"),
        (("silu",), None, "silu"),
    ],
    f"{CONV} | relu | silu": [(("relu",), None, "relu"), ((), None, None)],
    "max_pool2d(2) | batch_norm(activation=relu)": [((), None, None), (("relu",), None, "relu")],
}


@every_row("layers, expected", JOINED.items())
def test_a_box_has_the_norm_and_the_activation_behind_its_layer_be_they_layers_or_options(
    layers: str, expected: object
) -> None:
    _, *found = boxes(cnncalc.load(layers, input="3x8x8").report())
    assert [(box.behind, box.norm, box.activation) for box in found] == expected


def test_figures_of_every_style_show_the_activation_that_is_an_option_of_a_norm() -> None:
    """The same shapes are drawn whether the activation is a layer or the norm's; names of layers are comments."""
    chain = "conv2d(4, 3) | batch_norm{0} | max_pool2d(2) | batch_norm{0} | conv2d(8, 3)"
    for style in ("volumes", "levels", "blocks"):
        of_layers, of_options = (
            [line for line in drawing.to_tikz().splitlines() if not line.startswith("%")]
            for drawing in (
                cnncalc.load(chain.format(way), input="3x16x16").draw(style=style)
                for way in (" | relu", "(activation=relu)")
            )
        )
        assert of_layers == of_options, style
