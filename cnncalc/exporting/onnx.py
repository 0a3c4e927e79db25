"""A network written as ONNX: checked before any work, then written whole or not at all."""

from __future__ import annotations

import os
from contextlib import ExitStack
from io import BytesIO
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError
from cnncalc.exporting.onnx_file import OnnxFile
from cnncalc.exporting.onnx_graph import DEFAULT_OPSET, OPSETS, OnnxGraph, batch_of
from cnncalc.exporting.targets import STANDARD_OUTPUT, is_stream
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from typing import BinaryIO

    from cnncalc.graph.graph import Graph
    from cnncalc.models.stored_arrays import Store
    from cnncalc.watching import Watch

DTYPES: Final = ("float32", "float16")
"""The types of values that can be written."""


class OnnxExport:
    """What is to be written of a network: its graph in ONNX, and where its weights come from.

    `weights` are read instead of drawn from `seed`. Raises `CnncalcError` where a layer has no operator, before
    anything is drawn.
    """

    def __init__(
        self,
        network: Graph,
        *,
        seed: int = 0,
        weights: Store | None = None,
        opset: int | None = None,
        batch: int = 1,
        dynamic_batch: bool = False,
        has_weights: bool = True,
        dtype: str = "float32",
        beside: str | None = None,
    ) -> None:
        opset = DEFAULT_OPSET if opset is None else opset
        if opset not in OPSETS:
            raise CnncalcError(f"opset {opset} cannot be written", hint=f"{min(OPSETS)} to {max(OPSETS)} can")
        self.network = network
        self.seed = seed
        self.weights = weights
        self.dtype = dtype
        self.graph = OnnxGraph(network, opset=opset, batch=batch_of(batch, dynamic=dynamic_batch), dtype=dtype)
        self.file = OnnxFile(self.graph, has_weights=has_weights, beside=beside)

    def write(self, file: BinaryIO, watch: Watch = unwatched, beside: BinaryIO | None = None) -> None:
        """Write the model to a file, and large arrays to the one beside it."""
        from cnncalc.execution.stored_weights import StoredWeights
        from cnncalc.execution.weights import WeightDraw

        if not self.file.has_weights:
            self.file.write(file, None, watch)
            return
        if self.weights is None:
            self.file.write(file, WeightDraw(self.network, self.seed, "float32"), watch, beside)
        else:
            self.file.write(file, StoredWeights(self.network, self.weights, "float32"), watch, beside)

    def save(self, path: str, watch: Watch = unwatched) -> None:
        """Write the file of that path, and maybe one beside it; whole or not at all. Raises `CnncalcError`."""
        from cnncalc.interchange.output_files import opened, write_errors

        to_stream = is_stream(path)
        if to_stream and self.file.beside is not None:
            raise too_large(self.network)
        path = "/dev/stdout" if path == STANDARD_OUTPUT else path
        if not to_stream:
            check_room(path, self.file.size + self.file.bytes_beside)
        with ExitStack() as stack:
            # The model is opened first and closed last: where it stands, its arrays do.
            file = stack.enter_context(opened(path))
            beside = None
            if self.file.beside is not None:
                place = os.path.join(os.path.dirname(path), self.file.beside)
                beside = stack.enter_context(opened(place))
            with write_errors(path):
                self.write(file, watch, beside)

    def to_bytes(self) -> bytes:
        """The model as bytes, as a runtime takes it; raises `CnncalcError` where it is larger than such can be."""
        if self.file.beside is not None:
            raise too_large(self.network)
        stream = BytesIO()
        self.write(stream)
        return stream.getvalue()


def check_room(path: str, size: int) -> None:
    """Raise `CnncalcError` where the disk has no room for so many bytes."""
    from shutil import disk_usage

    try:
        free = disk_usage(os.path.dirname(os.path.realpath(path))).free
    except OSError:
        return  # which is told where the file is opened
    if size > free:
        fact = f"{path} would take {size / 1e9:,.1f} GB, and {free / 1e9:,.1f} GB are free there"
        raise CnncalcError(fact, hint="without weights it is small")


def beside_name(path: str) -> str:
    """The name of the file beside a model that has its large arrays."""
    return f"{os.path.basename(path)}.data"


def too_large(network: Graph) -> CnncalcError:
    """The error that weights do not fit into one file."""
    fact = f"the weights of {network.name} do not fit into one ONNX file, which holds 2 GiB"
    return CnncalcError(fact, hint="write a file with -o model.onnx: they then go to model.onnx.data beside it")
