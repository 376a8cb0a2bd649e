"""Receipts a second: our renderer against WeasyPrint as it comes, in the same run.

    python -m bench.receipts [--rounds 20] [--loop 1000]

Plain means a fresh `HTML(…).write_pdf(stylesheets=…)` with default options and the machine's fonts:
no tags, no PDF/A, nothing attached. The memory loop draws a different receipt each time.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import django

from tests.donations.snapshots import PLAIN
from tests.server import BASE_ENVIRONMENT

PER_ROUND = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--loop", type=int, default=1000)
    options = parser.parse_args()

    from donations.receipts import document  # noqa: PLC0415 - after Django's settings

    snapshots = (replace(PLAIN, number=f"US-2026-{number:06d}") for number in range(10**6))
    ours = spent(lambda: document.render(next(snapshots)))
    plain = spent(lambda: plainly(document.html(next(snapshots))))
    next(ours)
    next(plain)  # the first of each pays for imports and fonts
    pairs = [(next(ours), next(plain)) for _ in range(options.rounds)]
    mine, theirs = (sorted(column)[len(column) // 2] for column in zip(*pairs, strict=True))
    print(f"ours   {mine * 1000:6.1f} ms CPU a receipt  {1 / mine:5.1f} a second and core")
    print(f"plain  {theirs * 1000:6.1f} ms CPU a receipt  {1 / theirs:5.1f} a second and core")
    print(f"ratio  {theirs / mine:.2f}x (median of {options.rounds} rounds of {PER_ROUND})")

    started = time.perf_counter()
    for done in range(1, options.loop + 1):
        document.render(next(snapshots))
        if done in (options.loop // 10, options.loop):
            print(f"memory {peak_mib():6.1f} MiB at most after {done} in a loop")
    print(f"wall   {options.loop / (time.perf_counter() - started):6.1f} receipts a second")


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
    os.environ |= {**BASE_ENVIRONMENT, "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    main()
