"""Two workers at one row, at the same moment."""

import threading
from unittest import mock

from django.db import connection

from donations import gateway, payments
from donations.models import Donation, Entry, TimelineEntry


def test_two_workers_with_the_same_answer_book_it_once(giving_for_real):
    giving = giving_for_real
    donation = giving.begin()
    giving.sandbox.fees("at_once")
    giving.pay(donation)
    attempt = donation.attempts.get()
    both_have_it = threading.Barrier(2)
    real_fetch, real_settle = gateway.fetch_checkout, payments.settle
    fetched: list[str] = []
    wrong: list[BaseException] = []

    def fetch(session_id):
        answer = real_fetch(session_id)
        fetched.append(answer.state)
        if len(fetched) <= 2:
            both_have_it.wait(10)
        return answer

    def slow_settle(donation, **facts):
        threading.Event().wait(0.3)  # time enough for the other to pass a missing lock
        return real_settle(donation, **facts)

    def work() -> None:
        try:
            payments.refresh(attempt)
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    with (
        mock.patch.object(gateway, "fetch_checkout", fetch),
        mock.patch.object(payments, "settle", slow_settle),
    ):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong
    assert Donation.objects.get().status == "paid"
    assert sorted(Entry.objects.values_list("kind", flat=True)) == ["charge", "fee"]
    assert TimelineEntry.objects.filter(kind="paid").count() == 1
    assert len(fetched) == 3  # the second found the row changed, and looked again
