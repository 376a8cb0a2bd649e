"""Faults planted on purpose, each with the test that must see it.

A source mutant replaces a piece of a file; a database mutant drops a rule from the tests' database
right after it was cloned. Both act in a copy of the tree.
"""

from dataclasses import dataclass

DATABASES = "tests/databases.py"
CLONED = 'has put this worker\'s own clones into the settings."""\n'
DROPS = (
    CLONED
    + """    import psycopg

    with psycopg.connect(server.run.main.owner_url, autocommit=True) as connection:
        connection.execute({sql!r})
"""
)


@dataclass(frozen=True)
class Mutant:
    name: str
    path: str
    before: str
    after: str
    # Path of a test module and the name of the test, as for pytest's -k.
    test: str


def without(name: str, sql: str, test: str) -> Mutant:
    return Mutant(name, DATABASES, CLONED, DROPS.format(sql=sql), test)


DROP_TRIGGER = """
    DO $$ DECLARE found text; BEGIN
        SELECT tgname INTO STRICT found FROM pg_trigger
         WHERE tgrelid = 'donations_{table}'::regclass AND tgname LIKE 'pgtrigger_{name}%';
        EXECUTE format('DROP TRIGGER %I ON donations_{table}', found);
    END $$
"""

MUTANTS = [
    Mutant(
        "a repeated event is taken for a new one",
        "donations/inbox.py",
        "        if fresh:\n            process_event",
        "        if True:\n            process_event",
        "tests/donations/test_inbox.py::test_an_event_that_comes_again_after_its_job_changes_nothing",
    ),
    Mutant(
        "the version is not compared",
        "donations/payments.py",
        "if donation.sync_version == seen:",
        "if True:",
        "tests/donations/test_payments.py::test_an_older_answer_never_overwrites_a_newer_one",
    ),
    Mutant(
        "the row is not locked before its version is compared",
        "donations/payments.py",
        "            donation = Donation.objects.select_for_update().get(pk=pk)\n"
        "            if donation.sync_version == seen:",
        "            donation = Donation.objects.get(pk=pk)\n"
        "            if donation.sync_version == seen:",
        "tests/faults/test_races.py::test_two_workers_with_the_same_answer_book_it_once",
    ),
    Mutant(
        "a paid gift may be settled again",
        "donations/payments.py",
        "    if donation.status == Status.PAID:\n        return False\n"
        "    donation.status, donation.paid_at",
        "    donation.status, donation.paid_at",
        "tests/donations/test_payments.py::"
        "test_a_paid_gift_is_booked_with_donor_charge_card_and_receipt",
    ),
    Mutant(
        "the entry's source is not looked up",
        "donations/ledger.py",
        "    if Entry.objects.filter(source=source, kind=kind).exists():\n        return False\n",
        "",
        "tests/donations/test_ledger.py::test_one_source_gives_one_entry_of_a_kind",
    ),
    without(
        "the database allows a source twice",
        "ALTER TABLE donations_entry DROP CONSTRAINT entry_once_per_source_and_kind",
        "tests/donations/test_rules.py::"
        "test_an_entry_is_once_per_source_and_kind_and_a_correction_says_why",
    ),
    Mutant(
        "the series of receipt numbers is not locked",
        "donations/receipts/book.py",
        "ReceiptSeries.objects.select_for_update().get(**key)",
        "ReceiptSeries.objects.get(**key)",
        "tests/faults/test_receipt_numbers.py",
    ),
    without(
        "a gift may have two live receipts",
        "DROP INDEX one_live_receipt_per_donation",
        "tests/donations/test_rules.py::test_one_live_receipt_a_gift",
    ),
    Mutant(
        "a void receipt is issued again by a late job",
        "donations/receipts/book.py",
        "if replaces is None and donation.receipts.exists():",
        "if False:",
        "tests/donations/test_receipt_book.py::"
        "test_a_late_job_does_not_issue_again_what_was_declared_void",
    ),
    Mutant(
        "a mail's cause is not unique",
        "donations/mails.py",
        "        cause=cause,\n        donation=donation,",
        "        cause=f'{cause} {timezone.now()}',\n        donation=donation,",
        "tests/donations/test_mails.py::test_a_mail_is_sent_once_however_often_its_cause_is_named",
    ),
    Mutant(
        "a mail is not claimed before it is sent",
        "donations/mails.py",
        "        mail.status = Status.SENDING\n",
        "",
        "tests/donations/test_mails.py::test_a_crash_between_claim_and_hand_over_is_left_to_staff",
    ),
    without(
        "postings need not balance",
        DROP_TRIGGER.format(table="posting", name="postings_balance"),
        "tests/donations/test_rules.py::test_a_posting_more_unbalances_its_entry",
    ),
    without(
        "a gift may have two open pages",
        "DROP INDEX one_live_attempt_per_donation",
        "tests/donations/test_rules.py::test_one_page_at_a_time",
    ),
    Mutant(
        "a donor is matched by case",
        "donations/donors.py",
        "email__iexact=email",
        "email=donation.email",
        "tests/donations/test_donors.py::"
        "test_a_donor_who_exists_is_found_in_any_case_and_left_alone",
    ),
    Mutant(
        "the signature is not checked",
        "donations/gateway/events.py",
        "        except stripe.SignatureVerificationError:\n            continue\n",
        "        except stripe.SignatureVerificationError:\n"
        "            return _hint(__import__('json').loads(body))\n",
        "tests/donations/test_webhook_view.py::test_a_forged_call_is_refused",
    ),
    Mutant(
        "an event of the other mode is taken",
        "donations/inbox.py",
        "if handler is None or event.livemode != settings.STRIPE_LIVE:",
        "if handler is None:",
        "tests/donations/test_inbox.py::test_an_event_of_the_other_mode_never_touches_the_books",
    ),
    Mutant(
        "the key is a new one at every call",
        "donations/gateway/checkout.py",
        '{"idempotency_key": reference}',
        '{"idempotency_key": __import__("uuid").uuid4().hex}',
        "tests/donations/test_checkout.py::"
        "test_an_answer_lost_on_the_way_gives_the_same_page_at_the_next_try",
    ),
    Mutant(
        "a plan's version is not compared",
        "donations/plans/refresh.py",
        "if plan.sync_version == seen.sync_version:",
        "if True:",
        "tests/donations/plans/test_renewals.py::test_an_older_answer_never_overwrites_a_newer_one",
    ),
    Mutant(
        "an invoice that comes again is booked again",
        "donations/plans/renewals.py",
        "donation = Donation.objects.select_for_update().filter(invoice_id=invoice.id).first()",
        "donation = None",
        "tests/donations/plans/test_renewals.py::"
        "test_each_month_is_booked_and_receipted_once_whatever_is_delivered_twice",
    ),
    Mutant(
        "a pause leaves what is billed already",
        "donations/plans/changes.py",
        "gateway.let_go_of_invoices(found.id)",
        "pass",
        "tests/donations/plans/test_actions.py::"
        "test_a_pause_within_the_hour_before_a_charge_means_no_charge",
    ),
    Mutant(
        "a double click skips two gifts",
        "donations/plans/actions.py",
        "    if plan.next_charge_at != charge_at:\n        return plan\n",
        "",
        "tests/donations/plans/test_actions.py::"
        "test_a_gift_skipped_twice_by_a_double_click_is_skipped_once",
    ),
    Mutant(
        "no job sees a wish through",
        "donations/plans/changes.py",
        "        carry_out_later.configure",
        "        if False: carry_out_later.configure",
        "tests/donations/plans/test_actions.py::test_stripe_being_away_loses_no_wish",
    ),
    Mutant(
        "the old bill stays beside the new one",
        "donations/plans/refresh.py",
        "            gateway.let_go_of_invoices(found.id, but=newest.id)\n",
        "            pass\n",
        "tests/donations/plans/test_failures.py::"
        "test_the_next_period_does_not_open_while_the_old_one_is_tried",
    ),
    without(
        "a purpose of plans may close",
        DROP_TRIGGER.format(table="designation", name="designation_of_plans_stays_open"),
        "tests/donations/plans/test_renewals.py::test_the_database_itself_keeps_plans_in_order",
    ),
]
