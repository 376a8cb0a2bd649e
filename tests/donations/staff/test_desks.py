"""The desks over HTTP: lists, pages, and each act done, refused, and done twice."""

from datetime import timedelta

import pytest
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from donations import checkout
from donations.models import (
    Designation,
    Donor,
    EventWindow,
    GivingOptions,
    Mail,
    PaymentFailure,
    Reconciliation,
    StaffNote,
)
from tests.roles import STAFF, acting_as

pytestmark = pytest.mark.role(STAFF)


def url(name, *args):
    with acting_as(STAFF):
        return reverse(name, args=[quote(arg) for arg in args])


LISTS = [
    "gifts",
    "donors",
    "receipts",
    "tasks",
    "designations",
    "amounts",
    "entities",
    "inbox",
    "reconciliation",
    "mails",
]
MOST_QUERIES = 20


@pytest.mark.parametrize("desk", LISTS)
def test_a_list_takes_the_same_few_queries_for_many_rows(
    desk, make_gift, make_event, lead, django_assert_max_num_queries
):
    for number in range(3):
        gift = make_gift(name=f"Donor {number}")
        make_event()
        StaffNote.objects.create(
            donation=gift, author_id=lead.session["_auth_user_id"], text="Call", due_on="2026-01-01"
        )
    lead.get(url(f"{desk}:index"))  # content types and locales are remembered after this
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        assert lead.get(url(f"{desk}:index")).status_code == 200
    for number in range(5):
        make_gift(name=f"Donor {number}")
        make_event()
    with django_assert_max_num_queries(len(few)):
        assert lead.get(url(f"{desk}:index")).status_code == 200


@pytest.mark.parametrize("desk", LISTS)
@pytest.mark.parametrize(
    "query", ["?q=nunez", "results/?q=50", "?ordering=nonsense", "?p=99", "?export=csv"]
)
def test_a_list_copes_with_a_query_and_exports_nothing(desk, query, make_gift, make_event, lead):
    make_gift(), make_event()
    answer = lead.get(url(f"{desk}:index") + query)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("query", [
    "gifts:index ?status=paid", "gifts:index ?currency=USD&livemode=false",
    "gifts:index ?created_at_from=2026-01-01&created_at_to=2099-12-31", "donors:index ?kind=person",
    "receipts:index ?state=issued&undrawn=false", "inbox:index ?status=failed",
    "mails:index ?status=waiting",
])  # fmt: skip
def test_filters_keep_what_fits(query, make_gift, make_event, lead):
    make_gift(), make_event()
    Mail.objects.update(status="waiting")
    name, parts = query.split()
    assert "1 match" in " ".join(lead.get(url(name) + parts).content.decode().split())


def test_filters_drop_what_does_not_fit(make_gift, lead):
    make_gift()
    assert "José" not in lead.get(url("gifts:index") + "?status=failed").content.decode()


@pytest.mark.parametrize("desk", ["gifts", "receipts", "inbox", "mails", "tasks"])
@pytest.mark.parametrize(
    "path", ["new/", "edit/{}/", "delete/{}/", "copy/{}/", "usage/{}/", "history/{}/"]
)
def test_what_came_from_elsewhere_has_no_form(desk, path, make_gift, make_event, client_of_root):
    gift, event = make_gift(), make_event()
    key = {"gifts": gift.pk, "receipts": gift.receipts.get().pk, "inbox": event.pk}.get(desk, 1)
    assert client_of_root.get(f"/admin/{desk}/{path.format(key)}").status_code == 404


def test_a_gift_tells_its_whole_story(gift, lead):
    PaymentFailure.objects.create(
        charge_id="ch_bad", donation=gift, code="card_declined", decline_code="insufficient_funds",
        failed_at=gift.created_at,
    )  # fmt: skip
    page = lead.get(url("gifts:inspect", gift.pk)).content.decode()

    for told in (
        "José Núñez", "$50.00", "•••• 4242",
        "Not enough money on the account. (insufficient_funds)",
        gift.receipts.get().label, "Contributions", "Receipt issued",
        f"https://dashboard.stripe.com/test/payments/{gift.payment_intent_id}", "A test gift",
    ):  # fmt: skip
        assert told in page


