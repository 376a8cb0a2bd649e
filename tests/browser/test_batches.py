"""Somebody of finance types a batch of checks through, by keyboard and without JavaScript."""

from donations.models import Donation, Donor, GiftBatch
from donations.offline import entering
from tests.browser.test_real_pages import Look
from tests.offline_made import Clerk
from tests.people import person, signed_in


def test_finance_enters_a_batch_by_keyboard_without_javascript(house, new_page, axe):
    user = person("Finance", email="finn@northstar.example")
    clerk = Clerk(user)
    clerk.posted(name="Ruth Osei", email="ruth@example.org", check_number="1000")
    batch = clerk.batch(5000, 7500)
    client = signed_in(user)
    page = new_page(javascript=False)
    Look.sign_in_page(page, client, house.staff)

    page.goto(f"{house.staff}/admin/offline/enter/{batch.pk}/")
    page.fill("[name=name]", "Ruth Osie")
    page.fill("[name=amount]", "50")
    page.keyboard.press("Enter")
    page.get_by_text("Is it one of these?").wait_for()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Known donor").wait_for()
    page.fill("[name=name]", "Ama Mensah")
    page.fill("[name=email]", "ama@example.org")
    page.fill("[name=amount]", "75.00")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Count and total are met: look it over and post it.").click()
    page.get_by_role("link", name="Post", exact=True).first.click()
    page.get_by_role("button", name="Post").click()
    page.get_by_text("The batch is posted.").wait_for()

    assert GiftBatch.objects.get(pk=batch.pk).state == "posted"
    assert Donation.objects.filter(offline__batch=batch).count() == 2
    assert Donor.objects.filter(name__startswith="Ruth").count() == 1
    again = clerk.batch(5000, 7500)
    entering.add(again, clerk.facts(check_number="1000"), by=user)
    wide = new_page(scheme="dark")
    Look.sign_in_page(wide, client, house.staff)
    for path in (f"inspect/{batch.pk}", f"enter/{again.pk}", f"inspect/{again.pk}", "new"):
        wide.goto(f"{house.staff}/admin/offline/{path}/")
        assert [fault for fault in axe(wide) if "ns-" in fault] == []
