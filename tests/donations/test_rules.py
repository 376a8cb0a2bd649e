"""What the database itself refuses, whoever asks and by whatever way."""

import pytest
from django.db import DatabaseError, connection, transaction

from donations import ledger
from donations.models import Donation

UNPAID = ("pending", "needs_action", "processing", "failed", "abandoned")


@pytest.fixture
def paid(giving, run_jobs):
    """A paid gift with receipt, file, mail, entries, fee and one seal."""
    donation = giving.paid()
    giving.sandbox.release_fees()
    giving.deliver()
    run_jobs()
    ledger.seal()
    return donation


def refused(sql: str, message: str | None = None) -> None:
    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        run(sql)


def run(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


KEPT = ("donation", "donor", "designation", "checkoutattempt", "receipt", "receiptseries")
ONCE = {
    "entry": "reason = 'x'",
    "posting": "amount_minor = amount_minor + 1",
    "donationline": "amount_minor = amount_minor + 1",
    "balancetransaction": "kind = 'x'",
    "timelineentry": "kind = 'x'",
    "seal": "sha256 = 'x'",
    "sealitem": "sha256 = 'x'",
    "receiptfile": "data = '\\x00'",
}


@pytest.mark.parametrize("table", [*KEPT, *ONCE])
def test_rows_of_record_are_never_deleted(paid, table):
    refused(f"DELETE FROM donations_{table}", "(?i)cannot (update or )?delete")


@pytest.mark.parametrize("table", ONCE)
def test_rows_written_once_are_never_changed(paid, table):
    refused(f"UPDATE donations_{table} SET {ONCE[table]}", "(?i)cannot (update|be changed)")


@pytest.mark.parametrize(
    "column",
    ["reference = 'x'", "form_token = 'x'", "livemode = true", "currency = 'EUR'",
     "amount_minor = 1", "fee_cover_minor = 1", "charge_id = 'x'", "payment_intent_id = 'x'",
     "paid_at = now()"],
)  # fmt: skip
def test_terms_and_payment_of_a_paid_gift_are_frozen(paid, column):
    refused(f"UPDATE donations_donation SET {column}", "frozen")


@pytest.mark.parametrize("status", [*UNPAID, "canceled"])
def test_once_paid_it_stays_paid(paid, status):
    refused(f"UPDATE donations_donation SET status = '{status}', paid_at = NULL, donor_id = NULL")


@pytest.mark.parametrize("status", ["failed", "abandoned", "needs_action", "pending"])
def test_a_canceled_gift_is_moved_by_money_alone(giving, status):
    donation = giving.begin()
    run(f"UPDATE donations_donation SET status = 'canceled' WHERE id = {donation.pk}")
    refused(f"UPDATE donations_donation SET status = '{status}'")
    assert run("UPDATE donations_donation SET status = 'processing'") == 1


@pytest.mark.parametrize("status", ["processing", "failed", "abandoned"])
def test_only_a_waiting_gift_is_canceled(giving, status):
    giving.begin()
    run(f"UPDATE donations_donation SET status = '{status}'")
    refused("UPDATE donations_donation SET status = 'canceled'")


@pytest.mark.parametrize("status", ["paid", "processing", "failed", "canceled"])
def test_a_gift_begins_as_pending(giving, status):
    donation = giving.begin()
    donation.pk, donation.reference, donation.form_token = None, "other", "other"
    donation.status = status
    with pytest.raises(DatabaseError, match="cannot be"), transaction.atomic():
        donation.save(force_insert=True)


def test_paid_means_when_by_whom_and_by_which_charge(giving, paid):
    other = giving.begin()
    for missing in ("paid_at", "donor_id", "charge_id"):
        known = {"paid_at": "now()", "donor_id": str(_donor(paid)), "charge_id": "'ch_x'"}
        known[missing] = "NULL"
        written = ", ".join(f"{name} = {value}" for name, value in known.items())
        refused(
            f"UPDATE donations_donation SET status = 'paid', {written} WHERE id = {other.pk}",
            "donation_paid_means",
        )


@pytest.mark.parametrize("column", ["refunded_minor", "disputed_minor", "lost_minor"])
def test_what_went_back_is_a_sum_of_rows(paid, column):
    refused(f"UPDATE donations_donation SET {column} = 1", "sum of rows")


def test_no_more_goes_back_than_came(paid):
    refused("UPDATE donations_donation SET benefit_minor = amount_minor + 1", "make_sense")
    refused("UPDATE donations_donation SET benefit_minor = -1")
    refused(
        "INSERT INTO donations_refund (donation_id, reference, amount_minor, currency, reason,"
        " note, status, problem, created_at)"
        " SELECT id, 'x', amount_minor + 1, 'USD', '', '', 'succeeded', '', now()"
        " FROM donations_donation",
        "make_sense",
    )


def test_a_gift_of_nothing_or_in_no_currency_is_refused(giving):
    donation = giving.begin()
    for field, value in (("amount_minor", 0), ("currency", "usd"), ("fee_cover_minor", 9_999_999)):
        row = Donation.objects.get(pk=donation.pk)
        row.pk, row.reference, row.form_token = None, "other", "other"
        setattr(row, field, value)
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)


