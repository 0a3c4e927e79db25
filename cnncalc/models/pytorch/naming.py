"""What layers are called: a module's path, and a function in the scope of the module that calls it."""

from __future__ import annotations

from cnncalc.models.imported import layer_name
from cnncalc.naming import unused


class Names:
    """Gives each layer a name that no other has, in the manner of specs: ``layer1.0.add_1``."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = set(taken)
        self.counts: dict[tuple[str, str], int] = {}

    def of_module(self, path: str, type_: str) -> str:
        """The path; from the second call on with its number.

        >>> names = Names({"x"})
        >>> names.of_module("relu", "relu"), names.of_module("relu", "relu"), names.of_module("", "conv2d")
        ('relu', 'relu_2', 'conv2d_1')
        """
        return self.free(path) if path else self.of_function("", type_)

    def of_function(self, path: str, type_: str) -> str:
        """The type with its number in the scope.

        >>> Names(set()).of_function("layer1.0", "add")
        'layer1.0.add_1'
        """
        start = f"{path}." if path else ""
        while True:
            count = self.counts[path, type_] = self.counts.get((path, type_), 0) + 1
            name = f"{start}{type_}_{count}"
            if name not in self.taken:
                self.taken.add(name)
                return name

    def free(self, wanted: str) -> str:
        """A name, or the first with a number that is free.

        >>> Names({"x"}).free("input"), Names({"input"}).free("input")
        ('input_', 'input_2')
        """
        name = unused(wanted if wanted in self.taken else layer_name(wanted), self.taken)
        self.taken.add(name)
        return name


def shortened(layers: list[tuple[str, str]], once: set[str]) -> dict[str, str]:
    """New names for functions that are all that a module does: the module's own.

    `layers` are names with the paths of the modules that called, and `once` those modules that were called once.

    >>> shortened([("act.silu_1", "act"), ("block.add_1", "block"), ("block.relu", "block")], {"act", "block"})
    {'act.silu_1': 'act'}
    """
    below: dict[str, int] = {}
    for name, _ in layers:
        scope = name.rpartition(".")[0]
        while scope:
            below[scope] = below.get(scope, 0) + 1
            scope = scope.rpartition(".")[0]
    names = {name for name, _ in layers}
    return {
        name: layer_name(path)
        for name, path in layers
        if path in once and below.get(path) == 1 and name.startswith(f"{path}.") and layer_name(path) not in names
    }
