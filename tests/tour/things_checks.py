"""What must hold for things in the tour: each basket, each unit, each page of a gift's way."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.tour import checks
from tests.tour.stage import Stage
from tests.tour.things_donors import Paid
from tests.tour.visitor import Visitor

SECTION = re.compile(r'<section class="story".*?</section>', re.DOTALL)
STEP = re.compile(
    r'<li(?: class="(trace-\w+)")?><span>[^<]*</span> <span class="soft">([^<]*)</span></li>'
)
PART = re.compile(r"(\d+) \w+ (\d+)")
TRACE_LINK = re.compile(r"https?://\S+/trace/\S+")
# Of each line: how many things its money is in, and how many of them came to each stage.
WAYS = """
    SELECT d.reference, l.id, l.goes_back, w.id AS wish, count(u.id) AS things,
           count(u.id) FILTER (WHERE EXISTS (SELECT FROM gifts_unitstep s
               WHERE s.unit_id = u.id AND s.state = 'received')) AS received,
           count(u.id) FILTER (WHERE EXISTS (SELECT FROM gifts_unitstep s
               WHERE s.unit_id = u.id AND s.state = 'ready')) AS ready
      FROM donations_donationline l
      JOIN donations_donation d ON d.id = l.donation_id
      LEFT JOIN gifts_wish w ON w.designation_id = l.designation_id
      LEFT JOIN gifts_unitshare x ON x.line_id = l.id
      LEFT JOIN gifts_unit u ON u.id = x.unit_id AND u.state <> 'canceled'
     WHERE d.reference = ANY(%s)
     GROUP BY d.reference, l.id, w.id ORDER BY l.id
"""


def every_basket_is_as_its_donor_left_it(stage: Stage, baskets: Iterable[Paid]) -> None:
    """Paid or not, and how much of it for what, by the donors' own count."""
    known = list(baskets)
    rows = stage.rows(
        "SELECT d.reference, d.status, g.code, sum(l.amount_minor)::bigint AS minor"
        " FROM donations_donation d JOIN donations_donationline l ON l.donation_id = d.id"
        " JOIN donations_designation g ON g.id = l.designation_id"
        " WHERE d.reference = ANY(%s) GROUP BY 1, 2, 3",
        [basket.reference for basket in known],
    )
    ours: dict[str, Counter[str]] = {}
    for row in rows:
        ours.setdefault(row["reference"], Counter())
        if row["status"] == "paid":
            ours[row["reference"]][row["code"]] += row["minor"]
    assert len(ours) == len(known), f"{len(known)} baskets, {len(ours)} of them in the database"
    for basket in known:
        donor, found = basket.filled.donor, ours[basket.reference]
        where = f"donor {donor.number} ({donor.story})"
        assert found == basket.parts, f"{where}: {dict(found)}, by her own count {basket.parts}"


def every_way_can_be_followed(stage: Stage, links: Mapping[str, str]) -> Counter[str]:
    """Each paid gift's page answers, and its stages are those of the units. What they say."""
    ways: dict[str, list[dict[str, Any]]] = {}
    for row in stage.rows(WAYS, list(links)):
        ways.setdefault(row["reference"], []).append(row)
    said: Counter[str] = Counter()

    def follow(reference: str) -> None:
        page = Visitor(stage.public, "10.203.0.1").get(links[reference])
        assert page.status == 200, f"the way of {reference[:8]}: {page.status}"
        sections = SECTION.findall(page.text)
        lines = ways[reference]
        assert len(sections) == len(lines), f"{len(sections)} parts, {len(lines)} lines"
        for section, line in zip(sections, lines, strict=True):
            told = _told(section)
            assert told == _wanted(line), f"{reference[:8]}: {told}, by its units {dict(line)}"
            said[" · ".join(told) or "a fund, or given back"] += 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(follow, links))
    return said


def _told(section: str) -> list[str]:
    """The stages of one part: "whole", "1 of 3" or "none", without paid and the person's side."""
    steps = STEP.findall(section)[1:-2]
    return [
        "whole"
        if mark == "trace-done"
        else " of ".join(PART.search(text).groups())
        if mark
        else "none"
        for mark, text in steps
    ]


