"""What search engines, feed readers and the search of the site find: what is public, no more."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from defusedxml import ElementTree
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from campaigns.models import CampaignPage
from pages.models import StandardPage
from tests.roles import RoleClient, acting_as
from tests.things_made import make_wish

pytestmark = pytest.mark.django_db
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
ATOM = "{http://www.w3.org/2005/Atom}"
pytestmark = pytest.mark.django_db
HIDDEN = ("draft", "ended", "locked", "below the locked")


@pytest.fixture
def hidden(seeded: None) -> list[Page]:
    """One page of each kind that nobody may find, all with the same rare word."""
    home = StandardPage.objects.get(slug="privacy").get_parent()
    pages = [StandardPage(title=f"Zirconia {kind}", slug=kind.split()[0]) for kind in HIDDEN]
    pages[0].live = False
    pages[1].expire_at = timezone.now() - timedelta(minutes=1)
    for page in pages[:3]:
        page.locale = home.locale
        home.add_child(instance=page)
    pages[2].add_child(instance=pages[3])
    PageViewRestriction.objects.create(page=pages[2], restriction_type="login")
    return pages


def get(client: RoleClient, path: str) -> str:
    caches["local"].clear()
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert not answer.cookies, path
    return answer.content.decode()


def listed(text: str) -> dict[str, dict[str, str]]:
    """Addresses of a sitemap, each with those of its languages; all without the host."""
    host = "http://localhost:8000"
    return {
        entry.findtext(f"{SITEMAP}loc").removeprefix(host): {
            link.get("hreflang"): link.get("href").removeprefix(host)
            for link in entry.findall(LINK)
        }
        for entry in ElementTree.fromstring(text)
    }


def test_the_sitemap_holds_exactly_the_public_pages_in_every_language(
    hidden: list[Page], public_client: RoleClient
) -> None:
    make_wish(state="published", slug="laptops")
    make_wish(state="draft", slug="not-yet")

    found = listed(get(public_client, "/sitemap.xml"))

    views = ["/give/", "/things/offer/", "/news/", "/receipts/check/", "/training/verify/"]
    views += ["/safety/", "/disclosures/", "/contact/", "/charge/"]
    pages = Page.objects.live().filter(depth__gt=1).exclude(pk__in=[page.pk for page in hidden])
    expected = {page.url for page in pages.specific()} | {"/wishes/laptops/"}
    expected |= {"/es/deseos/laptops/", *views, *(f"/es{view}" for view in views)}
    assert set(found) == expected
    for path, others in found.items():
        assert others["x-default"] == others["en"], path
        assert path in (others["en"], others["es"]), path
        assert public_client.get(path).status_code == 200, path
    robots = get(public_client, "/robots.txt")
    assert "Sitemap: http://localhost:8000/sitemap.xml" in robots
    assert not re.search("trace|review|plan|admin", robots), "it tells where links lead"


def test_a_page_names_itself_its_languages_and_its_feed(
    seeded: None, public_client: RoleClient
) -> None:
    make_wish(state="published", slug="laptops")
    for path, other in (
        ("/how-it-works/", "/es/como-funciona/"),
        ("/es/campanas/un-ano-de-estudios/", "/campaigns/school-year/"),
        ("/wishes/laptops/", "/es/deseos/laptops/"),
        ("/safety/?from=mail", "/es/safety/"),
    ):
        page, own = get(public_client, path), path.partition("?")[0]
        assert f'<link rel="canonical" href="http://localhost:8000{own}">' in page
        english, spanish = (other, own) if own.startswith("/es/") else (own, other)
        links = dict(re.findall(r'hreflang="([a-z-]+)" href="http://localhost:8000([^"]+)"', page))
        assert links == {"en": english, "es": spanish, "x-default": english}
        assert 'type="application/atom+xml"' in page
    # What is not for everybody is named to nobody.
    for path in ("/nowhere/", "/search/?q=gift", "/account/login/", "/basket/"):
        page = public_client.get(path).content.decode()
        assert not re.search('rel="(canonical|alternate)"', page), path


def test_a_page_of_one_language_leads_to_the_nearest_one_above_and_says_so(
    seeded: None, public_client: RoleClient
) -> None:
    CampaignPage.objects.get(slug="un-ano-de-estudios").delete()
    page = get(public_client, "/campaigns/school-year/")
    (link,) = re.findall(r'<a href="([^"]+)" lang="es" hreflang="es" title="([^"]+)"', page)
    assert link == (
        "/es/campanas/",
        "Esta página no está en español: aquí está la más cercana que sí.",
    )
    assert 'rel="alternate" hreflang' not in page


def test_data_for_machines_can_be_read_and_cannot_leave_its_block(
    seeded: None, public_client: RoleClient
) -> None:
    page = StandardPage.objects.get(slug="how-it-works")
    page.title = "</script><script>alert(1)</script>"
    page.save()
    nodes = {}
    for path in ("/", "/how-it-works/", "/campaigns/school-year/"):
        text = get(public_client, path)
        (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
        nodes[path] = {node["@type"]: node for node in json.loads(block)["@graph"]}
    assert nodes["/"]["NGO"]["potentialAction"]["target"] == "http://localhost:8000/give/"
    told = nodes["/how-it-works/"]
    assert [item["name"] for item in told["BreadcrumbList"]["itemListElement"]][-1] == page.title
    assert told["FAQPage"]["mainEntity"][0]["name"] == "Can I say what my gift is for?"
    assert "<" not in told["FAQPage"]["mainEntity"][0]["acceptedAnswer"]["text"]
    campaign = nodes["/campaigns/school-year/"]
    assert "appeal=SCHOOL-YEAR" in campaign["DonateAction"]["target"]
    assert len(campaign["BreadcrumbList"]["itemListElement"]) == 3


def test_the_feed_tells_of_campaigns_in_its_language(
    seeded: None, public_client: RoleClient
) -> None:
    CampaignPage.objects.filter(slug="school-year").update(
        first_published_at=timezone.now() + timedelta(seconds=1)
    )
    CampaignPage.objects.filter(slug="twenty-five-who-stay").update(live=False)
    for path, start, titles in (
        ("/feed/", "/campaigns/", ["A school year, paid in full", "Until the first salary"]),
        ("/es/feed/", "/es/campanas/", None),
    ):
        feed = ElementTree.fromstring(get(public_client, path))
        language = "es" if path.startswith("/es/") else "en"
        assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
        for name in ("id", "title", "updated", "author"):
            assert feed.find(f"{ATOM}{name}") is not None, name
        entries = feed.findall(f"{ATOM}entry")
        assert len(entries) == len(titles or "abc")
        assert titles is None or [entry.findtext(f"{ATOM}title") for entry in entries] == titles
        for entry in entries:
            assert entry.find(f"{ATOM}link").get("href").startswith(f"http://localhost:8000{start}")
            assert entry.findtext(f"{ATOM}summary")
            assert entry.findtext(f"{ATOM}updated")


def test_search_finds_what_is_public_in_its_language_and_asks_little(
    hidden: list[Page], public_client: RoleClient
) -> None:
    make_wish(state="published", slug="laptops")
    draft = StandardPage.objects.get(slug="privacy")
    draft.title = "Zirconia in a draft"
    draft.save_revision()
    caches["local"].clear()
    with CaptureQueriesContext(connection) as queries:
        page = public_client.get("/search/", {"q": "school year"}).content.decode()
    assert len(queries) <= 15, [query["sql"][:80] for query in queries]
    assert '<a href="/campaigns/school-year/">' in page
    assert "/es/campanas/" not in page.partition("<main")[2].partition("</main>")[0]
    # Words of a body, the beginning of a title, a wish, any of the words.
    for asked, found in (
        ("outings birthdays", "/program/"),
        ("abol", "/abolitionist/"),
        ("laptops", "/wishes/laptops/"),
        ("privacy qwertz", "/privacy/"),
    ):
        assert f'<a href="{found}">' in get(public_client, f"/search/?q={asked}"), asked
    nothing = get(public_client, "/search/?q=zirconia%00")
    assert "Nothing here has “zirconia” in it." in nothing
    assert "The main pages" in nothing


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("educacion", "educación"),
        ("EDUCACIÓN", "educación"),
        ("perú", "Peru"),
        ("nino", "niño"),
        ("niños", "un niño"),
        ("curso", "los cursos"),
        ("cursos pagados", "un curso pagado"),
        ("educaciones", "la educación"),
        ("educacion", "las educaciones"),
    ],
)
def test_spanish_words_are_found_with_and_without_accents_and_endings(
    seeded: None, public_client: RoleClient, typed: str, words: str
) -> None:
    page = StandardPage.objects.get(slug="privacidad")
    page.body = [("text", {"heading": "", "text": f"<p>zirconia {words}.</p>"})]
    page.save()
    found = get(public_client, f"/es/search/?q=zirconia {typed}")
    assert '<a href="/es/privacidad/">' in found.partition("Cerca")[0], typed
    assert "1 página encontrada" in found


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("computers", "a computer"),
        ("computer", "two computers"),
        ("studying", "who studies"),
        ("cafe", "a café"),
        ("café", "a cafe"),
        ("what we do", "what we do"),
    ],
)
def test_english_words_are_found_in_all_their_forms(
    seeded: None, public_client: RoleClient, typed: str, words: str
) -> None:
    page = StandardPage.objects.get(slug="privacy")
    page.body = [("text", {"heading": "", "text": f"<p>zirconia {words}.</p>"})]
    page.save()
    assert '<a href="/privacy/">' in get(public_client, f"/search/?q=zirconia {typed}")
    # Words of the one language are no stems of the other, and signs alone ask for nothing.
    page.body = [("text", {"heading": "", "text": "<p>zirconia comput.</p>"})]
    page.save()
    assert "Nothing here has" in get(public_client, "/search/?q=zirconia of another kind")
    assert "Nothing here has" in get(public_client, "/search/?q=-")


def test_a_title_begins_with_what_is_typed_and_its_accents_do_not_matter(
    seeded: None, public_client: RoleClient
) -> None:
    page = StandardPage.objects.get(slug="privacidad")
    page.title = "Preparación zircónica"
    page.save()
    for typed in ("zircon", "prepara zirco", "ZIRCÓNI"):
        assert '<a href="/es/privacidad/">' in get(public_client, f"/es/search/?q={typed}"), typed


def test_wishes_are_found_by_one_and_by_several(seeded: None, public_client: RoleClient) -> None:
    make_wish(state="published", slug="laptops")
    for typed in ("laptop", "laptops", "LÁPTOPS"):
        assert '<a href="/wishes/laptops/">' in get(public_client, f"/search/?q={typed}"), typed


def test_the_picture_of_a_page_is_drawn_for_public_ones_alone(
    hidden: list[Page], public_client: RoleClient
) -> None:
    page = CampaignPage.objects.get(slug="school-year")
    assert f'content="http://localhost:8000/share/{page.pk}.png"' in get(public_client, page.url)
    picture = public_client.get(f"/share/{page.pk}.png")
    assert picture.content.startswith(b"\x89PNG")
    assert picture["Cache-Control"] == "public, max-age=600"
    assert public_client.get(f"/es/share/{page.pk}.png").status_code == 404
    for one in hidden:
        assert public_client.get(f"/share/{one.pk}.png").status_code == 404, one.title
    page.unpublish()
    assert public_client.get(f"/share/{page.pk}.png").status_code == 404


def test_a_page_that_is_renamed_is_found_at_its_old_address(
    seeded: None,
    public_client: RoleClient,
    django_capture_on_commit_callbacks: Any,
) -> None:
    for slug, before, after in (
        ("how-it-works", "/how-it-works/", "/renamed/"),
        ("como-funciona", "/es/como-funciona/", "/es/renamed/"),
    ):
        page = StandardPage.objects.get(slug=slug)
        page.slug = "renamed"
        with acting_as("staff"), django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()
        answer = public_client.get(before)
        assert (answer.status_code, answer["Location"]) == (301, after)
