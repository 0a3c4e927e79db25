"""A stand-in for `torch.nn` that knows what modules store, as PyTorch 2.14 has it, and computes nothing.

Code that PyTorch would run makes modules of it, whose names and shapes of arrays can be held against ours where there
is no PyTorch.
"""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class Parameter:
    """An array that has a shape."""

    def __init__(self, shape: Any) -> None:
        self.shape: tuple[int, ...] = tuple(shape.shape if isinstance(shape, Parameter) else shape)

    def __rmul__(self, factor: float) -> Parameter:
        return self

    def requires_grad_(self, wanted: bool) -> None:
        """As in PyTorch."""


class Module:
    """A module with those in it, and its arrays."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.__dict__["inside"] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, (Module, Parameter)):
            self.inside[name] = value
        elif value is None:
            self.inside.pop(name, None)
        else:
            self.__dict__[name] = value

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["inside"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, index: int | str) -> Any:
        return self.inside[str(index)]

    def append(self, module: Module) -> None:
        """One more at the end of a list."""
        self.inside[str(len(self.inside))] = module

    def __setitem__(self, key: str, module: Module) -> None:
        self.inside[key] = module

    def add_module(self, name: str, module: Module) -> None:
        """Under any name."""
        self.inside[name] = module

    register_parameter = add_module

    def register_buffer(self, name: str, tensor: Any, *, persistent: bool = True) -> None:
        """One that is stored counts."""
        if persistent:
            self.inside[name] = Parameter(tensor)

    @property
    def _modules(self) -> Any:
        """What PyTorch calls so, whatever attributes it has of these names."""
        return self.inside

    def get_submodule(self, name: str) -> Any:
        """By its dotted name."""
        found: Any = self
        for part in name.split("."):
            found = found.inside[part]
        return found

    def requires_grad_(self, wanted: bool) -> None:
        """As in PyTorch."""

    def state(self, before: str = "") -> dict[str, tuple[int, ...]]:
        """The shapes of all arrays by their names."""
        found = {}
        for name, value in self.inside.items():
            if isinstance(value, Parameter):
                found[before + name] = value.shape
            else:
                found |= value.state(f"{before}{name}.")
        return found


class Sequential(Module):
    """Modules by their numbers, or by the names of a dict."""

    def __init__(self, *modules: Any) -> None:
        super().__init__()
        named = modules[0].items() if modules and isinstance(modules[0], dict) else enumerate(modules)
        self.inside.update({str(name): module for name, module in named})


class ModuleList(Module):
    """Modules by their numbers."""

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        super().__init__()
        self.inside.update({str(number): module for number, module in enumerate(modules)})


def _sizes(kernel: Any, rank: int) -> tuple[int, ...]:
    return (kernel,) * rank if isinstance(kernel, int) else tuple(kernel)


def _arrays(module: Module, weight: tuple[int, ...], bias: int | None) -> None:
    module.inside["weight"] = Parameter(weight)
    if bias is not None:
        module.inside["bias"] = Parameter((bias,))


def _convolution(rank: int, *, transposed: bool) -> type[Module]:
    class Convolution(Module):
        def __init__(
            self, before: int, after: int, kernel_size: Any, *, groups: int = 1, bias: bool = True, **_: Any
        ) -> None:
            super().__init__()
            first, second = (before, after) if transposed else (after, before)
            _arrays(self, (first, second // groups, *_sizes(kernel_size, rank)), after if bias else None)

    return Convolution


class Linear(Module):
    def __init__(self, before: int, after: int, *, bias: bool = True) -> None:
        super().__init__()
        _arrays(self, (after, before), after if bias else None)


class BatchNorm(Module):
    def __init__(self, channels: int, *, affine: bool = True, track_running_stats: bool = True, **_: Any) -> None:
        super().__init__()
        if affine:
            _arrays(self, (channels,), channels)
        if track_running_stats:
            self.inside |= {name: Parameter((channels,)) for name in ("running_mean", "running_var")}


class GroupNorm(Module):
    def __init__(self, _: int, channels: int, *, affine: bool = True, **__: Any) -> None:
        super().__init__()
        if affine:
            _arrays(self, (channels,), channels)


class LayerNorm(Module):
    def __init__(self, sizes: Any, *, elementwise_affine: bool = True, bias: bool = True, **_: Any) -> None:
        super().__init__()
        if elementwise_affine:
            shape = _sizes(sizes, 1)
            self.inside["weight"] = Parameter(shape)
            if bias:
                self.inside["bias"] = Parameter(shape)


class PReLU(Module):
    def __init__(self, slopes: int = 1) -> None:
        super().__init__()
        self.inside["weight"] = Parameter((slopes,))


class LSTM(Module):
    def __init__(self, before: int, hidden: int, *, bidirectional: bool = False, num_layers: int = 1, **_: Any) -> None:
        super().__init__()
        for layer in range(num_layers):
            arriving = before if layer == 0 else hidden * (1 + bidirectional)
            for end in ("", "_reverse")[: 1 + bidirectional]:
                shapes: dict[str, tuple[int, ...]] = {
                    "weight_ih": (4 * hidden, arriving),
                    "weight_hh": (4 * hidden, hidden),
                    "bias_ih": (4 * hidden,),
                    "bias_hh": (4 * hidden,),
                }
                self.inside |= {f"{name}_l{layer}{end}": Parameter(shape) for name, shape in shapes.items()}


KNOWN: dict[str, Any] = {
    "Module": Module,
    "ModuleList": ModuleList,
    "ModuleDict": Module,
    "Sequential": Sequential,
    "Parameter": Parameter,
    "Linear": Linear,
    "GroupNorm": GroupNorm,
    "LayerNorm": LayerNorm,
    "PReLU": PReLU,
    "LSTM": LSTM,
    "init": SimpleNamespace(kaiming_uniform_=lambda _: None),
    **{f"Conv{rank}d": _convolution(rank, transposed=False) for rank in (1, 2, 3)},
    **{f"ConvTranspose{rank}d": _convolution(rank, transposed=True) for rank in (1, 2, 3)},
    **{f"BatchNorm{rank}d": BatchNorm for rank in (1, 2, 3)},
}
"""Classes of `torch.nn` that store something, and those that hold others."""

EMPTY = (
    *("ReLU", "ReLU6", "SiLU", "GELU", "Sigmoid", "Tanh", "Hardsigmoid", "Hardswish", "Identity", "Flatten", "Softmax"),
    *("LeakyReLU", "Dropout", "Dropout1d", "Dropout2d", "Upsample", "MaxPool1d", "MaxPool2d", "MaxPool3d"),
    *("AvgPool2d", "AdaptiveAvgPool2d", "ChannelShuffle", "PixelShuffle"),
)
"""Classes that store nothing."""


def modules() -> dict[str, ModuleType]:
    """What stands for PyTorch's modules in `sys.modules`."""
    torch, nn, functional = ModuleType("torch"), ModuleType("torch.nn"), ModuleType("torch.nn.functional")
    for name in EMPTY:
        setattr(nn, name, type(name, (Module,), {}))
    for name, known in KNOWN.items():
        setattr(nn, name, known)
    for name in ("zeros", "ones", "empty"):
        setattr(torch, name, lambda *shape: Parameter(shape[0] if isinstance(shape[0], tuple) else shape))
    torch.full = lambda shape, _: Parameter(shape)  # type: ignore[attr-defined]
    torch.tensor = lambda _: Parameter(())  # type: ignore[attr-defined]
    torch.nn, nn.functional = nn, functional  # type: ignore[attr-defined]
    return {"torch": torch, "torch.nn": nn, "torch.nn.functional": functional}
