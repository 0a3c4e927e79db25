"""Attention: tokens weighed by the softmax of products of queries and keys (Vaswani et al. 2017).

Tokens are rows, ``(B, T, F)``: F features each. What all queries make with all keys is never there as a whole, but for
some queries at a time, so that long sequences need little memory.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cnncalc.kernels.windows import SCRATCH_BYTES, boxes, slices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels.arrays import Array


class Projection(NamedTuple):
    """Weight ``(out, in)`` and bias ``(out,)`` of a product with every token."""

    weight: Array
    bias: Array | None

    def of(self, tokens: Array) -> Array:
        """The tokens ``(B, T, in)`` as ``(B, T, out)``."""
        projected: Array = tokens.reshape(-1, tokens.shape[-1]) @ self.weight.T
        if self.bias is not None:
            projected += self.bias
        return projected.reshape(*tokens.shape[:2], len(self.weight))


def projections(weights: Mapping[str, Array], keys: int, values: int) -> list[Projection]:
    """Those of queries, keys, values, and of what comes out, of arrays that are named and laid out as PyTorch's.

    Queries and keys are projected to so many features, values to so many, by rows of one array or by three arrays.
    """
    parts = [slice(0, keys), slice(keys, 2 * keys), slice(2 * keys, 2 * keys + values)]
    if "in_proj_weight" in weights:
        matrices = [weights["in_proj_weight"][part] for part in parts]
    else:
        matrices = [weights[f"{side}_proj_weight"] for side in "qkv"]
    bias = weights.get("in_proj_bias")
    found = [Projection(w, None if bias is None else bias[part]) for w, part in zip(matrices, parts, strict=True)]
    return [*found, Projection(weights["out_proj.weight"], weights.get("out_proj.bias"))]


def added_rows(weights: Mapping[str, Array], *, zeros: bool) -> list[tuple[Array | float, Array | float]]:
    """The key and the value that are learnt, where there are such, and those of zeros."""
    found: list[tuple[Array | float, Array | float]] = []
    if "bias_k" in weights:
        found.append((weights["bias_k"][0, 0], weights["bias_v"][0, 0]))
    return [*found, (0.0, 0.0)] if zeros else found


def as_rows(x: Array, kept: Sequence[int], tokens: Sequence[int], features: int, samples: int) -> Array:
    """The tokens of ``(N, ...)`` as rows, those of each sample and place along the `kept` axes together.

    Axes are counted without the batch. One sample counts for all of several.
    """
    every = np.broadcast_to(x, (samples, *x.shape[1:]))
    ordered = every.transpose(0, *(1 + axis for axis in (*kept, *tokens, features)))
    places = prod(x.shape[1 + axis] for axis in kept)
    return ordered.reshape(samples * places, prod(x.shape[1 + axis] for axis in tokens), x.shape[1 + features])


def from_rows(rows: Array, kept: Sequence[int], tokens: Sequence[int], features: int, like: Array) -> Array:
    """Rows as a tensor whose axes are those of `like`, but with other features, and maybe more samples."""
    order = (*kept, *tokens, features)
    sizes = [like.shape[1 + axis] for axis in (*kept, *tokens)]
    ordered = rows.reshape(-1, *sizes, rows.shape[-1])
    return ordered.transpose(0, *(1 + order.index(axis) for axis in range(len(order))))


def scaled_dot_product(
    query: Array, key: Array, value: Array, *, heads: int, scale: float, causal: bool = False, before: int = 0
) -> Array:
    """For each query the mean of the values, weighed by the softmax of its scaled products with the keys.

    Features are those of `heads` heads, one behind another; keys and values may have fewer heads, by the size of the
    query's, each for as many of them. With `causal` query t sees the first ``before + t + 1`` keys.

    >>> x = np.eye(2).reshape(1, 2, 2)
    >>> scaled_dot_product(x, x, x, heads=1, scale=1e3, causal=True)
    array([[[1., 0.],
            [0., 1.]]])
    """
    samples, length, features = query.shape
    keys = key.shape[1]
    groups = key.shape[2] // (features // heads)
    each = heads // groups
    queries = query.reshape(samples, length, groups, each, -1).transpose(0, 2, 3, 1, 4)
    turned = key.reshape(samples, keys, groups, 1, -1).transpose(0, 2, 3, 4, 1)
    values = value.reshape(samples, keys, groups, 1, -1).transpose(0, 2, 3, 1, 4)
    output = np.empty((samples, length, groups, each, values.shape[-1]), np.result_type(query, value))
    places = output.transpose(0, 2, 3, 1, 4)
    most = SCRATCH_BYTES // (output.itemsize * max(keys, 1))
    for box in boxes(places.shape[:4], lambda counts: prod(counts) <= most):
        sample, group, head, rows = slices(box)
        seen = min(before + rows.stop, keys) if causal else keys
        scores = (queries[sample, group, head, rows] * scale) @ turned[sample, group, :, :, :seen]
        if causal:
            _hide_later(scores, before + rows.start)
        scores -= scores.max(-1, keepdims=True)
        np.exp(scores, out=scores)
        total = scores.sum(-1, keepdims=True)
        places[sample, group, head, rows] = (scores @ values[sample, group, :, :seen]) / total
    return output.reshape(samples, length, -1)


def _hide_later(scores: Array, first: int) -> None:
    """Of row t the scores behind column ``first + t`` are minus infinity."""
    rows, columns = scores.shape[-2:]
    scores[..., np.arange(columns) > first + np.arange(rows)[:, np.newaxis]] = -np.inf


def multihead(
    tokens: Sequence[Array],
    projections: Sequence[Projection],
    *,
    heads: int,
    causal: bool = False,
    first: Sequence[tuple[Array | float, Array | float]] = (),
) -> Array:
    """Project queries, keys and values, attend, and project what comes out of it by the last of four projections.

    `first` are keys and values that stand before the others and that every query sees, each one row or one number.
    Some samples are worked on at a time, one at least.
    """
    query, key, _ = tokens
    output = np.empty((*query.shape[:2], len(projections[3].weight)), query.dtype)
    rows = max(query.shape[1], key.shape[1]) * max(len(projection.weight) for projection in projections)
    count = max(SCRATCH_BYTES // max(rows * output.itemsize, 1), 1)
    for start in range(0, len(query), count):
        part = slice(start, start + count)
        q, k, v = (projection.of(x[part]) for projection, x in zip(projections[:3], tokens, strict=True))
        if first:
            k = _behind([key for key, _ in first], k)
            v = _behind([value for _, value in first], v)
        scale = float((q.shape[-1] // heads) ** -0.5)
        mixed = scaled_dot_product(q, k, v, heads=heads, scale=scale, causal=causal, before=len(first))
        output[part] = projections[3].of(mixed)
    return output


def _behind(first: Sequence[Array | float], rows: Array) -> Array:
    """The rows behind others that are the same for every sample."""
    joined = np.empty((len(rows), len(first) + rows.shape[1], rows.shape[2]), rows.dtype)
    for number, row in enumerate(first):
        joined[:, number] = row
    joined[:, len(first) :] = rows
    return joined
