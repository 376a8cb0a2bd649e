"""The wish list with 500 wishes: what a page costs when it is read anew, and when it is kept."""

import json

from bench import pages
from bench.ground import Ground
from bench.table import Table

SLUG = "bench-7"
PATHS = {"list": "/wishes/", "list, filtered": "/wishes/?kind=bench-1", "wish": f"/wishes/{SLUG}/"}


def run(ground: Ground) -> Table:
    ground.worker(runs=False)
    ground.stack.manage("shell", "--no-imports", "-c", FILL, role="staff")
    told = ground.stack.manage("shell", "--no-imports", "-c", TIME, role="public")
    timed = json.loads(told.strip().splitlines()[-1])
    table = Table(
        "Wishes",
        ["", "queries cold", "anew ms", "kept ms", "times", "a second", "p99 ms", "kB", "files"],
    )
    for name, path in PATHS.items():
        queries, anew, kept = timed[path]
        result = pages.fired(ground.port, path)
        weight, files = pages.weigh(f"{ground.public}{path}")
        is_kept = "?" not in path
        table.add(
            name, queries, f"{1000 * anew:.1f}", f"{1000 * kept:.2f}" if is_kept else "",
            f"{anew / kept:.0f}" if is_kept else "",
            f"{result.rate:.0f}", f"{result.percentile(99):.1f}", f"{weight / 1000:.1f}", files,
        )  # fmt: skip
    table.remarks.append(
        "500 wishes that are open, no gifts. Anew and kept: medians of 30 in one process without a "
        "server; anew, nothing is remembered; kept, the page is the one of the last second. A page "
        "with a filter is never kept, the reading of all wishes behind it is. Targets: kept at "
        "least 20 times as fast, at most 60 kB."
    )
    return table


FILL = """
from accounts.models import User
from donations import demo
from gifts import wishes
from gifts.models import ItemCost, ItemKind
demo.seed()
author, reviewer = (
    User.objects.get_or_create(email=f"{name}@bench.example")[0] for name in ("one", "two")
)
kinds = []
for number in range(10):
    kind, made = ItemKind.objects.get_or_create(
        code=f"bench-{number}",
        defaults={"name": f"Thing {number}", "name_es": f"Cosa {number}",
                  "plural": f"Things {number}", "plural_es": f"Cosas {number}",
                  "general_stock": True},
    )
    if made:
        ItemCost.objects.create(kind=kind, region="world", cost_minor=10000 + number)
    kinds.append(kind)
for number in range(500):
    wish = wishes.write(
        by=author, kind=kinds[number % 10], purpose="any", region="world", wanted=25,
        text="A plain sentence on what the thing is for. " * 3,
        text_es="Una frase sencilla sobre para qué sirve. " * 3,
    )
    type(wish).objects.filter(pk=wish.pk).update(slug=f"bench-{number}")
    wishes.publish(wishes.review(wish, by=reviewer))
"""
TIME = f"""
import json, statistics, time
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
client = Client(headers={{"host": "localhost"}})
found = {{}}
def took(path, clear):
    if clear:
        caches["local"].clear()
    began = time.perf_counter()
    assert client.get(path).status_code == 200
    return time.perf_counter() - began
for path in {list(PATHS.values())!r}:
    took(path, True)
    caches["local"].clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    count = len(queries)  # the next request forgets them
    anew = statistics.median(took(path, True) for _ in range(30))
    took(path, True)
    kept = statistics.median(took(path, False) for _ in range(30))
    found[path] = [count, anew, kept]
print(json.dumps(found))
"""
