"""Networks as they are written: as a spec, for other programs, as code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.api.executable import Executable
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    import os

    from cnncalc.dtypes import DType
    from cnncalc.watching import Watch


class Writable(Executable):
    """A network that can be written."""

    def to_yaml(self, *, flat: bool = False) -> str:
        """The YAML of a spec that is this network, at these sizes and with these settings: the same layer by layer.

        Repeated scopes become blocks with parameters, and repeated layers loops, where they expand to exactly the
        layers of the network; `flat`, each layer is an entry. The weights are not in it.

        >>> import cnncalc
        >>> print(cnncalc.load("conv2d(8, 3) | relu", input="3x8x8").to_yaml())
        name: "conv2d(8, 3) | relu"
        input: 3x8x8
        layers:
          - conv2d: {out_channels: 8, kernel_size: 3}
          - relu
        expect: {layers: 2, parameters: 224, macs: 7776}
        <BLANKLINE>
        """
        from cnncalc.structure.spec_text import spec_text

        return spec_text(self, nested=not flat)

    def export(
        self,
        path: str | os.PathLike[str],
        *,
        to: str | None = None,
        seed: int = 0,
        opset: int | None = None,
        batch: int = 1,
        dynamic_batch: bool = False,
        weights: bool = True,
        dtype: DType = "float32",
        watch: Watch = unwatched,
    ) -> None:
        """Write the network as an ONNX file with its weights, or as code; whole or not at all. `-` is standard output.

        `to` says what to write, where the ending of `path` does not: `onnx`, or `pytorch` or `keras` for code, which
        has no weights, and for which nothing else is to be said. Weights are those given, or drawn from `seed`. `opset`
        is the version of the operators, 20 unless given. The file takes `batch` samples, or any number with
        `dynamic_batch`. Without `weights` it has shapes only, and zeros for all values. `dtype` is float32 or float16;
        `watch` is called after each layer. Weights beyond 2 GiB go to a file beside it, of its name and
        ``.data``. Raises `CnncalcError` where a layer has no operator.

        >>> import cnncalc, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "lenet.onnx")
        >>> cnncalc.load("lenet").export(path, weights=False)
        >>> os.path.getsize(path) < 5000
        True
        """
        from cnncalc import arguments
        from cnncalc.exporting.targets import target_of

        file = arguments.path(path)
        target = target_of(file, to)
        if target != "onnx":
            from cnncalc.exporting.code import write_code

            write_code(self, file, target)
            return
        from cnncalc.exporting.onnx import DTYPES, OnnxExport, beside_name

        with self._stored_weights() as stored:
            export = OnnxExport(
                self,
                seed=arguments.whole_number("seed", seed, 0, arguments.MOST_SEED),
                weights=stored,
                opset=opset if opset is None else arguments.whole_number("opset", opset, 1),
                batch=arguments.whole_number("batch", batch, 1),
                dynamic_batch=bool(dynamic_batch),
                has_weights=bool(weights),
                dtype=arguments.dtype_name(dtype, DTYPES),
                beside=beside_name(file),
            )
            export.save(file, watch)
