"""The layers of a scope as statements, and what their variables are called."""

from __future__ import annotations

import re
from collections import Counter
from keyword import iskeyword
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.exporting.source.expressions import Code, flat
from cnncalc.exporting.source.layout import WIDTH
from cnncalc.exporting.source.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cnncalc.exporting.source.expressions import Expression
    from cnncalc.exporting.source.scopes import Unit


class Statement(NamedTuple):
    """An assignment to some names or, without any, an expression alone."""

    targets: tuple[str, ...]
    value: Expression


class Steps(NamedTuple):
    """A forward pass: what it takes, what it does, and what it returns."""

    parameters: tuple[str, ...]
    statements: tuple[Statement, ...]
    results: tuple[Expression, ...]


_MARGIN: Final = 24
"""Columns that a statement takes beside its expression: its indentation, the name, and some air."""

_TAKEN: Final = frozenset(
    ("self", "torch", "nn", "F", "math", "keras", "layers", "ops", "np", "name", "input", "inputs", "model")
)
_GENERIC: Final = ("x", "out")


def steps(
    scope: Scope,
    names: Sequence[str],
    write: Callable[[Unit, list[Expression]], Expression],
    nests: Callable[[Unit], bool],
) -> Steps:
    """The forward pass of a scope, whose inputs have these names.

    `write` gives the expression of a unit for those of its inputs; one that `nests` may stand around the expression
    before it.
    """
    units = scope.units()
    uses = Counter(number for unit in units for number in unit.inputs) + Counter(scope.outputs)
    variables = dict(zip(scope.inputs, names, strict=True))
    chains = _chains(units, uses, scope.outputs, nests, write)
    last_use = dict.fromkeys(scope.outputs, len(chains))
    for at, chain in enumerate(chains):
        for number in _taken(chain):
            last_use[number] = max(at, last_use.get(number, 0))
    naming = _Naming({name: last_use.get(number, -1) for number, name in variables.items()})
    found = []
    for at, chain in enumerate(chains):
        value: Expression | None = None
        for unit in chain:
            before = value
            inputs = [_input(number, chain, unit, before, variables) for number in unit.inputs]
            value = write(unit, inputs)
        assert value is not None
        outputs = chain[-1].outputs
        targets = naming.targets(chain, [(number, last_use.get(number, at)) for number in outputs], at)
        variables |= dict(zip(outputs, targets, strict=True))
        found.append(Statement(tuple(targets), value))
    results: tuple[Expression, ...] = tuple(Code(variables[number]) for number in scope.outputs)
    if found and found[-1].targets == tuple(map(flat, results)):
        results = (found.pop().value,)
    return Steps(tuple(names), tuple(found), results)


def _input(
    number: int, chain: Sequence[Unit], unit: Unit, before: Expression | None, variables: Mapping[int, str]
) -> Expression:
    """An input of a unit: what the unit before it in the chain gives, or a variable."""
    at = chain.index(unit)
    if at and before is not None and number in chain[at - 1].outputs:
        return before
    return Code(variables[number])


def _taken(chain: Sequence[Unit]) -> Iterable[int]:
    """The tensors that a chain takes from elsewhere."""
    own = {number for unit in chain for number in unit.outputs}
    return (number for unit in chain for number in unit.inputs if number not in own)


def _chains(
    units: Sequence[Unit],
    uses: Mapping[int, int],
    outputs: Sequence[int],
    nests: Callable[[Unit], bool],
    write: Callable[[Unit, list[Expression]], Expression],
) -> list[list[Unit]]:
    """Units that are written as one expression, of those that follow each other."""
    chains: list[list[Unit]] = []
    length = 0
    for unit in units:
        own = len(flat(write(unit, [Code("x")] * len(unit.inputs))))
        made = chains[-1][-1].outputs if chains else ()
        if (
            nests(unit)
            and len(made) == 1
            and (len(unit.inputs) == 1 or len(chains[-1]) == 1)
            and uses[made[0]] == 1
            and made[0] in unit.inputs
            and made[0] not in outputs
            and length + own + _MARGIN <= WIDTH
        ):
            chains[-1].append(unit)
            length += own
        else:
            chains.append([unit])
            length = own
    return chains


class _Naming:
    """Gives names to values; `live` says of each name with which chain its value is used for the last time."""

    def __init__(self, live: dict[str, int]) -> None:
        self.live = live

    def targets(self, chain: Sequence[Unit], values: Sequence[tuple[int, int]], at: int) -> list[str]:
        """The names of the values that a chain gives, which are used so long."""
        found: list[str] = []
        for nth, (_, last) in enumerate(values):
            name = self._name(chain, last, at, nth if len(values) > 1 else None)
            self.live[name] = max(last, at + 1)
            found.append(name)
        return found

    def _name(self, chain: Sequence[Unit], last: int, at: int, nth: int | None) -> str:
        unit = chain[-1]
        own = unit.path if not is_automatic(unit) else chain[0].path
        near = at + (1 if isinstance(unit.content, Scope) else 2)
        if nth is None and (last <= near or is_automatic(unit)):
            for name in _GENERIC:
                if self._is_free(name, at):
                    return name
        name = identifier("_".join(own)) + ("" if nth is None else f"_{nth}")
        while not self._is_free(name, at):
            base, number = re.fullmatch(r"(.*?)(?:_(\d+))?", name).groups()  # type: ignore[union-attr]
            name = f"{base}_{int(number or 1) + 1}"
        return name

    def _is_free(self, name: str, at: int) -> bool:
        return self.live.get(name, -1) <= at


def is_automatic(unit: Unit) -> bool:
    """Whether the name of a layer was counted rather than given.

    >>> from cnncalc.exporting.source.scopes import Unit
    >>> import cnncalc
    >>> is_automatic(Unit(("flatten_1",), cnncalc.load("lenet").nodes[4], (), ()))
    True
    """
    if isinstance(unit.content, Scope):
        return unit.label.isdigit()
    kinds = (unit.content.type, unit.content.layer.type_name)
    stem, _, number = unit.label.rpartition("_")
    return unit.label.isdigit() or (stem in kinds and number.isdigit())


def identifier(text: str) -> str:
    """A name for a variable, made of any text.

    >>> identifier("layer1.0"), identifier("3x3"), identifier("class"), identifier("AuxLogits")
    ('layer1_0', 'x3x3', 'class_', 'auxlogits')
    """
    found = re.sub(r"\W+", "_", text.lower(), flags=re.ASCII).strip("_") or "x"
    if found[0].isdigit():
        found = f"x{found}"
    return f"{found}_" if iskeyword(found) or found in _TAKEN else found


def class_name(text: str) -> str:
    """A name for a class, made of any text.

    >>> class_name("U-Net"), class_name("MobileNet v2"), class_name("dense_layer")
    ('UNet', 'MobileNetV2', 'DenseLayer')
    """
    words = re.findall(r"[A-Za-z0-9]+", text)
    found = "".join(word[0].upper() + word[1:] for word in words) or "Network"
    return f"Net{found}" if found[0].isdigit() or iskeyword(found) else found
