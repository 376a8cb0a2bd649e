"""Receipts a second: our renderer against WeasyPrint as it comes, in the same run.

Plain means a fresh `HTML(…).write_pdf(stylesheets=…)` with default options and the machine's fonts:
no tags, no PDF/A, nothing attached. The memory loop draws a different receipt each time.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import django

from bench.table import Table
from tests.donations.snapshots import PLAIN
from tests.server import BASE_ENVIRONMENT, ROOT

PER_ROUND = 5
ROUNDS = 20
LOOP = 1000


def run() -> Table:
    """In a process of its own, so that nothing else counts as its memory."""
    environment = {
        **os.environ,
        **BASE_ENVIRONMENT,
        "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.receipts"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    ratio = found["plain"] / found["ours"]
    table = Table("Receipts", ["", "ms CPU each", "a second and core", "of plain"])
    table.add("ours", f"{found['ours'] * 1000:.1f}", f"{1 / found['ours']:.1f}", f"{ratio:.2f}")
    plain = found["plain"]
    table.add("plain WeasyPrint", f"{plain * 1000:.1f}", f"{1 / plain:.1f}", "1.00")
    table.remarks.append(
        f"Median of {ROUNDS} rounds of {PER_ROUND}, in turn. Ours is tagged and PDF/A. Memory at "
        f"most {found['early']:.0f} MiB after {LOOP // 10} in a loop and {found['late']:.0f} MiB "
        f"after {LOOP}; {found['wall']:.1f} a second of wall time there."
    )
    return table


def measure() -> dict[str, float]:
    from donations.receipts import document  # noqa: PLC0415 - after Django's settings

    snapshots = (replace(PLAIN, number=f"US-2026-{number:06d}") for number in range(10**6))
    ours = spent(lambda: document.render(next(snapshots)))
    plain = spent(lambda: plainly(document.html(next(snapshots))))
    next(ours)
    next(plain)  # the first of each pays for imports and fonts
    pairs = [(next(ours), next(plain)) for _ in range(ROUNDS)]
    mine, theirs = (sorted(column)[len(column) // 2] for column in zip(*pairs, strict=True))
    peaks = {}
    started = time.perf_counter()
    for done in range(1, LOOP + 1):
        document.render(next(snapshots))
        if done in (LOOP // 10, LOOP):
            peaks[done] = peak_mib()
    wall = LOOP / (time.perf_counter() - started)
    early, late = peaks[LOOP // 10], peaks[LOOP]
    return {"ours": mine, "plain": theirs, "early": early, "late": late, "wall": wall}


def spent(draw: Callable[[], bytes]) -> Iterator[float]:
    """CPU seconds a receipt, round after round."""
    while True:
        started = time.process_time()
        for _ in range(PER_ROUND):
            assert draw().startswith(b"%PDF")
        yield (time.process_time() - started) / PER_ROUND


def plainly(html: str) -> bytes:
    import weasyprint  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    folder = settings.ROOT / "templates" / "pdf"
    style = (folder / "receipt.css").read_text().replace("bundled:", f"{folder.as_uri()}/")
    content: bytes = weasyprint.HTML(string=html).write_pdf(
        stylesheets=[weasyprint.CSS(string=style)]
    )
    return content


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measure()))
