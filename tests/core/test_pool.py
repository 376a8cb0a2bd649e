"""The same work in several processes: each item once, in order; none outlives its parent."""

import os
import subprocess
import sys
import time

from core import pool
from tests.server import BASE_ENVIRONMENT, ROOT

# A parent that starts two processes, tells their ids, and is killed at once.
PARENT = """
import multiprocessing, os, sys
import django
from core import pool
if __name__ == "__main__":
    django.setup()
    for number, _ in enumerate(pool.each(abs, range(64), count=64, processes=2)):
        if number == 3:
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)
            os.kill(os.getpid(), 9)
"""


def test_few_things_are_done_right_here_in_order():
    assert list(pool.each(abs, [-2, -1], count=2, processes=2)) == [(-2, 2), (-1, 1)]


def test_children_do_not_outlive_a_parent_that_was_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = {
        **os.environ, **BASE_ENVIRONMENT, "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, script], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr
    children = [int(pid) for pid in done.stdout.split()]
    assert len(children) == 2
    deadline = time.monotonic() + 20
    while any(map(lives, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(lives, children))


def lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as told:
            return told.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
