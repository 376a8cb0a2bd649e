"""Whole gifts a minute: from the pressed button to the mailed receipt, with everything between."""

import time
from concurrent.futures import ThreadPoolExecutor

from bench.ground import Ground
from bench.table import Table
from tests.tour.donors import everyday
from tests.tour.stories import Journey

GIFTS = 60
AT_A_TIME = 4
MAILED = "SELECT count(*) FROM donations_mail WHERE template = 'receipt' AND status = 'sent'"


def run(ground: Ground) -> Table:
    ground.worker(runs=True)
    ground.wait_for_jobs()
    donors = [Journey(donor, ground.public, ground.sandbox) for donor in everyday(GIFTS)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(Journey.fill, donors))
    before = ground.count(MAILED)
    started = time.monotonic()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(Journey.pay, donors))
    paid = time.monotonic() - started
    ground.wait("receipts", lambda: ground.count(MAILED) >= before + GIFTS, 300)
    mailed = time.monotonic() - started
    assert ground.count(MAILED) == before + GIFTS
    table = Table("Whole gifts", ["", "gifts", "seconds", "a minute"])
    table.add("to the payment page and paid", GIFTS, f"{paid:.1f}", f"{GIFTS / paid * 60:.0f}")
    table.add("receipt drawn and mailed", GIFTS, f"{mailed:.1f}", f"{GIFTS / mailed * 60:.0f}")
    table.remarks.append(
        "Both counted from the first press; one worker. The stand-in for Stripe and the donors "
        "share the machine: it takes part of the time."
    )
    return table
