"""The desk of a year's papers: counted, looked over, issued, watched, printed."""

import html
import json
import re

import pytest
from django.db import connection
from django.urls import reverse

from donations import demo
from donations.models import LegalEntity, Receipt, StatementRun
from tests.donations.receipts.years import YEAR, given, goes_back, quickly
from tests.roles import STAFF, acting_as

pytestmark = pytest.mark.role(STAFF)


def url(name, *args):
    with acting_as(STAFF):
        return reverse(f"yearly:{name}", args=args)


def text_of(answer):
    assert answer.status_code == 200
    return html.unescape(" ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split()))


@pytest.fixture
def ask(db, run_jobs):
    """Fills in the form."""
    demo.seed()

    def send(client, **typed):
        entity = LegalEntity.objects.get().pk
        data = {"kind": "receipt", "year": YEAR, "entity": entity} | typed
        return client.post(url("add"), data)

    return send


def test_finance_counts_looks_over_issues_and_prints(ask, finance, run_jobs):
    given(5000)
    given(2500, name="Zoe", email="", postcode="04101")
    assert "not over" in text_of(ask(finance, year=2099))
    answer = ask(finance)
    run = StatementRun.objects.get()
    assert answer["Location"] == url("inspect", run.pk)
    assert f'data-watch="{url("progress", run.pk)}"' in finance.get(answer["Location"]).text
    run_jobs()
    page = text_of(finance.get(url("inspect", run.pk)))
    for words in ("Ready to be looked over", "Total $75.00", "By mail 1", "post 1", "ruth@example"):
        assert words in page
    first = run.statements.order_by("-amount_minor").first()
    sample = finance.get(url("paper", first.pk))
    assert sample["Content-Disposition"].endswith('-sample.pdf"')
    assert sample.content.startswith(b"%PDF-1.7")

    page = finance.get(url("issue", run.pk))
    run.refresh_from_db()
    assert run.fingerprint in page.text
    assert "2 papers over $75.00" in text_of(page)
    for _ in range(2):  # and pressed twice
        assert (
            finance.post(url("issue", run.pk), {"fingerprint": run.fingerprint}).status_code == 302
        )
    run_jobs()
    told = json.loads(finance.get(url("progress", run.pk)).content)
    assert (told["state"], told["percent"]) == ("done", 100)
    page = finance.get(url("inspect", run.pk))
    assert url("letters", run.pk, 1) in page.text
    assert finance.get(url("letters", run.pk, 1)).content.startswith(b"%PDF")
    assert finance.get(url("paper", first.pk)).content.startswith(b"%PDF-1.7")
    assert Receipt.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "why"), [("receipt", "is on a receipt already"), ("statement", "Nobody gave anything")]
)
def test_a_year_without_papers_says_that_there_is_nothing_and_why(
    ask, finance, run_jobs, kind, why
):
    ask(finance, kind=kind)
    run_jobs()
    page = text_of(finance.get(url("inspect", StatementRun.objects.get().pk)))
    assert "Counted: nothing to issue" in page
    assert why in page
    assert "Ready to be looked over" not in page


def test_a_run_is_taken_up_again_only_where_nothing_works_on_it(ask, finance, run_jobs):
    given(5000)
    ask(finance)
    run_jobs()
    run = StatementRun.objects.get()
    finance.post(url("issue", run.pk), {"fingerprint": run.fingerprint})
    assert url("on", run.pk) not in finance.get(url("inspect", run.pk)).text
    with connection.cursor() as cursor:  # its job was lost
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
    assert url("on", run.pk) in finance.get(url("inspect", run.pk)).text
    finance.post(url("on", run.pk))
    assert url("on", run.pk) not in finance.get(url("inspect", run.pk)).text


def test_a_stopped_run_names_what_changed(ask, finance, run_jobs):
    gift = given(5000, name="Changed")
    ask(finance)
    run_jobs()
    run = StatementRun.objects.get()
    goes_back(gift, 100)
    with quickly():
        finance.post(url("issue", run.pk), {"fingerprint": run.fingerprint})
        run_jobs()
    page = text_of(finance.get(url("inspect", run.pk)))
    for words in ("Stopped: something changed", "What had changed", "Changed Something of it"):
        assert words in page
    assert not Receipt.objects.exists()


def test_who_may_not_see_it_sees_nothing(ask, finance, care, run_jobs):
    given(5000)
    ask(finance)
    run_jobs()
    run = StatementRun.objects.get()
    paper = run.statements.get()
    for place in (
        *(url("index"), url("add"), url("inspect", run.pk), url("issue", run.pk)),
        *(url("progress", run.pk), url("paper", paper.pk), url("letters", run.pk, 1)),
    ):
        assert care.get(place).status_code in {302, 403}


def test_what_became_of_the_gifts_goes_along_with_statements_if_finance_asks_for_it(
    ask, finance, care, run_jobs
):
    given(5000)
    assert "goes along with statements only" in text_of(ask(finance, encloses="on"))
    assert not StatementRun.objects.exists()
    ask(finance, kind="statement", encloses="on")
    run_jobs()
    run = StatementRun.objects.get()
    assert run.encloses
    page = text_of(finance.get(url("inspect", run.pk)))
    assert "Goes along What became of the gifts" in page
    row = run.statements.get()
    place = url("enclosed", row.pk)
    assert place in finance.get(url("inspect", run.pk)).text
    assert finance.get(place).content.startswith(b"%PDF-1.7")
    assert care.get(place).status_code in {302, 403}
    ask(finance, kind="statement")
    run_jobs()
    alone = StatementRun.objects.latest("pk")
    assert "Goes along Nothing" in text_of(finance.get(url("inspect", alone.pk)))
    assert finance.get(url("enclosed", alone.statements.get().pk)).status_code == 404
