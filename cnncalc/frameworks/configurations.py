"""A layer of Keras as its configuration has it, which names every parameter, as a type of ours with options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import RefusedError
from cnncalc.frameworks.keras import KERAS
from cnncalc.frameworks.rules import renamed
from cnncalc.frameworks.translation import node, scalar
from cnncalc.text_nodes import Scalar, TextNode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.frameworks.rows import Row

_OF_EVERY_LAYER: Final = ("name", "dtype", "trainable")
UNTOLD: Final = frozenset(
    (
        *("batch_input_shape", "batch_shape", "input_shape", "input_dim", "dynamic"),
        *("autocast", "activity_regularizer", "implementation", "time_major", "zero_output_for_mask", "unroll"),
        *("stateful", "mask_zero", "input_length", "fused", "virtual_batch_size", "experimental_autocast", "autotune"),
        *("renorm_momentum", "renorm_clipping", "synchronized", "embeddings_initializer", "embeddings_regularizer"),
        *("embeddings_constraint", "data_type", "supports_masking", "seed_generator", "flash_attention"),
        *("quantization_mode", "quantization_config", "build_config", "bias_initializer", "kernel_initializer"),
        *("gamma_initializer", "gamma_regularizer", "gamma_constraint", "depthwise_initializer", "use_cudnn"),
        *("depthwise_regularizer", "depthwise_constraint", "pointwise_initializer", "pointwise_regularizer"),
        *("pointwise_constraint", "kernel_regularizer", "bias_regularizer", "kernel_constraint", "bias_constraint"),
    )
)
"""Parameters that change no figure, whichever classes and versions of Keras have them."""


def plainly(row: Row, config: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The type and the options of ours for a configuration of a class; raises `RefusedError`.

    A parameter that the class is not known to have is passed over where it is off: other versions have others.

    >>> plainly(KERAS.rows["Dropout"], {"rate": 0.5, "seed": None, "noise_shape": None})
    ('dropout', {'p': 0.5})
    """
    missing = next((needed for needed in row.required if needed not in config), None)
    if missing is not None:
        raise RefusedError(f"needs `{missing}`")
    options: dict[str, Any] = dict(row.constants)
    for key, value in {**row.defaults, **config}.items():
        options |= _options(row, key, value)
    kind = row.type
    if row.adjust is not None:
        kind, options = row.adjust(kind, options)
    return kind, {key: value.plain() if isinstance(value, TextNode) else value for key, value in options.items()}


def _options(row: Row, key: str, value: Any) -> Mapping[str, Any]:
    """The options of ours that a parameter stands for; raises `RefusedError` with its name."""
    if key in _OF_EVERY_LAYER:
        return {}
    known = key in row.positions or key in row.rules
    of_no_matter = key in UNTOLD or (key == "data_format" and row.type == "identity")
    if not known and (of_no_matter or not value):
        return {}
    if not known:
        raise RefusedError(f"has a parameter that is not known: {key}")
    rule = row.rules.get(key) or KERAS.rules.get(key) or renamed(key)
    try:
        return rule(node(value, _NOWHERE))
    except RefusedError as error:
        raise RefusedError(f"`{key}` {error}", error.hint) from None


def _nowhere() -> Scalar:
    at = Scalar()
    at.line = at.column = at.length = 0
    return scalar(None, at)


_NOWHERE: Final = _nowhere()
"""The place of what stands in no text."""
