"""Claims: only what may be claimed, exactly what was looked over, and once."""

import io
from datetime import date
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import Sum

from donations.gift_aid import claims, declarations, looking
from donations.gift_aid.looking import Refusal
from donations.gift_aid.schedule import Fault
from donations.models import Claim, ClaimFile, ClaimLine, Donation, Refund
from tests.donations.gift_aid.conftest import clerk, make_donor, make_gifts
from tests.donations.gift_aid.test_schedule import sheets
from tests.giving import later

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
YEAR = {"first_day": date(2026, 4, 6), "last_day": date(2026, 10, 31)}


def make(charity, **more):
    found = looking.look(charity, **YEAR)
    options = {"together": False, "fingerprint": found.fingerprint, "actor": clerk(), **more}
    return claims.make(charity, **YEAR, **options)


def goes_back(gift, minor):
    Refund.objects.create(
        donation=gift, reference=f"r-{gift.pk}-{minor}", amount_minor=minor, currency="GBP",
        status="succeeded", stripe_id=f"re_{gift.pk}_{minor}",
    )  # fmt: skip
    back = gift.refunds.aggregate(total=Sum("amount_minor"))["total"]
    Donation.objects.filter(pk=gift.pk).update(refunded_minor=back)


def reason(charity, gift):
    return {one.pk: why for one, why in looking.look(charity, **YEAR).refused}.get(gift.pk)


def test_a_declared_gift_is_claimed_once_and_sent(charity, maya, declare, run_jobs):
    declare()
    gift, other = make_gifts(charity, maya, 100_00, 60_00, on=JUNE)
    claim = make(charity)
    assert (claim.gifts, claim.gifts_minor, claim.tax_minor) == (2, 160_00, 40_00)
    assert reason(charity, gift) == reason(charity, other) == Refusal.CLAIMED
    with pytest.raises(claims.NotPossible):
        claims.send(claim, on=JUNE, reference="")  # its schedule is not written yet
    run_jobs()
    file = ClaimFile.objects.get(claim=claim)
    ((first, second),) = sheets(bytes(file.data))
    assert first[2:] == [
        "",
        "Maya",
        "Lindqvist",
        "48 Orchard Lane",
        "SW1A 1AA",
        "",
        "",
        "01/06/26",
        100.0,
    ]
    assert second[10] == 60.0

    claims.send(claim, on=JUNE, reference="HMRC-1")
    with pytest.raises(claims.NotPossible):
        claims.discard(claim)
    sent = claims.send(claim, on=MAY, reference="again")
    assert (sent.state, sent.reference, sent.sent_on) == ("sent", "HMRC-1", JUNE)


def test_the_same_claim_gives_the_same_bytes(charity, maya, declare, run_jobs):
    declare()
    make_gifts(charity, maya, *range(10_00, 60_00, 3_33), on=JUNE)
    first = make(charity)
    run_jobs()
    claims.discard(first)
    second = make(charity)
    run_jobs()
    one, two = (ClaimFile.objects.get(claim=claim) for claim in (first, second))
    assert bytes(one.data) == bytes(two.data)
    assert one.sha256 == two.sha256
    assert first.fingerprint == second.fingerprint
    claims.write_schedule(second.pk)  # again, after a worker died
    assert ClaimFile.objects.count() == 2


def test_every_reason_against_a_gift_is_told(charity, maya, declare):
    declare()
    firm = make_donor("Acme Ltd", kind="organisation")
    nobody, gone, spoken = (make_donor(name) for name in ("No Body", "Gone By", "Spo Ken"))
    early, pact, long = (make_donor(name) for name in ("Ear Ly", "Pa Ct", "Lo Ng"))
    declarations.cancel(declare(donor=gone, last_name="By"), on=MAY)
    declarations.cancel(declare(donor=pact, last_name="Ct"), on=date(2026, 7, 1))
    spoken.email = None
    spoken.save(update_fields=["email"])
    declare(donor=spoken, way="telephone", last_name="Ken")
    declare(donor=early, last_name="Ly", declared_on=date(2026, 10, 1))
    declare(donor=long, last_name="N" * 36)

    def gift(donor=maya, minor=100_00, on=JUNE, **facts):
        return make_gifts(charity, donor, minor, on=on, **facts)[0]

    whole = gift()
    goes_back(whole, 100_00)
    told = {
        gift(source="advised_fund"): Refusal.SOURCE,
        gift(source="stock", given="25 shares"): Refusal.SOURCE,
        gift(firm): Refusal.ORGANIZATION,
        gift(currency="USD"): Refusal.CURRENCY,
        whole: Refusal.WENT_BACK,
        gift(benefit="a dinner", benefit_minor=25_01): Refusal.BENEFIT,
        gift(nobody): Refusal.UNDECLARED,
        gift(gone): Refusal.CANCELLED,
        gift(spoken): Refusal.UNCONFIRMED,
        gift(receipt_name="Acme Ltd"): Refusal.OTHER_NAME,
        gift(name="Somebody Else"): Refusal.OTHER_NAME,
        gift(long, name="N" * 36): Fault.LAST_NAME,
        gift(pact): None,  # before it was cancelled
        gift(early): None,  # the declaration reaches back four years
        gift(benefit="a dinner", benefit_minor=25_00): None,
    }
    for one, why in told.items():
        assert reason(charity, one) == why, (one.name, why)


