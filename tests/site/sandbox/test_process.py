"""The process: where it listens, how it starts and ends, and what it keeps."""

import socket
import subprocess
import sys

import pytest

from sandbox.control import ROOT
from tests.site.sandbox.conftest import client_of, donation


def run(*flags):
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "sandbox", "--port", "0", *flags],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )


@pytest.mark.parametrize(
    "flags", [("--key", "sk_live_x"), ("--webhook", "http://127.0.0.1:9/", "--webhook-secret", "")]
)
def test_it_refuses_to_start_with_a_live_key_or_half_an_endpoint(tmp_path, flags):
    done = run("--data", str(tmp_path), *flags)
    assert done.returncode != 0
    assert not (tmp_path / "sandbox.sqlite3").exists()


def test_it_listens_on_this_machine_only(own_sandbox):
    sandbox = own_sandbox()
    port = int(sandbox.url.rsplit(":", 1)[1])
    with open("/proc/net/tcp", encoding="ascii") as table:
        addresses = {line.split()[1] for line in list(table)[1:] if line.split()[3] == "0A"}
    here = socket.inet_aton("127.0.0.1")[::-1].hex().upper()
    assert {address for address in addresses if address.endswith(f":{port:04X}")} == {
        f"{here}:{port:04X}"
    }


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_restart_keeps_objects_keys_clock_and_what_is_planned(own_sandbox, end):
    sandbox = own_sandbox()
    client = client_of(sandbox)
    params = donation()
    session = client.v1.checkout.sessions.create(params, {"idempotency_key": "k"})
    sandbox.fees("held")
    sandbox.pay(client.v1.checkout.sessions.create(donation()).id)
    sandbox.set_clock(advance=600)
    before = sandbox.events()

    status = getattr(sandbox, end)()
    sandbox.start()

    assert status == (0 if end == "stop" else -9)
    assert sandbox.events() == before
    again = client_of(sandbox).v1.checkout.sessions.create(params, {"idempotency_key": "k"})
    assert again.id == session.id
    assert sandbox.release_fees() == 1
    sandbox.set_clock(advance=32 * 60)
    assert client_of(sandbox).v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_a_reset_forgets_all_but_the_endpoint_of_the_command_line(own_sandbox):
    sandbox = own_sandbox(webhook="http://127.0.0.1:9/hook")
    client = client_of(sandbox)
    client.v1.checkout.sessions.create(donation())
    sandbox.set_clock(advance=600)

    sandbox.reset()

    assert client.v1.checkout.sessions.list().data == []
    assert sandbox.command("health")["offset"] == 0
    endpoints = client.v1.webhook_endpoints.list().data
    assert [endpoint.url for endpoint in endpoints] == ["http://127.0.0.1:9/hook"]
