"""Sessions given what does not fit, or what is rare: inputs, weights, threads, processes, and their end."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import signal
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.execution import resources
from cnncalc.sessions.session import Session
from cnncalc.sessions.team import Team
from tests.rows import every_row
from tests.sessions.test_session import agrees
from tests.sessions.test_team import ours, wait_for_end

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


SMALL = """\
name: small
input: 3x12x12
layers:
  - conv2d: {name: c, out_channels: 4, kernel_size: 3, padding: 1, bias: false}
  - batch_norm: {name: n}
  - relu
  - max_pool2d: {kernel_size: 2}
  - flatten
  - linear: {name: fc, out_features: 5}
"""
TWO = """\
name: two
inputs: {a: 2x4x4, b: 2x4x4}
outputs: [s, p, m, c]
layers:
  - add: {name: s, from: [a, b]}
  - parameter: {name: p, shape: 2x1x1}
  - multiply: {name: m, from: [s, p]}
  - conv2d: {name: c, out_channels: 3, kernel_size: 3}
"""
IMAGE = np.random.default_rng(0).normal(size=(3, 12, 12))


@pytest.fixture
def small() -> Any:
    return cnncalc.load(SMALL)


ZEROS = np.zeros((2, 4, 4))
MISFITS: list[tuple[str, Any, str]] = [
    (SMALL, np.zeros((12, 12)), "`input` is 12 x 12, and the network takes 3 x 12 x 12"),
    (SMALL, np.zeros((12, 12, 3)), "`input` is 12 x 12 x 3, and the network takes 3 x 12 x 12\nhint: channels come "
     "first: 3x12x12, or `data_format: channels_last`"),
    (SMALL, np.zeros((0, 3, 12, 12)), "the inputs must have one batch size, of at least 1"),
    (SMALL, np.zeros((3, 12, 12), complex), "`input` holds complex128, not real numbers"),
    (SMALL, None, "`input` holds object, not real numbers"),
    (SMALL, {}, "small has the input `input`, and no array is given for it"),
    (SMALL, {"imput": IMAGE}, "small has no input `imput`\nhint: did you mean `input`?"),
    (TWO, ZEROS, "two has several inputs, and one array is given\nhint: give a dict of arrays by the names of inputs: "
     "a, b"),
    (TWO, {"a": ZEROS}, "two has the input `b`, and no array is given for it"),
    (TWO, {"a": ZEROS, "b": ZEROS[np.newaxis]}, "some inputs have a batch axis and others have none"),
]  # fmt: skip


@every_row(("text", "array", "message"), MISFITS)
def test_arrays_that_do_not_fit(text: str, array: Any, message: str) -> None:
    with cnncalc.load(text).session(threads=2) as session, pytest.raises(CnncalcError) as caught:
        session.run(array)
    assert str(caught.value) == f"error: {message}"


NETWORKS = {
    "several inputs and outputs, one of which no input reaches": TWO,
    "channels last": "data_format: channels_last\ninput: 9x9x3\nlayers: [{conv2d: {out_channels: 4, kernel_size: 3}}, "
    "batch_norm, relu]\n",
    "shared arrays, of which one is scaled by the norm behind it": "input: 4x8x8\nlayers: [{conv2d: {name: a, "
    "out_channels: 4, kernel_size: 3, padding: 1}}, batch_norm, {conv2d: {share: a, out_channels: 4, kernel_size: 3, "
    "padding: 1}}, relu]\n",
    "frozen": SMALL + "frozen: [c, n]\n",
    "indices": "input: 6\nlayers: [{embedding: {num_embeddings: 10, embedding_dim: 4}}, {conv1d: {out_channels: 3, "
    "kernel_size: 3}}]\n",
    "recurrent": "input: 3x6\nlayers: [{lstm: {hidden_size: 4}}, {gru: {hidden_size: 2, output: last}}]\n",
    "much padding and dilation": "input: 2x5x5\nlayers: [{conv2d: {out_channels: 3, kernel_size: 3, padding: 60, "
    "dilation: 30}}, {conv2d: {out_channels: 2, kernel_size: 3, padding: 2, dilation: 2}}]\n",
    "an output that others read": "input: 2x6x6\noutputs: [a, b]\nlayers: [{conv2d: {name: a, out_channels: 2, "
    "kernel_size: 1}}, {relu: {name: b}}]\n",
    "nothing to do": "input: 2x6x6\nlayers: [identity, dropout]\n",
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_networks(name: str, dtype: str) -> None:
    network = cnncalc.load(NETWORKS[name])
    if dtype == "float32":
        agrees(network, threads=2)
        return
    arrays = {key: np.random.default_rng(1).integers(0, 9, shape) for key, shape in network.report().inputs.items()}
    with network.session(dtype="float64", threads=2) as session:
        found, wanted = session.run(arrays), network.forward(arrays, dtype="float64")
    found, wanted = (x if isinstance(x, dict) else {"output": x} for x in (found, wanted))
    for key, array in wanted.items():
        assert (found[key].dtype.name, found[key].shape) == ("float64", array.shape), "without a batch axis, as given"
        np.testing.assert_allclose(found[key], array, rtol=1e-12, atol=1e-12)


def test_outputs_are_the_callers(small: Any) -> None:
    """Contiguous, writeable, and no run changes those of another."""
    with small.session() as session:
        first = session.run(IMAGE)
        kept = first.copy()
        second = session.run(-IMAGE)
        assert first.flags.c_contiguous
        assert first.flags.writeable
        assert (first == kept).all()
        assert (second != first).any()


@pytest.mark.parametrize("exact", [False, True])
def test_values_that_are_not_finite(exact: bool) -> None:
    """Where they are in a pass layer by layer; Winograd's tiles of 4 x 4 values are lost as a whole."""
    network: Any = cnncalc.load("input: 32x48x48\nlayers: [{conv2d: {out_channels: 32, kernel_size: 3, padding: 1}}]\n")
    array = np.random.default_rng(0).normal(size=(32, 48, 48))
    array[0, 9, 9], array[3, 30, 30] = np.nan, np.inf
    with network.session(exact=exact) as session:
        found, wanted = session.run(array), network.forward(array)
    here = np.isfinite(wanted)
    if exact:
        np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted))
        np.testing.assert_array_equal(np.isinf(found), np.isinf(wanted))
    else:
        tiles = here.reshape(32, 12, 4, 12, 4).all((2, 4))
        here = np.repeat(np.repeat(tiles, 4, 1), 4, 2)
        assert not np.isfinite(found[~here]).any()
    np.testing.assert_allclose(found[here], wanted[here], rtol=0, atol=1e-4)


