"""The wish list and a wish's page as donors get them."""

import io
import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone
from PIL import Image

from donations import room
from gifts import demo, wishes
from gifts.models import Wish
from tests.giving import later
from tests.people import person
from tests.roles import RoleClient
from tests.things_made import make_kind, make_wish

pytestmark = pytest.mark.django_db
# Ten are Wagtail's way to any page and the layout's facts and menus.
MOST_QUERIES = 10


@pytest.fixture
def listed(seeded):
    demo.seed(author=person(), reviewer=person())
    caches["local"].clear()


def text_of(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    assert not answer.cookies
    return " ".join(answer.content.decode().split())


def test_seeding_again_changes_nothing(listed):
    before = list(Wish.objects.values())
    demo.seed(author=person(), reviewer=person())
    assert list(Wish.objects.values()) == before
    assert len(before) == 12


def test_the_list_filters_by_its_address_in_both_languages(listed, public_client):
    page = text_of(public_client, "/wishes/")
    assert page.count("<article") == 12
    assert "Laptops for university, Latin America" in page
    assert "a share from $5" in page
    assert 'href="/es/deseos/"' in page

    page = text_of(public_client, "/wishes/?kind=tablet&purpose=language&region=south_asia")
    assert page.count("<article") == 1
    assert '<option value="tablet" selected>' in page
    assert "Show all" in page
    spanish = text_of(public_client, "/es/deseos/?kind=tablet")
    assert "Tabletas" in spanish
    assert spanish.count("<article") == 2
    assert text_of(public_client, "/wishes/?kind=nonsense&p=99").count("<article") == 12
    assert "No wish like this" in text_of(public_client, "/wishes/?kind=tablet&region=europe")


def test_an_empty_list_leads_to_the_education_fund(seeded, public_client):
    assert "/give/?designation=education" in text_of(public_client, "/wishes/")


@pytest.fixture
def given(monkeypatch):
    """What each designation has, in place of the books."""
    sums: dict[int, int] = {}
    monkeypatch.setattr(
        room, "standing", lambda pks: {pk: room.Standing(sums.get(pk, 0), 0) for pk in pks}
    )
    return sums


def test_a_wish_says_what_one_costs_and_leads_to_the_basket(listed, given, public_client):
    wish = Wish.objects.get(slug="laptops-for-university-latin-america")
    given[wish.designation_id] = 7 * wish.unit_minor
    page = text_of(public_client, f"/wishes/{wish.slug}/")
    assert "<strong>7</strong> of 25 funded" in page
    assert re.search(r'<form method="get" action="/basket/"> <input[^>]*name="wish"', page)
    assert 'name="units" value="1">Give one: $480</button>' in page
    for typed in ("5", "25", "50"):
        assert f'name="amount" value="{typed}"' in page
    assert f'hreflang="es" href="/es/deseos/{wish.slug}/"'.split()[0] in page
    assert f"/es/deseos/{wish.slug}/" in page
    assert "csrf" not in page
    assert wish.text_es[:30] in text_of(public_client, f"/es/deseos/{wish.slug}/")


def test_the_last_share_is_what_is_left(listed, given, public_client):
    wish = Wish.objects.get(slug="laptops-for-university-latin-america")
    given[wish.designation_id] = wish.designation.target_minor - 4250
    page = text_of(public_client, f"/wishes/{wish.slug}/")
    assert "Nearly there" in page
    assert 'name="units"' not in page
    assert re.findall(r'name="amount" value="([\d.]+)"', page) == ["5", "25", "42.50"]


def test_a_covered_wish_offers_the_like_one_and_takes_nothing(listed, given, public_client):
    wish = Wish.objects.get(slug="laptops-for-university-southeast-asia")
    given[wish.designation_id] = wish.designation.target_minor
    page = text_of(public_client, f"/wishes/{wish.slug}/")
    assert "Covered. Thank you." in page
    assert f"/wishes/{wish.like.slug}/" in page
    assert "/basket/" not in page


def test_an_ended_wish_keeps_its_page_and_leaves_the_list(listed, public_client):
    wish = Wish.objects.get(slug="tool-kits-for-finding-work-africa")
    wishes.rewrite(wish, by=person(), ends_at=timezone.now() + timedelta(days=1))
    with later(days=2):
        caches["local"].clear()
        assert "This wish has ended" in text_of(public_client, f"/wishes/{wish.slug}/")
        assert text_of(public_client, "/wishes/").count("<article") == 11


def test_what_was_not_passed_by_two_people_is_not_to_be_found(listed, public_client):
    wish = Wish.objects.get(slug="tool-kits-for-finding-work-africa")
    wishes.rewrite(wish, by=person(), text="Other words.")
    draft = make_wish(kind=make_kind())
    for slug in (wish.slug, draft.slug, "nobody"):
        text_of(public_client, f"/wishes/{slug}/", status=404)
        text_of(public_client, f"/wishes/{slug}/picture/", status=404)
    assert text_of(public_client, "/wishes/").count("<article") == 11


@pytest.mark.ages
def test_a_page_is_few_queries_cold_none_kept_and_its_figures_move_within_two_seconds(
    listed, given, public_client: RoleClient, django_assert_max_num_queries, monkeypatch
):
    path = "/wishes/laptops-for-university-latin-america/"
    moment = timezone.now().timestamp()
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: moment)
    monkeypatch.setattr("pages.serving.FRESH", 60)
    for one in ("/wishes/", "/wishes/?kind=laptop", path):
        caches["local"].clear()
        with django_assert_max_num_queries(MOST_QUERIES):
            text_of(public_client, one)
    with django_assert_max_num_queries(0):
        assert "<strong>0</strong> of 25" in text_of(public_client, path)
    wish = Wish.objects.get(slug=path.split("/")[2])
    given[wish.designation_id] = wish.unit_minor
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: moment + 1.1)
    monkeypatch.setattr("pages.serving.FRESH", 0)  # and half a second has passed there
    assert "<strong>1</strong> of 25" in text_of(public_client, path)


def test_a_wish_has_a_picture_for_sharing_in_each_language(listed, public_client):
    drawn = []
    for path in ("/wishes/", "/es/deseos/"):
        address = f"{path}laptops-for-university-latin-america/"
        found = re.search(r'property="og:image" content="([^"]+)"', text_of(public_client, address))
        assert found
        answer = public_client.get(re.sub(r"^https?://[^/]+", "", found[1]))
        assert answer["Content-Type"] == "image/png"
        assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
        drawn.append(answer.content)
    assert drawn[0] != drawn[1]
