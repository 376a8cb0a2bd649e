"""Papers of a year drawn by a process for each core."""

from dataclasses import replace
from datetime import date

from django.apps import apps

from core import pool
from donations.receipts import yearly
from tests.donations.snapshots import PLAIN

YEAR = 2025


def test_papers_drawn_in_other_processes_are_the_same_bytes():
    """These know no app, and both languages all the same."""
    paper = yearly.Yearly(
        kind="statement", pack="us", pack_version="2026-01", year=YEAR,
        first_day=date(YEAR, 1, 1), last_day=date(YEAR, 12, 31), language="en",
        entity=PLAIN.entity, receipt_name="Ruth Osei", currency="USD",
        rows=(yearly.Row(date(YEAR, 7, 15), "gift", "AB12CD01", ("School",), 2_500),),
        donor_address=("1 Elm Street",), issued_on=date(YEAR + 1, 1, 9),
    )  # fmt: skip
    facts = [
        (number, replace(paper, language=("en", "es")[number % 2]).to_dict())
        for number in range(2 * pool.LEAST)
    ]
    apart = [
        made for _item, made in pool.each(in_its_process, facts, count=len(facts), processes=2)
    ]
    assert {apps_known for apps_known, _data in apart} == {0}
    here = [yearly.drawn(known) for known in facts[:2]]
    assert here[0] != here[1]
    assert [data for _apps, data in apart] == here * pool.LEAST


def in_its_process(known):
    """How many apps it knows, and the paper."""
    return len(apps.app_configs), yearly.drawn(known)
