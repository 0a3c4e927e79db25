"""Networks as they are executed, here or by an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from cnncalc.dtypes import EXECUTED_DTYPES
from cnncalc.graph.graph import Graph
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from cnncalc.dtypes import DType
    from cnncalc.engines.results import ImportCheck
    from cnncalc.engines.session import EngineSession
    from cnncalc.execution.results import Execution
    from cnncalc.kernels import Array
    from cnncalc.models.stored_arrays import Store
    from cnncalc.sessions.results import Planned
    from cnncalc.sessions.session import Session
    from cnncalc.spec.blueprint import Blueprint, Weights
    from cnncalc.steps.results import LayerMatrices, Steps
    from cnncalc.watching import Watch


class Executable(Graph):
    """A network that can be executed, with the weights that it has."""

    blueprint: Blueprint

    def run(
        self,
        array: Any = None,
        *,
        batch: int = 1,
        seed: int = 0,
        dtype: DType = "float32",
        watch: Watch = unwatched,
        layer: str | None = None,
        values: bool = False,
        engine: str = "numpy",
        compare: bool = False,
        threads: int | None = None,
    ) -> Execution:
        """Execute the network, and hold every real shape and weight count against the computed ones.

        `array` is as in `forward`; without it, `batch` samples are drawn. `dtype`, float32 or float64, is what is
        computed in, and `watch` is called after each layer. What is not as computed is in the report. The output of
        `layer`, a layer or a scope, is returned beside the network's. With `values` the report has the values of that
        layer or, without one, of the inputs and every layer, where they are few enough to read. `threads` are how many
        compute, those of BLAS among them, by default as many as this process may use of the machine's processors.

        The `engine` "onnxruntime" executes the network written as ONNX, in float32, and takes the package of that name.
        With `compare` NumPy executes every layer too, on the values the engine gave it: each in the report has its
        `difference`, the largest of its values as a share of the largest, and one above the report's `tolerance` is a
        fault.

        >>> import cnncalc
        >>> report, outputs = cnncalc.load("lenet").run(batch=2)
        >>> report.ok, outputs["softmax_1"].shape
        (True, (2, 10))
        """
        from cnncalc import arguments

        whole_number = arguments.whole_number
        dtype = arguments.dtype_name(dtype, EXECUTED_DTYPES)
        on_engine = arguments.engine_name(engine, dtype, compared=bool(compare)) == "onnxruntime"
        given: dict[str, Any] = {
            "batch": whole_number("batch", batch, 1),
            "seed": whole_number("seed", seed, 0, arguments.MOST_SEED),
            "layer": arguments.layer_name(layer),
            "values": bool(values),
            "watch": watch,
            "threads": arguments.thread_count(threads),
        }
        with self._stored_weights() as stored:
            if on_engine:
                from cnncalc.engines.execution import execute as execute_there

                return execute_there(self, array, weights=stored, compared=bool(compare), **given)
            from cnncalc.execution.executor import execute

            return execute(self, array, weights=stored, dtype=dtype, **given)

    def forward(
        self, array: Any = None, seed: int = 0, dtype: DType = "float32", *, threads: int | None = None
    ) -> Array | dict[str, Array]:
        """Execute the network with the weights given, or with those drawn from `seed`, and return its output.

        `array` has the input's shape, with or without a batch axis before it, and the output is alike; None draws
        one random sample, with a batch axis. Several inputs are given, and several outputs returned, by name. `dtype`,
        float32 or float64, is what is computed in; `threads` are as in `run`. Weights are drawn or read at each call;
        to call it again and again, make a `session`.

        >>> import cnncalc
        >>> cnncalc.load("lenet").forward().shape
        (1, 10)
        """
        from cnncalc import arguments
        from cnncalc.execution.executor import forward

        seed = arguments.whole_number("seed", seed, 0, arguments.MOST_SEED)
        dtype = arguments.dtype_name(dtype, EXECUTED_DTYPES)
        threads = arguments.thread_count(threads)
        with self._stored_weights() as stored:
            return forward(self, array, seed=seed, dtype=dtype, weights=stored, threads=threads)

    @overload
    def session(
        self,
        seed: int = 0,
        weights: Any = None,
        threads: int | None = None,
        engine: Literal["numpy"] = "numpy",
        *,
        dtype: DType = "float32",
        exact: bool = False,
    ) -> Session: ...

    @overload
    def session(
        self,
        seed: int = 0,
        weights: Any = None,
        threads: int | None = None,
        engine: str = "numpy",
        *,
        dtype: DType = "float32",
        exact: bool = False,
    ) -> Session | EngineSession: ...

    def session(
        self,
        seed: int = 0,
        weights: Any = None,
        threads: int | None = None,
        engine: str = "numpy",
        *,
        dtype: DType = "float32",
        exact: bool = False,
    ) -> Session | EngineSession:
        """The network with its weights, prepared to be run again and again: ``session.run(array)``.

        What `run` returns is what `forward` returns, within rounding. `weights`, as `load` takes them, stand in place
        of those that the network has; where there are none they are drawn from `seed`. `threads` are at most so many,
        by default as many as this process may use of the machine's processors. Unless `exact`, convolutions of 3 x 3
        taps on large maps are Winograd's, which round more than a sum of products does: by less than 1e-4 of the
        deviation of the output; and a value that is not finite spreads to a tile, or to a pair of positions. The
        `engine` "onnxruntime" computes in float32, and takes the package of that name.

        >>> import cnncalc
        >>> import numpy as np
        >>> with cnncalc.load("lenet").session() as session:
        ...     [session.run(np.zeros((n, 1, 28, 28))).shape for n in (1, 8)]
        [(1, 10), (8, 10)]
        """
        from cnncalc import arguments

        dtype = arguments.dtype_name(dtype, EXECUTED_DTYPES)
        engine = arguments.engine_name(engine, dtype, compared=False)
        given: dict[str, Any] = {
            "seed": arguments.whole_number("seed", seed, 0, arguments.MOST_SEED),
            "threads": arguments.thread_count(threads),
        }
        with self._stored_weights(arguments.weights(weights)) as stored:
            if engine == "onnxruntime":
                from cnncalc.engines.session import EngineSession

                return EngineSession(self, weights=stored, **given)
            from cnncalc.sessions.session import Session

            return Session(self, weights=stored, dtype=dtype, exact=bool(exact), **given)

    def plan(
        self,
        array: Any = None,
        *,
        batch: int = 1,
        seed: int = 0,
        dtype: DType = "float32",
        threads: int | None = None,
        exact: bool = False,
        watch: Watch = unwatched,
    ) -> Planned:
        """Prepare and run a session, and tell what it is run as: operation by operation, with memory and times.

        The outputs, which are returned beside the plan, are held against those of a pass layer by layer, with the same
        weights on the same values: a difference above the plan's tolerance is a fault. `array`, `batch`, `seed`,
        `dtype` and `watch` are as in `run`, `threads` and `exact` as in `session`.

        >>> import cnncalc
        >>> plan, outputs = cnncalc.load("lenet").plan()
        >>> plan.ok, plan.operations[0].layers, plan.operations[0].kernel
        (True, ('c1',), 'column pairs x filters')
        """
        from cnncalc import arguments
        from cnncalc.sessions.measuring import planned

        given: dict[str, Any] = {
            "batch": arguments.whole_number("batch", batch, 1),
            "seed": arguments.whole_number("seed", seed, 0, arguments.MOST_SEED),
            "dtype": arguments.dtype_name(dtype, EXECUTED_DTYPES),
            "threads": arguments.thread_count(threads),
            "exact": bool(exact),
            "watch": watch,
        }
        with self._stored_weights() as stored:
            return planned(self, array, weights=stored, **given)

    def steps(
        self,
        layer: str | None = None,
        unit: Any = None,
        *,
        channels: int | Sequence[int] = 0,
        data: Any = None,
        seed: int = 0,
        drawn: str = "small",
        turned: bool = False,
    ) -> Steps:
        """How single values of a layer's output come about: the window, every product, the sum.

        The `unit` is a place on each spatial axis of the output, or the number of a feature of a vector; by default the
        first whose window lies on the input as a whole, and "all" for every one. Its value is calculated in each of the
        `channels`. What is not given is `drawn`: as "small" whole numbers, the layer's input and its weights, so that
        each line can be followed; or as by "run", which executes the network. With `data`, which are as in `forward`,
        or weights the network is executed up to the layer, in float64. A kernel that is `turned` by 180 degrees makes a
        convolution of the cross-correlation; the steps then have both. Raises `CnncalcError` for a layer without such
        steps, for a unit that there is not, and for one of very many terms.

        >>> import cnncalc
        >>> network = cnncalc.load("conv2d(1, 2, bias=false, weight=[[[[1, 0], [0, -1]]]])", input="1x3x3")
        >>> [step] = network.steps(unit=(0, 1), data=[[[1, 3, 2], [4, 6, 5], [7, 8, 9]]]).steps
        >>> step.formula.numbers, step.result
        ('sum over a, b of X[0+a, 1+b]*K[a,b]', -2.0)
        """
        from cnncalc import arguments
        from cnncalc.steps.analysis import steps_of

        given: dict[str, Any] = {
            "unit": unit if isinstance(unit, str) and unit == "all" else arguments.unit(unit),
            "channels": arguments.channels(channels),
            "seed": arguments.whole_number("seed", seed, 0, arguments.MOST_SEED),
            "drawn": arguments.drawn(drawn),
        }
        with self._stored_weights() as stored:
            return steps_of(self, arguments.layer_name(layer), data=data, weights=stored, turned=bool(turned), **given)

    def layer_matrices(
        self, layer: str | None = None, *, data: Any = None, seed: int = 0, drawn: str = "small"
    ) -> LayerMatrices:
        """A layer as products of matrices: the windows as columns (im2col), and the layer's sparse matrix.

        The transpose of a convolution's sparse matrix is that of the transposed convolution. Values are as in `steps`.
        Raises `CnncalcError` for a layer that is no linear map.

        >>> import cnncalc
        >>> found = cnncalc.load("conv2d(1, 2, bias=false)", input="1x3x3").layer_matrices()
        >>> [(matrix.name, matrix.shape) for matrix in found.matrices][:3]
        [('P', (4, 4)), ('K', (1, 4)), ('K P', (1, 4))]
        """
        from cnncalc import arguments
        from cnncalc.steps.matrices import matrices_of

        given: dict[str, Any] = {
            "seed": arguments.whole_number("seed", seed, 0, arguments.MOST_SEED),
            "drawn": arguments.drawn(drawn),
        }
        with self._stored_weights() as stored:
            return matrices_of(self, arguments.layer_name(layer), data=data, weights=stored, **given)

    def check_import(self, *, seed: int = 0, watch: Watch = unwatched) -> ImportCheck:
        """Execute the ONNX file that the network was loaded from as it is, and hold every layer against its tensor.

        ONNX Runtime executes the file, and NumPy the network, both with the weights of the file on random samples. The
        result has the largest difference of each layer, as a share of the largest value of the tensor. Raises
        `CnncalcError` for a network of another origin, and where ONNX Runtime is not installed or refuses the file.
        """
        from cnncalc import arguments
        from cnncalc.engines.checking import check_import

        seed = arguments.whole_number("seed", seed, 0, arguments.MOST_SEED)
        with self._stored_weights() as stored:
            return check_import(self, stored, seed=seed, watch=watch)

    def _stored_weights(self, given: Weights | None = None) -> AbstractContextManager[Store | None]:
        """The weights that are given here, or were before, or that the spec names, open; None where they are drawn."""
        weights = self.blueprint.weights if given is None else (given, None)
        if weights is None:
            from contextlib import nullcontext

            return nullcontext()
        from cnncalc.interchange.weight_arrays import store_of

        return store_of(*weights, self)
