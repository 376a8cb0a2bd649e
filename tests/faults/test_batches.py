"""Two people at one batch, and a process that dies while it posts or takes a file over."""

import threading

import pytest
from django.db import connection, transaction

from donations import demo
from donations.models import Donation, Entry, GiftBatch, OfflineGift, Upload
from donations.offline import entering, importing, posting
from tests.donations.offline.test_importing import PLAIN, row, sent
from tests.faults.test_kill_points import Killed, Reaper
from tests.giving import wrong_in_the_books
from tests.offline_made import Clerk
from tests.people import person

# How far apart the statements are at which the process dies.
STRIDE = 9


def at_once(*acts):
    """Each act in a thread and connection of its own, begun at the same moment; what came of it."""
    start = threading.Barrier(len(acts))
    came: list[object] = []

    def work(act):
        try:
            start.wait(10)
            came.append(act())
        except BaseException as error:
            came.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def test_a_batch_that_two_people_post_while_a_third_enters_is_posted_once(
    own_database, quick_drawing
):
    demo.seed()
    clerk = Clerk(person(factor=False))
    for _ in range(3):
        batch = clerk.batch(5000, 5000)
        clerk.gift(batch)
        clerk.gift(batch, name="Ama Mensah")
        seen, facts = posting.fingerprint(batch), clerk.facts(name="Ben Adler")
        came = at_once(
            lambda batch=batch, seen=seen: posting.post(batch, by=clerk.by, seen=seen),
            lambda batch=batch, seen=seen: posting.post(batch, by=clerk.by, seen=seen),
            lambda batch=batch, facts=facts: entering.add(batch, facts, by=clerk.by),
        )
        count = batch.gifts.count()
        batch.refresh_from_db()
        if batch.state == "posted":  # the third came too late
            assert count == 2
            assert [str(one) for one in came if isinstance(one, Exception)] == ["not_open"]
        else:  # the third was first: nobody had looked that over
            assert (count, Donation.objects.filter(offline__batch=batch).count()) == (3, 0)
            refused = [one for one in came if isinstance(one, entering.NotPossible)]
            assert {one.code for one in refused} == {"changed"}
    posted = GiftBatch.objects.filter(state="posted").count()
    assert Donation.objects.count() == Entry.objects.filter(kind="received").count() == 2 * posted
    assert Entry.objects.filter(kind="deposit").count() == posted
    assert not wrong_in_the_books()


@pytest.mark.django_db
def test_a_process_that_dies_while_posting_or_importing_leaves_nothing(quick_drawing):
    demo.seed()
    clerk = Clerk(person(factor=False))
    batch = clerk.batch(5000, 5000)
    upload = sent(clerk, PLAIN + row() + row("Ama Mensah"), batch=batch)

    def take():
        importing.take(upload, seen=importing.read(upload).fingerprint, by=clerk.by)

    def post():
        clerk.post(batch)

    for act, written in ((take, OfflineGift), (post, Donation)):
        kills = 0
        while True:
            reaper = Reaper(at=1 + kills * STRIDE)
            try:
                with transaction.atomic(), connection.execute_wrapper(reaper.statement):
                    act()
            except Killed:
                kills += 1
                assert not written.objects.exists()
                continue
            break
        assert kills > 2
        assert written.objects.count() == 2
    assert Upload.objects.get().state == "taken"
    assert not wrong_in_the_books()
