"""Finance at the receipt book: on a narrow dark screen and a wide light one, without a fault."""

from donations.models import StatementRun
from donations.receipts import runs
from tests.browser.test_afterwards import sign_in, sound
from tests.donations.receipts.years import YEAR, given
from tests.people import person

__all__ = ["sound"]


def test_finance_counts_a_year_looks_numbers_up_and_issues(house, new_page, sound, run_jobs):
    for amount, name, code in ((5000, "Ruth Osei", ""), (2500, "Zoe Nazari", "04101")):
        email = "" if code else "ruth@example.org"
        given(amount, name=name, email=email, postcode=code)
    single = given(7500, name="Ben Adler", yearly_receipt=False)
    run_jobs()
    page = new_page(size="phone", scheme="dark")
    sign_in(page, house.staff, person("Finance", email="fin@northstar.example"))

    page.goto(f"{house.staff}/admin/yearly/new/")
    page.get_by_role("combobox", name="What").select_option("receipt")
    page.get_by_label("Tax year").fill(str(YEAR))
    assert sound(page) == []
    page.get_by_role("button", name="Count it").click()
    page.get_by_text("Waiting", exact=True).first.wait_for()
    run = StatementRun.objects.get()
    runs.count_run(run.pk)
    page.get_by_text("Ready to be looked over").first.wait_for()  # told by itself
    assert sound(page) == []
    page.get_by_role("link", name="Issue them").first.click()
    assert sound(page) == []
    page.get_by_role("button", name="Issue them").click()
    page.get_by_text("Being issued").first.wait_for()
    run_jobs()
    page.get_by_text("Letters, by postcode and name").wait_for()
    assert sound(page) == []

    receipt = single.receipts.get()
    page.goto(f"{house.staff}/admin/series/inspect/{receipt.series_id}/")
    page.get_by_label("Number").fill("1")
    page.get_by_role("button", name="Look it up").click()
    page.get_by_text("Number 1 is a valid receipt.").wait_for()
    for path in (f"series/inspect/{receipt.series_id}/?number=1", "series/", "unreceipted/"):
        page.goto(f"{house.staff}/admin/{path}")
        assert sound(page) == [], path
