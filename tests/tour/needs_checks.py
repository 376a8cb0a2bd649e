"""What must hold for needs in the tour: what donors read, and that no group is under eleven."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from tests.tour.stage import Stage
from tests.tour.visitor import Visitor

K = 11
NEWS = re.compile(
    r'<li(?: class="(trace-\w+)")?><span>(With the partner|In use)</span>'
    r' <span class="soft">(.*?)</span></li>'
)
DUE = re.compile(r"the next news is due on ([A-Z][a-z]{2})\w*\.? (\d+), (\d{4})")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def nothing_is_told_yet(stage: Stage, links: Iterable[str]) -> str:
    """Nothing of the person's side, and each page names the same next day; which one."""
    named = set()
    for link in links:
        page = Visitor(stage.public, "10.205.0.1").get(link)
        assert page.status == 200, f"{link}: {page.status}"
        news = NEWS.findall(page.text)
        assert news, f"{link} says nothing of news"
        assert not any(mark for mark, _stage, _said in news), f"{link} tells too early: {news}"
        named |= set(DUE.findall(page.text))
    assert len(named) == 1, f"pages name {named}"
    month, day, year = named.pop()
    return date(int(year), MONTHS.index(month) + 1, int(day)).isoformat()


def news_is_told(site: str, links: Iterable[str], due: str) -> tuple[list[str], list[str]]:
    """Pages on which everything is in use, and those on which some of it is.

    Whatever is not told of yet names the next day.
    """
    whole, part = [], []
    for link in links:
        page = Visitor(site, "10.205.0.2").get(link)
        assert page.status == 200, f"{link}: {page.status}"
        in_use = [
            (mark, said) for mark, stage, said in NEWS.findall(page.text) if stage == "In use"
        ]
        assert in_use
        if all(mark == "trace-done" for mark, _said in in_use):
            whole.append(link)
        elif any(mark for mark, _said in in_use):
            part.append(link)
        for mark, said in in_use:
            days = [
                date(int(year), MONTHS.index(month) + 1, int(day)).isoformat()
                for month, day, year in DUE.findall(said)
            ]
            assert days == ([] if mark == "trace-done" else [due]), f"{link}: {said}"
    assert whole or part, "no donor reads of anything in use"
    return whole, part


def cells_are_of_eleven(stage: Stage, cells: list[dict[str, Any]]) -> None:
    """By the everyday database's own rows; some of it told by kind and region."""
    counts = stage.rows(
        "SELECT c.id, count(DISTINCT r.unit_id) AS things FROM gifts_releasecell c"
        " LEFT JOIN gifts_releasedunit r ON r.cell_id = c.id GROUP BY c.id ORDER BY c.id"
    )
    found = [row["things"] for row in counts]
    assert found == [cell["things"] for cell in cells], f"{found}, published {cells}"
    assert found, "nothing was published"
    assert min(found) >= K, found
    assert any(cell["kind"] and cell["region"] != "world" for cell in cells), cells


def everybody_heard_once(stage: Stage) -> int:
    """One mail to each donor of what was told of, and none to others."""
    wrong = stage.rows(
        "WITH told AS (SELECT DISTINCT d.email FROM donations_donation d"
        "   JOIN donations_donationline l ON l.donation_id = d.id"
        "   JOIN gifts_unitshare x ON x.line_id = l.id"
        "   JOIN gifts_releasedunit r ON r.unit_id = x.unit_id WHERE d.status = 'paid'),"
        ' heard AS (SELECT m."to" AS email, count(*) AS mails FROM donations_mail m'
        "   WHERE m.about = 'released' AND m.status = 'sent' GROUP BY 1)"
        " SELECT email, mails FROM told FULL JOIN heard USING (email)"
        " WHERE mails IS DISTINCT FROM 1 OR NOT EXISTS (SELECT FROM told t WHERE t.email = email)"
    )
    assert not wrong, f"heard of the news otherwise than once: {wrong}"
    return stage.count("SELECT count(*) FROM donations_mail WHERE about = 'released'")
