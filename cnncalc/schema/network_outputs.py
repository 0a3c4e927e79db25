"""The schemas of `summary --json`, `run --json` and `explain --json`."""

from __future__ import annotations

from typing import Final

from cnncalc.dtypes import DTYPE_BYTES, EXECUTED_DTYPES
from cnncalc.formulas.explanation import SelectedTotals
from cnncalc.schema.output_keys import FIELD, HEAD, TOTALS, figures, of_inputs
from cnncalc.schema.shorthand import (
    anything,
    array,
    by_name,
    count,
    either,
    flag,
    nullable,
    number,
    pair,
    record,
    shape,
    text,
    whole,
    word,
)

WINDOW: Final = {
    "kernel_size": array(count("taps", 1), "taps of the window along each axis"),
    "stride": array(count("pixels", 1), "pixels from one position to the next"),
    "padding": array(pair(whole("pixels"), "before and after"), "what is applied at this input size"),
    "dilation": array(count("pixels", 1), "pixels from one tap to the next"),
    "groups": count("groups of input channels; only where there are filters", 1),
}
_LAYER_HEAD: Final = {"name": text("the full name"), "type": text("the type, with its rank where it has one")}
_WIRING: Final = {
    "inputs": array(text("a layer or input"), "what it takes, by name"),
    "input_shapes": array(shape("a shape"), "the shapes of what it takes"),
    "output_shape": shape("the shape that it gives"),
}
_BOTH: Final = {
    "ours": count("as cnncalc counts"),
    "theirs": count("as the tool counts"),
    "difference": whole("theirs without ours"),
}
_AS_TOOL: Final = record(
    {
        **HEAD,
        "convention": record(
            {"name": text("of --as"), "tool": text("the tool"), "version": text("of which the rules are")},
            "the tool that counts so",
        ),
        "totals": by_name(count("a total"), "what the tool prints, by its names"),
        "quantities": array(
            record(
                {
                    "name": text("the tool's name of it"),
                    "compared_with": text("our name of it"),
                    "meaning": text("what the tool counts"),
                    **_BOTH,
                    "kinds": array(
                        record(
                            {
                                "kind": text("a kind of layer"),
                                "layers": count("of that kind"),
                                **_BOTH,
                                "rule": text("how the tool counts them"),
                                "known": flag("whether that is known"),
                            }
                        ),
                        "the kinds of layers",
                    ),
                }
            ),
            "what the tool counts",
        ),
        "parameters": nullable(record({**_BOTH, "rule": text("which the tool counts")}, "null where it counts none")),
    },
    "cnncalc summary --as TOOL --json",
)
LAYER: Final = record(
    {
        **_LAYER_HEAD,
        **_WIRING,
        **WINDOW,
        "activation": text("the layer's own last step; only where there is one"),
        **figures(("parameters", "frozen", "buffers")),
        "shares": nullable(text("the layer whose arrays it uses, with which they are counted; null for its own")),
        "weights": by_name(shape("an array's shape, as PyTorch has it"), "the trainable arrays"),
        "buffer_shapes": by_name(shape("an array's shape"), "the arrays that are kept and not trained"),
        **figures(("macs", "flops")),
        "output_bytes": count("the bytes of the output, of all samples"),
        "live_bytes": count("the bytes of all tensors that are alive while it is executed"),
        "receptive_field": of_inputs(FIELD),
    },
    optional=[*WINDOW, "activation"],
)
"""A layer with all its figures."""
_PEAK: Final = {
    "peak_layer": text("the layer at which most bytes are alive, for the first time"),
    "peak_tensors": array(
        record({"name": text("the layer or input that gives it"), "bytes": count("of the tensor")}),
        "the tensors that are alive there",
    ),
}
_SUMMARY: Final = record(
    {
        **HEAD,
        "batch_size": count("the samples that bytes are of", 1),
        "dtype": word("the type of values that bytes are of", *DTYPE_BYTES),
        "layers": array(
            LAYER,
            "in the order of execution",
        ),
        "outputs": array(text("a layer"), "the layers whose outputs are the network's"),
        "totals": record({**TOTALS["properties"], **_PEAK}, TOTALS["description"]),
    },
    "cnncalc summary --json",
)
SUMMARY: Final = either(_SUMMARY, _AS_TOOL)

_VALUES: Final = {
    "min": nullable(number("the smallest value; null where not all are finite")),
    "max": nullable(number("the largest value; null where not all are finite")),
    "values": anything("nested lists, null for each that is not finite; null where there are too many to read"),
    "top": array(
        record({"index": count("of the class"), "probability": number("its value")}),
        "the largest probabilities of a softmax over a vector; only there",
    ),
}
"""What is told of the values of a tensor where they are asked for."""
RUN: Final = record(
    {
        **HEAD,
        "input_values": by_name(
            record({"shape": shape("with the batch, if it is more than one"), **_VALUES}, optional=["top"]),
            "the values of each input; only with --print and without LAYER",
        ),
        "batch_size": count("samples", 1),
        "dtype": word("the type that was computed in", *EXECUTED_DTYPES),
        "engine": text("what executed it: NumPy, or another with its version"),
        "seed": count("of weights, unless they are read, and, without data, of samples"),
        "weights": nullable(text("the file that weights are read from; null where they are drawn")),
        "ok": flag("whether every layer is as computed"),
        "tolerance": number("the largest difference that is no fault; only with --compare"),
        "mismatches": count("the number of layers that are not"),
        "parameters": count("the trained numbers in the arrays of the executed layers"),
        "frozen": count("those that could be trained and are not"),
        "seconds": number("of all layers"),
        "layers": array(
            record(
                {
                    **_LAYER_HEAD,
                    "expected_shape": array(count("size"), "as computed"),
                    "actual_shape": nullable(array(count("size"), "of the array that came out; null where none did")),
                    "ok": flag("whether it is as computed"),
                    "seconds": number("of this layer"),
                    "mean": nullable(number("of the output; null where it is not finite")),
                    "std": nullable(number("the population's; null where it is not finite")),
                    "finite": flag("whether all values are"),
                    "faults": array({"type": "string"}, "what is not as computed"),
                    "difference": nullable(
                        number(
                            "the largest difference to NumPy's values, as a share of the largest of these; null where "
                            "it is infinite; only with --compare"
                        )
                    ),
                    **_VALUES,
                },
                optional=[*_VALUES, "difference"],
            ),
            "in the order of execution; the values only with --print",
        ),
    },
    "cnncalc run --json",
    optional=["input_values", "tolerance"],
)
EXPLANATION: Final = record(
    {
        **HEAD,
        "layers": array(
            record(
                {
                    **_LAYER_HEAD,
                    **_WIRING,
                    "formulas": array(
                        record(
                            {
                                "quantity": text("what is computed"),
                                "left": text("the left side"),
                                "symbols": text("the right side with symbols"),
                                "numbers": text("the right side with numbers"),
                                "result": anything("its value"),
                                "axes": array({"type": "string"}, "the axes of which it holds"),
                                "note": nullable(text("what is to be said of it")),
                            }
                        ),
                        "in the order of working them out by hand",
                    ),
                    "receptive_field": of_inputs(FIELD),
                }
            ),
            "the layers that were asked for",
        ),
        "selected_totals": record(figures(SelectedTotals._fields), "sums over those layers"),
        "totals": TOTALS,
    },
    "cnncalc explain --json",
)
