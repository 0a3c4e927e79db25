"""A part of a report: the layers of a scope as a network of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.summary.results import Report


def part_of(report: Report, chosen: Sequence[int]) -> Report:
    """The report of the layers whose numbers are `chosen`; what comes from others is an input, and theirs an output.

    Totals and peak stay those of the whole network.

    >>> import cnncalc
    >>> report = cnncalc.load("resnet18").report()
    >>> part = part_of(report, cnncalc.load("resnet18").layers_of("layer2.0"))
    >>> part.inputs, part.outputs
    ({'layer1.1.relu_2': (64, 56, 56)}, ('layer2.0.relu_2',))
    """
    layers = [report.layers[number] for number in chosen]
    inside = {layer.name for layer in layers}
    inputs = {
        name: shape
        for layer in layers
        for name, shape in zip(layer.inputs, layer.input_shapes, strict=True)
        if name not in inside
    }
    read = {name for layer in report.layers if layer.name not in inside for name in layer.inputs}
    outputs = tuple(layer.name for layer in layers if layer.name in read or layer.name in report.outputs)
    return report._replace(inputs=inputs, layers=tuple(layers), outputs=outputs or (layers[-1].name,))
