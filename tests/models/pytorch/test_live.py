"""Live modules give what PyTorch gives with their weights; without PyTorch the recordings stand for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc import CnncalcError
from tests.models.pytorch.record import flat
from tests.models.pytorch.small_modules import SMALL

torch: Any = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.mark.parametrize("name", sorted(SMALL))
def test_values_are_those_of_pytorch(name: str) -> None:
    make, given = SMALL[name]
    torch.manual_seed(0)
    module = make(torch).eval()
    network = cnncalc.from_torch(module, given)
    [shape] = network.inputs.values()
    batch = torch.randint(0, 9, (2, *shape)) if name == "recurrent" else torch.randn(2, *shape)
    with torch.no_grad():
        expected = flat(module(batch))
    found = network.forward(batch.numpy())
    outputs = list(found.values()) if isinstance(found, dict) else [found]
    for ours, theirs in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(ours, theirs.numpy().reshape(ours.shape), rtol=1e-4, atol=1e-5)


def state(module: Any) -> Any:
    """What must not change."""
    return [
        (
            path,
            each.training,
            {key: id(value) for key, value in vars(each).items() if key[0] != "_"},
            {
                key: (id(value), str(value.device))
                for key, value in (*each._parameters.items(), *each._buffers.items())
                if value is not None
            },
            list(each._forward_pre_hooks),
            list(each._forward_hooks),
        )
        for path, each in module.named_modules()
    ]


@pytest.mark.parametrize("name", sorted(SMALL))
def test_the_module_is_left_as_it_was(name: str) -> None:
    make, given = SMALL[name]
    module = make(torch).train()
    before = state(module)
    cnncalc.from_torch(module, given)
    assert state(module) == before
    assert not torch.nn.modules.module._global_forward_hooks
    assert not torch.nn.modules.module._global_forward_pre_hooks


class Chooses(torch.nn.Module):  # type: ignore[misc]
    """Hangs on values."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3)

    def forward(self, x: Any) -> Any:
        self.seen = x
        return self.conv(x) if x.sum() > 0 else x


def test_what_hangs_on_values_is_told_with_its_line() -> None:
    module = Chooses().train()
    before = state(module)
    with pytest.raises(CnncalcError) as raised:
        cnncalc.from_torch(module, "3x8x8")
    assert raised.value.message.startswith("Chooses: forward() raised")
    assert "test_live.py:" in raised.value.message
    assert state(module) == before
    assert not hasattr(module, "seen")


def test_more_axes_than_there_are_here_are_told() -> None:
    with pytest.raises(CnncalcError) as raised:
        cnncalc.from_torch(torch.nn.Unflatten(1, (2, 3)), "6x5x4x3")
    assert raised.value.message == "Unflatten: its output works on 5 axes of a sample, and 4 are the most here"
