"""Scopes whose layers use the arrays of another scope's layers, as one word for the whole scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.structure.program import Branches, Call, Group

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cnncalc.structure.program import Item


def with_shared_scopes(body: Sequence[Item], owners: Collection[str]) -> None:
    """Let each scope share with another one, where all of its layers that share do so with those of that scope.

    `share` is a full name before, and after it the name from where the entry stands. The layers named by `owners` have
    arrays of their own, and say so in a scope that shares.
    """
    _raise(body, "", owners)
    _shorten(body, "")


def _raise(body: Sequence[Item], prefix: str, owners: Collection[str]) -> str | None:
    """The full name of the scope with which all the entries of a scope share, which then need not say so."""
    for item in body:
        if isinstance(item, Group):
            item.share = _raise(item.body, f"{prefix}{item.name}.", owners)
    entries = [item for item in body if isinstance(item, (Call, Group))]
    sharing = [item for item in entries if item.share]
    ends = [(str(item.share), f".{item.name}") for item in sharing]
    roots = {share.removesuffix(end) for share, end in ends if share.endswith(end)}
    if not prefix or len(roots) != 1 or not all(share.endswith(end) for share, end in ends):
        return None
    [root] = roots
    if f"{root}.".startswith(prefix):
        return None
    for item in entries:
        item.share = False if not item.share and _has_arrays(item, prefix, owners) else None
    return root


def _has_arrays(item: Item, prefix: str, owners: Collection[str]) -> bool:
    """Whether a layer, or one in a scope, has arrays of its own."""
    name = f"{prefix}{item.name}"
    if isinstance(item, Group):
        return any(_has_arrays(inner, f"{name}.", owners) for inner in item.body)
    return name in owners


def _shorten(body: Sequence[Item], prefix: str) -> None:
    """Let entries name what they share from where they stand."""
    for item in body:
        if isinstance(item, (Call, Group)) and isinstance(item.share, str):
            item.share = item.share.removeprefix(prefix)
        if isinstance(item, Group):
            _shorten(item.body, f"{prefix}{item.name}.")


def shares_outside(body: Sequence[Item], around: Collection[str | None] = ()) -> bool:
    """Whether something in entries shares the arrays of what stands outside of them."""
    local = {*around, *(item.name for item in body)}
    return any(_reaches_out(item, local) for item in body)


def _reaches_out(item: Item, local: Collection[str | None]) -> bool:
    if isinstance(item, Branches):
        return any(shares_outside(branch, local) for branch in item.branches)
    share = getattr(item, "share", None)
    if share and share not in local and share.partition(".")[0] not in local:
        return True
    return shares_outside(item.body, local) if hasattr(item, "body") else False
