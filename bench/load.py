"""Load from this machine: a few processes, each with one connection, one request after another."""

import itertools
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

CLIENTS = 4


@dataclass(frozen=True)
class Result:
    """What the clients saw; `wrong` counts answers other than 200."""

    seconds: float
    times: list[float]
    wrong: int

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, percent: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000


def request(port: int, path: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of one HTTP request."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", f"Host: localhost:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def fire(port: int, requests: Sequence[Sequence[bytes]], seconds: float) -> Result:
    """Each client sends its own list, a single request over and over; all begin at once."""
    begin = time.time() + 1.0
    count = len(requests)
    with ProcessPoolExecutor(count) as pool:
        same = ([value] * count for value in (begin, seconds))
        parts = list(pool.map(_client, [port] * count, requests, *same))
    times = [one for part, _ in parts for one in part]
    return Result(max(sum(part) for part, _ in parts), times, sum(wrong for _, wrong in parts))


def again(one: bytes) -> list[list[bytes]]:
    """The same request from every client for as long as it takes."""
    return [[one]] * CLIENTS


def _client(
    port: int, requests: Sequence[bytes], begin: float, seconds: float
) -> tuple[list[float], int]:
    times, wrong = [], 0
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        time.sleep(max(0.0, begin - time.time()))
        end = time.monotonic() + seconds
        for one in itertools.cycle(requests) if len(requests) == 1 else requests:
            started = time.perf_counter()
            line.sendall(one)
            wrong += not _answer(line).startswith(b"HTTP/1.1 200")
            times.append(time.perf_counter() - started)
            if time.monotonic() > end:
                break
    return times, wrong


def _answer(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        more = line.recv(65_536)
        assert more, "the server hung up"
        got += more
    head, _, rest = got.partition(b"\r\n\r\n")
    length = next(
        int(row.split(b":")[1])
        for row in head.lower().split(b"\r\n")
        if row.startswith(b"content-length:")
    )
    while len(rest) < length:
        more = line.recv(65_536)
        assert more, "the server hung up"
        rest += more
    return head
