"""The system the tour plays on: every process of the product, with faults on request."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from core import embedded
from deploy import processes
from deploy.stack import Role, Stack, StackError
from sandbox.control import Sandbox

# A killed worker's job comes back after a minute of silence and up to another of the clock.
JOBS_SECONDS = 240


class ProxiedStack(Stack):
    """Behind one proxy, so that each donor can come from an address of her own; nobody gave yet."""

    seeding = ("seed_demo", "--without-gifts")

    def environment(self, role: Role) -> dict[str, str]:
        return super().environment(role) | {"TRUSTED_PROXIES": "1"}


class Stage:
    """A fresh stack that is watched while the tour goes on."""

    def __init__(self, data: Path, say: Callable[[str], None]) -> None:
        # Workers die here, the machine does not: nothing waits for a disk.
        port = processes.free_row_of_ports()
        self.stack = ProxiedStack(data, port=port, durable=False, say=say)
        self.broken: list[str] = []

    def start(self) -> None:
        self.stack.start()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self.broken.append("the end")  # whatever ends from here on may
        self.stack.stop()

    def _watch(self) -> None:
        """As the launcher of `make demo` does: a worker that died is started again."""
        try:
            self.stack.watch()
        except StackError as error:
            self.broken.append(str(error))

    @property
    def public(self) -> str:
        return self.stack.url("public")

    @property
    def staff(self) -> str:
        return self.stack.url("staff")

    @property
    def sandbox(self) -> Sandbox:
        secret = "whsec_" + self.stack.secrets["webhook"]
        return Sandbox(self.stack.url("sandbox"), webhook_secret=secret)

    @property
    def mails(self) -> list[Path]:
        return sorted((self.stack.data / "mail").glob("*.eml"))

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Read from the main database."""
        with psycopg.connect(self.stack.databases.owner, row_factory=dict_row) as connection:
            connection.read_only = True
            return connection.execute(query.encode(), values).fetchall()

    def count(self, query: str, *values: Any) -> int:
        return int(next(iter(self.rows(query, *values)[0].values())))

    def wait(self, what: str, done: Callable[[], Any], seconds: float) -> None:
        """Until something holds.

        Raises:
            AssertionError: it did not in time, or a process of the product died.
        """
        until = time.monotonic() + seconds
        while not done():
            assert not self.broken, "\n".join(self.broken)
            assert time.monotonic() < until, f"waited {seconds} s in vain: {what}"
            time.sleep(0.1)

    def wait_for_jobs(self) -> None:
        """Until every delivery is made and every job done, those to be repeated included."""
        sandbox = self.sandbox
        self.wait("deliveries", lambda: not sandbox.deliveries("pending"), 60)
        self.wait("jobs", lambda: not self.open_jobs(), JOBS_SECONDS)

    def open_jobs(self) -> int:
        """Without those that look a minute later whether a monthly donor's wish was carried out."""
        return self.count(
            "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
            " AND queueing_lock IS NULL AND task_name NOT LIKE '%%carry_out_later'"
        )

    def end_workers(self) -> None:
        """What comes after does the jobs itself (tests/tour/working.py)."""
        workers = [child for child in self.stack.children if child.may_restart]
        self.stack.children = [child for child in self.stack.children if child not in workers]
        for worker in workers:
            worker.signal(signal.SIGTERM)
            assert worker.process is not None  # it was started
            worker.process.wait(15)

    def pass_months(self, donors: int, months: int, folder: Path) -> dict[str, Any]:
        """A process in the place of the workers: months pass, finance closes its year. Figures.

        Args:
            folder: what finance makes is kept here.
        """
        self.end_workers()
        command = [sys.executable, "-m", "tests.tour.months"]
        done = subprocess.run(
            [*command, f"--donors={donors}", f"--months={months}", f"--folder={folder}"],
            cwd=processes.ROOT,
            env=self.stack.environment("public") | {"DJANGO_SETTINGS_MODULE": "config.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        (self.stack.data / "log" / "months.log").write_text(done.stdout + done.stderr)
        assert not done.returncode, "\n".join((done.stdout + done.stderr).splitlines()[-25:])
        figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return figures

    def kill_worker_at_work(self) -> str:
        """kill -9 while a receipt is being drawn; the name of the job that was cut off."""
        doing = (
            "SELECT task_name, id FROM procrastinate_jobs WHERE status = 'doing'"
            " AND task_name LIKE '%%issue_receipt'"
        )
        worker = next(child for child in self.stack.children if child.name == "public-worker")
        found: list[dict[str, Any]] = []
        self.wait("a job at work", lambda: found.extend(self.rows(doing)) or found, 30)
        worker.signal(signal.SIGKILL)
        return f"{found[0]['task_name'].rpartition('.')[2]} (job {found[0]['id']})"


def clear(data: Path) -> None:
    """Remove what an earlier tour left, ending what a killed one left running."""
    if not data.exists():
        return
    with Stack(data, port=processes.free_row_of_ports()).alone():
        embedded.stop(data / "pg")
        shutil.rmtree(data)