def test_lines_add_up_to_their_gift(giving):
    donation = giving.begin(5000)
    line = donation.lines.get()
    for amount in (1, 0, -5):
        refused(
            "INSERT INTO donations_donationline (donation_id, designation_id, amount_minor)"
            f" VALUES ({donation.pk}, {line.designation_id}, {amount})"
        )


def test_a_gift_without_its_lines_cannot_be_paid(giving, paid):
    whole = giving.begin()
    whole.pk, whole.reference, whole.form_token = None, "other", "other"
    whole.save(force_insert=True)
    refused(
        "UPDATE donations_donation SET status = 'paid', paid_at = now(), charge_id = 'ch_x',"
        f" donor_id = {_donor(paid)} WHERE id = {whole.pk}",
        "lines of",
    )
    with connection.cursor() as cursor:  # the books would rightly complain of it
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    giving.books_are_damaged = True


def test_one_charge_and_one_payment_belong_to_one_gift(giving, paid):
    giving.begin()
    for column in ("charge_id", "payment_intent_id"):
        refused(
            f"UPDATE donations_donation SET {column} ="
            f" (SELECT {column} FROM donations_donation WHERE id = {paid.pk})"
            f" WHERE id <> {paid.pk}",
            "unique",
        )


def test_one_page_at_a_time(giving):
    donation = giving.begin()
    giving.open(donation)
    refused(
        "INSERT INTO donations_checkoutattempt (donation_id, reference, state, url, expires_at,"
        " network, outcome, payment_intent_id, created_at)"
        f" VALUES ({donation.pk}, 'x', 'asked', '', now(), '', '', '', now())",
        "one_live_attempt",
    )


def test_an_entry_is_once_per_source_and_kind_and_a_correction_says_why(paid):
    copied = (
        "INSERT INTO donations_entry (source, kind, legal_entity_id, livemode, occurred_at,"
        " posted_on, corrects_id, reason, sha256) SELECT source, {kind}, legal_entity_id,"
        " livemode, occurred_at, posted_on, {corrects}, '', sha256 FROM donations_entry"
        " WHERE kind = 'charge'"
    )
    refused(copied.format(kind="kind", corrects="NULL"), "entry_once")
    refused(copied.format(kind="'correction'", corrects="id"), "has_a_reason")


def test_a_posting_more_unbalances_its_entry(paid):
    inserted = (
        "INSERT INTO donations_posting (entry_id, account, amount_minor, currency)"
        " SELECT entry_id, '{account}', {amount}, currency FROM donations_posting LIMIT 1"
    )
    refused(inserted.format(account="processing_fees", amount=1), "sum to zero")
    refused(inserted.format(account="processing_fees", amount=0), "is_something")
    refused(inserted.format(account="contributions", amount=1), "has_a_designation")


COPIED = (
    "INSERT INTO donations_receipt (series_id, number, label, donation_id, state, snapshot,"
    " snapshot_sha256, code, issued_at, void_reason, void_note) SELECT series_id, {number},"
    " 'x' || {number}, {gift}, '{state}', snapshot, snapshot_sha256, 'x' || {number}, now(), '', ''"
    " FROM donations_receipt ORDER BY id LIMIT 1"
)


def copied(number: str, state: str = "issued", gift: str = "donation_id") -> str:
    return COPIED.format(number=number, state=state, gift=gift)


