"""A model in ONNX Runtime, which is imported where it is asked for and nowhere else."""

from __future__ import annotations

import json
import os
import tempfile
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cnncalc.kernels import Array

QUICK: Final = 0.5
"""Seconds within which a model is executed a second time, as the first time has its threads started and memory made."""

LARGEST_MESSAGE: Final = 2**31 - 1
"""The bytes that a model may have beside the arrays that are in files of their own: a limit of its format."""

_GRAPH, _OUTPUT, _NAME = 7, 12, 1
"""The numbers of fields: the graph of a model, an output of a graph, the name of that."""


class Outcome(NamedTuple):
    """The tensors by name, the seconds of the whole, and those of each node by its name."""

    tensors: dict[str, Array]
    seconds: float
    node_seconds: dict[str, float]


class Input(NamedTuple):
    """An input of a model: its sizes, of which one that is free is a word, and NumPy's name of its type."""

    name: str
    sizes: tuple[int | str | None, ...]
    dtype: str


def engine() -> Any:
    """The package; raises `CnncalcError` where it is not there, or does not work."""
    try:
        import onnxruntime
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == "onnxruntime"
        fact = "ONNX Runtime is not installed" if missing else f"ONNX Runtime does not work here: {error}"
        raise CnncalcError(fact, hint="pip install 'cnncalc[onnx]'") from None
    return onnxruntime


def version() -> str:
    """Its name and version, such as ``ONNX Runtime 1.22.0``; raises `CnncalcError`."""
    return f"ONNX Runtime {engine().__version__}"


class ProfiledModel:
    """A model that is ready to be executed, of which the tensors `wanted` come out beside or instead of its outputs.

    `model` are the bytes of the file, `folder` is where the arrays are that it has in other files. Each node is
    executed by itself, so that every tensor is there: nodes are neither joined nor left out. Raises `CnncalcError`
    where ONNX Runtime does not take the model; `name` is what it is called then. `threads` compute a node, by default
    as many as ONNX Runtime has there be.
    """

    def __init__(
        self,
        model: bytes,
        wanted: Sequence[str],
        name: str,
        folder: str | None = None,
        *,
        threads: int | None = None,
    ) -> None:
        onnxruntime = engine()
        self.name = name
        self.wanted = list(dict.fromkeys(wanted))
        self._profiles = tempfile.TemporaryDirectory(prefix="cnncalc-")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = threads or 0
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.enable_profiling = True
        options.profile_file_prefix = os.path.join(self._profiles.name, "profile")
        if folder is not None:
            options.add_session_config_entry("session.model_external_initializers_file_folder_path", folder or ".")
        try:
            self._session = attempt(
                name, lambda: onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            )
        except BaseException:
            self._profiles.cleanup()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._profiles.cleanup()

    @property
    def inputs(self) -> list[Input]:
        """What the model takes."""
        return inputs_of(self._session)

    def run(self, inputs: Mapping[str, Array]) -> Outcome:
        """Execute the model once, or a second time if that takes no time; raises `CnncalcError`.

        Arrays become of the types that the model takes.
        """
        seconds = 0.0
        given = {x.name: inputs[x.name].astype(x.dtype, copy=False) for x in self.inputs}
        for _ in range(2):
            started = perf_counter()
            arrays = attempt(self.name, lambda: self._session.run(self.wanted, given)) if self.wanted else []
            seconds = perf_counter() - started
            if seconds > QUICK:
                break
        return Outcome(dict(zip(self.wanted, arrays, strict=True)), seconds, self._node_seconds())

    def _node_seconds(self) -> dict[str, float]:
        """How long each node took when it was executed last."""
        path = self._session.end_profiling()
        found: dict[str, float] = {}
        with open(path, encoding="utf-8", errors="replace") as file:
            for event in json.load(file):
                name = event.get("name", "")
                if event.get("cat") == "Node" and name.endswith("_kernel_time"):
                    found[name.removesuffix("_kernel_time")] = event["dur"] / 1e6
        return found


def inputs_of(session: Any) -> list[Input]:
    """What a session of ONNX Runtime takes."""
    return [Input(x.name, tuple(x.shape), _dtype(x.type)) for x in session.get_inputs()]


def attempt(name: str, action: Callable[[], Any]) -> Any:
    """What an action on a model gives; raises `CnncalcError` with what ONNX Runtime says of its failure."""
    try:
        return action()
    except MemoryError:
        raise CnncalcError(f"{name} does not fit in memory") from None
    except Exception as error:
        is_its_own = type(error).__module__.startswith("onnxruntime")
        if not is_its_own and not isinstance(error, (RuntimeError, ValueError)):
            raise
        raise CnncalcError(f"ONNX Runtime does not take {name}: {_told(error)}") from None


def with_outputs(model: bytes, names: Iterable[str]) -> bytes:
    """The bytes of a model whose graph has these outputs, too; raises `CnncalcError` where it becomes too large.

    Where a message stands twice in a file of that format, what the second says is added to the first. So they are
    written behind the file, which is neither read nor copied part by part.
    """
    outputs = b"".join(_field(_OUTPUT, _field(_NAME, name.encode())) for name in names)
    whole = model + _field(_GRAPH, outputs) if outputs else model
    if len(whole) > LARGEST_MESSAGE:
        raise CnncalcError(f"a model of {len(whole):,} bytes is too large for ONNX Runtime, which takes 2 GB")
    return whole


def _field(number: int, data: bytes) -> bytes:
    """A field of a message that is a text, or a message itself."""
    return _number(number << 3 | 2) + _number(len(data)) + data


def _number(value: int) -> bytes:
    """A number in groups of 7 bits, the lowest first.

    >>> _number(300).hex()
    'ac02'
    """
    groups = [value >> shift & 127 for shift in range(0, max(value.bit_length(), 1), 7)]
    return bytes([*(group | 128 for group in groups[:-1]), groups[-1]])


def _dtype(word: str) -> str:
    """NumPy's name of a type that is called ``tensor(float)`` there."""
    inner = word.removeprefix("tensor(").removesuffix(")")
    return {"float": "float32", "double": "float64"}.get(inner, inner)


def _told(error: Exception) -> str:
    """What an error says, in one line, without the source files that it names."""
    text = " ".join(str(error).split())
    _, found, rest = text.partition("Status Message: ")
    return (rest if found else text).removeprefix("[ONNXRuntimeError] : ")[:300]
