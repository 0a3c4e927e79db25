"""How work is watched."""

from __future__ import annotations

import cnncalc
from cnncalc.watching import watched


class Steps(list[tuple[str, int, int]]):
    """What a watcher is told."""

    def __call__(self, word: str, done: int, total: int) -> None:
        self.append((word, done, total))


def test_a_step_is_told_when_it_is_done() -> None:
    steps = Steps()
    items = watched(["a", "b"], steps, str.upper)
    assert next(items) == "a"
    assert steps == [("", 0, 2)]
    assert next(items) == "b"
    assert steps[-1] == ("A", 1, 2)
    assert list(items) == []
    assert steps[-1] == ("B", 2, 2)


def test_all_that_takes_long_is_watched() -> None:
    """From none done to all."""
    network = cnncalc.load("lenet")
    run, proof, check, listing = Steps(), Steps(), Steps(), Steps()
    network.run(watch=run)
    network.receptive_field("s2", (3, 3), verify=True, watch=proof)
    cnncalc.check("lenet", "alexnet", watch=check)
    cnncalc.architectures("squeezenet", watch=listing)
    for steps in (run, proof, check, listing):
        assert [done for _, done, _ in steps] == list(range(len(steps)))
        assert {total for _, _, total in steps} == {len(steps) - 1}
    assert [word for word, _, _ in check] == ["", "lenet", "alexnet"]
    assert [word for word, _, _ in run[1:]] == [node.name for node in network.nodes]
    assert {word for word, _, _ in proof[1:]} == {"input"}


def test_what_is_not_asked_for_is_not_watched() -> None:
    steps = Steps()
    cnncalc.load("lenet").receptive_field("s2", (3, 3), watch=steps)
    assert steps == []
