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


WHOLE = ("recurrent", "looked_up")
"""Modules of whole numbers."""


@pytest.mark.parametrize("name", sorted(SMALL))
def test_values_are_those_of_pytorch(name: str) -> None:
    make, given = SMALL[name]
    torch.manual_seed(0)
    module = make(torch).eval()
    network = cnncalc.from_torch(module, given)
    [shape] = network.inputs.values()
    batch = torch.randint(0, 4, (2, *shape)) if name in WHOLE else torch.randn(2, *shape)
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


def convolution() -> Any:
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU())


@pytest.mark.parametrize(
    ("wrap", "given"),
    [
        (lambda module: module, "3x8x8"),
        (lambda module: module.half(), "3x8x8"),
        (lambda module: module.double(), "3x8x8"),
        (torch.compile, "3x8x8"),
        (torch.nn.DataParallel, "3x8x8"),
        (torch.fx.symbolic_trace, "3x8x8"),
        (lambda module: module.to("meta"), "3x8x8"),
    ],
)
def test_a_module_may_be_wrapped_or_of_another_type(wrap: Any, given: Any) -> None:
    network = cnncalc.from_torch(wrap(convolution()), given)
    assert [(node.name, node.type) for node in network.nodes] == [("0", "conv2d"), ("1", "relu")]


class OfADict(torch.nn.Module):  # type: ignore[misc]
    """Takes a dict, and makes constants on a GPU."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3)

    def forward(self, batch: dict[str, Any]) -> Any:
        return self.conv(batch["image"].cuda()) + torch.ones(1, device="cuda")


def test_a_module_may_take_a_dict_and_name_a_gpu() -> None:
    network = cnncalc.from_torch(OfADict(), {"batch": {"image": "3x8x8"}})
    assert ({**network.inputs}, network.nodes[0].name) == ({"image": (3, 8, 8)}, "conv")


@pytest.mark.parametrize(
    ("make", "message", "hint"),
    [
        (
            lambda: torch.jit.script(convolution()),
            "this is a scripted module, whose calls are not seen",
            "give the module that it was made of",
        ),
        (
            lambda: torch.nn.Sequential(torch.jit.script(convolution())),
            "`0` of Sequential is a scripted module, whose calls are not seen",
            "give the module that it was made of",
        ),
        (
            lambda: torch.nn.Sequential(torch.nn.LazyConv2d(4, 3)),
            "`0.weight` of Sequential has no shape yet",
            "call the module once with a batch before",
        ),
        (
            lambda: convolution().state_dict(),
            "`module` takes a torch.nn.Module, and this is of type OrderedDict",
            "these are weights: make the module, and give them to its load_state_dict()",
        ),
        (
            lambda: torch.nn.Sequential,
            "`module` takes a torch.nn.Module, not Sequential",
            "a class is called first, as in from_torch(Net(), ...)",
        ),
    ],
)
def test_what_cannot_be_recorded_is_told(make: Any, message: str, hint: str) -> None:
    with pytest.raises(CnncalcError) as raised:
        cnncalc.from_torch(make(), "3x8x8")
    assert (raised.value.message, raised.value.hint) == (message, hint)


class Given(torch.nn.Module):  # type: ignore[misc]
    """Gives a constant into which its input was put."""

    def forward(self, x: Any) -> Any:
        made = torch.ones_like(x)
        made.add_(x)
        return made


def test_a_constant_that_was_changed_may_be_the_output() -> None:
    found: Any = cnncalc.from_torch(Given(), "3x4x4").forward(np.zeros((2, 3, 4, 4), "float32"))
    assert np.array_equal(found, np.ones((2, 3, 4, 4)))


class Writing(torch.nn.Module):  # type: ignore[misc]
    """Puts what hangs on its input into tensors that do not."""

    def __init__(self, write: Any) -> None:
        super().__init__()
        self.write = write

    def forward(self, x: Any) -> Any:
        """`write` changes the second of its tensors."""
        made = torch.zeros(x.shape)
        self.write(x, made)
        return made * 2 + x


def test_a_constant_that_is_changed_in_place_is_one_no_more() -> None:
    network = cnncalc.from_torch(Writing(lambda x, made: made.add_(x).mul_(3)), "3x4x4")
    x = torch.randn(2, 3, 4, 4)
    found: Any = network.forward(x.numpy())
    np.testing.assert_allclose(found, (x * 7).numpy(), rtol=1e-5)


@pytest.mark.parametrize(
    ("write", "fact"),
    [
        (lambda x, made: torch.mul(x, 2, out=made), "what it gives is written into the tensor `out`"),
        (lambda x, made: made[:, 0].add_(x[:, 0]), "a tensor is used that was changed in place as a view"),
        (lambda x, made: made.copy_(x), "`copy_` has no counterpart here"),
        (lambda x, made: made.view(-1).mul_(x.view(-1)), "a tensor is used that was changed in place as a view"),
    ],
)
def test_a_constant_that_is_changed_elsewhere_is_refused(write: Any, fact: str) -> None:
    with pytest.raises(CnncalcError, match=fact):
        cnncalc.from_torch(Writing(write), "3x4x4")
