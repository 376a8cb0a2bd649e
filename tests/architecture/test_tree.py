"""Rules of the tree that no linter knows."""

import ast
import importlib
import re
import subprocess
from pathlib import Path

import pytest

from tests.server import ROOT

# Others may read the environment: they begin processes, they are not part of them.
MAY_READ_ENVIRONMENT = ("site/config/settings.py", "deploy/", "tests/", "bench/", "manage.py")
BEGIN_PROCESSES = ("core/embedded.py", "site/config/wsgi.py", "site/sandbox/settings.py")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("package", ["core", "config", "pages", "accounts", "staff", "sandbox"])
def test_our_package_is_not_somebody_elses(package):
    """`site` belongs to the standard library, and short names are popular."""
    found = importlib.import_module(package).__file__
    assert found
    assert Path(found).is_relative_to(ROOT)


def test_site_is_not_hidden_from_git():
    assert name(ROOT / "site/config/settings.py") in map(name, tracked("site"))
    assert not (ROOT / "site/__init__.py").exists()


def test_only_the_settings_read_the_environment():
    for path in tracked("*.py"):
        if name(path).startswith(MAY_READ_ENVIRONMENT) or name(path) in BEGIN_PROCESSES:
            continue
        tree = ast.parse(path.read_text())
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | {
            alias.name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert not used & {"environ", "getenv", "environb"}, name(path)


def test_no_file_is_too_long_to_read():
    long = {
        name(path): lines
        for path in tracked("*.py")
        if "/migrations/" not in name(path) and (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_nothing_names_a_registry_or_this_machine():
    """Downloads come from wherever the machine is told to take them."""
    # Written apart, so that this file passes its own test.
    pattern = "pythonhosted" + r"\.org|registry\.npm" + r"js|/" + r"root/|/home/\w+/|"
    unwanted = re.compile(pattern + re.escape(str(ROOT) + "/"))
    found = {
        name(path): match.group()
        for path in tracked()
        if (match := unwanted.search(path.read_text(errors="replace")))
    }
    assert found == {}


def test_every_test_folder_is_a_package():
    """Files of one name in two folders would otherwise hide each other."""
    missing = {name(path.parent) for path in tracked("tests/**/test_*.py")} - {
        name(path.parent) for path in tracked("tests/**/__init__.py")
    }
    assert missing == set()
