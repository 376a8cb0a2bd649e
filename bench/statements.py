"""Statements a second: ours against WeasyPrint as it comes, and one process against one a core.

Plain means a fresh `HTML(…).write_pdf(stylesheets=…)` with default options and the machine's fonts:
no tags, no PDF/A, nothing attached. A statement has twelve gifts, a refund and five receipts.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import django

from bench.table import Table
from tests.server import BASE_ENVIRONMENT, ROOT

PER_ROUND = 3
ROUNDS = 15
# On one core and on all of them, in turn: what else the machine has to do changes meanwhile.
MANY, TURNS = 240, 5
DONORS = 20_000


def run() -> Table:
    """In a process of its own, so that nothing else counts as its memory."""
    environment = {
        **os.environ,
        **BASE_ENVIRONMENT,
        "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.statements"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    ours, plain = found["ours"], found["plain"]
    table = Table("Statements of the year", ["", "ms CPU each", "a second and core", "of plain"])
    table.add("ours", f"{ours * 1000:.0f}", f"{1 / ours:.1f}", f"{plain / ours:.2f}")
    table.add("plain WeasyPrint", f"{plain * 1000:.0f}", f"{1 / plain:.1f}", "1.00")
    minutes = DONORS / found["all"] / 60
    table.remarks.append(
        f"Median of {ROUNDS} rounds of {PER_ROUND}, in turn. Ours is tagged and PDF/A, with its "
        f"facts attached. {TURNS} times {MANY} of them one after another: {found['one']:.1f} a "
        f"second by the clock; a process for each of {found['cores']:.0f} cores: "
        f"{found['all']:.1f} ({found['all'] / found['one']:.2f} times, the start of the processes "
        f"included; each at most {found['child']:.0f} MB). At that pace {DONORS} donors take "
        f"{minutes:.0f} minutes. "
        f"What this machine gave just then: plain loops in as many processes went "
        f"{found['loops']:.2f} times as fast as one after another."
    )
    return table


def measure() -> dict[str, float]:
    from core import pool  # noqa: PLC0415 - after Django's settings
    from donations.receipts import yearly  # noqa: PLC0415

    papers = (replace(one(), receipt_name=f"Donor {number}") for number in range(10**6))
    ours = spent(lambda: yearly.render(next(papers)))
    theirs = spent(lambda: plainly(yearly.html(next(papers))))
    next(ours)
    next(theirs)  # the first of each pays for imports and fonts
    pairs = [(next(ours), next(theirs)) for _ in range(ROUNDS)]
    mine, plain = (sorted(column)[len(column) // 2] for column in zip(*pairs, strict=True))
    paces: dict[int, list[float]] = {1: [], pool.cores(): []}
    child = 0.0
    for _ in range(TURNS):
        for processes, found in paces.items():
            facts = [(number, next(papers).to_dict()) for number in range(MANY)]
            started = time.perf_counter()
            weights = [one for _, one in pool.each(drawn, facts, count=MANY, processes=processes)]
            found.append(MANY / (time.perf_counter() - started))
        child = max(child, *weights)
    single, several = (sorted(found)[TURNS // 2] for found in paces.values())
    turns = [20_000_000] * 4 * pool.cores()
    took = []
    for processes in (1, pool.cores()):
        with ProcessPoolExecutor(processes) as loops:
            list(loops.map(loop, range(processes)))
            started = time.perf_counter()
            list(loops.map(loop, turns))
            took.append(time.perf_counter() - started)
    pace = {"one": single, "all": several, "cores": float(pool.cores())}
    return {"ours": mine, "plain": plain, "child": child, "loops": took[0] / took[1], **pace}


def drawn(known: tuple[int, dict[str, Any]]) -> float:
    """Draws it in a process of the pool; the most memory which that one has had, in MB."""
    from donations.receipts import yearly  # noqa: PLC0415

    assert yearly.drawn(known).startswith(b"%PDF")
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert peak is not None
    return int(peak[1]) * 1024 / 1e6


def loop(turns: int) -> int:
    return sum(range(turns))


def one() -> Any:
    from donations.receipts.yearly import Row, Yearly  # noqa: PLC0415
    from tests.donations.snapshots import PLAIN  # noqa: PLC0415

    gifts = [
        Row(
            date(2026, month, 15), "gift", f"AB12CD{month:02d}", ("Where it is needed most",),
            2_500 * month, receipt=f"US-2026-{month:06d}" if month < 6 else "",
        )
        for month in range(1, 13)
    ]  # fmt: skip
    back = Row(date(2026, 6, 20), "refund", "AB12CD05", ("Where it is needed most",), -2_500)
    return Yearly(
        kind="statement", pack="us", pack_version="2026-01", year=2026,
        first_day=date(2026, 1, 1), last_day=date(2026, 12, 31), language="en",
        entity=PLAIN.entity, receipt_name="Ruth Osei", currency="USD", rows=(*gifts, back),
        donor_address=("1 Elm Street", "Portland, ME 04101", "United States"),
        issued_on=date(2027, 1, 9),
    )  # fmt: skip


def spent(draw: Callable[[], bytes]) -> Iterator[float]:
    """CPU seconds a statement, round after round."""
    while True:
        started = time.process_time()
        for _ in range(PER_ROUND):
            assert draw().startswith(b"%PDF")
        yield (time.process_time() - started) / PER_ROUND


def plainly(html: str) -> bytes:
    import weasyprint  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    folder = settings.ROOT / "templates" / "pdf"
    style = (folder / "yearly.css").read_text().replace("bundled:", f"{folder.as_uri()}/")
    content: bytes = weasyprint.HTML(string=html).write_pdf(
        stylesheets=[weasyprint.CSS(string=style)]
    )
    return content


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measure()))
