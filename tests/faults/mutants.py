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
        "    if donation.status == Status.PAID:\n        return False\n    back_minor",
        "    back_minor",
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
        "        cause=cause,\n        donation=donation,\n",
        "        cause=f'{cause} {timezone.now()}',\n        donation=donation,\n",
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
        "the version is not compared when a refund is taken over",
        "donations/afterwards.py",
        "if locked.sync_version != seen:",
        "if False:",
        "tests/donations/test_refund_rules.py::test_an_older_answer_never_overwrites_a_newer_one",
    ),
    Mutant(
        "every call for a refund has a key of its own",
        "donations/gateway/afterwards.py",
        '{"idempotency_key": reference}',
        '{"idempotency_key": __import__("uuid").uuid4().hex}',
        "tests/donations/test_refunds.py::test_a_lost_answer_refunds_once",
    ),
    Mutant(
        "a disputed gift may be refunded",
        "donations/refunds.py",
        "    if is_disputed(donation):\n        raise NotRefundable",
        "    if False:\n        raise NotRefundable",
        "tests/donations/test_refunds.py::test_what_cannot_be_refunded_is_refused_kindly",
    ),
    without(
        "what was refunded is not summed by the database",
        DROP_TRIGGER.format(table="refund", name="refund_summed"),
        "tests/donations/test_refunds.py::test_a_debits_refund_is_on_its_way_for_days",
    ),
    without(
        "two refunds may be under way",
        "DROP INDEX one_refund_under_way",
        "tests/donations/test_refund_rules.py::test_one_refund_under_way",
    ),
    Mutant(
        "a movement is booked whenever it is told",
        "donations/movements.py",
        "    if BalanceTransaction.objects.filter(pk=movement.id).exists():\n"
        "        return False\n",
        "",
        "tests/donations/test_payouts.py::"
        "test_news_of_a_payout_in_any_order_and_twice_books_each_row_once",
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
        "a refund is asked for without the gift's lock",
        "donations/refunds.py",
        "        donation = Donation.objects.select_for_update().get(pk=donation.pk)\n"
        "        if donation.refunds.filter",
        "        donation = Donation.objects.get(pk=donation.pk)\n"
        "        if donation.refunds.filter",
        "tests/faults/test_races.py::test_refunds_that_two_people_ask_for_at_once_are_made_once",
    ),
    Mutant(
        "an invoice's donation is not looked up",
        "donations/plans/renewals.py",
        "Donation.objects.select_for_update().filter(invoice_id=invoice.id).first()",
        "None",
        "tests/donations/plans/test_renewals.py::"
        "test_each_month_is_booked_and_receipted_once_whatever_is_delivered_twice",
    ),
    Mutant(
        "a late renewal goes to the purpose of today",
        "donations/plans/renewals.py",
        "if moved else plan.designation",
        "if False else plan.designation",
        "tests/donations/plans/test_heard_late.py",
    ),
    Mutant(
        "the version of a plan is not compared",
        "donations/plans/refresh.py",
        "if plan.sync_version == seen.sync_version:",
        "if True:",
        "tests/donations/plans/test_renewals.py::test_an_older_answer_never_overwrites_a_newer_one",
    ),
    without(
        "a plan may get another subscription",
        DROP_TRIGGER.format(table="plan", name="plan_subscription_frozen"),
        "tests/donations/plans/test_renewals.py::test_the_database_itself_keeps_plans_in_order",
    ),
    Mutant(
        "a dispute does not rest the plan",
        "donations/plans/disputed.py",
        'elif undecided.difference(*ours.values_list("wanted__disputes", flat=True)):',
        "elif False:",
        "tests/donations/plans/test_disputed.py::"
        "test_a_dispute_rests_the_plan_and_a_won_one_lets_it_go_on",
    ),
    Mutant(
        "a lost dispute does not end the plan",
        "donations/plans/disputed.py",
        "if disputes.filter(status=Status.LOST).exists():",
        "if False:",
        "tests/donations/plans/test_disputed.py::test_a_lost_dispute_ends_the_plan",
    ),
    Mutant(
        "a payout's rows are not asked for",
        "donations/payouts.py",
        "gateway.list_payout_movements(payout_id) if facts.reconciled else []",
        "[]",
        "tests/donations/test_payouts.py::"
        "test_a_payout_is_explained_to_the_cent_and_clears_the_balance",
    ),
    Mutant(
        "the nightly comparison does not fetch what was missed",
        "donations/reconciliation/events.py",
        "partial(inbox.receive, hint)",
        "None",
        "tests/faults/test_outage.py::"
        "test_after_72_hours_without_a_webhook_the_books_are_as_without_the_outage",
    ),
    Mutant(
        "what comes too late stays where it was meant for",
        "donations/payments.py",
        "    back_minor = room.place(donation)\n",
        "    back_minor = 0\n",
        "tests/donations/test_room.py::test_a_like_wish_that_is_covered_too_gives_way_to_the_fund",
    ),
    Mutant(
        "two look at the same room at once",
        "donations/room.py",
        "list(rows.select_for_update(no_key=True))",
        "list(rows)",
        "tests/faults/test_last_unit.py::test_the_last_thing_goes_to_one_and_the_rest_as_they_wished",
    ),
    Mutant(
        "words that were taken back stay in notes, pictures and the history",
        "campaigns/stories/elsewhere.py",
        "_scratch, _rows, _comments):",
        "_scratch, _comments):",
        "tests/faults/test_withdrawal.py::"
        "test_words_taken_back_are_gone_from_every_place_and_stay_so_after_restores",
    ),
    Mutant(
        "words that were taken back stay in documents",
        "campaigns/stories/elsewhere.py",
        "_letters, _downloads, _scratch,",
        "_letters, _scratch,",
        "tests/campaigns/test_downloads.py::"
        "test_words_taken_back_take_their_file_off_the_site_and_out_of_the_database",
    ),
    Mutant(
        "a document stays public when its page is taken down",
        "site/pages/downloads.py",
        "findable.open_pages()",
        "findable.Page.objects",
        "tests/campaigns/test_downloads.py::"
        "test_it_is_public_while_a_page_that_everybody_may_read_shows_it",
    ),
]