def test_a_donors_page_adds_up_each_year_and_says_who_changed_what(make_gift, care):
    gift = make_gift(email="jose@example.org")
    make_gift(email="JOSE@example.org", amount=2500)
    donor = gift.donor
    values = {
        "kind": "person", "name": "José Núñez Vega", "email": "Jose.Vega@example.org",
        "country": "US", "region": "", "postcode": "04101", "language": "es",
    }  # fmt: skip
    assert care.post(url("donors:edit", donor.pk), values).status_code == 302

    page = care.get(url("donors:inspect", donor.pk)).content.decode()
    assert "$75.00" in page
    assert "jose.vega@example.org" in page
    assert "jose@example.org" in page  # as it was
    assert "person" in page
    donor.refresh_from_db()
    assert donor.search_name == "jose nunez vega"
    gift.refresh_from_db()
    assert gift.name == "José Núñez"  # as typed


def test_who_looks_after_a_donor_sees_what_she_reads_of_her_year(make_gift, care, finance):
    gift = make_gift(email="jose@example.org")
    make_gift(email="else@example.org")
    place = url("donors:year", gift.donor.pk, timezone.localdate(gift.paid_at).year)
    for client in (care, finance):
        assert place in client.get(url("donors:inspect", gift.donor.pk)).content.decode()
        drawn = client.get(place)
        assert drawn.content.startswith(b"%PDF-1.7")
        assert "no-store" in drawn["Cache-Control"]
    assert care.get(url("donors:year", gift.donor.pk, 1999)).status_code == 404


def test_a_donor_cannot_take_anothers_address(make_gift, care):
    one, other = make_gift(email="a@example.org").donor, make_gift(email="b@example.org").donor
    values = {"kind": "person", "name": "A", "email": "B@example.org", "language": "en"}
    answer = care.post(url("donors:edit", one.pk), values)
    assert answer.status_code == 200
    assert "Another donor has this e-mail address." in answer.content.decode()
    assert Donor.objects.get(pk=other.pk).email == "b@example.org"


def test_an_event_is_looked_into_once_more(make_event, finance):
    event = make_event(livemode=True)
    for _ in range(2):
        assert finance.post(url("inbox:replay", event.pk)).status_code == 302
    event.refresh_from_db()
    assert event.status == "waiting"
    page = finance.get(url("inbox:inspect", event.pk)).content.decode()
    assert "Unreachable" not in page


def test_an_ignored_event_says_that_it_is_of_the_other_mode(make_event, finance):
    event = make_event(livemode=True, status="ignored")
    page = finance.get(url("inbox:inspect", event.pk)).content.decode()
    assert "live event on a test site" in page


def test_silence_is_told_on_the_desk_and_at_home(make_gift, finance):
    make_gift(paid=False)  # its payment page should have ended long ago
    for place in ("inbox:index", "wagtailadmin_home"):
        assert "Stripe owes us events" in finance.get(url(place)).content.decode()


def test_a_reconciliation_tells_what_differs_and_is_run_again(finance):
    done = Reconciliation.objects.create(
        since="2026-01-01T00:00Z",
        until="2026-01-04T00:00Z",
        livemode=False,
        repairs=True,
        finished_at=timezone.now(),
        compared={"charges": 318},
    )
    done.differences.create(cause="fee_amount", about="txn_1", detail={"there": 5, "here": 4})
    done.differences.create(cause="event_missed", about="evt_1", repaired=True)
    assert "1 difference between the books and Stripe" in finance.get("/admin/").content.decode()
    page = finance.get(url("reconciliation:inspect", done.pk)).content.decode()
    for told in ("A fee has another amount", "here: 4, there: 5", "Repaired", "318"):
        assert told in page
    finance.post(url("reconciliation:again", done.pk))
    done.refresh_from_db()
    (job,) = ProcrastinateJob.objects.filter(task_name__endswith="compare_stretch")
    assert job.args == {"since": done.since.isoformat(), "until": done.until.isoformat()}


def test_a_bounce_is_corrected_and_sent_again_once(gift, care):
    mail = gift.mails.get(template="receipt")
    Mail.objects.filter(pk=mail.pk).update(status="bounced")
    assert "1 mail did not arrive" in care.get(url("mails:index")).content.decode()
    for _ in range(2):
        typed = {"to": "right@example.org", "confirmed": "1"}
        assert care.post(url("mails:correct", mail.pk), typed).status_code == 302
    assert Mail.objects.filter(to="right@example.org").count() == 1
    gift.refresh_from_db()
    assert gift.email == "right@example.org"
    assert "did not arrive" not in care.get(url("mails:index")).content.decode()


