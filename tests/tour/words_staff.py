"""What editors and a privacy lead do in the tour with words: one process, told by lines.

`python -m tests.tour.words_staff` runs with the environment of the staff role: the consents lie in
the vault. Lines and acts are as in `things_staff`.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import django
from django.apps import apps

if not apps.ready:  # in a test that only loads it, they are
    django.setup()

from django.utils import timezone
from wagtail.models import Locale, Page

from accounts.models import User
from campaigns.comments import deciding
from campaigns.letters import audience, sending
from campaigns.models import (
    Campaign,
    CampaignIndexPage,
    CampaignPage,
    Letter,
    LetterCopy,
    Reader,
    StoryComment,
    StoryIndexPage,
    StoryPage,
    StoryTalk,
)
from campaigns.stories import clearing, gate, words
from gifts.partners.demo_consents import agreed
from gifts.vault import consents
from pages.demo.english import text
from pages.models import HomePage, StandardPage

# A word that stands nowhere else: wherever it turns up afterwards, words were not taken back.
HERS = "Quillowmere is what I called the morning after the exam."
HERS_ES = "Quillowmere llamé a la mañana después del examen."
READERS = {"ada": "en", "ben": "en", "carmen": "es", "diego": "es"}


def who(name: str) -> User:
    return User.objects.get(email=f"{name}@northstar.example")


def _home(language: str) -> HomePage:
    return HomePage.objects.get(locale__language_code=language)


def _translated(page: Page, by: User, **told: Any) -> Page:
    """By Wagtail's own way, then put into Spanish by hand."""
    twin = page.copy_for_translation(Locale.objects.get(language_code="es")).specific
    for name, value in told.items():
        setattr(twin, name, value)
    twin.save_revision(user=by)
    return twin


def build_pages() -> dict[str, str]:
    """A standard page and a campaign, each in both languages; the paths that visitors know."""
    by = who("editor")
    home = _home("en")
    plain = StandardPage(
        title="What a week looks like",
        slug="what-a-week-looks-like",
        locale=home.locale,
        lead="Mondays are for forms, Fridays for coffee.",
        body=[text("Monday", "<p>Somebody sorts the post.</p>")],
        live=False,
        owner=by,
    )
    home.add_child(instance=plain)
    campaign = Campaign.objects.create(
        code="TOUR",
        name="Spring of the tour",
        goal_kind=Campaign.Goal.DONORS,
        goal=40,
        designation=Campaign.objects.first().designation,  # type: ignore[union-attr]
    )
    index = CampaignIndexPage.objects.get(locale=home.locale)
    told = CampaignPage(
        title="Forty people for spring",
        slug="forty-people-for-spring",
        locale=home.locale,
        campaign=campaign,
        summary="Forty people who give what they can.",
        live=False,
        owner=by,
    )
    index.add_child(instance=told)
    paths = {}
    for page, spanish in (
        (
            plain,
            {
                "title": "Cómo es una semana",
                "slug": "como-es-una-semana",
                "lead": "El lunes es para los formularios; el viernes, para el café.",
                "body": [text("Lunes", "<p>Alguien ordena el correo.</p>")],
            },
        ),
        (
            told,
            {
                "title": "Cuarenta personas para la primavera",
                "slug": "cuarenta-personas",
                "summary": "Cuarenta personas que dan lo que pueden.",
            },
        ),
    ):
        page.save_revision(user=by).publish(user=by)
        twin = _translated(page, by, **spanish)
        twin.latest_revision.publish(user=by)
        paths[page.slug] = page.url_path.split("/", 2)[2]
        paths[f"{page.slug}-es"] = "es/" + twin.url_path.split("/", 2)[2]
    return paths


