"""How much more memory weights may take as kernels have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.sessions.budget import limit_weights
from cnncalc.sessions.lowering import lower
from cnncalc.sessions.operations import Convolve

if TYPE_CHECKING:
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.sessions.lowering import Lowered


def lowered(spec: Any, *, exact: bool = False) -> Lowered:
    """A network as operations; all of its weights are one and the same number, which takes no memory."""

    def arrays(node: Node) -> dict[str, Array]:
        shapes = {**node.weight_shapes, **node.buffer_shapes}
        return {name: np.broadcast_to(np.float32(0.5), shape) for name, shape in shapes.items()}

    return lower(cnncalc.load(spec), arrays, exact=exact)


def tiles(spec: Any) -> list[int]:
    """The tile of each convolution that has any after the weights are held, in order."""
    network = lowered(spec)
    limit_weights(network)
    return [one.kernel.tile for one in network.operations if isinstance(one, Convolve)]


def chain(size: int, *widths: int) -> dict[str, Any]:
    """Convolutions of 3 x 3 taps one after another, on maps of one size."""
    convs = [{"conv2d": {"out_channels": width, "kernel_size": 3, "padding": 1}} for width in widths[1:]]
    return {"input": [widths[0], size, size], "layers": convs}


WIDE = chain(48, 512, 512, 512)
CASES = {
    "few weights may be of any number": (chain(64, 32, 64, 64), [4, 4]),
    # 36 - 9 values more for each of 512 x 512 filters are 28 MB, 16 - 9 are 7; 12.6 MB are free
    "4 x 4 tiles of many filters are too large": (chain(64, 512, 512), [2]),
    "and 2 x 2 tiles of the second as well": (chain(64, 512, 512, 512), [2, 0]),
    # The weights of the linear layer are 755 MB, and a fourteenth of all is 55.3: twice 7.3 fit, and once 21 more.
    "beside other weights they may be": (
        {
            "input": "512x48x48",
            "layers": [*chain(1, 1, 512, 512)["layers"], "flatten", {"linear": {"out_features": 160}}],
        },
        [4, 2],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_tiles(case: str) -> None:
    spec, expected = CASES[case]
    assert tiles(spec) == expected


def test_the_largest_maps_come_first() -> None:
    pool = {"max_pool2d": {"kernel_size": 2}}
    small, large = chain(1, 1, 512)["layers"], chain(1, 1, 512)["layers"]
    spec = {
        "input": "512x96x96",
        "layers": [pool, *small, {"upsample": {"scale_factor": 4}}, *large, pool, pool, *small],
    }
    assert tiles(spec) == [0, 2, 0]
