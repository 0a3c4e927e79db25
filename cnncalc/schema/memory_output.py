"""The schema of `memory --json`."""

from __future__ import annotations

from typing import Final

from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.memory.arena import PLANS
from cnncalc.schema.output_keys import HEAD
from cnncalc.schema.shorthand import array, by_name, count, record, shape, text, word

_TENSOR: Final = record(
    {
        "name": text("the layer or input that gives it"),
        "shape": shape("of one sample"),
        "bytes": count("of all samples"),
        "aligned_bytes": count("these, rounded up to a multiple of `align`"),
        "first_step": count("the step at which it is made; 0 of an input"),
        "last_step": count("the last step at which it is needed"),
        "offset": count("where it begins in the arena, in bytes"),
    }
)
_STEP: Final = record({"layer": text("what is executed"), "alive_bytes": count("of all tensors alive meanwhile")})
MEMORY: Final = record(
    {
        **HEAD,
        "batch_size": count("samples", 1),
        "dtype": word("of each value", *DTYPE_BYTES),
        "align": count("the bytes of which each tensor takes a multiple", 1),
        "plan": word("by which the tensors lie", *PLANS),
        "arena_bytes": count("what they take together"),
        "bound_bytes": count("the most that is alive at one step: no arena takes less"),
        "plans": by_name(count("bytes"), "what the arena takes by each plan that was made"),
        "steps": array(_STEP, "the layers in order of execution"),
        "tensors": array(_TENSOR, "the inputs, and what layers give, in order"),
    },
    "cnncalc memory SPEC --json",
)
