"""How the files are renewed that hold what commands print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_they_are_renewed_in_one_process() -> None:
    """Whatever number of processes is asked for: a worker's name would stand before each test that it ran."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "-v", "tests/test_arguments.py"]
    renewed = subprocess.run([*command, "--update-golden"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "PASSED" in renewed.stdout
    assert "[gw" not in renewed.stdout
