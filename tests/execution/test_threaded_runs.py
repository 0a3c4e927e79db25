"""`threads` of a run: values do not depend on it, BLAS is as before, and what is no number is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info

import cnncalc
from cnncalc.kernels.threads import thread_count
from cnncalc.layers.activations_piecewise import ReLU
from tests.marking import slow_but


def blas() -> list[int]:
    """The threads of each BLAS library."""
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


NETWORKS = ("lenet", "squeezenet1_1", "alexnet", "mobilenet_v2", "densenet121", "unet")


@pytest.mark.parametrize("name", slow_but({"lenet"}, NETWORKS))
def test_values_do_not_depend_on_the_threads(name: str) -> None:
    network = cnncalc.load(name)
    one, *others = (np.asarray(network.forward(seed=1, threads=threads)) for threads in (1, 2, 3, None))
    for other in others:
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-5 * float(np.abs(one).max()))


def test_blas_has_one_thread_in_a_run_and_as_many_as_before_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Any] = []
    inner = ReLU.forward

    def forward(self: ReLU, inputs: Any, weights: Any) -> Any:
        found.append((thread_count(), blas()))
        return inner(self, inputs, weights)

    monkeypatch.setattr(ReLU, "forward", forward)
    before = blas()
    assert before
    network = cnncalc.load("input: 1x4x4\nlayers: [relu]\n")
    network.forward(threads=3)
    network.run(threads=2)
    assert found == [(3, [1] * len(before)), (2, [1] * len(before))]
    assert (thread_count(), blas()) == (1, before)


def test_blas_is_as_before_after_a_run_that_fails() -> None:
    before = blas()
    with pytest.raises(ZeroDivisionError):
        cnncalc.load("lenet").run(threads=2, watch=lambda _word, done, _total: 1 // (done != 3))  # type: ignore[arg-type]
    assert (thread_count(), blas()) == (1, before)


@pytest.mark.parametrize("threads", [0, 1025, -1, 1.5, "2", True])
def test_what_is_no_number_of_threads_is_refused(threads: Any) -> None:
    for call in (cnncalc.load("lenet").run, cnncalc.load("lenet").forward):
        with pytest.raises(cnncalc.CnncalcError, match="`threads` takes a whole number from 1 to 1024, not"):
            call(threads=threads)


def test_onnx_runtime_has_as_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    found: list[int] = []
    inner = onnxruntime.InferenceSession

    def session(model: Any, options: Any, **given: Any) -> Any:
        found.append(options.intra_op_num_threads)
        return inner(model, options, **given)

    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    network = cnncalc.load("lenet")
    network.run(engine="onnxruntime", threads=2)
    network.run(engine="onnxruntime")
    assert found == [2, 0]
