"""The ways that the guide leads, one function for each of its parts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.guide.walking import Walk

CODE, NAME, TITLE = "BOOKS-AUTUMN", "Books for autumn", "Forty sets of schoolbooks"
SUMMARY = "Schoolbooks for people who go back to class this autumn. A set costs $75."
TEXT = (
    "A course book costs as much as a week of food. With books of her own a learner studies at "
    "night, after work."
)


def facts(walk: Walk) -> None:
    page, today = walk.page, datetime.now(UTC).date()
    walk.press("Campaigns")
    walk.press("Add campaign")
    walk.fill("Name", NAME)
    walk.fill("Appeal code", CODE)
    walk.choose("Kind of goal", "An amount of money")
    walk.fill("Goal", "3000")
    walk.choose("Currency of the goal", "USD")
    walk.choose("Gifts go to", "Education fund")
    walk.picture("facts", left=200)
    walk.fill("Begins", today.isoformat())
    walk.fill("Ends", (today + timedelta(days=60)).isoformat())
    page.locator("[name=name]").click()
    walk.press("Create", kind="button")


def words(walk: Walk) -> None:
    page = walk.page
    walk.go("/admin/campaigns/")
    walk.press("Write its page", within=page.locator("tr", has_text=CODE))
    walk.fill("Title", TITLE)
    walk.fill("Summary", SUMMARY)
    walk.choose("Drawing", "Books on a sill")
    walk.add_block("Text")
    walk.filled("body-0-value-heading", "Why books")
    walk.written(0, TEXT)
    walk.add_block("Questions and answers")
    walk.filled("body-1-value-heading", "What people ask")
    walk.filled("body-1-value-questions-0-value-question", "Who chooses the books?")
    walk.written(1, "The learner and her teacher. We pay the shop.")
    plus = page.get_by_role("button", name="Insert a block").locator("visible=true")
    walk.up_to(page.locator("#panel-child-content-body-section"))
    plus.last.click()
    page.get_by_role("option", name="Give box", exact=False).wait_for()
    walk.picture("blocks", left=200)
    page.get_by_role("option", name="Give box").click()
    walk.steps += 2
    walk.filled("body-2-value-heading", "Give a set of books")
    walk.fill("Thanks", "Forty people sit in class with books of their own. Thank you.")
    walk.save()


def look(walk: Walk) -> None:
    page = walk.page
    walk.open_page("English", CODE)
    walk.up_to(page.get_by_role("heading", name="What may have been overlooked").last)
    walk.picture("checks", left=200)
    walk.press("Toggle preview", kind="button")
    page.wait_for_timeout(4000)
    page.locator("main").evaluate("one => one.scrollTo(0, 0)")
    walk.picture("preview")
    walk.choose("Preview mode", "Where it is shared")
    page.wait_for_timeout(3000)
    walk.picture("shared")
    walk.press("Toggle preview", kind="button")


def public(walk: Walk) -> None:
    page = walk.page
    walk.open_page("English", CODE)
    walk.press("Publish", kind="button")
    walk.open_page("English", CODE)
    page.locator("button[aria-label='Actions'], [aria-label='More options for']").first.click()
    page.wait_for_timeout(500)
    walk.picture("translate", height=420, left=200)
    walk.press("Translate")
    page.get_by_label("Spanish").check()
    walk.press("Submit", kind="button")
    walk.press("Toggle the page it is translated from", kind="button")
    walk.fill("Title", "Cuarenta juegos de libros de texto")
    page.locator("#id_summary").click()
    walk.picture("beside", left=200)
    walk.fill("Summary", "Libros para quienes vuelven a clase este otoño. Un juego cuesta $75.")
    walk.press("Promote", kind="tab")
    walk.fill("Slug", "cuarenta-juegos-de-libros")
    walk.save()
    walk.steps += 2


def later(walk: Walk) -> None:
    """The page in Spanish is planned for the day after tomorrow."""
    page, day = walk.page, datetime.now(UTC) + timedelta(days=2)
    walk.open_page("Spanish", CODE)
    walk.press("Toggle status", kind="button")
    walk.press("Set schedule", kind="button")
    walk.fill("Go live date/time", f"{day:%Y-%m-%d} 09:00")
    # A press beside the calendar folds it up, once it has come.
    page.wait_for_timeout(800)
    page.get_by_role("heading", name="Set publishing schedule").click()
    page.wait_for_timeout(400)
    walk.press("Save schedule", kind="button")
    walk.press("Schedule to publish", kind="button")
    walk.go("/admin/")
    page.get_by_text("planned for a day").first.wait_for()
    # Else the panel that was opened stands open on every page from now on.
    page.evaluate("localStorage.clear()")


def figures(walk: Walk) -> None:
    page = walk.page
    walk.go("/admin/campaigns/")
    walk.press("Report", within=page.locator("tr", has_text="SCHOOL-YEAR"))
    walk.picture("report", left=200)
    page.get_by_role("heading", name="For paper").wait_for()
    page.get_by_text("Short address").first.wait_for()
    page.get_by_role("link", name="Figures as a file").first.wait_for()


def letter(walk: Walk) -> None:
    page = walk.page
    walk.go("/admin/campaigns/")
    walk.press("write to them", within=page.locator("tr", has_text="SCHOOL-YEAR"))
    walk.fill("Subject", "Half of the books are bought")
    walk.fill("Preview line", "What your gift has become so far")
    walk.picture("letter", left=200)
    page.get_by_role("button", name="Insert a block").locator("visible=true").first.click()
    page.get_by_role("option", name="Text", exact=True).click()
    walk.written(0, "Twenty people sit in class with books of their own. Thank you.")
    walk.press("Create", kind="button")
    page.get_by_role("link", name="Test mail to me").first.wait_for()


def story(walk: Walk) -> None:
    page = walk.page
    walk.go("/admin/pages/search/?q=window")
    page.get_by_role("link", name="A desk by the window").first.click()
    walk.settled()
    walk.up_to(page.locator("textarea[readonly]").first)
    walk.picture("story", left=200)


WAYS: tuple[Callable[[Walk], None], ...] = (
    facts,
    words,
    look,
    public,
    later,
    figures,
    letter,
    story,
)
