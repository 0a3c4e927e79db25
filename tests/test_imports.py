"""What each command may import, and in which direction modules may."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cnncalc"

FORBIDDEN = [
    ("summary alexnet --json", ["numpy", "rich", "importlib.metadata", "importlib.resources", "difflib"]),
    ("summary resnet18 --json", ["numpy", "rich", "importlib.metadata", "importlib.resources"]),
    ("summary alexnet --format csv", ["numpy", "rich"]),
    ("summary alexnet --format markdown", ["numpy", "rich"]),
    ("summary alexnet", ["numpy", "importlib.metadata"]),
    ("receptive-field resnet18 layer3 --unit 4,7 --json", ["numpy", "rich", "importlib.metadata"]),
    ("receptive-field lenet", ["numpy"]),
    ("list lenet", ["numpy"]),
    ("show lenet", ["numpy", "rich"]),
    ("run lenet --json", ["rich"]),
    (
        "summary alexnet --json",
        ["cnncalc.receptive_field.paths", "cnncalc.receptive_field.hulls", "cnncalc.geometry.positions"],
    ),
    ("summary lenet --json", ["cnncalc.tracing", "cnncalc.formulas", "cnncalc.closed"]),
    ("explain alexnet", ["numpy"]),
    ("explain alexnet conv2 --json", ["numpy", "rich"]),
    ("solve alexnet --output 6", ["numpy"]),
    ("solve alexnet --output 6 --json", ["rich"]),
]


@pytest.mark.parametrize(("command", "modules"), FORBIDDEN)
def test_what_is_not_needed_is_not_imported(command: str, modules: list[str]) -> None:
    code = (
        "import sys\nfrom cnncalc.cli import main\n"
        f"try: main({command.split()})\nexcept SystemExit as exit: assert exit.code == 0\n"
        f"print([name for name in {modules} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


RANKS = [
    {"characters", "errors", "arithmetic", "tracing", "interruption"},
    {"geometry", "layout", "remarks"},
    {"kernels"},
    {"layers"},
    {"node", "network", "report", "run_report", "field_report"},
    {"formulas", "solver_limits", "forms", "building", "probes", "trials", "closed", "recurrence"},
    {"spec", "library"},
    {"receptive_field"},
    {"analysis", "initialization", "resources", "files", "loading", "tensors"},
    {"datafiles"},
    {"alignment", "fields", "execute", "marks", "explanation", "domain", "remainders", "fitting", "solving"},
    {"verify", "checking"},
    {"reports"},
    {"cli"},
]
"""The parts of the package, each of which may import those before it and its own."""


def imported(path: Path) -> set[str]:
    """The parts that a module imports when it is imported itself."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("cnncalc"):
            names = node.module.split(".")[1:2] or [alias.name for alias in node.names]
            found.update(names)
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if part in {"__init__", "__main__"}:
        return
    [rank] = [index for index, parts in enumerate(RANKS) if part in parts]
    allowed = set().union(*RANKS[: rank + 1])
    assert imported(path) - allowed - {"CnncalcError", "__version__"} == set()


@pytest.mark.parametrize(("module", "home"), [("click", "cli"), ("rich", "reports"), ("numpy", "kernels")])
def test_libraries_are_imported_where_they_belong(module: str, home: str) -> None:
    """NumPy also where arrays are drawn and the network is executed."""
    allowed = (
        {"kernels", "initialization", "execute", "datafiles", "tensors", "marks", "verify"}
        if module == "numpy"
        else {home}
    )
    for path in PACKAGE.rglob("*.py"):
        part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        names = {
            name.split(".")[0]
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert module not in names or part in allowed, path
