"""Inputs that layers cannot take, and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.errors import LayerError
from cnncalc.layers import LAYERS

VECTOR = (12,)
MAP = (4, 6, 8)

REFUSED: list[tuple[str, dict[str, Any], list[tuple[int, ...]], str, str | None, bool]] = [
    (
        "prelu",
        {"num_parameters": 3},
        [MAP],
        "`num_parameters` is 3, the input has 4 channels",
        "it is 1 or the number of channels",
        False,
    ),
    ("softmax", {"dim": 3}, [MAP], "`dim` must be from -3 to 2, not 3", None, False),
    ("log_softmax", {"dim": -4}, [MAP], "`dim` must be from -3 to 2, not -4", None, False),
    ("glu", {"dim": 0}, [(5, 2)], "it halves an axis of 5, which is odd", None, False),
    ("group_norm", {"num_groups": 3}, [MAP], "its 4 channels are not a multiple of `num_groups` 3", None, False),
    (
        "instance_norm",
        {},
        [VECTOR],
        "it needs a map to take statistics over, and this is a vector",
        "`layer_norm` normalises vectors",
        False,
    ),
    (
        "batch_norm",
        {"num_features": 3},
        [MAP],
        "`num_features` is 3, the input has 4",
        "leave `num_features` out, and it is what arrives",
        False,
    ),
    (
        "batch_norm",
        {"num_features": 3},
        [VECTOR],
        "`num_features` is 3, the input has 12",
        "leave `num_features` out, and it is what arrives",
        False,
    ),
    (
        "instance_norm",
        {"num_features": 3},
        [MAP],
        "`num_features` is 3, the input has 4",
        "leave `num_features` out, and it is what arrives",
        False,
    ),
    (
        "group_norm",
        {"num_groups": 2, "num_channels": 8},
        [MAP],
        "`num_channels` is 8, the input has 4",
        "leave `num_channels` out, and it is what arrives",
        False,
    ),
    (
        "layer_norm",
        {"normalized_shape": 4},
        [MAP],
        "`normalized_shape` is 4, the input is 4 x 6 x 8",
        "it must be the sizes of the input's last axes",
        False,
    ),
    (
        "layer_norm",
        {"normalized_shape": [1, 4, 6, 8]},
        [MAP],
        "`normalized_shape` is 1 x 4 x 6 x 8, the input is 4 x 6 x 8",
        "it must be the sizes of the input's last axes",
        False,
    ),
    ("layer_norm", {"dims": [3]}, [MAP], "`dims` must be from -3 to 2, not 3", None, False),
    ("layer_norm", {"dims": [0, -3]}, [MAP], "`dims` names an axis twice: [0, -3]", None, False),
    (
        "linear",
        {"out_features": 2},
        [MAP],
        "it takes a vector",
        "put `flatten` before it, or say which axis with `dim`",
        False,
    ),
    ("linear", {"out_features": 2, "dim": 4}, [MAP], "`dim` must be from -3 to 2, not 4", None, False),
    (
        "linear",
        {"out_features": 2, "in_features": 3},
        [VECTOR],
        "`in_features` is 3, the input has 12",
        "leave `in_features` out, and it is what arrives",
        False,
    ),
    ("flatten", {"start_dim": 3}, [MAP], "`start_dim` must be from -3 to 2, not 3", None, False),
    ("flatten", {"start_dim": 2, "end_dim": 1}, [MAP], "`end_dim` 1 is before `start_dim` 2", None, False),
    ("flatten", {"end_dim": -4}, [MAP], "`end_dim` must be from -3 to 2, not -4", None, False),
    (
        "unflatten",
        {"dim": 0, "sizes": [3, 2]},
        [MAP],
        "4 values cannot be laid out as 3 x 2",
        "one size may be -1, and is what the others leave",
        False,
    ),
    ("unflatten", {"dim": 0, "sizes": [3, -1]}, [MAP], "4 values cannot be laid out as 3 x -1", None, False),
    (
        "unflatten",
        {"dim": 0, "sizes": [2, 2, 1]},
        [MAP],
        "2 x 2 x 1 x 6 x 8 would have 5 axes, and 4 are the most",
        None,
        False,
    ),
    ("unflatten", {"dim": 5, "sizes": [2]}, [MAP], "`dim` must be from -3 to 2, not 5", None, False),
    ("reshape", {"shape": [5, -1]}, [MAP], "192 values cannot be laid out as 5 x -1", None, False),
    (
        "reshape",
        {"shape": [4, 6]},
        [MAP],
        "192 values cannot be laid out as 4 x 6",
        "one size may be -1, and is what the others leave",
        False,
    ),
    (
        "reshape",
        {"shape": [4, 2, 3, 2, 4]},
        [MAP],
        "4 x 2 x 3 x 2 x 4 would have 5 axes, and 4 are the most",
        None,
        False,
    ),
    ("squeeze", {"dim": 1}, [MAP], "`dim` 1 has size 6, and only 1 can be left out", None, False),
    ("squeeze", {"dim": 0}, [(1,)], "`dim` 0 is the only axis", None, False),
    ("squeeze", {"dim": 7}, [MAP], "`dim` must be from -3 to 2, not 7", None, False),
    ("reduce_mean", {"dim": [0, 1, -3]}, [MAP], "`dim` names an axis twice: [0, 1, -3]", None, False),
    ("reduce_mean", {"dim": 3}, [MAP], "`dim` must be from -3 to 2, not 3", None, False),
    ("permute", {"dims": [0, 1]}, [MAP], "`dims` has 2 axes, the input has 3", None, False),
    ("permute", {"dims": [0, 1, -3]}, [MAP], "`dims` names an axis twice: [0, 1, -3]", None, False),
    ("permute", {"dims": [0, 1, 5]}, [MAP], "`dims` must be from -3 to 2, not 5", None, False),
    ("slice", {"start": 4}, [MAP], "from 4 to the end nothing is left of an axis of 4", None, False),
    ("slice", {"dim": 1, "start": 6}, [MAP], "from 6 to the end nothing is left of an axis of 6", None, True),
    ("slice", {"dim": 1, "start": 3, "end": 2}, [MAP], "from 3 to 2 nothing is left of an axis of 6", None, False),
    ("slice", {"dim": 9}, [MAP], "`dim` must be from -3 to 2, not 9", None, False),
    ("pad", {"padding": [1, 2, 3]}, [MAP], "`padding` has 3 values, the input has 2 spatial axes", None, False),
    (
        "pad",
        {"padding": 1},
        [VECTOR],
        "it needs a map with 1 to 3 spatial axes, and this is a vector",
        "put the layer before `flatten`, or write the input as channels x height x width",
        False,
    ),
    (
        "pad",
        {"padding": 6, "mode": "reflect"},
        [MAP],
        "`padding` 6 in `reflect` mode needs a height of at least 7, the input has 6",
        None,
        True,
    ),
    (
        "pad",
        {"padding": [0, 9], "mode": "circular"},
        [MAP],
        "`padding` 9 in `circular` mode needs a width of at least 9, the input has 8",
        None,
        True,
    ),
    (
        "squeeze_excite",
        {"squeeze_channels": 2, "scale_activation": {"softmax": {"dim": 5}}},
        [MAP],
        "`scale_activation` softmax: `dim` must be from -3 to 2, not 5",
        None,
        False,
    ),
    (
        "squeeze_excite",
        {"squeeze_channels": 2, "activation": {"prelu": {"num_parameters": 3}}},
        [MAP],
        "`activation` prelu: `num_parameters` is 3, the input has 2 channels",
        "it is 1 or the number of channels",
        False,
    ),
    ("add", {}, [(4, 6), MAP], "they have 2 and 3 axes", "bring them to one number of axes first", False),
    ("add", {}, [MAP, (3, 6, 8)], "their channels differ: 4 and 3", None, False),
    ("multiply", {}, [MAP, (4, 6, 7)], "their widths differ: 8 and 7", None, False),
    ("concat", {}, [MAP, (4, 5, 8)], "their heights differ: 6 and 5", None, False),
    ("concat", {"dim": 1}, [MAP, (3, 6, 8)], "their channels differ: 4 and 3", None, False),
    ("concat", {"dim": 3}, [MAP], "`dim` must be from -3 to 2, not 3", None, False),
]
"""Inputs that cannot pass: the options, the shapes, the fact, the hint, and whether a larger input would pass."""


@pytest.mark.parametrize(("type_name", "options", "inputs", "fact", "hint", "too_small"), REFUSED)
def test_inputs_that_cannot_pass(
    type_name: str,
    options: dict[str, Any],
    inputs: list[tuple[int, ...]],
    fact: str,
    hint: str | None,
    too_small: bool,
) -> None:
    with pytest.raises(LayerError) as caught:
        LAYERS[type_name](**options).output_shape(inputs)
    assert (caught.value.fact, caught.value.hint, caught.value.too_small) == (fact, hint, too_small)
