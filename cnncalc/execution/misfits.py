"""What is said where stored arrays are not those of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import CnncalcError, enumerated, nearest, shape_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cnncalc.models.stored_arrays import Store
    from cnncalc.shapes import Shape

MOST_SHOWN: Final = 3
"""Of more arrays with which the same is wrong, an error names the first, and counts the others."""


class Misfits(NamedTuple):
    """What does not fit, by name.

    What a network has and a store has not, and what only a store has, with their shapes; arrays of another shape, with
    the store's and the network's; and those that hold no floating-point numbers, with what they hold.
    """

    missing: dict[str, Shape]
    surplus: dict[str, Shape]
    misshapen: list[tuple[str, Shape, Shape]]
    no_floats: dict[str, str]


def misfit_error(store: Store, network: str, misfits: Misfits) -> CnncalcError:
    """The error that names what is missing, surplus or of another shape."""
    facts = "; ".join(_facts(misfits))
    return CnncalcError(
        f"{store.name} does not fit {network}: {facts}",
        hint=lambda: _hint(misfits),
        place=store.place,
        code="weights",
    )


def _facts(misfits: Misfits) -> Iterator[str]:
    """What is wrong, each kind of it."""
    if misfits.missing:
        yield f"it lacks {_listed([_with_shape(name, shape) for name, shape in misfits.missing.items()])}"
    if misfits.surplus:
        surplus = [_with_shape(name, shape) for name, shape in misfits.surplus.items()]
        yield f"{_listed(surplus)} {'is no array' if len(surplus) == 1 else 'are no arrays'} of the network"
    if misfits.misshapen:
        told = [f"`{name}` is {_shape(shape)} and not {_shape(wanted)}" for name, shape, wanted in misfits.misshapen]
        more = len(told) - MOST_SHOWN
        yield ", ".join(told[:MOST_SHOWN]) + (f" and {more:,} more have other shapes" if more > 0 else "")
    if misfits.no_floats:
        held = [f"`{name}` ({dtype})" for name, dtype in misfits.no_floats.items()]
        yield f"{_listed(held)} {'holds' if len(held) == 1 else 'hold'} no floating-point numbers"


def _listed(items: Sequence[str]) -> str:
    """The first items, and how many more there are."""
    more = len(items) - MOST_SHOWN
    return enumerated([*items[:MOST_SHOWN], f"{more:,} more"] if more > 0 else items)


def _with_shape(name: str, shape: Shape) -> str:
    return f"`{name}` ({_shape(shape)})"


def _shape(shape: Shape) -> str:
    return shape_text(shape) or "a single value"


def _hint(misfits: Misfits) -> str | None:
    """What was probably meant: other names, fewer arrays, or another order of axes."""
    missing, surplus = misfits.missing, misfits.surplus
    if surplus and not missing:
        scopes = tuple(dict.fromkeys(f"{name.partition('.')[0]}." for name in surplus))
        if len(scopes) <= MOST_SHOWN:
            kept = f"if not name.startswith({scopes if len(scopes) > 1 else scopes[0]!r})"
            return f"save it without: {{name: array for name, array in state.items() {kept}}}"
    return _prefix_hint(misfits) or _name_hint(missing, surplus) or _order_hint(misfits)


def _prefix_hint(misfits: Misfits) -> str | None:
    """The hint where all names differ by what stands before them, as `module.` does."""
    missing, surplus = misfits.missing, misfits.surplus
    prefix = _prefix(missing, surplus)
    if prefix:
        return f"its names begin with `{prefix}`: rename them, as by name.removeprefix({prefix!r})"
    prefix = _prefix(surplus, missing)
    if prefix:
        return f"the network's names begin with `{prefix}`, and those of the file do not"
    return None


def _prefix(names: Collection[str], longer: Collection[str]) -> str | None:
    """What has to stand before every one of the names, so that all are among the longer ones."""
    for name in list(names)[:1]:
        for other in longer:
            prefix = other.removesuffix(f".{name}")
            if prefix != other and all(f"{prefix}.{each}" in longer for each in names):
                return f"{prefix}."
    return None


def _name_hint(missing: dict[str, Shape], surplus: dict[str, Shape]) -> str | None:
    """The hint for names that are nearly the network's, or the only ones of a shape."""
    for name, shape in list(missing.items())[:MOST_SHOWN]:
        alike = [other for other, found in surplus.items() if found == shape]
        best = nearest(name, alike) or (alike[0] if len(alike) == 1 else nearest(name, surplus))
        if best is not None:
            return f"is its `{best}` the network's `{name}`?"
    return None


def _order_hint(misfits: Misfits) -> str | None:
    """The hint for arrays whose axes stand in another order."""
    if any(sorted(shape) == sorted(wanted) for _, shape, wanted in misfits.misshapen):
        return "weights are laid out as in PyTorch: (out, in / groups, *kernel), of a linear layer (out, in)"
    return None
