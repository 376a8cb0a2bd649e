"""Everything that judges the code without running it: `make check`.

One line a check with its seconds; a check that fails shows what it said.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.server import BASE_ENVIRONMENT, ROOT

BIN = Path(sys.executable).parent
NOWHERE = "postgres://nobody:nothing@127.0.0.1:9/none"
ENVIRONMENT = {
    **os.environ,
    **BASE_ENVIRONMENT,
    "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
    "DATABASE_URL": NOWHERE,
    "VAULT_DATABASE_URL": NOWHERE,
    "VAULT_KEYS": "A" * 43 + "=",
}
# The slowest first.
COMMANDS = {
    "types": ["mypy", "."],
    "migrations": [
        "python", "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run",
    ],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
    "layers": ["lint-imports", "--no-logo"],
    "lint": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--check", "--quiet", "."],
}  # fmt: skip
AUDIT = [
    "pip-audit", "--disable-pip", "--require-hashes", "--progress-spinner=off", "--timeout=10",
    "--format=json", "--requirement=requirements/dev.txt",
]  # fmt: skip
PASSED, SKIPPED, FAILED = "ok", "SKIPPED", "FAILED"
Outcome = tuple[str, str]


def run(command: list[str]) -> Outcome:
    done = subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    return (PASSED, "") if done.returncode == 0 else (FAILED, done.stdout + done.stderr)


def vulnerabilities() -> Outcome:
    """Known faults of the locked packages; skipped, loudly, where nobody can be asked."""
    try:
        done = subprocess.run(
            AUDIT, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return SKIPPED, "The advisory service of PyPI could not be reached: nothing was audited."
    audited = [package for package in packages if "skip_reason" not in package]
    if len(audited) < len(packages) / 2:
        return SKIPPED, f"PyPI answered for {len(audited)} of {len(packages)} packages alone."
    faults = [
        f"{package['name']} {package['version']}: {fault['id']}, mended in {fault['fix_versions']}"
        for package in audited
        for fault in package["vulns"]
    ]
    return (FAILED, "\n".join(faults)) if faults else (PASSED, "")


def main() -> int:
    checks: dict[str, Callable[[], Outcome]] = {
        name: lambda command=command: run(command)  # type: ignore[misc]
        for name, command in COMMANDS.items()
    }
    checks["audit"] = vulnerabilities

    def timed(name: str) -> tuple[str, float, Outcome]:
        began = time.monotonic()
        outcome = checks[name]()
        return name, time.monotonic() - began, outcome

    failed = False
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        for finished in as_completed(pool.submit(timed, name) for name in checks):
            name, seconds, (outcome, said) = finished.result()
            print(f"{name:12} {outcome:8} {seconds:5.1f} s", flush=True)
            if said:
                print(said.rstrip(), flush=True)
            failed |= outcome == FAILED
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
