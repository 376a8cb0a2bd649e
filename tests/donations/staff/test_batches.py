"""The desk for gifts outside Stripe: entered row by row, posted, deposited, printed, reversed."""

from io import BytesIO

import pikepdf
import pytest

from donations.models import Designation, Donation, Donor, GiftBatch, OfflineGift
from donations.offline import posting
from tests.donations.staff.test_desks import url
from tests.offline_made import days_ago
from tests.roles import STAFF

pytestmark = pytest.mark.role(STAFF)
MOST_QUERIES = 14


def text(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def typed(**facts):
    default = Designation.objects.get(is_default=True)
    return {
        **{"name": "Ruth Osei", "email": "", "postcode": "45402", "amount": "50.00"},
        **{"address_line1": "1 Elm Street", "kind": "person", "language": "en"},
        **{"received_on": days_ago(2).isoformat(), "designation": default.pk},
        **facts,
    }


@pytest.fixture
def batch(clerk):
    return clerk.batch(5000, 7500)


def test_a_batch_is_begun_typed_through_and_posted(clerk, finance, run_jobs):
    start = {
        **{"source": "cheque", "currency": "usd", "expected_count": "2", "expected": "1,250.00"},
        **{"deposited_on": days_ago(1).isoformat(), "bank_reference": "dep 7"},
    }
    assert "Nothing is here yet." in text(finance.get(url("offline:index")))
    page = finance.get(url("offline:add"))
    entity = page.context["form"].initial["entity"].pk
    wrong = text(finance.post(url("offline:add"), {**start, "entity": entity, "expected": "lots"}))
    assert "amount above zero" in wrong
    answer = finance.post(url("offline:add"), {**start, "entity": entity})
    batch = GiftBatch.objects.get()
    assert "Nothing is here yet." not in text(finance.get(url("offline:index")))
    enter = url("offline:enter", batch.pk)
    assert answer["Location"] == enter
    assert (batch.currency, batch.expected_minor) == ("USD", 125_000)
    assert "Still missing" in text(finance.get(enter))
    page = finance.post(enter, typed(address_line1=""))
    focused = [field.name for field in page.context["form"] if "autofocus" in str(field)]
    assert focused == ["address_line1"]
    assert "<details open>" in page.text
    education = Designation.objects.get(code="education")
    finance.post(
        enter,
        typed(amount="$250", designation2=education.pk, amount2="100", check_number="1001"),
    )
    gift = OfflineGift.objects.get()
    assert [line.amount_minor for line in gift.lines.all()] == [15_000, 10_000]
    told = text(finance.get(url("offline:post", batch.pk)))
    assert "It cannot be posted: 1 gift is missing." in told
    finance.post(enter, typed(name="Ama Mensah", amount="1,000", email="ama@example.org"))
    assert "Count and total are met" in text(finance.get(enter))
    page = finance.get(url("offline:post", batch.pk))
    assert "2 gifts, $1,250.00 go into the books" in text(page)
    seen = page.context["form"].initial["seen"]
    finance.post(url("offline:post", batch.pk), {"seen": seen})
    run_jobs()
    page = text(finance.get(url("offline:inspect", batch.pk)))
    for told in ("Posted", "dep 7", "Receipts that go by post", "US-20"):
        assert told in page
    assert "not open any more" in text(finance.get(enter, follow=True))
    donation = Donation.objects.get(name="Ruth Osei")
    page = text(finance.get(url("gifts:inspect", donation.pk)))
    for told in ("How it came", "1001", url("offline:inspect", batch.pk), "Not deposited yet"):
        assert told in page
    assert "Tries at Stripe" not in page


def test_a_name_that_more_than_one_may_have_is_asked_about(batch, finance):
    known = Donor.objects.create(name="Ruth Osei", search_name="ruth osei", postcode="10001")
    enter = url("offline:enter", batch.pk)
    page = text(finance.post(enter, typed()))
    assert "Is it one of these?" in page
    assert f'value="{known.pk}"' in page
    assert not OfflineGift.objects.exists()
    finance.post(enter, typed(donor=known.pk))
    finance.post(enter, typed(donor="new", amount="75"))
    first, second = OfflineGift.objects.order_by("pk")
    assert (first.donor, second.donor) == (known, None)
    page = text(finance.get(url("offline:inspect", batch.pk)))
    assert "Known donor" in page
    assert "New donor" in page


def test_a_row_is_put_right_or_taken_out_and_hints_stand_beside_it(clerk, batch, finance):
    clerk.posted(received_on=days_ago(3))
    gift = clerk.gift(batch, name="Ama Mensah")
    row = url("offline:row", gift.pk)
    shown = finance.get(row).context["form"].initial
    assert (shown["name"], str(shown["amount"])) == ("Ama Mensah", "50.00")
    page = text(finance.post(row, typed(name="Ruth Osei", amount="0", donor="new")))
    assert "amount above zero" in page
    finance.post(row, typed(name="Ruth Osei", donor="new", note="by hand"))
    gift.refresh_from_db()
    assert (gift.name, gift.note) == ("Ruth Osei", "by hand")
    assert "Perhaps entered twice: $50.00" in text(finance.get(url("offline:enter", batch.pk)))
    GiftBatch.objects.filter(pk=batch.pk).update(expected_count=1, expected_minor=5000)
    for page in ("offline:inspect", "offline:post"):
        assert "1 gift may have been entered before" in text(finance.get(url(page, batch.pk)))
    finance.post(row, {"remove": "1"})
    assert not batch.gifts.exists()


def test_forms_ask_what_the_kind_of_gift_has(clerk, finance):
    for source, asked, not_asked in (
        ("stock", "symbol", "amount"),
        ("match", "matches", "kind"),
        ("cash", "amount", "check_number"),
        ("retirement", "check_number", "postmarked_on"),
    ):
        made = clerk.batch(source=source)
        fields = finance.get(url("offline:enter", made.pk)).context["form"].fields
        assert asked in fields
        assert not_asked not in fields
    shares = clerk.batch(20_005, source="stock")
    given = {"symbol": "ABCX", "shares": "10", "high": "20.02", "low": "19.99"}
    finance.post(url("offline:enter", shares.pk), typed(**given))
    assert shares.gifts.get().amount_minor == 20_005


def test_count_and_deposit_can_be_corrected_and_a_batch_let_go(clerk, batch, finance):
    clerk.gift(batch)
    facts = {"expected_count": "1", "expected": "50", "deposited_on": "", "note": "recounted"}
    finance.post(url("offline:correct", batch.pk), facts)
    batch.refresh_from_db()
    assert (batch.expected_count, batch.expected_minor, batch.deposited_on) == (1, 5000, None)
    other = clerk.batch()
    finance.post(url("offline:discard", other.pk))
    other.refresh_from_db()
    assert other.state == "discarded"
    clerk.post(batch)
    assert "Not taken to the bank yet" in text(finance.get(url("offline:inspect", batch.pk)))
    finance.post(url("offline:deposit", batch.pk), {"on": days_ago(0).isoformat()})
    batch.refresh_from_db()
    assert batch.deposited_on == days_ago(0)


def test_receipts_that_go_by_post_come_in_one_file(clerk, batch, finance, quick_drawing, run_jobs):
    assert "nothing to print" in text(finance.get(url("offline:print", batch.pk), follow=True))
    blank = pikepdf.new()
    blank.add_blank_page()
    page = BytesIO()
    blank.save(page)
    quick_drawing.side_effect = lambda _snapshot, **_how: page.getvalue()
    clerk.gift(batch)
    clerk.gift(batch, 7500, name="Ama Mensah")
    clerk.post(batch)
    run_jobs()
    answer = finance.get(url("offline:print", batch.pk))
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(BytesIO(answer.content)) as whole:
        assert len(whole.pages) == len(posting.to_print(batch)) == 2


def test_a_gift_is_reversed_on_its_page_and_soft_credit_stands_on_the_donors(clerk, finance):
    sponsor = {"name": "Sample Trust", "kind": "organisation", "credited_name": "Ama Mensah"}
    gift = clerk.posted(source="advised_fund", **sponsor)
    ama = Donor.objects.get(name="Ama Mensah")
    page = text(finance.get(url("donors:inspect", ama.pk)))
    assert "Soft credit" in page
    assert "Sample Trust" in page
    why = {"reason": "bounced", "note": "no funds"}
    assert "Please look it over" in text(finance.post(url("gifts:reverse", gift.pk), why))
    finance.post(url("gifts:reverse", gift.pk), {**why, "confirmed": "1"})
    gift.refresh_from_db()
    assert gift.refunded_minor == 5000
    assert "done already" in text(finance.get(url("gifts:reverse", gift.pk), follow=True))


def test_pages_of_a_batch_take_the_same_few_queries_for_many_rows(
    clerk,
    batch,
    finance,
    django_assert_max_num_queries,
):
    clerk.gift(batch)
    addresses = [url(f"offline:{page}", batch.pk) for page in ("enter", "inspect")]
    counts = []
    for _ in range(2):
        for address in (*addresses, url("offline:index")):
            finance.get(address)
            with django_assert_max_num_queries(40) as asked:
                assert finance.get(address).status_code == 200
            counts.append(len(asked))
        for number in range(6):
            clerk.gift(batch, name=f"Donor {number}", check_number=str(number))
    assert counts[:3] == counts[3:]
