"""Tensors that hang on no input: they are computed in truth, where the values are, and are constants of the network."""

from __future__ import annotations

from typing import Any, Final

LIKE: Final = {
    "zeros_like": 0,
    "new_zeros": 0,
    "ones_like": 1,
    "new_ones": 1,
    "empty_like": 0,
    "new_empty": 0,
    "full_like": None,
    "new_full": None,
}
"""Functions that take no more than the shape or the type of a tensor, and the value that they give."""

MOST: Final = 2**22
"""Constants of more values than this have one in memory that stands for all."""

_UNIFORM: Final = {"zeros": 0, "ones": 1, "empty": 0}


def name_of(function: Any) -> str:
    """What a function is called: of a property its name, ``relu_`` as it is, ``_max_pool2d`` without its first mark.

    >>> name_of(len)
    'len'
    """
    name: str = getattr(function, "__name__", "")
    if name == "__get__":
        return getattr(function.__self__, "__name__", "")
    return name if name.startswith("__") else name.lstrip("_")


def is_in_place(function: Any, keywords: Any) -> bool:
    """Whether a function changes its first argument."""
    name: str = getattr(function, "__name__", "")
    if name.startswith("__"):
        return name == "__setitem__" or (name.startswith("__i") and name not in ("__invert__", "__index__", "__int__"))
    return name.endswith("_") or (bool(keywords.get("inplace")) and name not in ("dropout", "dropout2d"))


def computed(torch: Any, device: Any, name: str, function: Any, arguments: Any, keywords: Any) -> Any:
    """What a function gives whose arguments have values, with values and on `device` wherever it was to make it."""
    if keywords.get("device") is not None:
        keywords = {**keywords, "device": device}
    if name in _UNIFORM:
        made = torch.empty(0, dtype=keywords.get("dtype")) if keywords.get("dtype") else torch.empty(0)
        shape = _shape(arguments or (keywords.get("size", ()),))
        if _count(shape) > MOST:
            return torch.full((1,) * len(shape), _UNIFORM[name], dtype=made.dtype).expand(shape)
    return function(*arguments, **keywords)


def alike(torch: Any, device: Any, name: str, arguments: Any, keywords: Any) -> Any:
    """A constant of the shape of a tensor, or of a given shape and the tensor's type."""
    first, rest = arguments[0], list(arguments[1:])
    value = LIKE[name]
    if name == "new_full":
        value = keywords["fill_value"] if "fill_value" in keywords else rest.pop()
    elif name == "full_like":
        value = keywords["fill_value"] if "fill_value" in keywords else rest[0]
    given = rest or [keywords.get("size", ())]
    shape = tuple(first.shape) if name.endswith("_like") else _shape(given)
    dtype = keywords.get("dtype") or first.dtype
    if _count(shape) > MOST:
        return torch.full((1,) * len(shape), value, dtype=dtype).expand(shape)
    return torch.full(shape, value, dtype=dtype, device=device)


def moved(torch: Any, arguments: Any, keywords: Any) -> Any:
    """A tensor with another type of values, and in no other place: as a view, where the type stays."""
    first = arguments[0]
    others = [*arguments[1:], *keywords.values()]
    dtypes = [each if isinstance(each, torch.dtype) else each.dtype for each in others if _has_dtype(torch, each)]
    return first.to(dtypes[0]) if dtypes else first.view_as(first)


def _has_dtype(torch: Any, value: Any) -> bool:
    return isinstance(value, (torch.dtype, torch.Tensor))


def _shape(arguments: Any) -> tuple[int, ...]:
    """The sizes of a call such as ``zeros(2, 3)`` or ``zeros((2, 3))``."""
    first = arguments[0] if arguments else ()
    sizes = first if isinstance(first, (tuple, list)) else arguments
    return tuple(int(size) for size in sizes if isinstance(size, int))


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count
