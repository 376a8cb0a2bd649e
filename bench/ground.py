"""The running product that is measured: every process as in the demo, PostgreSQL durable."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg

from core import embedded
from deploy import processes
from deploy.processes import ROOT
from tests.tour.stage import Stage, clear

DATA = ROOT / "var" / "bench"
SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


class Ground(Stage):
    """A stage without a watcher: a worker that is stopped here stays so."""

    def start(self) -> None:
        self.stack.start()
        self.stack.manage("seed_pages")

    def worker(self, *, runs: bool) -> None:
        """Whether jobs are done beside what is measured."""
        child = next(child for child in self.stack.children if child.name == "public-worker")
        if runs and child.ended():
            child.start()
        elif not runs and child.process and not child.ended():
            child.signal(signal.SIGTERM)
            child.process.wait(30)

    def without_rules(self) -> None:
        """Let this throw-away server's owner leave triggers and foreign keys out, for speed.

        Whoever fills so says in its own tests that the rows keep every rule.
        """
        server = embedded.start(self.stack.data / "pg")
        with psycopg.connect(server.url(embedded.ADMIN, "postgres"), autocommit=True) as connection:
            connection.execute("ALTER ROLE ns_owner SUPERUSER")

    @property
    def port(self) -> int:
        return self.stack.ports["public"]

    def settings(self) -> str:
        shown = [(name, self.rows(f"SHOW {name}")[0][name]) for name in SETTINGS]
        return ", ".join(f"{name} {value}" for name, value in shown)

    def pgbench(self, *arguments: str) -> str:
        """One run of PostgreSQL's own benchmark on the same server, in a database of its own."""
        address = self.stack.databases.owner.rpartition("/")[0]
        with psycopg.connect(self.stack.databases.owner, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'bench'").rowcount:
                connection.execute("CREATE DATABASE bench")
        done = subprocess.run(
            [embedded._binaries() / "pgbench", *arguments, f"{address}/bench"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def running() -> Iterator[Ground]:
    clear(DATA)
    ground = Ground(DATA, lambda text: print(text, file=sys.stderr, flush=True))
    ground.start()
    try:
        yield ground
    finally:
        ground.stop()
    clear(DATA)


def plain_django(port: int) -> AbstractContextManager[None]:
    """bench/plain.py in the same web server with the same settings as the product's site."""
    return plain_server(port, "bench.plain:application")


@contextmanager
def plain_server(
    port: int, application: str, environment: Mapping[str, str] | None = None, *, workers: int = 1
) -> Iterator[None]:
    command = [
        Path(sys.executable).with_name("granian"), "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "--blocking-threads", "4",
        "--log-level", "warning", "--no-ws", application,
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, env=environment) as server:
        try:
            while not processes.answer(port, "/"):
                assert server.poll() is None, "granian did not start"
            yield
        finally:
            server.terminate()