def test_numbers_come_from_their_series_and_only_upward(paid):
    refused("UPDATE donations_receiptseries SET last_number = last_number - 1", "counts upward")
    later = "last_number = last_number + 1"
    refused(f"UPDATE donations_receiptseries SET year = 1999, {later}", "series_is_its_year")
    refused(
        "INSERT INTO donations_receiptseries (legal_entity_id, country, year, livemode,"
        " last_number) SELECT legal_entity_id, 'XX', 1999, false, 1 FROM donations_receiptseries",
        "before its first number",
    )
    refused(copied("number + 1"), "drawn from their series")
    refused(copied("number", "void"), "cannot be")
    refused(copied("number"), "unique")


@pytest.mark.parametrize(("drawn", "written"), [(1, []), (2, ["number + 2"]), (3, ["number + 1"])])
def test_no_commit_leaves_a_number_that_is_on_no_receipt(paid, drawn, written):
    with transaction.atomic():
        run(f"UPDATE donations_receiptseries SET last_number = last_number + {drawn}")
        for number in written:
            run(copied(number, gift="NULL"))
        refused("SET CONSTRAINTS ALL IMMEDIATE", "is on no receipt")  # as a commit does
        transaction.set_rollback(True)


def test_several_numbers_may_be_drawn_at_once(paid):
    with transaction.atomic():
        run("UPDATE donations_receiptseries SET last_number = last_number + 2")
        run(copied("number + 2", gift="NULL"))
        run(copied("number + 1", gift="NULL"))
        run("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_one_live_receipt_a_gift(giving, paid):
    with transaction.atomic():
        run("UPDATE donations_receiptseries SET last_number = last_number + 1")
        refused(copied("number + 1"), "one_live_receipt")
        transaction.set_rollback(True)


def test_a_gift_is_on_a_receipt_of_its_own_or_on_one_of_its_year(paid):
    item = (
        "INSERT INTO donations_receiptitem (receipt_id, donation_id, amount_minor)"
        " SELECT max(id), {gift}, 1 FROM donations_receipt"
    )
    with transaction.atomic():
        refused(item.format(gift=paid.pk), "on a receipt already")
        run("UPDATE donations_receiptseries SET last_number = last_number + 2")
        run("UPDATE donations_receipt SET state='void', void_reason='other', voided_at=now()")
        run(copied("number + 1", gift="NULL"))
        run(item.format(gift=paid.pk))
        refused(copied("number + 2"), "on a receipt for its year")
        refused(item.format(gift=paid.pk), "on a receipt already")
        for changed in ("amount_minor = 2", "receipt_id = receipt_id"):
            refused(f"UPDATE donations_receiptitem SET {changed}", "(?i)cannot update")
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "column", ["number = 7", "label = 'x'", "snapshot = '{}'", "snapshot_sha256 = 'x'",
               "code = 'x'", "issued_at = now()", "sha256 = 'x'", "sha256 = NULL"]
)  # fmt: skip
def test_facts_and_file_of_a_receipt_are_frozen(paid, column):
    refused(f"UPDATE donations_receipt SET {column}", "cannot be changed")


def test_a_receipt_goes_no_way_back_and_says_why_it_is_void(paid):
    refused("UPDATE donations_receipt SET state = 'void'", "says_why")
    run("UPDATE donations_receipt SET state = 'void', void_reason = 'other', voided_at = now()")
    refused("UPDATE donations_receipt SET state = 'issued', void_reason = '', voided_at = NULL")


def test_one_mail_a_cause(paid):
    refused(
        'INSERT INTO donations_mail (template, "to", language, cause, status, created_at,'
        ' attempts, problem, provider_id, about) SELECT template, "to", language, cause,'
        " 'waiting', now(), 0, '', '', '' FROM donations_mail",
        "unique",
    )


def test_one_donor_an_address_in_any_case(paid):
    refused(
        "INSERT INTO donations_donor (kind, name, email, country, region, postcode, language,"
        " search_name, note, created_at) SELECT kind, name, upper(email), '', '', '', 'en',"
        " '', '', now() FROM donations_donor",
        "donor_email",
    )


def _donor(paid: Donation) -> int:
    paid.refresh_from_db()
    assert paid.donor_id
    return paid.donor_id
