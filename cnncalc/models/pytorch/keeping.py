"""A module in evaluation mode for one pass, and afterwards as it was."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def as_it_was(module: Any) -> Iterator[None]:
    """The module in evaluation mode; afterwards it and all in it have the attributes that they had."""
    before = [
        (each, dict(each.__dict__), dict(each._parameters), dict(each._buffers), dict(each._modules))
        for each in module.modules()
    ]
    # Some keep what they computed in a dict or list of their own, such as a position bias.
    containers = [
        (value, value.copy())
        for _, attributes, *_ in before
        for value in attributes.values()
        if type(value) in (dict, list, set)
    ]
    try:
        try:
            module.eval()
        except NotImplementedError:
            fact = f"{type(module).__name__} has no evaluation mode, as an exported program"
            raise CnncalcError(fact, hint="give the module that it was made of") from None
        yield
    finally:
        for each, attributes, *held in before:
            each.__dict__.clear()
            each.__dict__.update(attributes)
            for now, then in zip((each._parameters, each._buffers, each._modules), held, strict=True):
                now.clear()
                now.update(then)
        for container, content in containers:
            container.clear()
            (container.extend if isinstance(container, list) else container.update)(content)
