"""What each command may import, and in which direction modules may."""

from __future__ import annotations

import ast
import gc
import graphlib
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.marking import slow_after

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parent.parent / "cnncalc"

FORBIDDEN = [
    (
        "summary alexnet --json",
        [
            *("numpy", "rich", "importlib.metadata", "importlib.resources", "difflib", "cnncalc.geometry.index_set"),
            *("cnncalc.guide", "cnncalc.cli.candidates", "cnncalc.cli.completion", "click.shell_completion"),
            *("cnncalc.receptive_field.paths", "cnncalc.receptive_field.hulls", "cnncalc.spec.one_line"),
            *("cnncalc.symbolic.traced", "cnncalc.formulas.node_formulas", "cnncalc.solve.closed_forms"),
        ],
    ),
    ("summary conv2d(8,3)|relu --input 3x8x8 --json", ["numpy", "rich", "cnncalc.frameworks"]),
    ("summary resnet18 --json", ["numpy", "rich", "importlib.metadata", "importlib.resources"]),
    ("summary alexnet --format csv", ["numpy", "rich"]),
    ("summary alexnet --format latex", ["numpy", "rich"]),
    ("summary alexnet", ["numpy", "importlib.metadata"]),
    ("receptive-field resnet18 layer3 --unit 4,7 --json", ["numpy", "rich", "importlib.metadata"]),
    ("show lenet", ["numpy", "rich"]),
    ("summary resnet18 --as thop --json", ["numpy", "rich", "importlib.metadata"]),
    ("run lenet --json", ["rich"]),
    ("explain alexnet conv2 --json", ["numpy", "rich"]),
    ("steps lenet c3 --json", ["rich", "cnncalc.steps.figure", "cnncalc.steps.matrices", "cnncalc.drawing.svg"]),
    ("solve alexnet --output 6 --json", ["rich"]),
    ("summary alexnet --format markdown", ["numpy", "rich"]),
    ("sweep mobilenet --set alpha=1,0.5 --json", ["numpy", "rich", "concurrent.futures", "multiprocessing"]),
    ("compare lenet alexnet --json", ["numpy", "rich"]),
    ("solve mobilenet --set alpha=? --max-macs 300M --step 0.25 --json", ["numpy", "rich"]),
    ("receptive-field lenet", ["numpy", "fractions"]),
    ("list lenet", ["numpy"]),
    ("explain alexnet", ["numpy", "fractions"]),
    ("solve alexnet --output 6", ["numpy", "fractions"]),
    ("help padding", ["numpy", "rich.markdown", "cnncalc.api"]),
    ("init -o -", ["numpy", "rich", "cnncalc.api"]),
]


@pytest.mark.parametrize(("command", "modules"), slow_after(4, FORBIDDEN))
def test_what_is_not_needed_is_not_imported(command: str, modules: list[str]) -> None:
    """Nor is garbage looked for when a process ends: all is frozen."""
    code = (
        f"import gc, sys\nfrom cnncalc.__main__ import main\nsys.argv[1:] = {command.split()}\n"
        "try: main()\nexcept SystemExit as exit: assert exit.code == 0\n"
        "assert gc.get_freeze_count()\n"
        f"print([name for name in {modules} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(ast.literal_eval(done.stderr)) <= (set() if "rich" in modules else _loaded_by_rich())


@cache
def _loaded_by_rich() -> set[str]:
    """What rich takes for its tables itself: the oldest version that is allowed takes `fractions`."""
    code = "import sys, rich.console, rich.table; print([*sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ast.literal_eval(done.stdout))


ORDER = (
    *(
        "version",
        "exit_status",
        "watching",
        "naming",
        "text",
        "error_codes",
        "errors",
        "dtypes",
        "shapes",
        "arguments",
        "conversion",
        "text_nodes",
        "guide",
        "symbolic",
        "geometry",
        "kernels",
        "layers",
        "frameworks",
        "models",
        "graph",
        "memory",
    ),
    *(
        "execution",
        "sessions",
        "receptive_field",
        "summary",
        "conventions",
        "spec",
        "interchange",
        "checking",
        "sweeping",
    ),
    *(
        "comparison",
        "solve",
        "formulas",
        "structure",
        "exporting",
        "engines",
        "drawing",
        "steps",
        "reports",
        "pages",
        "api",
        "cnncalc",
        "schema",
        "cli",
        "__main__",
    ),
)
"""The shared modules and the packages, each of which may import those before it and its own."""


def statements(tree: ast.AST) -> Iterator[ast.AST]:
    """All statements below, without a look into the expressions, which are most of a tree."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case)):
            yield child
            yield from statements(child)


class Imports(NamedTuple):
    """What a module imports: of ours at any time, late or for types only, and which libraries at its start."""

    ours: frozenset[str]
    libraries: frozenset[str]


@cache
def imports_of(path: Path) -> Imports:
    """What a module imports; its tree is let go of, as many at once are what takes long."""
    gc.disable()  # it would look at all that the tests have in memory, again and again while a tree grows
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    finally:
        gc.enable()
    ours: set[str] = set()
    for node in statements(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "cnncalc":
            found = (f"{node.module}.{alias.name}" for alias in node.names)
            ours |= {(name if name in MODULES else node.module or "").removeprefix("cnncalc.") for name in found}
    libraries: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            libraries |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            libraries.add((node.module or "").split(".")[0])
    return Imports(frozenset(ours), frozenset(libraries))


def module_of(path: Path) -> str:
    """The name by which a file is imported."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


PATHS = sorted(PACKAGE.rglob("*.py"))
MODULES = set(map(module_of, PATHS)) - {"cnncalc"}


def test_imports_point_one_way() -> None:
    """From the command line down to the packages that know nothing of the others."""
    rank = {part: number for number, part in enumerate(ORDER)}
    wrong = [
        (module_of(path), other)
        for path in PATHS
        for other in imports_of(path).ours
        if rank[other.split(".")[0]] > rank[module_of(path).removeprefix("cnncalc.").split(".")[0]]
    ]
    assert wrong == []


def test_no_circles() -> None:
    """Those of one package do not import each other in a circle either."""
    graph = {module_of(path).removeprefix("cnncalc."): imports_of(path).ours for path in PATHS}
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize(("module", "home"), [("click", "cli"), ("rich", "reports"), ("numpy", "kernels")])
def test_libraries_are_imported_where_they_belong(module: str, home: str) -> None:
    """NumPy also where arrays are drawn and the network is executed."""
    with_arrays = {"kernels", "execution", "sessions", "receptive_field", "interchange", "models", "engines"}
    with_arrays |= {"steps", "pages"}
    allowed = with_arrays if module == "numpy" else {home}
    for path in PATHS:
        part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        assert module not in imports_of(path).libraries or part in allowed, path
