"""What commands cost grows with a network's layers and no faster, counted in lines executed and not in time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import cnncalc
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

PACKAGE = str(Path(cnncalc.__file__).parent)
LAYERS: Final = 48
MOST: Final = 1.1
"""How much more the second doubling may cost than twice the first, for what is a logarithm, a limit or a thread."""

CONV: Final = "conv2d: {out_channels: 2, kernel_size: 3, padding: 1}"


def spec(entries: str) -> str:
    """A spec of these entries, with a last one whose name is known."""
    return f"input: 2x8x8\nlayers:\n{entries}  - relu: {{name: last}}\n"


def listed(number: int, entry: str) -> str:
    """So many entries, a line each; `#` counts them from 1."""
    return "".join(f"  - {entry.replace('#', str(index))}\n" for index in range(1, number + 1))


def joined(number: int, item: str) -> str:
    """So many items with commas between."""
    return ", ".join(item.replace("#", str(index)) for index in range(1, number + 1))


def skips(number: int) -> str:
    """A way down and a way up whose every step takes one of the way down, the last one first."""
    ups = (f"  - add: {{from: [previous, a{index}]}}\n" for index in range(number // 2 - 1, 0, -1))
    return spec(listed(number // 2, "tanh: {name: a#}") + "".join(ups))


SHAPES: Final[dict[str, Callable[[int], str]]] = {
    "chain": lambda n: spec(listed(n, CONV)),
    "loop": lambda n: spec(f"  - {{repeat: {n}, layers: [{{{CONV}}}]}}\n"),
    "branches": lambda n: spec(f"  - parallel: {{branches: [{joined(n, '[tanh]')}]}}\n"),
    "residuals": lambda n: spec(listed(n, f"residual: {{layers: [{CONV}]}}")),
    "skips": skips,
    "dense": lambda n: spec(listed(n, f"{CONV[:-1]}, name: c#}}") + f"  - concat: {{from: [{joined(n, 'c#')}]}}\n"),
    "readers": lambda n: spec("  - tanh: {name: a}\n" + listed(n, "relu: {from: a}")),
    "scopes": lambda n: spec(listed(n, f"{{name: s#, layers: [{CONV}, relu]}}")),
}
"""Networks that are long, wide and both, of so many layers."""

COMMANDS: Final = (
    "summary SPEC --json",
    "summary SPEC --full",
    "summary SPEC --format csv",
    "summary SPEC --as fvcore",
    "check SPEC",
    "receptive-field SPEC",
    "receptive-field SPEC last --unit 3,3 --verify",
    "explain SPEC --json",
    "explain SPEC",
    "solve SPEC",
    "compare SPEC OTHER --layers",
    "sweep SPEC --input 2x8x8,2x16x16",
    "run SPEC --json",
    "export SPEC -o MODEL",
    "import MODEL -o WRITTEN",
    "export SPEC -o out.py",
    "export SPEC --to keras -o out.py",
)


def executed(run: Callable[..., Any], arguments: list[str]) -> int:
    """How many lines of the package a command executes; every round of a comprehension is one."""
    count = 0

    def within(frame: FrameType, event: str, argument: object) -> Any:
        del frame, argument
        nonlocal count
        count += event == "line"
        return within

    def entered(frame: FrameType, event: str, argument: object) -> Any:
        del event, argument
        return within if frame.f_code.co_filename.startswith(PACKAGE) else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        outcome = run(*arguments)
    finally:
        sys.settrace(before)
    assert outcome.status == 0, outcome.err
    return count


@pytest.mark.parametrize("shape", slow_but({"chain"}, SHAPES, {"chain", "skips"}))
@pytest.mark.parametrize("command", slow_but({"check SPEC"}, COMMANDS))
def test_costs_grow_with_the_layers(run: Callable[..., Any], tmp_path: Path, shape: str, command: str) -> None:
    costs = []
    for number in (LAYERS, LAYERS, 2 * LAYERS, 4 * LAYERS):  # the first time modules are imported
        names = {"SPEC": f"{number}.yaml", "OTHER": "other.yaml", "MODEL": f"{number}.onnx", "WRITTEN": "written.yaml"}
        text = SHAPES[shape](number)
        (tmp_path / names["SPEC"]).write_text(text, encoding="utf-8")
        (tmp_path / names["OTHER"]).write_text(text.replace("layers:\n", "layers:\n  - sigmoid\n", 1), encoding="utf-8")
        if command.startswith("import"):
            assert run("export", names["SPEC"], "-o", names["MODEL"]).status == 0
        costs.append(executed(run, [names.get(word, word) for word in command.split()]))
    _, once, twice, four_times = costs
    assert four_times - twice <= MOST * 2 * (twice - once)
