"""A network that ONNX Runtime has prepared gives what the forward pass gives, run after run."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc import CnncalcError
from tests.sessions.test_session import inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("onnxruntime")

TWO = """\
name: two
inputs: {a: 2x6x6, b: 2x6x6, unread: 3}
outputs: [s, p, c]
layers:
  - add: {name: s, from: [a, b]}
  - parameter: {name: p, shape: 2x1x1}
  - multiply: {name: m, from: [s, p]}
  - conv2d: {name: c, out_channels: 3, kernel_size: 3}
  - relu: {name: r, from: unread}
"""


@pytest.fixture
def lenet() -> Iterator[Any]:
    with cnncalc.load("lenet").session(engine="onnxruntime", threads=1) as session:
        yield session


NETWORKS = {
    "several inputs and outputs": TWO,
    "channels last": "data_format: channels_last\ninput: 9x9x3\nlayers: [{conv: {out_channels: 4, kernel_size: 3}}]\n",
    "indices": "input: 6\nlayers: [{embedding: {num_embeddings: 10, embedding_dim: 4}}, {conv1d: {out_channels: 3, "
    "kernel_size: 3}}]\n",
}


@pytest.mark.parametrize("name", NETWORKS)
def test_what_it_gives_is_what_forward_gives(name: str) -> None:
    """For each batch in turn, and for one sample without a batch axis."""
    network = cnncalc.load(NETWORKS[name])
    with network.session(engine="onnxruntime", threads=2) as session:
        for batch in (1, 3, 1):
            arrays = inputs_of(network, batch, seed=batch)
            compare(session.run(arrays), network.forward(arrays))
        single = {key: array[0] for key, array in arrays.items()}
        compare(session.run(single), network.forward(single))


def compare(found: Any, wanted: Any) -> None:
    """Outputs by name, or one."""
    found, wanted = (x if isinstance(x, dict) else {"output": x} for x in (found, wanted))
    assert found.keys() == wanted.keys()
    for key, array in wanted.items():
        assert (found[key].shape, found[key].dtype) == (array.shape, array.dtype)
        np.testing.assert_allclose(found[key], array, rtol=1e-4, atol=1e-5)


def test_closed(lenet: Any) -> None:
    assert repr(lenet) == "<EngineSession of LeNet-5: ONNX Runtime, 1 thread>"
    lenet.close()
    lenet.close()
    with pytest.raises(CnncalcError) as caught:
        lenet.run(np.zeros((1, 28, 28)))
    assert str(caught.value) == "error: the session of LeNet-5 is closed"


def test_arrays_that_do_not_fit(lenet: Any) -> None:
    with pytest.raises(CnncalcError) as caught:
        lenet.run(np.zeros((3, 28, 28)))
    assert str(caught.value) == "error: `input` is 3 x 28 x 28, and the network takes 1 x 28 x 28"


def test_it_is_not_copied(lenet: Any) -> None:
    for copied in (pickle.dumps, copy.copy):
        with pytest.raises(
            CnncalcError, match=r"^error: the session of LeNet-5 has threads and memory of this process"
        ):
            copied(lenet)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load("lenet").session(engine="onnxruntime")
    assert "pip install 'cnncalc[onnx]'" in str(caught.value)


def test_in_another_type() -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load("lenet").session(engine="onnxruntime", dtype="float64")
    assert str(caught.value) == "error: ONNX Runtime executes in float32 here, not in float64\nhint: leave `dtype` out"