def tell_story() -> dict[str, Any]:
    """Begun by one, refused without a consent, published by a second person, in both languages."""
    by, second, keeper = who("editor"), who("second-editor"), who("privacy")
    index = StoryIndexPage.objects.get(locale__language_code="en")
    page = StoryPage(
        title="The morning after",
        slug="the-morning-after",
        locale=index.locale,
        told_by="staff",
        teller="Ana, who looks after courses",
        summary="An exam, and the day that came behind it.",
        body=[text("The exam", "<p>It took four hours.</p>"), ("survivor", {"words": HERS})],
        owner=by,
    )
    index.add_child(instance=page)
    page.save_revision(user=by)
    spanish = [text("El examen", "<p>Duró cuatro horas.</p>"), ("survivor", {"words": HERS_ES})]
    twin = _translated(page, by, title="La mañana siguiente", slug="la-manana-siguiente",
                       summary="Un examen y el día que vino detrás.", body=spanish)  # fmt: skip
    told: dict[str, Any] = {"refused": [], "codes": [], "stories": []}
    for story in (page, twin):
        for publisher in (second, by):  # without a consent; and by whoever wrote it
            try:
                _pass_on(story, by=by, second=publisher)
            except gate.Refused as refusal:
                told["refused"].append(refusal.code)
            needed = words.needed(story.get_latest_revision_as_object())
            told["codes"] += [
                code
                for one in needed
                if (code := agreed(one, language=story.locale.language_code, by=keeper))
            ]
        _pass_on(story, by=by, second=second)
        public = StoryPage.objects.select_related("locale").get(pk=story.pk)
        assert public.live, public.title
        deciding.switch(StoryTalk.objects.get(story=public), to=StoryTalk.State.OPEN, by=by)
        prefix = "" if public.locale.language_code == "en" else "es/"
        path = f"/{prefix}{public.url_path.split('/', 2)[2]}"
        told["stories"].append({"pk": public.pk, "path": path})
    return told


def _pass_on(story: StoryPage, *, by: User, second: User) -> None:
    """Through the workflow: one hands it in, the other passes it, which publishes it."""
    story = StoryPage.objects.get(pk=story.pk)
    state = story.current_workflow_state
    if state is None:
        state = story.get_workflow().start(story, by)
    state.current_task_state.specific.approve(user=second)


def approve_comments(stories: list[int]) -> dict[str, Any]:
    """Each by one; what the rules doubt by a second person, too. A guess at a place is declined."""
    first, second = who("editor"), who("second-editor")
    doubtful = declined = 0
    ours = StoryComment.objects.filter(story__in=stories)
    for row in ours.filter(state="waiting").order_by("pk"):
        if "place" in row.doubts.split():
            deciding.decline(row, why=StoryComment.Why.FINDABLE, by=first)
            declined += 1
        elif deciding.approve(row, by=first).state == "waiting":
            doubtful += 1
            deciding.approve(row, by=second)
    shown = ours.filter(state="approved").count()
    return {"shown": shown, "doubtful": doubtful, "declined": declined}


def take_back(codes: list[str]) -> int:
    """She writes; a privacy lead withdraws; the job comes by once."""
    for code in codes:
        consents.withdraw(code, by=who("privacy"))
    return clearing.run()


def letter(subject: str) -> dict[str, int]:
    """To whoever reads the newsletter; the job runs twice, as after a crash."""
    now = timezone.now()
    for name, language in READERS.items():
        Reader.objects.get_or_create(
            email=f"{name}@reader.example",
            defaults={
                "language": language,
                "consent": "x",
                "consent_version": "x",
                "asked_at": now,
                "confirmed_at": now,
            },
        )
    body = [{"type": "text", "value": {"heading": subject, "text": "<p>Twelve laptops.</p>"}}]
    row = Letter.objects.create(
        audience=Letter.Audience.NEWSLETTER,
        subject=subject,
        body=json.dumps(body),
        subject_es=f"{subject} (es)",
        body_es=json.dumps(body),
    )
    row.refresh_from_db()
    seen = sum(audience.counts(row).values())
    sending.queue(row, seen=seen, at=None, by=who("editor"))
    for _ in range(2):
        sending.send_letter(letter_id=row.pk)
    sent = row.copies.filter(state=LetterCopy.State.SENT).count()
    return {"readers": seen, "sent": sent}


ACTS: dict[str, Callable[..., Any]] = {
    act.__name__: act for act in (build_pages, tell_story, approve_comments, take_back, letter)
}


def main() -> None:
    for line in sys.stdin:
        told = json.loads(line)
        print(json.dumps(ACTS[told.pop("do")](**told)), flush=True)


if __name__ == "__main__":
    main()
