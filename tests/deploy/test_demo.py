"""`make demo` begins, survives and ends as a whole."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deploy import processes
from tests.server import ROOT, Clone


class Launcher:
    """A running launcher whose lines can be waited for."""

    def __init__(self, data: Path, port: int, database: Clone) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "VAULT_DATABASE_URL": database.vault_url,
            "OWNER_DATABASE_URL": database.owner_url,
            "VAULT_OWNER_DATABASE_URL": database.vault_owner_url,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deploy.demo", "--data", str(data), "--port", str(port)],
            cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.said: list[str] = []

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.put(line)

    def wait_for(self, words: str) -> str:
        until = time.monotonic() + 90
        while True:
            try:
                self.said.append(self.lines.get(timeout=max(0, until - time.monotonic())))
            except queue.Empty:
                pytest.fail(f"{words!r} never came: {''.join(self.said)}")
            if words in self.said[-1]:
                return self.said[-1]


@pytest.fixture
def launch(own_database: Clone, tmp_path: Path) -> Iterator[Callable[..., Launcher]]:
    started: list[Launcher] = []
    (tmp_path / "sign-ins.txt").write_text("Nobody lives here.")  # nothing needs to be made up
    port = processes.free_row_of_ports()

    def start(port: int = port) -> Launcher:
        started.append(Launcher(tmp_path, port, own_database))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()
        assert one.process.stdout
        one.process.stdout.close()
    processes.end_marked(tmp_path)


def marked(data: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(processes.MARK) == str(data):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def test_it_restarts_what_dies_and_leaves_nothing_behind(launch, tmp_path):
    first = launch()
    first.wait_for("Nobody lives here.")
    assert processes.answer(first_port(first), "/ready/") == 200
    assert processes.answer(first_port(first) + 1, "/ready/") == 200

    worker = next(p for p in psutil.process_iter() if is_worker(p, tmp_path))
    worker.kill()
    first.wait_for("public-worker ended (-9)")
    first.wait_for("Starting it again, 1 of 3")

    second = launch()
    second.wait_for("It already runs")
    assert second.process.wait(20) == 1

    first.process.kill()
    first.process.wait()
    assert marked(tmp_path)
    third = launch()  # on the same ports, though the children of the first still held them
    third.wait_for("Nobody lives here.")
    third.process.send_signal(signal.SIGTERM)
    assert third.process.wait(30) == 0
    assert marked(tmp_path) == []


def first_port(launcher: Launcher) -> int:
    line = next(line for line in launcher.said if line.startswith("Ready: "))
    return int(line.rsplit(":", 1)[1])


def is_worker(process: psutil.Process, data: Path) -> bool:
    try:
        return process.environ().get(processes.MARK) == str(data) and "--queues public" in " ".join(
            process.cmdline()
        )
    except psutil.Error:
        return False


def test_a_taken_port_is_named_with_a_way_on(launch, live):
    port = int(live.public.rsplit(":", 1)[1])
    refused = launch(port)
    assert f"PORT={port + 100} make demo" in refused.wait_for(f"Port {port}")
    assert refused.process.wait(10) == 1