def test_weights_in_place_of_others_are_not_written_to(small: Any, tmp_path: Path) -> None:
    """Of a mapping, of a file whose arrays are mapped, and as a network has them."""
    rng = np.random.default_rng(3)
    shapes: dict[str, Any] = {
        "c.weight": (4, 3, 3, 3),
        "n.weight": 4,
        "n.bias": 4,
        "n.running_mean": 4,
        "n.running_var": 4,
    }
    shapes |= {"fc.weight": (5, 144), "fc.bias": 5}
    arrays = {name: rng.uniform(0.5, 1, shape).astype(np.float32) for name, shape in shapes.items()}
    before = {name: array.copy() for name, array in arrays.items()}
    file = tmp_path / "w.npz"
    given: dict[str, Any] = arrays
    np.savez(file, **given)
    content = file.read_bytes()
    loaded: Any = cnncalc.load(SMALL, weights=arrays)
    wanted = loaded.forward(IMAGE)
    for made in (loaded.session(), small.session(weights=arrays), small.session(weights=str(file))):
        with made as session:
            np.testing.assert_allclose(session.run(IMAGE), wanted, rtol=1e-5)
    assert all((arrays[name] == before[name]).all() for name in arrays)
    assert file.read_bytes() == content
    with pytest.raises(CnncalcError, match=r"`weights` does not fit small: it lacks `fc\.bias` \(5\)"):
        small.session(weights={name: array for name, array in arrays.items() if name != "fc.bias"})


ODD = """\
input: 16x24x24
layers:
  - conv2d: {name: c, out_channels: 16, kernel_size: 3, padding: 1, bias: false}
  - batch_norm: {name: n}
  - relu
  - max_pool2d: {name: p, kernel_size: 2}
  - batch_norm: {name: b}
  - relu
  - conv2d: {name: d, out_channels: 4, kernel_size: 1}
"""


