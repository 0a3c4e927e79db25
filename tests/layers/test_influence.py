"""Receptive fields: what `reads` claims is what changes when each input position is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.geometry.access import Statistic
from cnncalc.geometry.reading import Rearrangement
from cnncalc.layers import LAYERS
from cnncalc.shapes import CHANNELS_FIRST, CHANNELS_LAST, Layout
from tests.layers.cases import INPUTS, LOOKED_UP, OPAQUE, POINTWISE, RECURRENT, WITHOUT_INPUTS
from tests.layers.execution import arrays
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels import Array


def influence(run: Callable[[Array], Array], x: Array, axis: int, output_axis: int) -> list[set[int]]:
    """For each output position along an axis, the input positions along `axis` that change it; found by trying."""
    before = run(x)
    seen: list[set[int]] = [set() for _ in range(before.shape[output_axis])]
    for position in range(x.shape[axis]):
        for change in (0.05, 10.0, -10.0):
            moved = x.copy()
            moved[(slice(None),) * axis + (position,)] += change
            changed = run(moved) != before
            other = tuple(number for number in range(changed.ndim) if number != output_axis)
            for unit in np.flatnonzero(changed.any(other)):
                seen[int(unit)].add(position)
    return seen


MAP = (4, 6, 8)
VECTOR = (12,)

LOCAL: dict[str, dict[str, Any]] = {
    **{name: {} for name in POINTWISE if name not in (*RECURRENT, *LOOKED_UP, *OPAQUE, *WITHOUT_INPUTS)},
    "threshold": {"threshold": 0.1, "value": 0.0},
    "power": {"exponent": 2},
    "clamp": {"min": 0.1},
    "group_norm": {"num_groups": 2},
    "local_response_norm": {"size": 3},
    "squeeze_excite": {"squeeze_channels": 3},
    "linear": {"out_features": 3, "dim": 0},
    "unflatten": {"dim": 0, "sizes": [2, 2]},
    "reshape": {"shape": [2, 2, 6, 8]},
    "unsqueeze": {"dim": 1},
    "permute": {"dims": [0, 2, 1]},
    "expand": {"sizes": [-1, 6, 8]},
    "tile": {"repeats": [1, 2, 3]},
    "roll": {"shifts": [2, -3], "dim": [1, 2]},
    "flip": {"dim": [0, 2]},
    "pad": {"padding": [[1, 2], [0, 3]]},
    "multihead_attention": {"num_heads": 2},
}

CASES: list[tuple[str, dict[str, Any]]] = [
    *LOCAL.items(),
    *(("softmax", {"dim": dim}) for dim in (1, -1)),
    *(("log_softmax", {"dim": dim}) for dim in (1, -1)),
    *(("glu", {"dim": dim}) for dim in (1, -1)),
    *(("linear", {"out_features": 5, "dim": dim}) for dim in (1, 2)),
    *(("concat", {"dim": dim}) for dim in (1, 2)),
    *(("slice", {"dim": 1, "start": 1, "end": -1, "step": step}) for step in (1, 2, 3)),
    ("slice", {"dim": 2, "start": -3}),
    *(("slice", {"dim": [1, 2], "start": [-2, None], "end": [0, None], "step": [step, -2]}) for step in (-1, -3)),
    *(("roll", {"shifts": shift, "dim": dim}) for dim, shift in ((0, 1), (1, 6), (2, 19))),
    *(("flip", {"dim": dim}) for dim in (0, 1, -1)),
    *(("tile", {"repeats": repeats}) for repeats in ([3, 1, 1], [2, 1, 2], [1, 1, 1])),
    *(("unsqueeze", {"dim": dim}) for dim in (0, 2, 3, -1)),
    ("pad", {"channel_padding": [1, 2]}),
    ("pad", {"padding": [[1, 0], [2, 1]], "channel_padding": 1}),
    ("batch_norm", {"track_running_stats": False}),
    ("instance_norm", {"track_running_stats": True}),
    *((norm, {"dims": dims}) for norm in ("layer_norm", "rms_norm", "l2_norm") for dims in ([0, 1, 2], [1], [-1])),
    *(("layer_norm", {"dims": dims}) for dims in ([0, 2], [1, 2])),
    *(("permute", {"dims": dims}) for dims in ([1, 0, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1])),
    *(("flatten", {"start_dim": a, "end_dim": b}) for a, b in ((0, 1), (1, 2), (0, 0))),
    *(("reshape", {"shape": shape}) for shape in ([4, 48], [24, 8], [4, 6, 2, 4], [8, 3, 8], [4, 8, 6], [192])),
    ("unflatten", {"dim": 1, "sizes": [2, 3]}),
    *(
        (f"reduce_{kind}", {"dim": dims, "keepdim": keep})
        for dims in ([0], [1], [-1], [0, 1], [0, 2], [1, 2], [0, 1, 2])
        for keep in (False, True)
        for kind in ("mean", "max", "l2")
    ),
    ("unflatten", {"dim": 2, "sizes": [2, 4]}),
    ("prelu", {"num_parameters": 4}),
    *((name, {"value": 0.5}) for name in ("add", "multiply", "maximum", "minimum")),
    *((name, {"value": [0.5] * 8, "reverse": reverse}) for name in ("subtract", "divide") for reverse in (False, True)),
]

MOVING = ("permute", *(name for name in POINTWISE if name.startswith("reduce_")))
"""Where an axis of the output may be another one of the input."""

PARTLY = ("flatten", "unflatten", "reshape")
"""Where a cut axis counts as read whole, whatever part of it a unit does read."""


def axis_behind(run: Callable[[Any], Any], axis: int) -> int:
    """The one spatial axis of the output along which the position along a spatial axis of the input changes."""
    position = np.indices(MAP)[1 + axis]
    output = run(position[np.newaxis])
    [moved] = [number for number in range(output.ndim) if np.diff(output, axis=number).any()]
    return moved - 2


@pytest.mark.parametrize(
    "layout",
    [pytest.param(CHANNELS_FIRST, id="first"), pytest.param(CHANNELS_LAST, id="last", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize(("name", "options"), CASES)
def test_reads_what_changes(name: str, options: dict[str, Any], layout: Layout) -> None:
    layer = LAYERS[name](**options)
    layer = layer.with_layout(layout)
    fewest = max(layer.arity[0], 2 if name == "concat" else 1)
    inputs = INPUTS.get(name, [MAP] * fewest)
    try:
        output = layer.output_shape(inputs)
    except cnncalc.errors.LayerError:
        assert layout.channels_last, "the sizes are meant for channels first"
        return
    rng = np.random.default_rng(5)
    given = [rng.uniform(0.2, 0.9, (1, *shape)) for shape in inputs]
    weights = arrays(layer, inputs, dtype="float64")
    for number, reading in enumerate(layer.reads(inputs, output)):
        accesses = () if isinstance(reading, Rearrangement) else reading.accesses

        def run(x: Any, number: int = number) -> Any:
            with np.errstate(all="ignore"):  # what is moved may leave the domain of a function
                return layer.forward([x if n == number else other for n, other in enumerate(given)], weights)

        for axis, reads in enumerate(reading.hulls()[1:]):
            whole = set(range(inputs[number][1 + axis]))
            if reads is None:
                if len(output) > 1 and name not in PARTLY:
                    seen = influence(run, given[number], 2 + axis, 2 if name in MOVING else 2 + axis)
                    assert all(positions == whole for positions in seen)
                continue
            behind = axis_behind(run, axis) if not accesses else axis
            seen = influence(run, given[number], 2 + axis, 2 + behind)
            for unit, positions in enumerate(seen):
                first, last = reads.interval(unit)
                inside = whole & set(range(first, last + 1))
                expected = whole if accesses and isinstance(accesses[1 + axis], Statistic) else inside
                assert {min(positions, default=None), max(positions, default=None)} == {
                    min(expected, default=None),
                    max(expected, default=None),
                }


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_pads_move_the_pixels_of_the_inside(mode: str) -> None:
    layer = LAYERS["pad"](padding=[[1, 2], [2, 3]], mode=mode)
    x = np.random.default_rng(1).uniform(size=(1, *MAP))
    [reading] = layer.reads([MAP], layer.output_shape([MAP]))
    for axis, reads in enumerate(reading.hulls()[1:]):
        assert reads is not None
        seen = influence(lambda x: layer.forward([x], {}), x, 2 + axis, 2 + axis)
        inside = [unit for unit in range(len(seen)) if 0 <= reads.interval(unit)[0] < MAP[1 + axis]]
        assert [seen[unit] for unit in inside] == [{reads.interval(unit)[0]} for unit in inside]


def fields(text: str) -> list[tuple[Any, Any, Any, bool]]:
    """Size, stride, padding and `global` of each layer's receptive field."""
    report = cnncalc.load(text).report()
    found = [layer.receptive_field["input"] for layer in report.layers]
    return [(f.size, f.stride, f.padding, f.is_global) for f in found]


