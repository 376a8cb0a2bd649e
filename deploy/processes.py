"""Child processes, their ports, and what a killed launcher left of both."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
# Every child carries it with its folder's path, so that children of a killed launcher are known.
MARK = "NORTHSTAR_STACK"


@dataclass
class Child:
    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    may_restart: bool = False
    restarts: int = 0
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C reaches the launcher alone, which ends the rest
            )

    def signal(self, number: signal.Signals) -> None:
        """To the whole group: a web server has processes of its own."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def last_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(f"  {line}" for line in lines[-15:])


def end_marked(data: Path) -> None:
    """End every process that was started for this folder, whoever its parent is now."""
    left = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(data):
                process.terminate()
                left.append(process)
        except psutil.Error:
            continue
    for process in psutil.wait_procs(left, timeout=10)[1]:
        process.kill()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_row_of_ports() -> int:
    """The first of three neighbouring ports that nobody uses just now."""
    while True:
        first = 20_000 + secrets.randbelow(10_000)
        if all(is_free(port) for port in range(first, first + 3)):
            return first


def answer(port: int, path: str) -> int | None:
    """The status of one request, None without an answer; no proxy setting is heeded."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
