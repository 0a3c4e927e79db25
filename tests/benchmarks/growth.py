"""How every command grows with a spec: `python tests/benchmarks/growth.py [FAMILY ...] [--commands WORD] [--size N]`.

Each family is a way for a spec to become large. Its specs are measured at n, 2 n and 4 n, and what is printed are the
processor seconds of each and, behind it, by how much it grew when n doubled, the time of a small spec taken off. What
grows by more than 2.6 is no longer linear, and is marked with `!`; below 0.3 s nothing is.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

TOO_FAST: Final = 2.6
"""The growth for twice as much that is marked."""
SHORTEST: Final = 0.3
"""Seconds, above those of a small spec, below which growth is noise."""
LONGEST: Final = 120
"""Seconds after which a command is ended, and nothing larger is tried."""

COMMANDS: Final = {
    "summary": ["summary", "SPEC"],
    "json": ["summary", "SPEC", "--json"],
    "check": ["check", "SPEC"],
    "explain": ["explain", "SPEC"],
    "solve": ["solve", "SPEC"],
    "field": ["receptive-field", "SPEC", "--json"],
    "unit": ["receptive-field", "SPEC", "LAST", "--unit", "UNIT"],
    "run": ["run", "SPEC", "--json"],
    "compare": ["compare", "SPEC", "SPEC", "--layers"],
    "sweep": ["sweep", "SPEC", "--input", "2x8x8,2x16x16"],
    "export": ["export", "SPEC", "-o", "MODEL"],
    "import": ["import", "MODEL", "-o", "-"],
    "code": ["export", "SPEC", "--to", "pytorch", "-o", "-"],
}

MAP: Final = "input: 2x8x8\n"
FAMILIES: Final[dict[str, tuple[int, Callable[[int], str]]]] = {}
"""The least n of each family, and its spec of size n."""


def family(name: str, least: int = 4000) -> Callable[[Callable[[int], str]], Callable[[int], str]]:
    """Add a family, from what makes its spec of size n."""

    def add(spec: Callable[[int], str]) -> Callable[[int], str]:
        FAMILIES[name] = (least, spec)
        return spec

    return add


def listed(n: int, item: str, between: str = ", ") -> str:
    """So many items; `#` counts them from 1."""
    return between.join(item.replace("#", str(number)) for number in range(1, n + 1))


def rows(n: int, item: str) -> str:
    """So many entries, a line each; `#` counts them from 1."""
    return listed(n, f"  - {item}\n", "")


def layers(text: str) -> str:
    """A spec of these layers, with a last one whose name is known."""
    return f"{MAP}layers:\n{text}  - relu: {{name: last}}\n"


def simple(name: str, item: str, before: str = "", after: str = "") -> None:
    """Add a family of n entries that are alike."""
    family(name)(lambda n: layers(before + rows(n, item) + after))


LOOP: Final = "  - {repeat: 2, layers: [tanh]}\n"

simple("chain", "conv2d: {out_channels: 2, kernel_size: 3, padding: 1}")
simple("fan-out", "relu: {from: a}", before="  - tanh: {name: a}\n")
simple("residuals", "residual: {layers: [conv2d: {out_channels: 2, kernel_size: 1}]}")
simple("scopes", "{name: s#, layers: [{name: t, layers: [{tanh: {from: input}}]}]}")
simple("loops", "{repeat: 2, layers: [{tanh: {name: 'a{index}_#'}}]}")
simple("whens", "tanh: {when: =in_channels > 5}", before=LOOP)
simple("no names", "tanh: {when: false, name: 'a{nothing}'}", before=LOOP)
simple("expressions", "conv2d: {out_channels: =2 + # - #, kernel_size: 1}")
simple("long names", f"{{name: {'g' * 190}#, layers: [{{tanh: {{name: {'h' * 190}}}}}]}}")
simple("wrong word", "tanh: {name: a#}", after="  - tanh: {from: b7}\n")
simple("wrong line", "tanh", after="  - tanhh\n")


@family("concat")
def _(n: int) -> str:
    return layers(rows(n, "tanh: {name: a#, from: input}") + f"  - concat: {{from: [{listed(n, 'a#')}]}}\n")


@family("add")
def _(n: int) -> str:
    return FAMILIES["concat"][1](n).replace("concat", "add")


@family("skips")
def _(n: int) -> str:
    ups = listed(n // 2, "  - add: {from: [previous, b#]}\n", "")
    names = {f"b{number}": f"a{n // 2 + 1 - number}" for number in range(1, n // 2 + 1)}
    return layers(rows(n // 2, "tanh: {name: a#}") + re.sub(r"\bb\d+", lambda found: names[found[0]], ups))


@family("branches")
def _(n: int) -> str:
    return layers(f"  - parallel: {{branches: [{listed(n, '[tanh]')}]}}\n")


@family("dense")
def _(n: int) -> str:
    chain = rows(n, "conv2d: {name: c#, out_channels: 1, kernel_size: 1}")
    return layers(f"{chain}  - concat: {{from: [{listed(n, 'c#')}]}}\n")


@family("nesting")
def _(n: int) -> str:
    return layers(rows(n // 16, "{layers: [" * 16 + "tanh" + "]}" * 16))


@family("residual nesting")
def _(n: int) -> str:
    return layers(rows(n // 16, "{residual: {layers: [" * 16 + "tanh" + "]}}" * 16))


@family("lookups")
def _(n: int) -> str:
    return layers(f"  - {listed(30, '{name: g#, layers: [', '')}{listed(n, '{tanh: {from: input}}')}{']}' * 30}\n")


@family("loop")
def _(n: int) -> str:
    return layers(f"  - {{repeat: {n}, layers: [tanh]}}\n")


@family("sizes")
def _(n: int) -> str:
    conv = "{conv2d: {out_channels: \"=channels('a{index}')\", kernel_size: 1}}"
    return layers(f"  - {{repeat: {n}, layers: [{{tanh: {{name: 'a{{index}}'}}}}, {conv}]}}\n")


@family("blocks")
def _(n: int) -> str:
    return f"blocks: {{{listed(n, 'b#: {layers: [tanh]}')}}}\n" + layers(rows(n, "b#"))


@family("uses")
def _(n: int) -> str:
    return "blocks: {b: {parameters: {w: 2}, layers: [tanh]}}\n" + layers(rows(n, "b: {w: #}"))


@family("parameters")
def _(n: int) -> str:
    return f"parameters: {{{listed(n, 'p#: =1 + #')}}}\n" + layers(f"  - {{repeat: {n}, layers: [tanh]}}\n")


@family("variants", 100)
def _(n: int) -> str:
    variants = f"parameters: {{w: 1}}\nvariants: {{{listed(n, 'v#: {w: #}')}}}\n"
    return variants + layers("  - conv2d: {out_channels: =w, kernel_size: 1}\n")


@family("inputs", 20)
def _(n: int) -> str:
    merge = f"  - add: {{from: [{listed(n, 'x#')}]}}\n"
    return f"inputs: {{{listed(n, 'x#: 2x8x8')}}}\nlayers:\n{merge}  - relu: {{name: last}}\n"


@family("outputs")
def _(n: int) -> str:
    return layers(rows(n, "tanh: {name: a#}")) + f"outputs: [{listed(n, 'a#')}]\n"


@family("text", 25_000)
def _(n: int) -> str:
    return f"description: {'x' * n}\n# {'x' * 100 * n}\n" + layers("  - tanh\n")


@family("one line")
def _(n: int) -> str:
    return f"{{input: 2x8x8, layers: [{listed(n, '{tanh: {when: =in_channels > 1}}')}, {{relu: {{name: last}}}}]}}\n"


@family("weight", 100)
def _(n: int) -> str:
    numbers = listed(n, f"[{', '.join(['0.5'] * 128)}]")
    given = f"  - flatten\n  - linear: {{out_features: {n}, weight: [{numbers}]}}\n"
    return layers(f"{given}  - unflatten: {{dim: 0, sizes: [{n}, 1, 1]}}\n")


def seconds(command: list[str], spec: Path) -> float | None:
    """Processor seconds of a command, None where it took too long; wrong specs are measured until they are refused."""
    words = {"SPEC": str(spec), "MODEL": str(spec.with_suffix(".onnx")), "LAST": "last", "UNIT": "3,3"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cnncalc", *(words.get(word, word) for word in command)],
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if b"Traceback" in done.stderr:
        print(done.stderr.decode(errors="replace")[-500:], file=sys.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def best(command: list[str], spec: Path) -> float | None:
    """The least of three times if they are short, as other programs run too."""
    first = seconds(command, spec)
    if first is None or first > 5:
        return first
    return min(first, *(seconds(command, spec) or first for _ in range(2)))


def cell(times: list[float | None], small: float) -> str:
    """The seconds at each size, and the growth from one to the next."""
    text = ""
    for index, time in enumerate(times):
        if time is None:
            return f"{text} over {LONGEST} s!"
        text += f" {time:.2f}"
        previous = times[index - 1] if index else None
        if previous is not None and time - small > SHORTEST and previous > small:
            growth = (time - small) / max(previous - small, SHORTEST / 2)
            text += f" (x{growth:.1f}{'!' * (growth > TOO_FAST)})"
    return text


def measured(name: str, command: str, size: int, folder: Path) -> list[float | None]:
    """Seconds at n, 2 n and 4 n."""
    times: list[float | None] = []
    for n in (size, 2 * size, 4 * size):
        path = folder / "spec.yaml"
        path.write_text(FAMILIES[name][1](n), encoding="utf-8")
        if command == "import":
            seconds(COMMANDS["export"], path)
        times.append(best(COMMANDS[command], path))
        if times[-1] is None:
            break
    return times


def main() -> None:
    """Print the table, and at the end what is marked in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=f"of {', '.join(FAMILIES)}; all if left out")
    parser.add_argument("--commands", default=",".join(COMMANDS), help="of those, with commas between")
    parser.add_argument("--size", type=float, default=1, help="a factor of every n")
    asked = parser.parse_args()
    marked = []
    with tempfile.TemporaryDirectory() as folder:
        for command in asked.commands.split(","):
            path = Path(folder) / "small.yaml"
            path.write_text(layers("  - tanh\n"), encoding="utf-8")
            if command == "import":
                seconds(COMMANDS["export"], path)
            small = best(COMMANDS[command], path) or 0
            for name in asked.families or FAMILIES:
                size = max(int(FAMILIES[name][0] * asked.size), 1)
                line = f"{command:8} {name:12} n={size}:{cell(measured(name, command, size, Path(folder)), small)}"
                print(line, flush=True)
                marked += [line] * ("!" in line)
    print(f"\n{len(marked)} grow faster than {TOO_FAST} for twice as much" + ":" * bool(marked), *marked, sep="\n")


if __name__ == "__main__":
    main()