@pytest.mark.filterwarnings("error")
@every_row(
    ("array", "value"),
    [("n.running_var", -1.0), ("n.running_var", np.nan), ("b.running_var", -1.0), ("b.running_mean", np.inf),
     ("b.weight", 1e-40), ("b.weight", 0.0), ("b.weight", -1.0), ("c.weight", np.inf), ("d.weight", np.nan)],
)  # fmt: skip
def test_weights_of_any_values_give_what_a_pass_gives_and_no_warnings(array: str, value: float) -> None:
    rng = np.random.default_rng(1)
    network: Any = cnncalc.load(ODD)
    shapes = {f"{n.name}.{k}": s for n in network.nodes for k, s in {**n.weight_shapes, **n.buffer_shapes}.items()}
    weights = {name: rng.uniform(0.5, 1, shape).astype(np.float32) for name, shape in shapes.items()}
    weights[array][0] = value
    image = rng.normal(size=(16, 24, 24))
    wanted = np.asarray(cnncalc.load(ODD, weights=weights).forward(image))
    with network.session(weights=weights) as session:
        found = session.run(image)
    np.testing.assert_array_equal(np.isfinite(found), np.isfinite(wanted))
    here = np.isfinite(wanted)
    np.testing.assert_allclose(found[here], wanted[here], rtol=1e-4, atol=1e-4 * np.abs(wanted[here]).max(initial=0))


def test_threads_of_python_take_turns(small: Any) -> None:
    images = [IMAGE * (number + 1) for number in range(4)]
    wanted = [small.forward(image) for image in images]
    wrong: list[int] = []
    with small.session(threads=2) as session:

        def work(number: int) -> None:
            outputs = [session.run(images[number]) for _ in range(20)]
            wrong.extend(number for x in outputs if not np.allclose(x, wanted[number], rtol=1e-4, atol=1e-5))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no copies of a process here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_copy_of_the_process_has_threads_of_its_own(small: Any) -> None:
    with small.session(threads=3) as session:
        wanted = session.run(IMAGE)
        child = os.fork()
        if not child:
            signal.alarm(20)
            os._exit(0 if np.allclose(session.run(IMAGE), wanted) else 3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert (session.run(IMAGE) == wanted).all()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no copies of a process here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_copy_of_the_process_made_in_the_middle_of_a_run(small: Any) -> None:
    """The thread that is at work, and holds the session, is not in the copy."""
    with small.session(threads=2) as session:
        wanted = session.run(IMAGE)
        with session._turn:
            child = os.fork()
            if not child:
                signal.alarm(20)
                os._exit(0 if np.allclose(session.run(IMAGE), wanted) else 3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_after_an_interruption_it_runs_again(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Team, work: Any) -> None:
        interrupting: list[list[list[Callable[[], object]]]] = [[*segments] for segments in work]
        interrupting[0][1] = [lambda: signal.raise_signal(signal.SIGINT), *interrupting[0][1]]
        run(self, interrupting)

    before = ours()
    run = Team.run
    with small.session(threads=3) as session:
        wanted = session.run(IMAGE)
        monkeypatch.setattr(Team, "run", interrupted)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                session.run(IMAGE)
        monkeypatch.undo()
        assert (session.run(IMAGE) == wanted).all()
    wait_for_end(before)


def test_an_error_of_a_layer_is_raised_and_it_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.layers.activations_axiswise import Softmax

    network: Any = cnncalc.load("input: 3x4x4\nlayers: [{conv2d: {out_channels: 2, kernel_size: 1}}, softmax, relu]\n")
    with network.session(threads=2) as session:
        wanted = session.run(np.ones((3, 4, 4)))

        def fail(*_: object) -> None:
            raise MemoryError("no room")

        monkeypatch.setattr(Softmax, "forward", fail)
        with pytest.raises(CnncalcError, match=r"^error: <text> does not fit in memory\nhint: try a smaller input"):
            session.run(np.ones((3, 4, 4)))
        monkeypatch.undo()
        assert (session.run(np.ones((3, 4, 4))) == wanted).all()


def test_closed_it_gives_back_and_takes_again(small: Any) -> None:
    before = ours()
    session = small.session(threads=4)
    wanted = session.run(IMAGE)
    assert len(ours() - before) == 3
    session.close()
    session.close()
    wait_for_end(before)
    assert (session.run(IMAGE) == wanted).all()
    assert len(ours() - before) == 3
    del session
    gc.collect()
    wait_for_end(before)


def test_it_is_not_copied(small: Any) -> None:
    text = (
        "error: the session of small has threads and memory of this process, and cannot be copied\n"
        "hint: make one where it is used: it can be made from the network, which can be sent"
    )
    with small.session() as session:
        for copied in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(CnncalcError) as caught:
                copied(session)
            assert str(caught.value) == text


def test_what_takes_more_memory_than_there_is(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "available", lambda: 10**6)
    with small.session() as session:
        assert session.plan(batch=10).batch_size == 10
        with pytest.raises(CnncalcError) as caught:
            session.plan(batch=1000)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("error: small does not fit in memory: for a batch of 1,000 its tensors take 0.0 GB")
    assert lines[1] == "hint: try a smaller input or batch"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"threads": 0}, "`threads` takes a whole number from 1 to 1024, not 0"),
    ({"threads": "2"}, "`threads` takes a whole number from 1 to 1024, not '2'"),
    ({"seed": -1}, "`seed` takes a whole number from 0 to 18446744073709551615, not -1"),
    ({"dtype": "float16"}, "`dtype` takes float32 or float64, not 'float16'"),
    ({"engine": "torch"}, "`engine` takes `numpy` or `onnxruntime`, not 'torch'"),
    ({"weights": 3}, "`weights` takes arrays by name, or the path of an .npz or .safetensors file, not 3"),
]