def test_a_claim_has_its_time_and_a_declaration_its_reach(charity, maya, declare):
    declare(declared_on=date(2026, 5, 1))
    old = make_gifts(charity, maya, 10_00, on=date(2022, 4, 30))[0]
    just = make_gifts(charity, maya, 10_00, on=date(2022, 5, 1))[0]
    late = make_gifts(charity, maya, 10_00, on=date(2021, 12, 1))[0]
    found = looking.look(charity, first_day=date(2021, 1, 1), last_day=date(2026, 10, 31))
    assert [one.donation for one in found.gifts] == [just]
    assert dict(found.refused) == {late: Refusal.TOO_LATE, old: Refusal.TOO_EARLY}
    assert looking.latest_claim(charity, date(2022, 4, 30)) == date(2027, 3, 31)
    assert looking.latest_claim(charity, date(2022, 3, 31)) == date(2026, 3, 31)


def test_benefits_of_a_tax_year_count_together(charity, maya, declare):
    declare()
    dinner = {"benefit": "a dinner", "benefit_minor": 1_300_00}
    one, two = make_gifts(charity, maya, 50_000_00, 50_000_00, on=JUNE, **dinner)
    assert reason(charity, one) == reason(charity, two) == Refusal.BENEFIT_OF_YEAR


def test_what_goes_back_after_a_claim_lowers_the_next_once(charity, maya, declare, run_jobs):
    declare()
    gift = make_gifts(charity, maya, 100_00, on=JUNE)[0]
    first = make(charity)
    run_jobs()
    claims.send(first, on=JUNE, reference="1")
    goes_back(gift, 40_00)
    make_gifts(charity, maya, 20_00, on=JUNE)
    second = make(charity)
    assert (second.gifts_minor, second.adjustment_minor) == (20_00, 10_00)
    run_jobs()
    claims.send(second, on=JUNE, reference="2")
    make_gifts(charity, maya, 20_00, on=JUNE)
    assert make(charity).adjustment_minor == 0


def test_a_claim_with_a_gift_that_went_back_is_not_sent(charity, maya, declare, run_jobs):
    declare()
    gift = make_gifts(charity, maya, 100_00, on=JUNE)[0]
    claim = make(charity)
    run_jobs()
    goes_back(gift, 1)
    with pytest.raises(claims.Changed):
        claims.send(claim, on=JUNE, reference="")
    claims.discard(claim)
    assert looking.look(charity, **YEAR).gifts[0].amount_minor == 99_99


def test_what_was_looked_over_is_claimed_or_nothing(charity, maya, declare):
    declare()
    make_gifts(charity, maya, 100_00, on=JUNE)
    seen = looking.look(charity, **YEAR).fingerprint
    make_gifts(charity, maya, 50_00, on=JUNE)
    with pytest.raises(claims.Changed):
        make(charity, fingerprint=seen)
    assert not Claim.objects.exists()
    assert not ClaimLine.objects.exists()


def test_small_gifts_stand_together_by_the_charitys_year(charity, maya, declare, run_jobs):
    declare()
    make_gifts(charity, maya, *[30_00] * 40, 30_01, on=JUNE)
    claim = make(charity, together=True)
    run_jobs()
    with ZipFile(io.BytesIO(bytes(ClaimFile.objects.get(claim=claim).data))) as file:
        assert [name.endswith("-20260406-20261031-test-01.ods") for name in file.namelist()] == [
            True
        ]
    (rows,) = sheets(bytes(ClaimFile.objects.get(claim=claim).data))
    assert [(row[3], row[7], row[10]) for row in rows] == [
        ("Maya", "", 30.01),
        ("", "33 small gifts, part 1", 990.0),
        ("", "7 small gifts, part 2", 210.0),
    ]


def test_the_database_lets_no_gift_into_two_claims_and_no_line_change(charity, maya, declare):
    declare()
    gift = make_gifts(charity, maya, 100_00, on=JUNE)[0]
    claim = make(charity)
    line = claim.lines.get()
    again = {"donation": gift, "declaration": line.declaration, "received_on": JUNE}
    other = Claim.objects.create(
        legal_entity=charity, livemode=False, **YEAR, fingerprint="x", gifts=1,
        gifts_minor=1, made_by=clerk(),
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="gift_claimed_once"), transaction.atomic():
        ClaimLine.objects.create(claim=other, kind="gift", amount_minor=1, **again)
    for change in ({"amount_minor": 1}, {"counts": False}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            ClaimLine.objects.filter(pk=line.pk).update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(gifts_minor=1)


def test_a_claim_of_many_gifts_asks_the_database_a_few_times(
    charity, maya, declare, django_assert_max_num_queries
):
    declare()
    make_gifts(charity, maya, *[10_00] * 50, on=JUNE)
    with django_assert_max_num_queries(8):
        looking.look(charity, **YEAR)


def test_a_declaration_is_erased_six_years_after_its_last_claim(charity, maya, declare):
    kept, over = declare(), declare(first_name="May")
    declarations.cancel(over)
    for days, erased in ((366 * 6 - 2, False), (366 * 6 + 1, True)):
        with later(days=days):
            declarations.erase_declarations(0)
        over.refresh_from_db()
        assert bool(over.erased_at) is erased
    kept.refresh_from_db()
    assert (over.first_name, over.address, over.text != "") == ("", "", True)
    assert kept.erased_at is None
