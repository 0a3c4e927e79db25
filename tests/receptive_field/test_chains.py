"""Receptive fields through chains of these layers, against what changes in the executed network."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, reject
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.receptive_field.propagation import receptive_fields

LINKS = st.sampled_from(
    [
        "conv: {out_channels: 1, kernel_size: 3, padding: 1, weight: ones}",
        "conv: {out_channels: 1, kernel_size: 2, weight: ones}",
        "avg_pool: {kernel_size: 2}",
        "avg_pool: {kernel_size: 3, stride: 2, padding: same}",
        "conv_transpose: {out_channels: 1, kernel_size: 3, stride: 2, padding: 1, weight: ones}",
        "conv_transpose: {out_channels: 1, kernel_size: 2, stride: 3, weight: ones}",
        "conv_transpose: {out_channels: 1, kernel_size: 1, stride: 2, output_padding: 1, weight: ones}",
        "upsample: {scale_factor: 2}",
        "upsample: {scale_factor: 1.5, mode: linear}",
        "upsample: {scale_factor: 2, mode: linear}",
        "adaptive_avg_pool: {output_size: 4}",
        "crop: {padding: [[1, 2]]}",
    ]
)


@given(st.lists(LINKS, min_size=1, max_size=4), st.integers(5, 12))
def test_chains_see_what_their_layers_let_through(links: list[str], size: int) -> None:
    """Units far from the edges see what is computed; and all together see what a global pool behind them reports."""
    text = f"name: chain\ninput: 1x{size}\nlayers:\n" + "".join(f"  - {link}\n" for link in links)
    try:
        network = cnncalc.load(text)
    except CnncalcError:
        reject()
    assume(network.nodes[-1].output_shape[1] <= 60)
    positions = np.eye(size)[:, np.newaxis] + np.zeros((1, 1, size))
    # One run for all positions: each sample of the batch has a one at its own.
    outputs = np.asarray(network.forward(positions)) - np.asarray(network.forward(np.zeros_like(positions)))
    (field,) = receptive_fields(network)[-1]["input"]
    everything: set[int] = set()
    for unit in range(outputs.shape[2]):
        seen = np.flatnonzero(np.abs(outputs[:, 0, unit]) > 1e-6)
        everything |= set(seen.tolist())
        first, last = (0, size - 1) if field.local is None else field.local.interval(unit)
        assert all(first <= position <= last for position in seen), (unit, seen)
        if field.local is not None and first >= 2 and last < size - 2 and not any("crop" in link for link in links):
            expected = (first, last) if first <= last else None
            assert expected == ((seen[0], seen[-1]) if len(seen) else None), (unit, seen)
    if everything:
        assert field.seen == (min(everything), max(everything))
