"""The schema of `run --plan --json`."""

from __future__ import annotations

from typing import Final

from cnncalc.dtypes import EXECUTED_DTYPES
from cnncalc.schema.output_keys import HEAD, figures
from cnncalc.schema.shorthand import array, by_name, count, flag, nullable, number, record, shape, text, word

_NO_PLACE: Final = "null of an output that has no place there"
_OPERATION: Final = record(
    {
        "layers": array(text("a layer"), "the layers that it computes, in their order"),
        "kernel": text("how it is computed, in the words of `cnncalc help kernels`"),
        "output_shape": shape("of what the last of its layers gives"),
        "macs": count("multiply-accumulates of its layers, of one sample"),
        "weight_bytes": count("the bytes of weights that the kernel reads, as it has them"),
        "offset": nullable(count(f"where the output lies in the memory of tensors, in bytes; {_NO_PLACE}")),
        "bytes": nullable(count(f"what is taken there, with a border, of all samples; {_NO_PLACE}")),
        "first_channel": nullable(count(f"which of the channels there is the output's first; {_NO_PLACE}")),
        "waits": flag("whether all threads wait for each other before it"),
        "seconds": nullable(number("the least that it took by itself; null where it was not run, or does nothing")),
    }
)
_MEASURED: Final = {
    "ok": flag("whether there are no faults"),
    "faults": array({"type": "string"}, "what is wrong"),
    "tolerance": number("the largest difference that is no fault"),
    "differences": by_name(
        nullable(number("the largest, as a share of the largest value; null where it is infinite or not known")),
        "of each output to that of a pass layer by layer, with the same weights on the same values",
    ),
    "preparing_seconds": number("to draw or read weights and prepare the network"),
    "seconds": number("the least of some runs"),
    "runs": count("how many", 1),
}
PLAN: Final = record(
    {
        **HEAD,
        "batch_size": count("samples", 1),
        "dtype": word("the type that is computed in", *EXECUTED_DTYPES),
        "seed": count("of weights, unless they are read, and, without data, of samples"),
        "weights": nullable(text("the file that weights are read from; null where they are drawn")),
        "exact": flag("whether no kernel is Winograd's, or makes two positions at once"),
        **_MEASURED,
        "operations": array(_OPERATION, "in the order in which they are run"),
        "idle": array(text("a layer"), "those for which nothing is run: their output is their input, or is constant"),
        "totals": record(
            {
                "operations": count("how many operations there are"),
                **figures(("layers", "macs")),
                "weight_bytes": count("the bytes of weights as kernels read them"),
                "tensor_bytes": count("the bytes of the memory in which tensors lie"),
                "scratch_bytes": count("the bytes that kernels need beside it, of all threads"),
                "threads": count("that share the work of each operation", 1),
                "blas_threads": count("those of BLAS in each", 1),
                "waits": count("how often all threads wait for each other"),
            },
            "what it takes in all",
        ),
    },
    "cnncalc run --plan --json",
    optional=_MEASURED,
)
