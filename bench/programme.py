"""The programme's dashboard and the desk of plans, over as many as a large organisation has."""

import json
import time

import psycopg

from bench import load
from bench.ground import Ground
from bench.table import Table

PLANS, DONATIONS = 100_000, 3_000_000
SECONDS = 8.0
# Of the page's own: Wagtail's frame around any page makes some ten more.
MOST_QUERIES, MOST_MS = 10, 300
PAGES = {
    "dashboard": "/admin/programme/",
    "dashboard, five years": "/admin/programme/?months=60",
    "who left": "/admin/leaving/?days=365",
    "list of plans": "/admin/plans/",
    "list, searched by e-mail": "/admin/plans/?q=donor777@seed.example",
    "at risk": "/admin/plans_at_risk/",
}


def run(ground: Ground, share: float = 1.0) -> Table:
    """With `share` of the rows; one client, one request after another."""
    ground.worker(runs=False)
    ground.without_rules()
    plans, donations = int(PLANS * share), int(DONATIONS * share)
    began = time.monotonic()
    size = ("--plans", str(plans), "--donations", str(donations), "--unchecked")
    ground.stack.manage("seed_programme", *size, role="owner")
    filled = time.monotonic() - began
    with psycopg.connect(ground.stack.databases.owner, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    told = json.loads(ground.stack.manage("shell", "--no-imports", "-c", PREPARE))
    table = Table("Regular giving", ["", "queries", "p50 ms", "p95 ms", "a second"])
    for name, path in PAGES.items():
        cookie = f"staff_session={told['session']}"
        one = load.request(ground.stack.ports["staff"], path, Cookie=cookie)
        load.fire(ground.stack.ports["staff"], [[one]], 1.0)
        result = load.fire(ground.stack.ports["staff"], [[one]], SECONDS)
        assert result.wrong == 0, f"{path}: {result.wrong} were not answered with 200"
        table.add(
            name, told["queries"][path], f"{result.percentile(50):.0f}",
            f"{result.percentile(95):.0f}", f"{result.rate:.1f}",
        )  # fmt: skip
    bytes_used = ground.rows("SELECT pg_size_pretty(pg_database_size(current_database())) AS size")
    table.remarks += [
        f"{told['plans']} plans with {told['steps']} steps, {told['donations']} paid donations "
        f"({bytes_used[0]['size']}), made in {filled:.0f} s without triggers; a small one is made "
        f"with them by a test. Counting all months anew took {told['all']:.1f} s, the running and "
        f"the last one {told['running']:.2f} s. One client; queries with a warm cache.",
        f"Queries: the page's own and, after the plus, those of Wagtail's frame around any page "
        f"(session, rights, menu). Target for the dashboard: at most {MOST_QUERIES} queries of its "
        f"own, p95 at most {MOST_MS} ms.",
    ]
    return table


# In a process of its own with the staff site's settings: an administrator who has signed in.
PREPARE = f"""
import json, time
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from donations import programme
from donations.models import Donation, Plan, PlanStep
from tests.people import person, signed_in
user = person("Administrator", email="bench@northstar.example")
client = signed_in(user)
found = {{"session": client.session.session_key, "queries": {{}}}}
for path in {list(PAGES.values())!r}:
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path, headers={{"host": "localhost"}})
            assert answer.status_code == 200, (path, answer.status_code)
        own = sum("donations_" in query["sql"] for query in queries)
        found["queries"][path] = f"{{own}} + {{len(queries) - own}}"
running = lambda: programme.count_programme.func(0)
for name, work in (("all", programme.rebuild), ("running", running)):
    began = time.monotonic()
    work()
    found[name] = time.monotonic() - began
found["plans"], found["steps"] = Plan.objects.count(), PlanStep.objects.count()
found["donations"] = Donation.objects.filter(status="paid").count()
print(json.dumps(found))
"""