def _wanted(line: Mapping[str, Any]) -> list[str]:
    if line["wish"] is None or line["goes_back"]:
        return []
    count = line["things"]
    if not count:
        return ["none"]
    return [
        "whole" if done == count else f"{done} of {count}" if done else "none"
        for done in (count, line["received"], line["ready"])
    ]


def everybody_was_told_once(stage: Stage) -> int:
    """Whose gift is in a thing got one mail of its order; its link opens her own page."""
    wrong = stage.rows(
        "SELECT d.reference, count(DISTINCT m.id) FROM donations_donation d"
        " JOIN donations_donationline l ON l.donation_id = d.id"
        " JOIN gifts_unitshare x ON x.line_id = l.id"
        " LEFT JOIN donations_mail m ON m.donation_id = d.id AND m.cause LIKE 'trace-ordered:%%'"
        "     AND m.status = 'sent'"
        " GROUP BY 1 HAVING count(DISTINCT m.id) <> 1"
    )
    assert not wrong, f"not told once that things were ordered: {wrong}"
    mailed = [TRACE_LINK.findall(checks.body(checks.read_mail(file))) for file in stage.mails]
    found = [links_[0] for links_ in mailed if links_]
    told = stage.count("SELECT count(*) FROM donations_mail WHERE template = 'trace'")
    assert len(found) >= told, f"{told} mails of things, {len(found)} with a link"
    for link in found[:: max(1, len(found) // 10)]:
        assert Visitor(stage.public, "10.203.0.2").get(link.rstrip(".")).status == 200, link
    return told


def offers_ended_as_they_should(stage: Stage, fates: Mapping[str, str]) -> dict[str, int]:
    """States of the offers, with one acknowledgment of each that left something with us."""
    ends = {"declined": "declined", "withdrawn": "withdrawn"}
    rows = stage.rows(
        "SELECT o.reference, o.state, count(a.id) FILTER (WHERE a.state = 'issued'"
        " AND a.sha256 IS NOT NULL) AS papers FROM gifts_offer o"
        " LEFT JOIN gifts_acknowledgment a ON a.offer_id = o.id"
        " WHERE o.reference = ANY(%s) GROUP BY 1, 2",
        list(fates),
    )
    for row in rows:
        fate = fates[row["reference"]]
        papers = 1 if fate in ("kept", "recycled") else 0
        found = row["state"], row["papers"]
        assert found == (ends.get(fate, "closed"), papers), f"{fate}: {found}"
    assert len(rows) == len(fates)
    return dict(Counter(row["state"] for row in rows))


def receipts_are_for_what_was_kept(stage: Stage) -> None:
    """One receipt of each gift of which something stayed, over just that; none of the others."""
    wrong = stage.rows(
        "SELECT d.id, d.amount_minor - d.refunded_minor - d.lost_minor AS kept,"
        " array_agg((r.snapshot ->> 'amount_minor')::bigint)"
        "     FILTER (WHERE r.state = 'issued') AS issued"
        " FROM donations_donation d LEFT JOIN donations_receipt r ON r.donation_id = d.id"
        " WHERE d.status = 'paid' GROUP BY d.id"
    )
    wrong = [row for row in wrong if row["issued"] != ([row["kept"]] if row["kept"] else None)]
    assert not wrong, f"receipts that are not for what was kept: {wrong}"


def refunds_agree(stage: Stage) -> int:
    """What Stripe tells to have given back is what the ledger says, in minor units."""
    told = stage.sandbox.events(types=["refund.created"])
    theirs = sum(event["data"]["object"]["amount"] for event in told)
    booked = stage.count(
        "SELECT coalesce(sum(amount_minor), 0)::bigint FROM donations_posting"
        " WHERE account = 'refunds'"
    )
    assert booked == theirs, f"{booked} given back by the ledger, {theirs} by Stripe"
    return theirs
