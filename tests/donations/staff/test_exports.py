"""The desk of exports: asked for, watched, taken, refused, erased; each by whom it may be."""

import io
import json
import re
from datetime import timedelta
from unittest import mock

import pytest
from django.urls import reverse
from django.utils import timezone

from donations.exports import making, plain
from donations.models import ChartAccount, Export, LegalEntity
from tests.roles import STAFF, acting_as

pytestmark = pytest.mark.role(STAFF)


def url(name, *args):
    with acting_as(STAFF):
        return reverse(f"exports:{name}", args=args)


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def ask(make_gift):
    """Fills in the form; returns the answer."""
    make_gift()
    today = timezone.localdate()

    def send(client, **typed):
        data = {
            "kind": "journal", "format": "csv", "first_day": today - timedelta(days=1),
            "last_day": today, "entity": LegalEntity.objects.get().pk, **typed,
        }  # fmt: skip
        return client.post(url("add"), data)

    return send


def test_finance_asks_watches_downloads_and_erases(ask, finance, run_jobs):
    assert "No file was made yet" in text_of(finance.get(url("index")))
    answer = ask(finance)
    made = Export.objects.get()
    assert answer["Location"] == url("inspect", made.pk)
    page = text_of(finance.get(url("inspect", made.pk)))
    assert "Waiting" in page
    assert f'data-watch="{url("progress", made.pk)}"' in page
    assert "Look again" in page  # without JavaScript
    assert url("download", made.pk) not in page
    early = finance.get(url("download", made.pk), follow=True)
    assert "There is no file" in text_of(early)

    run_jobs()
    told = json.loads(finance.get(url("progress", made.pk)).content)
    assert (told["state"], told["percent"]) == ("ready", 100)
    page = text_of(finance.get(url("inspect", made.pk)))
    for words in ("Totals, equal to the ledger", "Contributions", "50.00", "Nobody has taken"):
        assert words in page
    total = '<th scope="row">Total</th>'
    assert "Total USD 50.00 50.00" in " ".join(
        re.sub("<[^>]+>", " ", page[page.index(total) :]).split()
    )
    answer = finance.get(url("download", made.pk))
    today = f"{timezone.localdate():%Y%m%d}"
    assert answer["Content-Disposition"].endswith(f'-{today}-test.csv"')
    assert "no-store" in answer["Cache-Control"]
    data = b"".join(answer.streaming_content)
    made.refresh_from_db()
    assert made.size == len(data) == int(answer["Content-Length"])
    assert made.downloads.count() == 1
    assert "data-watch" not in text_of(finance.get(url("index")))

    assert finance.post(url("erase", made.pk)).status_code == 302
    assert "There is no file" in text_of(finance.get(url("download", made.pk), follow=True))
    assert made.downloads.count() == 1


def test_a_failed_export_says_why_and_how_to_mend_it(ask, finance, lead, run_jobs):
    ChartAccount.objects.filter(account="processor_balance").delete()
    ask(finance, format="xero")
    run_jobs()
    made = Export.objects.get()
    page = text_of(finance.get(url("inspect", made.pk)))
    with acting_as(STAFF):
        add = reverse("chart:add") + "?account=processor_balance"
    for words in ("Some accounts stand nowhere in the chart", "Balance at Stripe", add):
        assert words in page
    assert 'value="processor_balance" selected' in text_of(lead.get(add))
    assert url("again", made.pk) in page
    finance.post(url("again", made.pk))
    made.refresh_from_db()
    assert made.state == "waiting"


def test_a_file_that_differs_is_told_with_both_figures(ask, finance, run_jobs):
    def spoiled(file, source):
        held = io.BytesIO()
        plain.write(held, source)
        file.write(held.getvalue().replace(b",50.00,", b",50.01,"))

    ask(finance)
    with mock.patch.dict(making.WRITERS, {Export.Format.CSV: spoiled}):
        run_jobs()
    page = text_of(finance.get(url("inspect", Export.objects.get().pk)))
    assert "debits - credits" in page or "in the books" in page
    assert url("download", Export.objects.get().pk) not in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"last_day": "2020-01-01"}, "not before the first"),
        ({"last_day": "2999-01-01"}, "today or an earlier day"),
        ({"kind": "receipts", "format": "xero"}, "takes the journal only"),
        ({"kind": "donors"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_asked_for_is_told_at_its_field(ask, finance, typed, words):
    assert words in text_of(ask(finance, **typed))
    assert not Export.objects.exists()


def test_donors_are_for_the_lead_alone_at_every_address(ask, lead, finance, care, run_jobs):
    ask(lead, kind="donors")
    run_jobs()
    made = Export.objects.get()
    assert made.state == "ready"
    assert "Donors and what they gave" in text_of(lead.get(url("index")))
    assert lead.get(url("download", made.pk)).status_code == 200
    assert "Donors and what they gave" not in text_of(finance.get(url("index")))
    for name in ("inspect", "download", "progress", "erase", "again"):
        answer = finance.get(url(name, made.pk))
        assert answer.status_code in {302, 403}, name
        assert answer.headers.get("Location") in {None, reverse("wagtailadmin_home")}, name
        assert care.get(url(name, made.pk)).status_code in {302, 403}
    assert made.downloads.count() == 1
