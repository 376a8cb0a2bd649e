"""What runs by the clock: it repairs what died, and forgets what is not needed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from donations import gateway, jobs
from donations.gateway.client import client
from donations.models import CheckoutAttempt, Donation, Mail
from sandbox.control import CARD
from tests.giving import BANK, DECLINED, later

State = CheckoutAttempt.State


def execute(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def take(worker_age: int | None) -> None:
    """A worker took every job and was last heard of so many seconds ago; None: it is gone."""
    worker = None
    if worker_age is not None:
        ((worker,),) = execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            worker_age,
        )
    execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", worker)


@pytest.mark.parametrize("age", [61, 3600, None])
def test_jobs_of_a_dead_worker_are_done_by_another(giving, run_jobs, age):
    donation = giving.paid()
    take(age)
    assert run_jobs() == []
    jobs.requeue_orphans(0)
    run_jobs()
    donation.refresh_from_db()
    assert donation.status == "paid"


def test_jobs_of_a_living_worker_are_left_to_it(giving, run_jobs):
    giving.paid()
    take(10)
    jobs.requeue_orphans(0)
    assert run_jobs() == []


def test_two_dead_workers_at_the_same_clock_job_hold_up_nothing(giving, run_jobs):
    donation = giving.paid()
    for _ in range(2):
        jobs.seal.defer(timestamp=0)
        take(3600)
    jobs.seal.defer(timestamp=0)
    jobs.requeue_orphans(0)
    run_jobs()
    donation.refresh_from_db()
    assert donation.status == "paid"
    assert execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'") == [(0,)]


def test_the_sweep_asks_about_pages_that_ended_unheard_of(giving, run_jobs):
    paid, unpaid = giving.begin(), giving.begin()
    giving.pay(paid)
    giving.open(unpaid)
    giving.sandbox.set_clock(advance=2 * 3600)
    with later(hours=2):
        jobs.sweep(0)
    run_jobs()
    states = dict(Donation.objects.values_list("pk", "status"))
    assert states == {paid.pk: "paid", unpaid.pk: "abandoned"}


def test_a_page_that_stripe_does_not_know_holds_up_no_other(giving, run_jobs):
    lost, paid = giving.begin(), giving.begin()
    giving.open(lost)
    lost.attempts.update(session_id="cs_test_unknown")
    giving.pay(paid)
    with later(hours=2):
        jobs.sweep(0)
    run_jobs()
    paid.refresh_from_db()
    assert paid.status == "paid"


def test_the_sweep_gives_up_pages_that_were_never_opened(giving):
    donation = giving.begin()
    giving.sandbox.fault("cut-before", count=3, match="/v1/checkout/sessions", method="POST")
    with pytest.raises(gateway.Unreachable):
        giving.open(donation)
    giving.sandbox.set_clock(advance=2 * 3600)
    with later(hours=2):
        jobs.sweep(0)
    # Stripe opens no page that has already ended; a page opened meanwhile it would have told of.
    assert donation.attempts.get().state == State.EXPIRED
    assert list(client().v1.checkout.sessions.list().data) == []


def test_what_was_typed_into_unpaid_tries_is_forgotten(giving, run_jobs):
    typed = {"message": "hello", "city": "Lima", "tribute_name": "Ana"}
    old, fresh, processing = (giving.begin(**typed) for _ in range(3))
    paid = giving.paid(**typed)
    giving.pay(processing, BANK)
    giving.deliver()
    run_jobs()
    Donation.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - timedelta(days=31))
    jobs.forget_unpaid(0)
    rows = {row.pk: row for row in Donation.objects.all()}
    assert (rows[old.pk].name, rows[old.pk].email, rows[old.pk].message) == ("", "", "")
    assert (rows[old.pk].city, rows[old.pk].tribute_name) == ("", "")
    for kept in (fresh, paid, processing):
        assert rows[kept.pk].name == "Ruth Osei"
    assert giving.client.get(f"/give/review/{old.reference}/").status_code == 404


def test_network_hashes_are_blanked_after_a_day(giving, run_jobs):
    donation = giving.begin()
    giving.open(donation)
    donation.attempts.update(network="n" * 32)
    jobs.forget_unpaid(0)
    assert donation.attempts.get().network == "n" * 32
    donation.attempts.update(created_at=timezone.now() - timedelta(days=2))
    jobs.forget_unpaid(0)
    assert donation.attempts.get().network == ""


def test_failed_cards_are_counted_without_naming_them(giving, run_jobs):
    for _ in range(2):
        giving.pay(giving.begin(), DECLINED)
    giving.deliver()
    run_jobs()
    rows = list(Donation.objects.values_list("failures__card", flat=True))
    assert len(set(rows)) == 1
    assert len(rows[0]) == 32


def test_finished_jobs_leave_the_table_after_a_week(giving, run_jobs):
    giving.paid()
    run_jobs()
    ((count,),) = execute("SELECT count(*) FROM procrastinate_jobs")
    jobs.forget_jobs(0)
    assert execute("SELECT count(*) FROM procrastinate_jobs") == [(count,)]
    execute("UPDATE procrastinate_events SET at = now() - interval '8 days'")
    jobs.forget_jobs(0)
    assert execute("SELECT count(*) FROM procrastinate_jobs") == [(0,)]


def test_a_fee_whose_event_was_lost_is_asked_for(giving, run_jobs):
    donation = giving.begin()
    giving.pay(donation, CARD)
    giving.deliver()
    run_jobs()
    giving.sandbox.release_fees()
    with later(hours=2):
        jobs.ask_again(0)
    donation.refresh_from_db()
    assert donation.processor_fee_minor == 175


def test_a_mail_without_a_job_is_sent_after_all(giving, run_jobs):
    donation = giving.begin()
    giving.pay(donation, CARD)
    giving.deliver()
    run_jobs()
    Mail.objects.filter(donation=donation).update(status=Mail.Status.WAITING)
    jobs.finish_mails(0)
    jobs.finish_mails(0)
    assert [ran.task for ran in run_jobs()] == ["donations.mails.send_mail"]
    assert Mail.objects.get(donation=donation).status == Mail.Status.SENT
