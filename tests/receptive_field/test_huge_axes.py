"""What is seen where axes, windows, fan-in or the number of boxes are huge: exact, or refused with the limit named."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.geometry.index_set import IndexSet
from cnncalc.geometry.periodic import IrregularError
from cnncalc.receptive_field import dependency
from cnncalc.receptive_field.dependency import dependency_boxes, pixels_seen
from cnncalc.receptive_field.propagation import receptive_fields
from tests.rows import every_row

M = 2**31 - 1
CONV1 = "- conv: {out_channels: 1, kernel_size: %s, stride: %s, dilation: %s, padding: %s}\n"

HUGE = {
    "the largest dilation": ("1x1000", CONV1 % (3, 1, M, M), (0, 999, 1000)),
    "windows of a mirrored signal": (
        "1x1000000",
        "- pad: {padding: 512, mode: reflect}\n" + CONV1 % (1024, 512, 1, 0),
        (0, 999_999, 1_000_000),
    ),
    "two of three": (f"1x{M}", CONV1 % (2, 3, 1, 0), (0, 2_147_483_644, 1_431_655_764)),
    "a third of a circle": (
        "1x900000000",
        "- pad: {padding: [[300000000, 0]], mode: circular}\n" + CONV1 % (1, 3, 1, 0),
        (0, 899_999_997, 300_000_000),
    ),
    "an edge": ("1x9", f"- pad: {{padding: 1000000000, mode: replicate}}\n{CONV1 % (1, 500_000_000, 1, 0)}", (0, 8, 2)),
    "a kernel of the largest size": ("1x10", CONV1 % (M, M, M, "same"), (5, 5, 1)),
    "dilations that double": (
        f"1x{M}",
        "".join(CONV1 % (2, 1, 2**k, 0) for k in range(30)),
        (0, M - 1, M),
    ),
    "a transposed stride": (
        "1x2",
        f"- conv_transpose: {{out_channels: 1, kernel_size: 2, stride: {M - 3}}}\n",
        (0, 1, 2),
    ),
    "linear upsampling": ("1x3", "- upsample: {scale_factor: 700000000, mode: linear}\n", (0, 2, 3)),
    "linear downsampling": (
        "1x2000000000",
        "- upsample: {size: 800000000, mode: linear}\n",
        (0, 1_999_999_999, 16 * 10**8),
    ),
    "seven windows, every other": (
        "1x1000003",
        "- adaptive_avg_pool: {output_size: 7}\n- slice: {dim: 1, step: 2}\n",
        (0, 1_000_002, 571_432),
    ),
    "steps": (f"1x{M}", "- slice: {dim: 1, start: 5, step: 1000000}\n", (5, 2_147_000_005, 2148)),
    "rows of a long axis": (
        "1x2000000000",
        "- reshape: {shape: [1, 40000, 50000]}\n- slice: {dim: 2, step: 25000}\n- slice: {dim: 1, step: 2}\n",
        (0, 1_999_925_000, 40_000),
    ),
    "subpixels": ("1000000x2", "- pixel_shuffle: {upscale_factor: 1000000}\n- slice: {dim: 1, step: 3}\n", (0, 1, 2)),
    "blocks": ("1x2000000000", "- pixel_unshuffle: {downscale_factor: 1000000}\n- slice: {dim: 0, step: 250000}\n",
               (0, 1_999_750_000, 8000)),
    "channels shuffled": ("100000000x3", "- channel_shuffle: {groups: 100}\n- slice: {dim: 0, step: 7}\n", (0, 2, 3)),
    "groups of channels": (
        "2000000000x3", "- conv: {out_channels: 1000000000, kernel_size: 1, groups: 500000000}\n", (0, 2, 3)),
}  # fmt: skip
"""Small specs with huge axes: the first pixel that is seen of the whole input, the last one and how many."""


@every_row(("size", "layers", "expected"), HUGE.values(), ids=HUGE)
def test_what_is_seen_of_huge_axes(size: str, layers: str, expected: tuple[int, int, int]) -> None:
    network = cnncalc.load(f"input: {size}\nlayers:\n{layers}- global_avg_pool\n")
    [axis] = pixels_seen(network, len(network.nodes), None)["input"]
    assert (axis.first, axis.last, axis.total) == expected
    assert sum(piece.bits.bit_length() for piece in axis.parts()) < 2**21


IRREGULAR = (
    "input: 1x2000000000\nlayers:\n- adaptive_avg_pool: {name: a, output_size: 1000003}\n- slice: {dim: 1, step: 2}\n"
)


def test_what_has_no_pattern_is_refused_and_bounded_in_the_summary() -> None:
    """Half a million windows of 1999 or 2000 pixels, of which no two follow one another."""
    network = cnncalc.load(f"{IRREGULAR}- global_avg_pool: {{name: out}}\n")
    with pytest.raises(IrregularError) as error:
        pixels_seen(network, 3, (0,))
    fact = "the positions that `out` reads through `a` form no pattern of at most 20,000 parts"
    assert str(error.value).startswith(f"error: {fact}\nhint: the size of the field is told without a unit; ")
    assert receptive_fields(network)[-1]["input"][0].seen == (0, 1_999_999_999)


def test_many_walks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependency, "MOST_PARTS", 2)
    monkeypatch.setattr(dependency, "PARTS_A_LAYER", 0)
    network = cnncalc.load("input: 1x9\nlayers: [relu, {relu: {name: b}}, relu, {relu: {name: d}}]\n")
    with pytest.raises(IrregularError, match="that `d` reads through `b` form"):
        pixels_seen(network, 4, (0,))


def parallel(dilations: range) -> str:
    branches = ", ".join(f"[max_pool: {{kernel_size: 3, stride: 1, dilation: {d}, padding: {d}}}]" for d in dilations)
    return f"- parallel: {{merge: add, branches: [{branches}]}}\n"


def test_many_dilations_are_taken_together() -> None:
    """Three taps 3 to 42 apart, twice: sums of two of 0, 3 to 42 and their negatives, without -2 to 2 and with 0."""
    network = cnncalc.load(f"input: 1x200x200\nlayers:\n{parallel(range(3, 43)) * 2}")
    found = dependency_boxes(network, network.tensor(), (100, 100))["input"]
    steps = {0, *range(3, 43), *range(-42, -2)}
    expected = {100 + a + b for a in steps for b in steps}
    assert len(found) <= 40
    assert [set(axis.each()) for axis in pixels_seen(network, network.tensor(), (100, 100))["input"]] == [expected] * 2


def test_two_thousand_branches() -> None:
    """A branch reads one pixel further than the one before it, and each is asked for its own channels alone."""
    branches = ", ".join(f"[slice: {{dim: 1, start: {n}, end: {n + 3}}}]" for n in range(2000))
    network = cnncalc.load(
        f"input: 1x2002\nlayers:\n- parallel: {{merge: concat, branches: [{branches}]}}\n"
        "- slice: {dim: 0, start: 500, end: 700}\n"
    )
    [axis] = pixels_seen(network, len(network.nodes), (1,))["input"]
    assert axis == IndexSet.span(501, 700)
