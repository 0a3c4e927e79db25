"""What each figure means, for every schema that has it."""

from __future__ import annotations

from typing import Final

MEANINGS: Final = {
    "layers": "the number of layers",
    "opaque": "those of them of which only the shape is known, and the operations of products and convolutions",
    "parameters": "the trainable numbers",
    "frozen": "the numbers that could be trained and are not",
    "buffers": "the numbers that are stored and never trained",
    "macs": "multiply-accumulates of one sample",
    "flops": "floating-point operations of one sample",
    "weight_bytes": "the bytes of parameters, frozen ones too, and buffers",
    "output_bytes": "the bytes of all outputs",
    "peak_activation_bytes": "the most bytes alive at once",
}
