"""What a user is told of a recording: what could not be translated, and what was never called."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError, first_of
from cnncalc.models.pytorch.recording import CONSTANT, PARAMETER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnncalc.models.pytorch.recording import Call, Recording

SHOWN: Final = 3
"""The places of one kind that an error names."""


def faults(recording: Recording, problems: Sequence[tuple[Call, str]]) -> CnncalcError | None:
    """The error that tells of all calls that could not be translated, those of one kind together; None without any."""
    groups: dict[str, list[str]] = {}
    for call, fact in problems:
        place = f"`{call.path}`" if call.path else "forward()"
        if call.where:
            place += f" ({call.where})"
        places = groups.setdefault(f"`{call.name}` {fact}", [])
        if place not in places:
            places.append(place)
    for fact, where in recording.faults:
        places = groups.setdefault(fact, [])
        if where not in places:
            places.append(where)
    if not groups:
        return None
    lines = [f"{fact}: {first_of(places, SHOWN)}" for fact, places in groups.items()]
    count = len(problems) + len(recording.faults)
    what = f"{count} of {len(recording.calls)} calls have no layer here" if count > 1 else "a call has no layer here"
    hint = "with --opaque, or opaque=True, they become layers of type `opaque`" if problems else None
    return CnncalcError(f"{recording.name}: {what}: {'; '.join(lines)}", hint=hint, code="unknown-type")


def notes(recording: Recording, arrays: Iterable[int]) -> list[str]:
    """What the network does not have of the module; `arrays` are the numbers of those that layers have."""
    facts = recording.tensors
    used = {facts[number].name for number in arrays}
    sizes = {fact.name: prod(fact.shape) for fact in facts if fact.kind == PARAMETER}
    found = []
    never = [path for path, each in recording.modules.items() if path and not each.calls]
    tops = [path for path in never if _parent(path) not in never]
    for path in tops:
        inside = [name for name in sizes if name.startswith(f"{path}.") and name not in used]
        if inside:
            total = sum(sizes[name] for name in inside)
            found.append(f"`{path}` is never called in evaluation mode: its {total:,} parameters are not counted")
            used.update(inside)
    constants = {fact.name: prod(fact.shape) for fact in facts if fact.kind == CONSTANT and fact.name}
    constants = {name: size for name, size in constants.items() if name not in used}
    if constants:
        total = sum(constants.values())
        names = first_of([f"`{name}`" for name in constants], SHOWN)
        found.append(f"{total:,} values of buffers are constants here, which are not counted: {names}")
    rest = [name for name in sizes if name not in used]
    if rest:
        total = sum(sizes[name] for name in rest)
        found.append(f"{total:,} parameters are in no layer: {first_of([f'`{name}`' for name in rest], SHOWN)}")
    return found


def _parent(path: str) -> str:
    return path.rpartition(".")[0]
