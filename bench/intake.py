"""Webhook intake: signed events over HTTP into the public site, beside pgbench on the same server.

Each event is one transaction: its row and the job that will look into it.
"""

import copy
import json
import re
import time

import psycopg

from bench import load
from bench.ground import Ground
from bench.table import Table
from tests.tour.donors import everyday
from tests.tour.stories import Journey

SECONDS = 6.0
EVENTS_PER_CLIENT = 4_000
TARGET = "Target: 400 events a second with p99 of at most 100 ms."


def run(ground: Ground) -> Table:
    ground.worker(runs=False)
    requests = signed_events(ground)
    warm = [part[:50] for part in requests]
    assert load.fire(ground.port, warm, 5).wrong == 0
    before = stored(ground)
    ground.pgbench("--initialize", "--quiet", "--scale=10")
    pgbench_before = pgbench(ground)
    result = load.fire(ground.port, [part[50:] for part in requests], SECONDS)
    pgbench_after = pgbench(ground)
    after = stored(ground)
    assert result.wrong == 0, f"{result.wrong} were not answered with 200"
    sent = len(result.times)
    assert after["events"] - before["events"] == after["jobs"] - before["jobs"] == sent
    table = Table(
        "Webhook intake", ["", "a second", "p50 ms", "p99 ms", "of pgbench"], remarks=[TARGET, ""]
    )
    tps = {kind: (pgbench_before[kind] + pgbench_after[kind]) / 2 for kind in pgbench_before}
    table.add(
        "events, 4 clients, over HTTP",
        f"{result.rate:.0f}", f"{result.percentile(50):.1f}", f"{result.percentile(99):.1f}",
        f"{result.rate / tps['tpcb-like']:.2f}",
    )  # fmt: skip
    for kind, rate in tps.items():
        table.add(
            f"pgbench {kind}, 4 clients", f"{rate:.0f}", "", "", f"{rate / tps['tpcb-like']:.2f}"
        )
    table.remarks.append(
        f"{sent} events of {len(requests[0][0])} bytes, as many event rows and jobs stored. "
        "Workers stand still meanwhile; pgbench ran for 3 s before and after."
    )
    forget(ground)
    return table


def signed_events(ground: Ground) -> list[list[bytes]]:
    """Truly signed bodies of the size Stripe sends: one paid session, with other ids."""
    sandbox = ground.sandbox
    journey = Journey(everyday(1)[0], ground.public, sandbox)
    journey.fill()
    sandbox.steer_deliveries(paused=True)
    journey.pay()
    model = sandbox.await_events("checkout.session.completed")[-1]
    lists = []
    for client in range(load.CLIENTS):
        mine = []
        for number in range(EVENTS_PER_CLIENT):
            event = copy.copy(model) | {"id": f"evt_bench_{client}_{number}_{time.time_ns()}"}
            body = json.dumps(event, indent=2).encode()
            mine.append(posted(ground, body, sandbox.signed(event)[1]))
        lists.append(mine)
    sandbox.steer_deliveries(paused=False)
    return lists


def posted(ground: Ground, body: bytes, signature: str) -> bytes:
    headers = {"Content_Type": "application/json; charset=utf-8", "Stripe_Signature": signature}
    return load.request(ground.port, "/webhooks/stripe/", body, **headers)


def stored(ground: Ground) -> dict[str, int]:
    return {
        "events": ground.count("SELECT count(*) FROM donations_event"),
        "jobs": ground.count(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%%process_event'"
        ),
    }


def pgbench(ground: Ground) -> dict[str, float]:
    """Transactions a second of the two built-in scripts that write."""
    return {
        kind: float(
            re.findall(
                r"tps = ([\d.]+)",
                ground.pgbench("--no-vacuum", "--client=4", "--time=3", f"--builtin={kind}"),
            )[-1]
        )
        for kind in ("tpcb-like", "simple-update")
    }


def forget(ground: Ground) -> None:
    """What was made up here must not become work for the benchmarks that follow."""
    with psycopg.connect(ground.stack.databases.owner) as connection:
        connection.execute(
            "DELETE FROM procrastinate_jobs WHERE args->>'event_id' LIKE 'evt_bench_%'"
        )
