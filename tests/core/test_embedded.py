"""The embedded server survives what people do to it."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from core import embedded
from tests import server as harness
from tests.server import HOME, ROOT


@pytest.fixture
def data() -> Iterator[Path]:
    """Under var/: as root, the folders above must let `nobody` pass."""
    folder = HOME / f"embedded-{secrets.token_hex(3)}"
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


def start(data: Path) -> embedded.Server:
    return embedded.start(data, durable=False)


def note(server: embedded.Server) -> None:
    with psycopg.connect(server.owner_url()) as connection:
        connection.execute("CREATE TABLE note AS SELECT 1 AS one")


def notes(server: embedded.Server) -> int:
    with psycopg.connect(server.app_url()) as connection:
        return connection.execute("SELECT count(*) FROM note").fetchone()[0]


def test_whoever_finds_it_running_leaves_it_running(data):
    first = start(data)
    second = start(data)
    assert (first.started_here, second.started_here) == (True, False)
    assert first.app_url() == second.app_url()

    second.stop()
    note(first)
    first.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.app_url())
    assert (data / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_a_killed_server_comes_back_with_its_rows_at_the_same_address(data):
    server = embedded.start(data)  # durable: what is committed stays, as in the demo
    note(server)
    pid = int((data / "cluster/postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)

    again = embedded.start(data)
    assert again.started_here
    assert again.app_url() == server.app_url()
    assert notes(again) == 1


def test_another_program_with_the_old_process_number_is_not_taken_for_it(data):
    server = start(data)
    server.stop()
    (data / "cluster/postmaster.pid").write_text(
        f"{os.getpid()}\n{data}/cluster\n0\n{server.port}\n\n127.0.0.1\n\nready\n"
    )
    assert start(data).started_here
    assert psutil.pid_exists(os.getpid())


def test_a_half_made_cluster_is_made_anew(data):
    (data / "cluster.new" / "base").mkdir(parents=True)
    (data / "passwords.new").write_text("{")
    note(start(data))


def test_a_taken_port_is_left_to_its_owner(data):
    start(data).stop()
    taken = harness.run.server.port
    (data / "port").write_text(str(taken))
    assert start(data).port != taken


def test_two_starters_at_once_share_one_server(data):
    command = [sys.executable, "-m", "core.embedded", "start", str(data)]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    addresses = {one.communicate()[0].splitlines()[-1] for one in both}
    assert len(addresses) == 1
    psycopg.connect(addresses.pop()).close()


def test_lost_passwords_are_said_in_a_sentence(data):
    start(data).stop()
    (data / "passwords.json").unlink()
    with pytest.raises(embedded.EmbeddedError, match=r"remove .* to begin anew"):
        start(data)


def test_stopping_ends_it_within_seconds_though_somebody_is_connected(data):
    server = start(data)
    with psycopg.connect(server.app_url()):
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 10
