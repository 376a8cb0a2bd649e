"""With the statements of a year: what became of the gifts, as a link in a mail or a paper."""

import html
import re
from io import BytesIO

import pikepdf
import pytest
from django.core import mail as outgoing
from django.db import IntegrityError, transaction

from campaigns.impact_statements import along, links, paper
from donations import demo, mails
from donations.models import LegalEntity, Mail, StatementFile, StatementRun
from donations.receipts import printing, runs
from tests.donations.receipts.years import SUMMER, YEAR, given, issued, quickly
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(db):
    """A seeded organisation with a donor who gets mails, and one who gets letters."""
    demo.seed()
    given(5000)
    given(2500)
    given(800, name="Zoe", email="", language="es", postcode="04101")


def counted(run_jobs, *, encloses: bool = True) -> StatementRun:
    entity = LegalEntity.objects.get(is_default=True)
    by = person(factor=False)
    run = runs.ask("statement", entity=entity, year=YEAR, actor=by, encloses=encloses)
    run_jobs()
    run.refresh_from_db()
    return run


def path_of(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


def test_the_statement_and_its_fingerprint_are_the_same_with_it_and_without(year, run_jobs):
    alone, along_with = counted(run_jobs, encloses=False), counted(run_jobs)
    assert alone.fingerprint == along_with.fingerprint
    for run in (alone, along_with):
        issued(run, run_jobs)
    one, other = (run.statements.order_by("name") for run in (alone, along_with))
    assert [row.sha256 for row in one] == [row.sha256 for row in other]
    assert [bool(row.file.enclosed) for row in one] == [False, False]
    assert [bool(row.file.enclosed) for row in other] == [False, True]


def test_the_mail_has_a_link_that_opens_without_signing_in(year, run_jobs, public_client):
    with quickly():
        run = issued(counted(run_jobs), run_jobs)
    (sent,) = [mail for mail in outgoing.outbox if "/your-year/" in mail.body]
    link = re.search(r"\S+/your-year/\S+", sent.body)
    assert link
    answer = public_client.get(path_of(link[0]))
    page = html.unescape(answer.text)
    assert "you gave $75.00 in 2 gifts" in page
    for name in ("Ruth", "Osei", "ruth@"):
        assert name not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    drawn = public_client.get(f"{path_of(link[0])}paper/")
    assert drawn.content.startswith(b"%PDF-1.7")

    mail = Mail.objects.get(template="statement")
    assert mails.context_of(mail, preview=True)["enclosed_link"] == "…"
    run.statements.filter(email=sent.to[0]).update(email="right@example.org")
    assert public_client.get(path_of(link[0])).status_code == 404
    assert public_client.get("/your-year/made-up/").status_code == 404
    assert public_client.get("/your-year/made-up/paper/").status_code == 404


def test_a_letter_is_followed_by_its_paper_in_the_donors_language(year, run_jobs):
    run = issued(counted(run_jobs), run_jobs)
    row = run.statements.get(name="Zoe")
    with pikepdf.open(BytesIO(row.file.enclosed)) as drawn:
        assert str(drawn.Root.Lang) == "es"
        pages = len(drawn.pages)
        assert str(drawn.docinfo["/Title"]) == f"Sus donaciones de {YEAR}"
    with pikepdf.open(BytesIO(runs.stored_bytes(row))) as statement:
        pages += len(statement.pages)
    with pikepdf.open(BytesIO(printing.letters(run))) as merged:
        assert len(merged.pages) == pages
    assert runs.enclosed_bytes(row) == bytes(row.file.enclosed)


def test_papers_of_a_run_are_of_the_gifts_on_each_statement_alone(year, run_jobs):
    given(9900, name="Ruth and Kofi", at=SUMMER)
    given(1200, at=SUMMER.replace(year=YEAR - 1))
    rows = list(counted(run_jobs).statements.select_related("run__legal_entity").order_by("name"))
    gifts = along.gifts_on(rows)
    sums = {row.name: sum(one.amount_minor for one in gifts[row.pk]) for row in rows}
    assert sums == {"Ruth Osei": 7500, "Ruth and Kofi": 9900, "Zoe": 800}
    assert {row.name: row.amount_minor for row in rows} == sums
    sheets = along.sheets(rows)
    zoe = sheets[next(row.pk for row in rows if row.name == "Zoe")]
    assert (zoe.lang, "Gracias." in zoe.html, "Zoe" in zoe.html) == ("es", True, True)


def test_many_papers_cost_the_same_few_queries(year, run_jobs, django_assert_max_num_queries):
    for number in range(12):
        given(1000, name=f"Donor {number}", email="")
    rows = list(counted(run_jobs).statements.select_related("run__legal_entity"))
    with django_assert_max_num_queries(24):
        assert len(along.sheets(rows)) == 14


def test_nothing_goes_along_where_nobody_asked_for_it_and_with_no_receipt(
    year, run_jobs, public_client
):
    with quickly():
        run = issued(counted(run_jobs, encloses=False), run_jobs)
    assert not [mail for mail in outgoing.outbox if "/your-year/" in mail.body]
    row = run.statements.get(name="Ruth Osei")
    assert runs.enclosed_bytes(row) is None
    assert public_client.get(path_of(links.new_link(row, "en"))).status_code == 404
    entity = LegalEntity.objects.get(is_default=True)
    with pytest.raises(runs.NotPossible, match="alone"):
        runs.ask("receipt", entity=entity, year=YEAR, actor=person(), encloses=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        StatementRun.objects.create(
            **{"kind": "receipt", "legal_entity": entity, "livemode": False, "year": YEAR},
            **{"encloses": True, "asked_by": person(factor=False)},
        )


def test_a_run_that_was_broken_off_goes_on_and_draws_each_paper_once(year, run_jobs):
    run = counted(run_jobs)
    runs.issue(run, fingerprint=run.fingerprint, actor=person(factor=False))
    run.refresh_from_db()
    assert runs.fix(run.pk)
    (row,) = run.statements.filter(email="")
    runs._store(row.pk, b"%PDF first", b"%PDF beside")
    runs._store(row.pk, b"%PDF second", b"%PDF another")
    with quickly():
        run_jobs()
    row.refresh_from_db()
    assert bytes(row.file.enclosed) == b"%PDF beside"
    assert StatementFile.objects.filter(statement__run=run).count() == 2
    assert paper.size_of("letter") == "Letter"
