"""Beside a translation stands the page it is translated from, with what has changed since."""

import json
from dataclasses import replace

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.editing import behind, beside
from campaigns.editing.content_checks import overlooked
from campaigns.editing.parts import Piece, pieces
from campaigns.models import CampaignPage
from pages import demo as pages_demo
from tests.people import person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.role("staff")]
# The two pages, the earlier version, who may edit; Wagtail's own come on top.
MOST_QUERIES = 12


@pytest.fixture
def site(seeded):
    for page in CampaignPage.objects.all():
        page.save_revision().publish()
    yield
    caches["local"].clear()


def school(language: str) -> CampaignPage:
    return CampaignPage.objects.get(campaign__code="SCHOOL-YEAR", locale__language_code=language)


def edited(language: str, *, as_role: str = "Editor") -> str:
    client = signed_in(person(as_role))
    return client.get(f"/admin/pages/{school(language).pk}/edit/").content.decode()


def body(*texts: tuple[str, str]) -> str:
    return json.dumps(
        [
            {"type": "text", "id": key, "value": {"heading": "", "text": f"<p>{text}</p>"}}
            for key, text in texts
        ]
    )


def test_a_translation_shows_the_words_it_is_translated_from_and_the_first_language_nothing(site):
    spanish = edited("es")

    assert "The page in English" in spanish
    assert f">{school('en').summary}</p>" in spanish
    assert 'href="#id_summary"' in spanish
    assert "Nothing has changed there since" in spanish
    assert "ns-beside" not in edited("en")


def altered(word: str = "Altered") -> None:
    """The English summary is changed and published."""
    page = school("en")
    page.summary = page.summary.replace(page.summary.split()[0], word)
    page.save_revision().publish()


def test_words_that_changed_stay_marked_until_the_part_itself_is_changed_here(site):
    altered()

    spanish = edited("es")

    assert "<ins>Altered</ins>" in spanish
    assert "1 part has changed there since" in spanish

    # Publishing the translation as it was says nothing about the part that changed.
    behind.learn_before(school("es"))
    school("es").save_revision().publish()
    behind.learn(school("es"))
    assert "1 part has changed there since" in edited("es")

    page = school("es")
    page.title = "Otro título"
    page.save_revision().publish()
    behind.learn(page)
    assert "1 part has changed there since" in edited("es")

    page.summary = "Alterado."
    page.save_revision()
    behind.learn(page)
    assert "Nothing has changed there since" in edited("es")

    altered("Again")
    assert "<ins>Again</ins>" in edited("es")


