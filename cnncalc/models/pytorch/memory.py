"""Which tensors share memory, by what PyTorch says of their places in it."""

from __future__ import annotations

from typing import Any


def storage(tensor: Any) -> int:
    """The memory that a tensor is in, as a number."""
    number: int = tensor.untyped_storage()._cdata
    return number


def overlap(one: Any, other: Any, samples: int) -> bool:
    """Whether two tensors of one memory may have values in common, seen as one sample of a batch of `samples`."""
    first, second = _extent(one, samples), _extent(other, samples)
    return first[0] <= second[1] and second[0] <= first[1]


def _extent(tensor: Any, samples: int) -> tuple[int, int]:
    """The first and last place of the first sample, or of all where no batch comes first."""
    offset, shape = tensor.storage_offset(), list(tensor.shape)
    if shape and shape[0] % samples == 0:
        shape[0] //= samples
    reach = sum((size - 1) * step for size, step in zip(shape, tensor.stride(), strict=True) if size)
    return offset, offset + reach