CONV = "input: 3x9x9\nlayers:\n  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}\n"


@every_row(
    ("entry", "is_global"),
    [
        ("batch_norm", False),
        ("batch_norm: {track_running_stats: false}", True),
        ("instance_norm", True),
        ("instance_norm: {track_running_stats: true}", False),
        ("group_norm: {num_groups: 2}", True),
        ("layer_norm", False),
        ("layer_norm: {dims: [0, 1, 2]}", True),
        ("layer_norm: {dims: [2]}", True),
        ("rms_norm", False),
        ("l2_norm: {dims: [1]}", True),
        ("global_response_norm", True),
        ("squeeze_excite: {squeeze_channels: 2}", True),
    ],
)
def test_statistics_over_the_map_make_a_field_global_and_leave_its_figures(entry: str, is_global: bool) -> None:
    conv, behind = fields(f"{CONV}  - {entry}\n")
    assert conv == ((3, 3), ((1, 1), (1, 1)), (1, 1), False)
    assert behind == (*conv[:3], is_global)


@pytest.mark.parametrize(
    "gate",
    [
        "  - batch_norm: {track_running_stats: false}\n",
        "  - squeeze_excite: {squeeze_channels: 2, activation: sigmoid}\n",
        "  - parallel: {merge: multiply, branches: [[], [global_avg_pool]]}\n",
    ],
)
def test_what_was_gathered_stays_seen_when_its_place_is_cut_off(gate: str) -> None:
    """The rows 4 to 6 alone go on, and yet the statistics have seen all of them; the engine agrees."""
    text = f"input: 2x9x1\nlayers:\n{gate}  - slice: {{dim: 1, start: 4, end: 7}}\n  - flatten\n"
    assert fields(text)[-1][0] == (9, 1)
    network = cnncalc.load(text)

    def run(x: Any) -> Any:
        return network.forward(x)

    x = np.random.default_rng(3).uniform(0.2, 0.9, (1, 2, 9, 1)).astype(np.float32)
    assert set().union(*influence(run, x, 2, 1)) == set(range(9))


def test_axes_are_followed_where_they_go() -> None:
    """A stride along the height alone, seen behind a transposition and a window along the width alone."""
    text = (
        "input: 3x16x9\nlayers:\n"
        "  - conv2d: {out_channels: 4, kernel_size: [5, 1], stride: [2, 1]}\n"
        "  - permute: {dims: [0, 2, 1]}\n"
        "  - conv2d: {out_channels: 4, kernel_size: [1, 3]}\n"
        "  - permute: {dims: [1, 0, 2]}\n"
    )
    found = fields(text)
    assert found[0][0] == found[1][0] == (5, 1)
    assert found[2][0] == (9, 1)
    assert found[3][:3] == ((9, 9), ((2, 1), None), (0, None))


def test_an_activation_along_an_axis_is_a_step_of_its_layer() -> None:
    plain, whole = (fields(f"{CONV[:-2]}, activation: {step}}}\n")[0] for step in ("softmax", "{softmax: {dim: 2}}"))
    assert plain == ((3, 3), ((1, 1), (1, 1)), (1, 1), False)
    assert whole == ((3, 9), ((1, 1), None), (1, None), True)