def test_saving_in_the_editor_notes_what_was_translated_and_what_not(site):
    client = signed_in(person("Publisher"))
    source, page = school("en"), school("es")
    for one in (source, page):
        one.revisions.all().delete()
        type(one).objects.filter(pk=one.pk).update(latest_revision=None, live_revision=None)

    def save(one: CampaignPage, **changes: str) -> None:
        form = client.get(f"/admin/pages/{one.pk}/edit/").context["form"]
        typed = {
            name: "" if value is None else value
            for name, value in form.initial.items()
            if name in ("title", "slug", "campaign", "summary", "drawing", "thanks", "lead")
        }
        empty = {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
        answer = client.post(
            f"/admin/pages/{one.pk}/edit/", typed | empty | changes | {"action-publish": "1"}
        )
        assert answer.status_code == 302, answer.context["form"].errors

    # No older version is kept, yet what stood there is known when it is about to change.
    save(source, summary="Other words than those which were translated.")
    assert behind.of(school("es"), school("en")).changes >= 1
    told = {one.piece.key: one.how for one in behind.of(school("es"), school("en")).told}
    assert told["summary"] == "changed"

    save(school("es"), title="Otro título")
    assert behind.of(school("es"), school("en")).changes >= 1
    save(school("es"), summary="Otras palabras que las que se tradujeron.")
    told = {one.piece.key: one.how for one in behind.of(school("es"), school("en")).told}
    assert told["summary"] == ""


def press(as_role: str = "Editor", **typed: str):
    way = f"/admin/translations/{school('es').pk}/still-right/"
    return signed_in(person(as_role)).post(way, typed)


def summary_seen() -> str:
    told = behind.of(school("es"), school("en")).told
    return behind.fingerprint(next(one.piece for one in told if one.piece.key == "summary"))


def test_still_right_clears_the_mark_until_the_source_changes_again_and_is_taken_back(site):
    altered()
    seen = summary_seen()
    assert f'data-beside-still="summary" data-beside-seen="{seen}"' in edited("es")

    assert press(part="summary", seen=seen).status_code == 200
    assert "Nothing has changed there since" in edited("es")
    assert press(part="summary", seen=seen).status_code == 200
    assert press(part="summary", back="1").status_code == 200
    assert "1 part has changed there since" in edited("es")

    # What was not read is not called right.
    press(part="summary", seen=seen)
    altered("Again")
    answer = press(part="summary", seen=seen)
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.json()["told"]
    assert press(part="nothing", seen="").status_code == 409
    assert "1 part has changed there since" in edited("es")
    assert press("Finance", part="summary", seen=summary_seen()).status_code in (302, 403)
    assert "1 part has changed there since" in edited("es")


def test_what_rightly_has_the_same_words_is_called_right_and_what_is_gone_too(site):
    page = school("es")
    page.summary = school("en").summary
    page.body = json.dumps(school("en").body.get_prep_value())
    page.save_revision().publish()
    behind.learn(page)
    assert behind.of(page, school("en")).same > 1
    for one in behind.of(page, school("en")).told:
        if one.how == behind.SAME:
            press(part=one.piece.key, seen=behind.fingerprint(one.piece))
    assert behind.of(page, school("en")).parts == 0

    source = school("en")
    gone = source.body[0].id
    del source.body[0]
    source.save_revision().publish()
    assert behind.of(page, source).gone == [f"body:{gone}"]
    assert "no longer there" in edited("es")
    press(part=f"body:{gone}", seen="")
    assert behind.of(page, source).gone == []
    press(part=f"body:{gone}", back="1")
    assert behind.of(page, source).gone == [f"body:{gone}"]


def test_a_part_that_came_is_new_until_the_translation_has_it(site):
    behind.learn(school("es"))
    source = school("en")
    there = source.body.get_prep_value()
    more = {"type": "text", "id": "n" * 8, "value": {"heading": "", "text": "<p>It came.</p>"}}
    source.body = json.dumps([more, *there])
    source.save_revision().publish()
    page = school("es")

    assert [one.how for one in behind.of(page, source).told if one.how] == ["new"]
    page.body = json.dumps(
        [more | {"value": {"heading": "", "text": "<p>Llegó.</p>"}}, *page.body.get_prep_value()]
    )
    page.save_revision().publish()
    behind.learn(page)
    assert behind.of(page, source).parts == 0


def test_many_translations_are_judged_in_as_many_queries_as_one(site):
    spanish = CampaignPage.objects.filter(locale__language_code="es")
    for page in spanish[1:]:
        behind.learn(page)
    altered()
    keys, key = [page.pk for page in spanish], school("es").pk
    assert len(keys) >= 3
    asked = []
    for some in ([key], [key], keys):
        with CaptureQueriesContext(connection) as captured:
            found = behind.of_all(some)
        asked.append(len(captured))

    assert asked[2] == asked[1] <= MOST_QUERIES
    assert {pk for pk, (_page, _source, one) in found.items() if one.parts} == {key}


def test_a_translation_that_is_behind_is_told_on_the_list_and_in_its_checks(site):
    client = signed_in(person("Editor"))
    assert "to translate" not in client.get("/admin/campaigns/").content.decode()
    assert not [one for one in overlooked(school("es")) if "translated from" in one.text]
    altered()
    page = school("es")
    page.thanks = school("en").thanks = "The same words stand in both of them."
    CampaignPage.objects.filter(pk=school("en").pk).update(thanks=page.thanks)
    page.save_revision()
    behind.learn(page)

    listed = client.get("/admin/campaigns/").content.decode()
    told = "\n".join(one.text for one in overlooked(page))

    assert listed.count("parts to translate") == 1
    assert ">2 parts to translate</span>" in listed
    assert "1 part has changed in the page it is translated from" in told
    assert "1 part is not translated yet: the globe" in told


def test_what_still_has_the_words_it_was_copied_with_is_marked_until_it_is_translated(site):
    assert "not translated yet" not in edited("es")
    page = school("es")
    page.summary = school("en").summary
    page.save_revision()

    spanish = edited("es")

    assert "1 part is not translated yet" in spanish
    assert "ns-same" in spanish
    # Names and figures may be the same in both.
    names = Piece(
        "k", "Partner", "MP3 players\nHouse of the Long Name", "", ("House of the Long Name",)
    )
    assert not behind.is_untranslated(names, names)
    assert behind.is_untranslated(replace(names, names=()), names)


def test_a_block_leads_to_its_twin_or_to_the_same_kind_at_the_same_place_or_nowhere():
    now = CampaignPage(body=body(("a", "One two."), ("b", "Three four."), ("c", "Five.")))
    there = CampaignPage(body=body(("x", "Uno dos."), ("b", "Tres cuatro.")))

    found = behind.compared(list(pieces(now)), list(pieces(there)), None).told

    assert [one.anchor for one in found] == ["block-x-section", "block-b-section", ""]
    # What stands for another part already is no twin of this one.
    there = CampaignPage(body=body(("b", "Tres cuatro."), ("x", "Cinco.")))
    found = behind.compared(list(pieces(now)), list(pieces(there)), None).told
    assert [one.anchor for one in found] == ["", "block-b-section", ""]


def test_a_version_is_read_as_the_page_itself_is(site):
    """What is stored as JSON and what Wagtail makes of it are the same parts, on every page."""
    for page in CampaignPage.objects.all():
        kept = page.latest_revision.content
        read = list(pieces(page))
        assert read == list(pieces(page, kept)) == list(pieces(page.latest_revision.as_object()))
        assert len(read) > 3


def test_marks_are_made_of_escaped_words():
    assert beside.marked("a <b> c", "a <i> c") == "a <del>&lt;b&gt;</del><ins>&lt;i&gt;</ins> c"


def test_no_earlier_version_is_said_and_nothing_is_marked(site):
    school("en").revisions.all().delete()

    assert "no older version is kept" in edited("es")


def test_the_demonstration_has_a_page_that_changed_after_it_was_translated(site):
    school("en").revisions.all().delete()
    pages_demo.revise(by=person("Publisher"))

    spanish = edited("es")

    assert "1 part has changed there since" in spanish
    assert "<del>year.</del><ins>year at once.</ins>" in spanish
    assert school("en").summary.endswith("at once.")
    assert not school("en").has_unpublished_changes


def test_the_panel_costs_few_queries(site, django_assert_max_num_queries, rf):
    page = school("es")
    request = rf.get("/")
    with django_assert_max_num_queries(MOST_QUERIES):
        source = behind.source_of(page)
        beside.BesidePanel(page, request, source=source)
