"""A network prepared by ONNX Runtime, to be run again and again as `sessions` does it here."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, NoReturn, Self

from cnncalc.engines.runtime import attempt, engine, inputs_of
from cnncalc.errors import CnncalcError
from cnncalc.execution.executor import check_runs
from cnncalc.execution.resources import check_memory, not_copied
from cnncalc.execution.tensors import in_spec_order, one_or_by_name, prepared_inputs
from cnncalc.execution.threads import processors
from cnncalc.exporting.onnx import OnnxExport

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.kernels import Array
    from cnncalc.models.stored_arrays import Store


class EngineSession:
    """A network with its weights, written as ONNX and prepared by ONNX Runtime; `run` gives what `forward` does.

    Raises `CnncalcError` where ONNX Runtime is not installed, and where a layer cannot be written as ONNX.
    """

    def __init__(
        self, network: Graph, *, seed: int = 0, threads: int | None = None, weights: Store | None = None
    ) -> None:
        started = perf_counter()
        onnxruntime = engine()
        check_memory(network, 1, "float32")
        check_runs(network, 1)
        self.network = network
        self.threads = threads or processors()
        model = OnnxExport(network, seed=seed, weights=weights, dynamic_batch=True).to_bytes()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = self.threads
        given = {"sess_options": options, "providers": ["CPUExecutionProvider"]}
        self._model = attempt(network.name, lambda: onnxruntime.InferenceSession(model, **given))
        self.seconds = perf_counter() - started

    def __repr__(self) -> str:
        count = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"<EngineSession of {self.network.name}: ONNX Runtime, {count}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise not_copied(self.network)

    def close(self) -> None:
        """Give the model back; it cannot be run any more."""
        self._model = None

    def run(self, array: Any) -> Array | dict[str, Array]:
        """The output for an array, or the outputs by name, as `Session.run` gives them."""
        if self._model is None:
            raise CnncalcError(f"the session of {self.network.name} is closed")
        check_fits = partial(check_memory, self.network, dtype="float32")
        data, batched = prepared_inputs(self.network, array, "float32", check_fits)
        given = {taken.name: data[taken.name].astype(taken.dtype, copy=False) for taken in inputs_of(self._model)}
        tensors = [self.network.tensors[number] for number in self.network.outputs]
        values = attempt(self.network.name, lambda: self._model.run([tensor.name for tensor in tensors], given))
        found = {
            tensor.name: in_spec_order(value, self.network.layout, batched=batched and tensor.sees_input)
            for tensor, value in zip(tensors, values, strict=True)
        }
        return one_or_by_name(found)
