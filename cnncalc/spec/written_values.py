"""The value of a parameter that is given as text, on the command line or in a list."""

from __future__ import annotations

from typing import Any

from cnncalc.errors import CnncalcError
from cnncalc.spec.yaml_tree import parse
from cnncalc.text_nodes import Mapping, Source


def written_value(name: str, text: str) -> Any:
    """The value of the parameter `name`, read as YAML reads it; raises `CnncalcError`.

    >>> written_value("alpha", "0.5"), written_value("depths", "[1, 2]"), written_value("block", "basic")
    (0.5, [1, 2], 'basic')
    """
    tree = parse(Source("--set", f"{name}: {text}"))
    assert isinstance(tree, Mapping)
    if len(tree.keys) > 1:  # a line break, and what looks like a key
        raise CnncalcError(f"--set {name} takes one value, and here are more lines", hint="give --set for each")
    return tree.plain()[name]
