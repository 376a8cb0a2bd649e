"""Two people at one order, and two orders at one pot of money, at the same moment."""

import threading

from django.db import connection

from donations import demo, spending
from gifts.buying import orders
from gifts.models import Unit, UnitShare
from tests.gifts.orders_made import Buying, left
from tests.giving import wrong_in_the_books


def at_once(*acts):
    """What each act raised, none if it went well."""
    ready = threading.Barrier(len(acts))
    ended = []

    def work(act):
        try:
            ready.wait(10)
            act()
            ended.append(None)
        except Exception as error:
            ended.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def test_one_order_is_placed_once_and_two_orders_never_share_money(own_database):
    demo.seed()
    buying = Buying()
    wish = buying.wish(30000, 30000)
    order = buying.approved(wish)
    ended = at_once(
        lambda: orders.place(order, by=buying.buyer),
        lambda: orders.place(order, by=buying.second),
    )
    assert ended == [None, None]
    assert Unit.objects.count() == 1
    assert left(wish.designation) == 12000

    other = buying.wish(30000, 30000)
    rivals = [buying.approved(other), buying.approved(other)]
    ended = at_once(*[lambda row=row: orders.place(row, by=buying.buyer) for row in rivals])
    assert sorted(map(type, ended), key=str) == sorted([type(None), spending.TooLittle], key=str)
    assert left(other.designation) == 12000
    assert sum(UnitShare.objects.values_list("amount_minor", flat=True)) == 2 * 48000
    assert not wrong_in_the_books()