@every_row(("given", "message"), WRONG)
def test_wrong_arguments(given: dict[str, Any], message: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load("lenet").session(**given)
    assert str(caught.value) == f"error: {message}"


def test_representation(small: Any) -> None:
    assert [repr(small.session(threads=count)) for count in (1, 2)] == [
        "<Session of small: 4 operations, 1 thread>",
        "<Session of small: 4 operations, 2 threads>",
    ]
    assert isinstance(small.session(threads=1), Session)


def test_means_of_large_maps_keep_their_digits() -> None:
    """Of 300,000 values of one sign float32 would lose a thousandth, added one after another."""
    for shape in ((16, 300_000), (16, 500, 600), (16, 5, 60_000)):
        network = cnncalc.load({"input": list(shape), "layers": ["global_avg_pool"]})
        x = np.full(shape, 0.1, np.float32)
        with network.session(threads=2) as session:
            np.testing.assert_allclose(np.asarray(session.run(x)), np.float32(0.1), rtol=2e-5)


@every_row(
    ("mean", "deviation", "is_fused"),
    [(0.0, 1.0, True), (20.0, 1.0, True), (100.0, 1.0, False), (900.0, 0.1, False), (3.0, 1e-2, False)],
)
def test_a_norm_far_from_zero_keeps_its_digits(mean: float, deviation: float, is_fused: bool) -> None:
    """Before a rectifier and single pixels it goes into their weight, unless what is cancelled then has more digits."""
    rng = np.random.default_rng(0)
    weights = {
        "n.weight": np.ones(64),
        "n.bias": np.zeros(64),
        "n.running_mean": np.full(64, mean),
        "n.running_var": np.full(64, deviation**2),
        "c.weight": rng.standard_normal((8, 64, 1, 1)) / 8,
    }
    convolution = {"conv2d": {"name": "c", "out_channels": 8, "kernel_size": 1, "bias": False}}
    layers: list[Any] = [{"batch_norm": {"name": "n"}}, "relu", convolution]
    weights = {name: array.astype(np.float32) for name, array in weights.items()}
    network = cnncalc.load({"input": [64, 4, 4], "layers": layers}, weights=weights)
    with network.session() as session:
        assert isinstance(session, Session)
        assert (session.operations == 1) == is_fused
        found = np.asarray(session.run(np.full((64, 4, 4), mean - 10 * deviation)))  # nothing passes the rectifier
        assert np.abs(found).max() <= 2e-5


@every_row(
    ("size", "kernel", "stride", "kernel_name"),
    [
        (8, 4, 2, "a convolution a phase"),
        (16, 2, 2, "a convolution a phase"),
        (3, 4, 1, "a convolution a phase"),
        (4, 31, 1, "the layer's own: conv_transpose2d"),
        (1, 7, 1, "the layer's own: conv_transpose2d"),
    ],
)
def test_phases_do_not_multiply_mostly_what_is_beyond_the_map(
    size: int, kernel: int, stride: int, kernel_name: str
) -> None:
    options = {"out_channels": 3, "kernel_size": kernel, "stride": stride}
    network = cnncalc.load({"input": [2, size, size], "layers": [{"conv_transpose2d": options}]})
    with network.session() as session:
        assert isinstance(session, Session)
        assert [operation.kernel for operation in session.plan().operations] == [kernel_name]
    agrees(network)
