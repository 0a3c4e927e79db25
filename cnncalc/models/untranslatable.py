"""What is said of a part of a model that no layer of ours is."""

from __future__ import annotations


class UntranslatableError(Exception):
    """A node, call, layer or section of a model is no layer here; `reason` says why in a few words.

    It is empty where the kind of it is to blame. Unless `is_own`, the part only needs what an earlier one would give,
    which is told of that one.
    """

    def __init__(self, reason: str, *, is_own: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_own = is_own
