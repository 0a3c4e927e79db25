"""The inputs of a network from files, each checked against the axes and channels of its input in the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError, did_you_mean, shape_text
from cnncalc.interchange import arrays

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.shapes import Shape
    from cnncalc.spec.variant import ChosenVariant


def read_inputs(paths: Mapping[str, str], choice: ChosenVariant) -> dict[str, Any]:
    """The arrays of the files, by the name of the input.

    Raises `CnncalcError` for an input that there is not, and unless an array has the axes and the channels of its
    input; its other sizes are free.
    """
    names = list(choice.inputs) or ["input"]
    found: dict[str, Any] = {}
    for name, path in paths.items():
        if name not in names:
            raise CnncalcError(f"{choice.spec.name} has no input `{name}`", hint=did_you_mean(name, names, "inputs"))
        channels = choice.inputs[name][0] if name in choice.inputs else None
        found[name] = arrays.read(path, channels, choice.spec.layout)
        _check_axes(path, name, found[name], choice)
    return found


def shapes_of(found: Mapping[str, Any], choice: ChosenVariant) -> dict[str, Shape]:
    """The shapes of inputs, without the batch if they have one; the axes of an input that the spec has not are all."""
    axes = {name: len(choice.inputs[name]) if name in choice.inputs else array.ndim for name, array in found.items()}
    return {name: array.shape[array.ndim - axes[name] :] for name, array in found.items()}


def _check_axes(path: str, name: str, array: Any, choice: ChosenVariant) -> None:
    """Raise `CnncalcError` unless an array has the axes and the channels of its input."""
    own = choice.inputs.get(name)
    if own is None:
        return
    if array.ndim not in (len(own), len(own) + 1):
        fact = f"{path} has {_counted(array.ndim, 'axis', 'axes')}, and `{name}` has {len(own)}"
        raise CnncalcError(fact, hint=f"{_wanted(own, choice)}, with or without a batch axis before it")
    layout = choice.spec.layout
    shape = array.shape[array.ndim - len(own) :]
    found = layout.internal(shape)
    if found[0] == own[0]:
        return
    if len(own) == 1:
        features = _counted(found[0], "feature", "features")
        raise CnncalcError(f"{path} has {features}, and `{name}` takes {own[0]}")
    channels = _counted(own[0], "channel", "channels")
    hint = _order(name, found, own, choice) or f"--data sets the spatial sizes: {_wanted(own, choice)}"
    raise CnncalcError(f"{path} is {shape_text(shape)}, and `{name}` takes {channels}", hint=hint)


def _order(name: str, found: Shape, own: Shape, choice: ChosenVariant) -> str | None:
    """The hint where other channels than the spec's are found because either shape is the wrong way round."""
    layout = choice.spec.layout
    spec_means, data_means = layout.likely_meant(own), layout.likely_meant(found, own)
    if spec_means is not None and spec_means[0] == found[0]:
        return f"in the spec {next(layout.order_doubts({name: own}, {}))}"
    return layout.order_hint(data_means) if data_means is not None and data_means[0] == own[0] else None


def _wanted(own: Shape, choice: ChosenVariant) -> str:
    """The shapes that an input takes, as the spec orders their axes.

    >>> from cnncalc.spec.sources import choose
    >>> _wanted((3, 32, 32), choose("lenet", None, {}))
    'give it 3 x H x W'
    """
    letters = {1: "L", 2: "HW", 3: "DHW"}.get(len(own) - 1, "")
    return f"give it {' x '.join(map(str, choice.spec.layout.external((own[0], *letters))))}"


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
