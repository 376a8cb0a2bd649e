"""News by e-mail: nothing comes unasked, looking acts on nothing, leaving takes one press."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from campaigns.jobs import forget_readers
from campaigns.models import CampaignPage, Reader
from campaigns.news import consent, links, reading
from campaigns.news.forms import NewsForm
from core.mail import compose
from donations import demo, mails
from donations.models import Mail
from tests.news_made import make_campaign, make_reader
from tests.people import person, signed_in
from tests.roles import PUBLIC, RoleClient

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://[^/\s]+(/\S*news/(?:confirm|leave)/\S+/)")


@pytest.fixture(autouse=True)
def _settled(monkeypatch):
    monkeypatch.setattr("core.forms.TOO_FAST_SECONDS", 0)
    demo.seed()


def ask(client, email, path="/news/", **changes):
    filled = NewsForm.fresh_values() | {"email": email, "website": ""} | changes
    return client.post(path, filled)


def test_nothing_is_read_before_the_button_in_the_mail_is_pressed(
    public_client, run_jobs, mailoutbox
):
    answer = ask(public_client, "Ruth@Example.org", path="/es/news/", language="es")
    assert answer["Location"] == "/es/news/asked/"
    run_jobs()
    reader = Reader.objects.get()
    assert (reader.language, reader.consent_version) == ("es", consent.VERSION)
    assert reader.consent in " ".join(public_client.get("/es/news/").content.decode().split())
    assert "List-Unsubscribe" not in mailoutbox[0].extra_headers
    (path,) = set(LINK.findall(mailoutbox[0].body))

    for _ in range(2):  # a mail scanner looks, twice
        assert reader.consent in public_client.get(path).content.decode()
    assert not reading.reading(reading.Q()).exists()
    for _ in range(2):
        public_client.post(path)
    run_jobs()
    reader.refresh_from_db()
    assert reader.is_reading
    assert reader.asked_at <= reader.confirmed_at
    assert [letter.subject for letter in mailoutbox[1:]] == [mailoutbox[-1].subject]  # one welcome
    assert mailoutbox[-1].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_answer_is_the_same_for_known_and_unknown_and_one_mail_leaves_for_each(
    public_client, run_jobs, mailoutbox
):
    make_reader("ada@example.org")
    make_reader("bo@example.org", confirmed_at=None)
    answers = [
        (answer.status_code, answer["Location"], answer.cookies.output())
        for email in ("new@example.org", "ada@example.org", "BO@example.org", "ada@example.org")
        for answer in [ask(RoleClient(PUBLIC), email)]
    ]
    assert len(set(answers)) == 1
    run_jobs()
    assert sorted(letter.to[0].lower() for letter in mailoutbox) == [
        *("ada@example.org", "bo@example.org", "new@example.org")
    ]
    assert Reader.objects.count() == 3


@pytest.mark.parametrize(
    "changes", [{"email": "x"}, {"website": "x"}, {"language": "fr"}, {"started": "forged"}]
)
def test_a_form_with_a_mistake_asks_nobody(public_client, changes):
    assert ask(public_client, **{"email": "a@example.org"} | changes).status_code == 422
    assert not Reader.objects.exists()


def test_a_mailbox_is_not_flooded_and_a_network_is_held_back(public_client, monkeypatch):
    for _ in range(5):
        ask(public_client, "ada@example.org")
    assert Mail.objects.count() == 1
    monkeypatch.setattr("campaigns.news.views.FORMS", 0)
    assert ask(public_client, "eve@example.org").status_code == 429


def test_leaving_takes_one_press_without_a_page_and_a_look_leaves_nothing(run_jobs):
    news, other = make_reader(), make_reader(campaign=make_campaign())
    path = LINK.match(links.to_leave(news))[1]
    client = RoleClient(PUBLIC, enforce_csrf_checks=True)  # a mail program has no cookie of ours
    assert client.get(path).status_code == 200
    assert not client.cookies
    news.refresh_from_db()
    assert news.is_reading
    for _ in range(2):
        answer = client.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    news.refresh_from_db()
    other.refresh_from_db()
    assert (news.is_reading, news.left_why, other.is_reading) == (False, "left", True)
    client.post(path, {"everything": "1"})
    other.refresh_from_db()
    assert not other.is_reading
    assert client.post("/news/leave/1:forged/").status_code == 404
    # Whoever comes back is asked again, and her old record stays.
    reading.ask(news.email, campaign=None, language="en")
    assert Reader.objects.filter(campaign=None).count() == 2


def test_what_nobody_confirms_is_erased_after_a_week_with_its_mails(run_jobs):
    week = timezone.now() - timedelta(days=7, minutes=1)
    reading.ask("eve@example.org", campaign=None, language="en")
    Reader.objects.update(asked_at=week)
    Mail.objects.update(created_at=week)
    reading.ask("new@example.org", campaign=None, language="en")
    old = make_reader("old@example.org", left_why="left", left_at=week - timedelta(days=360))
    kept = make_reader("ada@example.org")
    assert links.confirmable(links.to_confirm(old).split("/")[-2]) is None
    forget_readers(0)
    assert {row.email for row in Reader.objects.all()} == {"new@example.org", kept.email}
    assert {row.to for row in Mail.objects.all()} == {"new@example.org"}


def test_the_database_keeps_what_was_agreed_to():
    reader = make_reader()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_reader(reader.email.upper())
    changes = {"consent": "more"}, {"email": "x@example.org"}, {"left_at": timezone.now()}
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            Reader.objects.filter(pk=reader.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        reader.delete()


def test_a_mail_that_comes_back_stops_the_address_and_waits_for_nobody(run_jobs):
    reader = make_reader()
    reading.tell(reader, "welcome")
    run_jobs()
    Mail.objects.update(provider_id="pm-1")
    assert mails.record_bounce(provider_id="pm-1", complained=False, problem="HardBounce")
    reader.refresh_from_db()
    assert reader.left_why == "bounced"
    assert not mails.unsettled().exists()


def test_a_campaign_is_followed_from_its_page_which_sets_no_cookie(public_client, run_jobs, seeded):
    page = public_client.get("/campaigns/school-year/")
    assert not page.cookies
    link = '<a href="/news/?campaign=SCHOOL-YEAR">Follow this campaign</a>'
    assert link in page.content.decode()
    assert "A school year" in public_client.get("/news/?campaign=SCHOOL-YEAR").content.decode()
    ask(public_client, "ada@example.org", path="/news/?campaign=SCHOOL-YEAR")
    reader = Reader.objects.get()
    assert reader.campaign.code == "SCHOOL-YEAR"
    assert "A school year" in reader.consent
    CampaignPage.objects.all().delete()
    ask(public_client, "bo@example.org", path="/news/?campaign=SCHOOL-YEAR")
    assert Reader.objects.get(email="bo@example.org").campaign is None


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("step", ["confirm", "known", "welcome"])
def test_each_mail_can_be_previewed_without_its_secret_link(step, language):
    reader = make_reader(campaign=make_campaign(), language=language)
    mail = Mail(template="news", to=reader.email, language=language, about=f"{step}:{reader.pk}")
    drawn = compose("news", mail.to, mails.context_of(mail, preview=True), language)
    assert "/news/" not in drawn.body + str(drawn.alternatives)


@pytest.mark.role("staff")
def test_staff_read_a_consent_and_end_it_where_she_asks():
    reader = make_reader(consent="To the letter.")
    client = signed_in(person("Donor care"))
    assert "1 address reads the newsletter" in client.get("/admin/readers/").content.decode()
    found = client.get("/admin/readers/?q=ada&reads=on&newsletter=on").content.decode()
    assert "ada@example.org" in found
    assert "To the letter." in client.get(f"/admin/readers/inspect/{reader.pk}/").content.decode()
    client.post(f"/admin/readers/end/{reader.pk}/")
    reader.refresh_from_db()
    assert reader.left_why == "ended"
