"""Activations of Keras, functions and layers, as types of ours with options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.frameworks.configurations import plainly
from cnncalc.frameworks.keras import KERAS
from cnncalc.frameworks.keras_rules import activation_type
from cnncalc.layers import ACTIVATIONS
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping

_OLD: Final[Mapping[str, Any]] = {"hard_sigmoid": {"hardsigmoid": {"alpha": 0.2}}}
"""The functions that are others in Keras 1 and 2."""
_OTHERS: Final[Mapping[str, Any]] = {"exponential": "exp"}


def of(value: Any, *, old: bool, channels_last: bool = True) -> tuple[str, dict[str, Any]] | None:
    """The type and its options of ours; None for the linear one; raises `UntranslatableError`.

    `old` says that the file is of Keras 1 or 2.

    >>> of("swish", old=False), of("hard_sigmoid", old=True), of("linear", old=False)
    (('silu', {}), ('hardsigmoid', {'alpha': 0.2}), None)
    """
    found = _of_layer(value) if isinstance(value, dict) else _of_name(value, old=old)
    if found is not None and found[0] in ("softmax", "log_softmax") and not channels_last:
        found = found[0], {**found[1], "dim": -1}
    return found


def option(value: Any, *, old: bool, channels_last: bool = True) -> Any:
    """The same as the value of the option `activation`; None for the linear one.

    >>> option("relu", old=False), option("leaky_relu", old=False)
    ('relu', {'leaky_relu': {'negative_slope': 0.2}})
    """
    found = of(value, old=old, channels_last=channels_last)
    if found is None:
        return None
    type_, options = found
    return {type_: options} if options else type_


def _of_name(value: Any, *, old: bool) -> tuple[str, dict[str, Any]] | None:
    """The activation of a function's name."""
    if value is None or value == "linear":
        return None
    if not isinstance(value, str):
        raise UntranslatableError(f"`activation` is no function that is known: {str(value)[:40]}")
    name = value.rpartition(".")[2].rpartition(">")[2]
    known = (_OLD.get(name) if old else None) or _OTHERS.get(name) or activation_type(name)
    [(type_, options)] = known.items() if isinstance(known, dict) else [(known, {})]
    if type_ not in ACTIVATIONS:
        raise UntranslatableError(f"the activation {name[:40]} has no counterpart here")
    return type_, dict(options)


def _of_layer(value: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """The activation of an object: a function by its name, or a layer."""
    class_name, config = value.get("class_name"), value.get("config")
    if class_name == "function" or isinstance(config, str):
        return _of_name(config, old=False)
    row = KERAS.rows.get(class_name) if isinstance(class_name, str) else None
    if row is None or not isinstance(config, dict):
        return _of_name(class_name, old=False)
    if class_name == "Activation":
        return of(config.get("activation"), old=False)
    type_, options = plainly(row, config)
    options = {name: given for name, given in options.items() if name != "data_format" and given is not None}
    if options.get("dim") == -1:
        del options["dim"]
    if type_ not in ACTIVATIONS:
        raise UntranslatableError(f"the activation {str(class_name)[:40]} has no counterpart here")
    return type_, options
