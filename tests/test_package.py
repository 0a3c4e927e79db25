"""The package as those find it who change it: what it tells of itself, and names that nothing uses."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from cnncalc.reports.registry import REPORTS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cnncalc"
PATHS = sorted(PACKAGE.rglob("*.py"))
FOR_DEVELOPERS = (ROOT / "README.md").read_text(encoding="utf-8").partition("## For developers")[2]


def test_the_readme_tells_of_every_package() -> None:
    """Its table of packages is whole."""
    rows = [line.split("|")[1] for line in FOR_DEVELOPERS.splitlines() if line.startswith("| `")]
    told = [word.strip(" `") for row in rows for word in row.split(",")]
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - {"architectures"}
    assert {word for word in told if (PACKAGE / word).is_dir()} == packages


def test_the_files_that_the_readme_names_are_there() -> None:
    """By their paths in the package or beside it, some of the tests by their names; capitals stand for any."""
    named = [name for name in re.findall(r"`([\w./]+(?:\.py|/))`", FOR_DEVELOPERS) if not re.search("[A-Z]", name)]
    assert len(named) > 30
    tests = {path.name for path in (ROOT / "tests").rglob("*.py")}
    assert [name for name in named if not ((PACKAGE / name).exists() or (ROOT / name).exists() or name in tests)] == []


IN_CODE = ("layers", "kernels", "cli")
"""The packages whose modules stand in a table in code, or are a command each."""


def test_a_package_tells_what_is_in_it() -> None:
    """Its docstring is its table of contents; reports, named by subject and format, stand in a registry."""
    reports = {module for formats in REPORTS.values() for module in formats.values()}
    homes = [path.parent if path.stem == "__init__" else path for path in PATHS]
    untold = [
        str(home.relative_to(ROOT))
        for home in homes
        if home.parent not in (ROOT, PACKAGE) and home.parent.name not in IN_CODE and home.stem not in reports
        if f"`{home.stem}`" not in (home.parent / "__init__.py").read_text(encoding="utf-8")
    ]
    assert untold == []


def test_nothing_private_is_left_unused() -> None:
    """A module's own functions, classes and tables are named in it once more than where they are made."""
    unused = []
    for path in PATHS:
        text = path.read_text(encoding="utf-8")
        uses = Counter(re.findall(r"\b_\w+", text))
        made = re.findall(r"^(?:def |class )?(_[A-Za-z]\w*)(?=\(|:| =)", text, flags=re.MULTILINE)
        unused += [f"{path.relative_to(ROOT)}: {name}" for name in made if uses[name] == 1]
    assert unused == []