def test_a_mail_of_which_nobody_knows_whether_it_left_waits_for_a_person(gift, care, run_jobs):
    mail = gift.mails.get(template="receipt")
    Mail.objects.filter(pk=mail.pk).update(status="sending", created_at="2026-01-01T00:00Z")
    assert "1 match" in " ".join(care.get(url("mails:index") + "?work=on").content.decode().split())
    assert care.post(url("mails:again", mail.pk)).status_code == 302
    run_jobs()
    mail.refresh_from_db()
    assert mail.status == "sent"


def test_a_mail_can_be_left_at_that(gift, care):
    mail = gift.mails.get(template="receipt")
    Mail.objects.filter(pk=mail.pk).update(status="bounced")
    assert care.post(url("mails:leave", mail.pk)).status_code == 302
    assert Mail.objects.filter(handled_at=None, pk=mail.pk).count() == 0


@pytest.mark.parametrize("template", ["receipt", "receipt_again", "gift_failed", "gift_processing"])
def test_a_mail_is_shown_without_its_secret_link(gift, care, template):
    mail = Mail.objects.create(
        template=template, to=gift.email, cause=f"test:{template}", donation=gift,
        receipt=gift.receipts.get(),
    )  # fmt: skip
    page = care.get(url("mails:inspect", mail.pk)).content.decode()
    assert 'sandbox=""' in page
    assert "/receipts/ey" not in page
    assert not gift.receipts.get().links.filter(created_at__gt=mail.created_at).exists()


def test_notes_and_tasks(gift, care):
    values = {"text": "Call back about <b>the</b> address", "due_on": "2026-01-02"}
    assert care.post(url("gifts:note", gift.pk), values).status_code == 302
    note = StaffNote.objects.get()
    assert note.donor == gift.donor
    assert (
        "Call back about &lt;b&gt;the" in care.get(url("gifts:inspect", gift.pk)).content.decode()
    )
    assert "Call back" in care.get(url("donors:inspect", gift.donor.pk)).content.decode()
    assert "1 task is due" in care.get(url("wagtailadmin_home")).content.decode()
    assert "Call back" not in str(list(gift.timeline.values_list("detail", flat=True)))

    assert care.post(url("tasks:finish", note.pk)).status_code == 302
    note.refresh_from_db()
    assert note.done_by
    assert "Call back" not in care.get(url("tasks:index")).content.decode()


def test_a_note_on_a_donor(gift, care):
    care.post(url("donors:note", gift.donor.pk), {"text": "Prefers letters"})
    assert StaffNote.objects.get().donation is None


def test_the_week_at_home(make_gift, care, editor):
    make_gift(amount=1000), make_gift(amount=2000)
    page = care.get(url("wagtailadmin_home")).content.decode()
    assert "$30.00" in page
    assert "<rect" in page
    assert "$30.00" not in editor.get(url("wagtailadmin_home")).content.decode()


def test_the_lead_sets_the_suggested_amounts(make_gift, lead, finance):
    make_gift()
    row = GivingOptions.objects.get(frequency="once")
    typed = {
        "currency": "USD", "frequency": "once", "amounts_minor": "30 12.50 $60",
        "fee_basis_points": 290,
        "preselected_minor": "30", "minimum_minor": "5", "fee_fixed_minor": "0.30",
    }  # fmt: skip
    assert finance.post(url("amounts:edit", row.pk), typed).status_code == 302  # refused: to home
    row.refresh_from_db()
    assert row.amounts_minor != [1250, 3000, 6000]
    assert lead.post(url("amounts:edit", row.pk), typed).status_code == 302
    row.refresh_from_db()
    assert row.amounts_minor == [1250, 3000, 6000]
    assert (row.preselected_minor, row.fee_fixed_minor) == (3000, 30)

    shown = lead.get(url("amounts:edit", row.pk)).content.decode()
    assert 'value="12.50 30 60"' in shown
    typed["preselected_minor"] = "31"
    assert (
        "choose one of the amounts"
        in lead.post(url("amounts:edit", row.pk), typed).content.decode()
    )


