"""Layers that lay out, extend, cut or turn, against ONNX Runtime; in both data formats."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.layers import LAYERS
from cnncalc.shapes import MAX_RANK
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import close, execute
from tests.onnx_engine import run_operator

Shape = tuple[int, ...]


def reshaped(x: Any, sizes: Any) -> Any:
    return run_operator("Reshape", x, np.array([len(x), *sizes], np.int64))


def factors(value: int) -> st.SearchStrategy[Shape]:
    """Up to 4 sizes whose product is the value."""

    @st.composite
    def drawn_factors(draw: st.DrawFn) -> Shape:
        left, sizes = value, []
        for _ in range(draw(st.integers(0, 3))):
            sizes.append(draw(st.sampled_from([d for d in range(1, left + 1) if left % d == 0])))
            left //= sizes[-1]
        return tuple(draw(st.permutations([*sizes, left])))

    return drawn_factors()


def some_minus_one(sizes: Shape, chosen: int | None) -> list[int]:
    return [-1 if axis == chosen else size for axis, size in enumerate(sizes)]


@compares("reshape")
@given(shape=shapes(), seed=seeds, layout=layouts, data=st.data())
def test_reshape(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = batch(seed, shape)
    sizes = data.draw(factors(prod(shape)))
    given_sizes = some_minus_one(sizes, data.draw(st.none() | st.integers(0, len(sizes) - 1)))
    close(execute(LAYERS["reshape"](shape=given_sizes), x, layout=layout), reshaped(x, sizes))


@compares("flatten")
@given(shape=shapes(), seed=seeds, layout=layouts, data=st.data())
def test_flatten(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = batch(seed, shape)
    first = data.draw(st.integers(0, len(shape) - 1))
    last = data.draw(st.integers(first, len(shape) - 1))
    negative = data.draw(st.booleans())
    dims = {"start_dim": first - len(shape) * negative, "end_dim": last - len(shape) * negative}
    expected = reshaped(x, [*shape[:first], -1, *shape[last + 1 :]])
    close(execute(LAYERS["flatten"](**dims), x, layout=layout), expected)
    close(execute(LAYERS["flatten"](), x, layout=layout), run_operator("Flatten", x, axis=1))


@compares("unflatten")
@given(shape=shapes(largest=12), seed=seeds, layout=layouts, data=st.data())
def test_unflatten(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = batch(seed, shape)
    dim = data.draw(st.integers(0, len(shape) - 1))
    sizes = data.draw(factors(shape[dim]).filter(lambda sizes: len(sizes) + len(shape) - 1 <= MAX_RANK + 1))
    given_sizes = some_minus_one(sizes, data.draw(st.none() | st.integers(0, len(sizes) - 1)))
    layer = LAYERS["unflatten"](dim=dim - len(shape) * data.draw(st.booleans()), sizes=given_sizes)
    close(execute(layer, x, layout=layout), reshaped(x, [*shape[:dim], *sizes, *shape[dim + 1 :]]))


@compares("squeeze")
@given(shape=shapes(least=2, largest=3), seed=seeds, layout=layouts, data=st.data())
def test_squeeze(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = batch(seed, shape)
    ones = [axis for axis, size in enumerate(shape) if size == 1]
    if len(ones) < len(shape):
        every = run_operator("Squeeze", x, np.array([1 + axis for axis in ones], np.int64)) if ones else x
        close(execute(LAYERS["squeeze"](), x, layout=layout), every)
    if ones:
        dim = data.draw(st.sampled_from(ones))
        expected = run_operator("Squeeze", x, np.array([1 + dim], np.int64))
        close(execute(LAYERS["squeeze"](dim=dim - len(shape) * data.draw(st.booleans())), x, layout=layout), expected)


@compares("unsqueeze")
@given(shape=shapes(most=3), seed=seeds, layout=layouts, data=st.data())
def test_unsqueeze(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = batch(seed, shape)
    dim = data.draw(st.integers(0, len(shape)))
    written = dim - (len(shape) + 1) * data.draw(st.booleans())
    expected = run_operator("Unsqueeze", x, np.array([1 + dim], np.int64))
    close(execute(LAYERS["unsqueeze"](dim=written), x, layout=layout), expected)


@compares("permute")
@given(shape=shapes(), seed=seeds, layout=layouts, data=st.data())
def test_permute(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = batch(seed, shape)
    order = data.draw(st.permutations(range(len(shape))))
    dims = [axis - len(shape) * data.draw(st.booleans()) for axis in order]
    close(
        execute(LAYERS["permute"](dims=dims), x, layout=layout),
        run_operator("Transpose", x, perm=[0, *(1 + a for a in order)]),
    )


_MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@compares("pad")
@given(shape=shapes(least=2), seed=seeds, mode=st.sampled_from(list(_MODES)), value=st.floats(-2, 2), data=st.data())
def test_pad(shape: Shape, seed: int, mode: str, value: float, data: st.DataObject) -> None:
    x = batch(seed, shape)
    most = [{"reflect": size - 1, "circular": size}.get(mode, 6) for size in shape[1:]]
    pads = [[data.draw(st.integers(0, m)), data.draw(st.integers(0, m))] for m in most]
    most_channels = {"reflect": shape[0] - 1, "circular": shape[0]}.get(mode, 6)
    before, after = data.draw(st.just((0, 0)) | st.tuples(*[st.integers(0, most_channels)] * 2))
    ends = np.array([0, before, *(p for p, _ in pads), 0, after, *(p for _, p in pads)], np.int64)
    expected = run_operator("Pad", x, ends, np.array(value, np.float32), opset=19, mode=_MODES[mode])
    options = {"channel_padding": [before, after]} if before or after else {}
    close(execute(LAYERS["pad"](padding=pads, mode=mode, value=value, **options), x), expected)


@given(shape=shapes(), seed=seeds, before=st.integers(0, 4), after=st.integers(1, 4))
def test_pad_of_the_channels_alone(shape: Shape, seed: int, before: int, after: int) -> None:
    """Of a vector as well."""
    x = batch(seed, shape)
    rest = [0] * (len(shape) - 1)
    expected = run_operator("Pad", x, np.array([0, before, *rest, 0, after, *rest], np.int64))
    close(execute(LAYERS["pad"](channel_padding=[before, after]), x), expected)
