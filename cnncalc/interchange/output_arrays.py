"""The outputs of a network, or that of a layer, as files of arrays and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from cnncalc.errors import CnncalcError
from cnncalc.interchange import arrays, pictures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


def check(form: str, network: Graph, layer: str | None, batch: Sequence[int]) -> None:
    """Raise `CnncalcError` where what is to be written, its axes behind those of a batch, does not go into such a file.

    That is the output of `layer` or, without one, the outputs of the network.
    """
    numbers = list(dict.fromkeys(network.outputs)) if layer is None else [network.tensor(layer)]
    if len(numbers) > 1 and form != "npz":
        names = ", ".join(network.tensors[number].name for number in numbers)
        hint = "write .npz, which holds them by name, or name one as LAYER"
        raise CnncalcError(f"{network.name} has several outputs: {names}", hint=hint)
    if form == "png":
        shape = network.tensors[numbers[0]].shape
        pictures.check_picture(shape, batch, as_maps=_as_maps(shape, layer))


def _as_maps(shape: Shape, layer: str | None) -> bool:
    """Whether a picture is a grid of channels: that of a layer that was asked for, or of what is no image."""
    return layer is not None or not pictures.is_image(shape)


def write(file: BinaryIO, form: str, outputs: Mapping[str, Array], network: Graph, layer: str | None) -> str | None:
    """Write what `check` has let pass; returns what is to be said of a picture."""
    if form == "npz":
        from cnncalc.interchange import archives

        arrays.write(file, lambda sink: archives.write(sink, outputs))
        return None
    (array,) = outputs.values()
    if form == "npy":
        arrays.write(file, lambda sink: arrays.save(sink, array))
        return None
    shape = network.tensors[network.outputs[0] if layer is None else network.tensor(layer)].shape
    sample = array[0] if array.ndim > len(shape) else array
    drawing = (pictures.maps if _as_maps(shape, layer) else pictures.image)(sample, network.layout)
    arrays.write(file, lambda sink: pictures.save(sink, drawing))
    return drawing.note
