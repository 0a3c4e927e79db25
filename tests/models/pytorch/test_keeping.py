"""A module is afterwards as it was before a pass, and memory that tensors share is known."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc import CnncalcError
from cnncalc.models.pytorch.keeping import as_it_was
from cnncalc.models.pytorch.memory import overlap


class Part:
    """As much of a module as is looked at."""

    def __init__(self, *parts: Part) -> None:
        self.training = True
        self.kept = {"bias": 1}
        self._parameters: dict[str, Any] = {"weight": object()}
        self._buffers: dict[str, Any] = {}
        self._modules = {str(number): part for number, part in enumerate(parts)}

    def modules(self) -> list[Part]:
        return [self, *(inner for part in self._modules.values() for inner in part.modules())]

    def eval(self) -> None:
        for each in self.modules():
            each.training = False


def test_what_a_pass_changes_is_as_before() -> None:
    module = Part(Part(), Part())
    first = module._modules["0"]
    weight, kept = first._parameters["weight"], first.kept

    def forward() -> None:
        with as_it_was(module):
            assert not first.training
            first.kept["bias"] = 2
            first.seen = 3  # type: ignore[attr-defined]
            first._parameters["weight"] = None
            del module._modules["1"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        forward()
    assert first.training
    assert first.kept is kept
    assert kept == {"bias": 1}
    assert not hasattr(first, "seen")
    assert first._parameters == {"weight": weight}
    assert [*module._modules] == ["0", "1"]


def test_what_has_no_evaluation_mode_is_told() -> None:
    class Exported(Part):
        def eval(self) -> None:
            raise NotImplementedError

    with pytest.raises(CnncalcError) as raised, as_it_was(Exported()):
        pass
    assert str(raised.value) == (
        "error: Exported has no evaluation mode, as an exported program\nhint: give the module that it was made of"
    )


class View:
    """Where the values of a tensor are in its memory."""

    def __init__(self, shape: tuple[int, ...], strides: tuple[int, ...], start: int = 0) -> None:
        self.shape = shape
        self.strides = strides
        self.start = start

    def stride(self) -> tuple[int, ...]:
        return self.strides

    def storage_offset(self) -> int:
        return self.start


@pytest.mark.parametrize(
    ("one", "other", "do"),
    [
        (View((61, 2, 4), (16, 4, 1)), View((61, 2, 4), (16, 4, 1), 8), False),  # halves of the channels of a batch
        (View((61, 4, 4), (16, 4, 1)), View((61, 2, 4), (16, 4, 1), 8), True),
        (View((122, 4), (4, 1)), View((61, 4), (8, 1), 4), True),  # the second of two rows of each sample
        (View((6,), (1,)), View((2,), (1,), 2), True),  # an array, which has no batch
        (View((2,), (1,)), View((2,), (1,), 2), False),
    ],
)
def test_views_overlap_within_a_sample(one: View, other: View, do: bool) -> None:
    assert overlap(one, other, 61) is do
    assert overlap(other, one, 61) is do
