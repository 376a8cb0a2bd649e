"""A test that guards a rule is shown able to fail: each planted fault turns its test red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.mutants import MUTANTS, Mutant
from tests.server import ROOT

TESTS_FAILED = 1  # pytest's exit status; 2 and above mean that it could not run them


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree without its data; the test server and what is cached are shared."""
    made = tmp_path / "tree"
    ignore = shutil.ignore_patterns(
        "var", ".git", ".venv", "__pycache__", ".*_cache", "node_modules"
    )
    shutil.copytree(ROOT, made, ignore=ignore, symlinks=True)
    (made / "var").symlink_to(ROOT / "var")
    return made


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_planted_fault_is_seen(mutant: Mutant, copy: Path) -> None:
    file = copy / mutant.path
    source = file.read_text()
    assert source.count(mutant.before) >= 1, "the fault no longer fits the source"
    file.write_text(source.replace(mutant.before, mutant.after))
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "NORTHSTAR"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", mutant.test],
        cwd=copy,
        env={**kept, "PYTHONPATH": f"{copy}{os.pathsep}{copy / 'site'}", "FAULTS": ""},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == TESTS_FAILED, done.stdout[-3000:] + done.stderr[-1000:]
