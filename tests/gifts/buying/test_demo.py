"""The sample orders go as far as the money of their wishes allows."""

from gifts import demo as gifts_demo
from gifts.buying import demo
from gifts.models import PurchaseOrder, Wish
from tests.gifts.orders_made import give
from tests.people import person


def test_sample_orders_are_made_once_and_only_with_money(buying):
    gifts_demo.seed(author=person(factor=False), reviewer=buying.second)
    people = {"buyer": buying.buyer, "second": buying.second, "finance": buying.finance}
    demo.seed(**people)
    assert not PurchaseOrder.objects.exists()
    for wish in Wish.objects.filter(
        region="latin_america", kind__code__in=["laptop", "course-fee"]
    ):
        give(wish.designation, 190000)
    for _ in range(2):
        demo.seed(**people)
    assert sorted(PurchaseOrder.objects.values_list("state", flat=True)) == ["closed", "ordered"]