def test_the_lead_makes_a_designation_and_its_promise_stays(make_gift, lead):
    make_gift()
    typed = {
        "name": "Laptops", "code": "laptops", "restriction": "with_donor_restrictions",
        "limited_by": "purpose",
        "currency": "USD", "position": "40", "over_funding_percent": "0", "target_minor": "",
    }  # fmt: skip
    assert lead.post(url("designations:add"), typed).status_code == 302
    row = Designation.objects.get(code="laptops")
    typed |= {"restriction": "without_donor_restrictions", "target_minor": "1,000"}
    page = lead.post(url("designations:edit", row.pk), typed).content.decode()
    assert "This cannot change once it is in use." in page
    assert "A goal needs a place" in page
    row.refresh_from_db()
    assert row.restriction == "with_donor_restrictions"


def test_a_debit_that_came_back_is_told_as_such(make_gift, lead):
    gift = make_gift(paid=False)
    gift.attempts.update(state="complete", payment_intent_id="pi_back")
    type(gift).objects.filter(pk=gift.pk).update(status="failed")
    PaymentFailure.objects.create(
        charge_id="py_back", donation=gift, code="insufficient_funds", method="us_bank_account",
        failed_at=gift.created_at,
    )  # fmt: skip
    page = lead.get(url("gifts:inspect", gift.pk)).content.decode()
    for told in ("Not charged", "Bank debit", "payments/pi_back",
                 "The bank refused the debit: not enough money on the account."):  # fmt: skip
        assert told in page


@pytest.mark.parametrize(
    ("state", "minutes", "told"),
    [
        (None, 0, "Reviewing, not sent to Stripe yet"),
        ("asked", 20, "Payment page is being opened"),
        ("open", 20, "Payment page open until"),
        ("open", -20, "Payment page has ended"),
        ("refused", 20, "Stripe refused to open the payment page"),
    ],
)
def test_a_gift_that_waits_says_for_what(make_gift, lead, state, minutes, told):
    gift = make_gift(paid=False)
    if state is None:
        gift = checkout.begin(
            [checkout.Part(gift.lines.get().designation, 100)], form_token="fresh",
            entity=gift.legal_entity, currency="USD", fee_cover_minor=0, name="A", email="a@b.org",
        )  # fmt: skip
    else:
        gift.attempts.update(state=state, expires_at=timezone.now() + timedelta(minutes=minutes))
    for page in (url("gifts:index"), url("gifts:inspect", gift.pk)):
        assert told in lead.get(page).content.decode()


def test_a_window_is_opened_for_a_day_at_most_and_told_at_home(care, finance):
    now = timezone.localtime()
    typed = {"starts_at": f"{now:%Y-%m-%d %H:%M}", "note": "Winter gala"}
    late = typed | {"ends_at": f"{now + timedelta(hours=25):%Y-%m-%d %H:%M}"}
    assert "up to 24 hours" in care.post(url("windows:add"), late).content.decode()
    over = {"starts_at": "2026-01-01 10:00", "ends_at": "2026-01-01 12:00", "note": "x"}
    assert "over already" in care.post(url("windows:add"), over).content.decode()
    assert not EventWindow.objects.exists()

    good = typed | {"ends_at": f"{now + timedelta(hours=5):%Y-%m-%d %H:%M}"}
    assert care.post(url("windows:add"), good).status_code == 302
    window = EventWindow.objects.get()
    assert window.opened_by_id == int(care.session["_auth_user_id"])
    assert "Winter gala" in care.get(url("windows:inspect", window.pk)).content.decode()
    told = "Event window open until"
    assert told in care.get(url("wagtailadmin_home")).content.decode()
    assert told not in finance.get(url("wagtailadmin_home")).content.decode()


def test_a_gift_is_searched_for_from_home(gift, finance, editor):
    form = 'action="/admin/gifts/"'
    assert form in finance.get(url("wagtailadmin_home")).content.decode()
    assert form not in editor.get(url("wagtailadmin_home")).content.decode()


def test_filters_in_force_are_told_in_words(gift, lead):
    page = lead.get(url("mails:index") + "?template=receipt").content.decode()
    assert "Waits for somebody:" not in page
    assert "True" not in lead.get(url("receipts:index") + "?undrawn=true").content.decode()
