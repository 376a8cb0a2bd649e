"""Settings, their page in the docs and the example file tell the same; nonsense is refused."""

import ast
import os
import re
import subprocess
import sys

import pytest

from tests.server import BASE_ENVIRONMENT, ROOT

GOOD = {
    **{key: BASE_ENVIRONMENT[key] for key in ("SECRET_KEY", "STRIPE_SECRET_KEY")},
    "STRIPE_WEBHOOK_SECRETS": "whsec_x",
    "DATABASE_URL": "postgres://ns_app:x@127.0.0.1/northstar",
}


def names_read() -> set[str]:
    tree = ast.parse((ROOT / "site/config/settings.py").read_text())
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_the_docs_explain_exactly_what_is_read():
    page = (ROOT / "docs/settings.md").read_text()
    assert set(re.findall(r"^\| `([A-Z0-9_]+)` \|", page, re.MULTILINE)) == names_read()


def test_the_example_file_lists_exactly_what_is_read():
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#? ?([A-Z0-9_]+)=", example, re.MULTILINE)) == names_read()


def load(**changes: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in (GOOD | changes).items() if value != "(missing)"}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT}/site", **given},
        capture_output=True, text=True, check=False, cwd=ROOT / "tests",
    )  # fmt: skip


def test_good_settings_are_accepted():
    done = load()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SECRET_KEY", "(missing)"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "(missing)"),
        ("DATABASE_URL", "sqlite:///x.db"),
        ("ROLE", "admin"),
        ("STRIPE_SECRET_KEY", "pk_test_published"),
        ("STRIPE_WEBHOOK_SECRETS", "(missing)"),
        ("PUBLIC_URL", "northstar.example"),
        ("STRIPE_API_BASE", "localhost:12111"),
        ("MAIL_BACKEND", "carrier-pigeon"),
        ("LOG_LEVEL", "LOUD"),
        ("VAULT_DATABASE_URL", "postgres://ns_vault:x@127.0.0.1/vault"),  # ROLE is public
        ("VAULT_KEYS", "c2hvcnQ="),
        ("VAULT_KEYS", "A" * 43 + "="),  # without the database it is for
    ],
)
def test_nonsense_stops_the_process_and_names_the_setting(setting, value):
    done = load(**{setting: value})
    assert done.returncode != 0
    assert setting in done.stderr.splitlines()[-1]


def test_a_live_key_is_refused_in_a_demonstration():
    done = load(STRIPE_SECRET_KEY="sk_live_" + "x" * 24, DEMO="1", MAIL_BACKEND="postmark")
    assert "STRIPE_SECRET_KEY" in done.stderr.splitlines()[-1]
