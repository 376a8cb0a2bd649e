"""What the law wants told in public: the receipts' own words, as of the day."""

from dataclasses import replace
from datetime import date, timedelta
from html import escape

import pytest
from django.core.cache import caches
from django.utils import timezone

from donations import demo
from donations.models import LegalEntity
from donations.receipts import disclosing, facts
from donations.receipts.packs import us_states
from tests.roles import RoleClient


@pytest.fixture
def entity(db: None) -> LegalEntity:
    demo.seed()
    LegalEntity.objects.update(registrations="FL CH12345")
    caches["local"].clear()
    return LegalEntity.objects.get()


def test_the_page_says_what_receipts_say_in_either_language(
    entity: LegalEntity, public_client: RoleClient
) -> None:
    printed, today = facts.printed(entity), timezone.localdate()
    english = public_client.get("/disclosures/").text
    spanish = public_client.get("/es/disclosures/").text
    for row in us_states.DISCLOSURES:
        registration = "CH12345" if row.region == "FL" else ""
        (text,) = us_states.disclosures(row.region, today, printed, registration)
        for page in (english, spanish):
            assert f'<p lang="en">{escape(text)}</p>' in page, row.region
    assert "REGISTRATION NO. CH12345." in english
    assert "under section 501(c)(3) of the Internal Revenue Code, EIN\u00a012-3456789." in english
    assert "Código de Rentas Internas de EE. UU., EIN\u00a012-3456789." in spanish
    assert "<h3>Pensilvania</h3>" in spanish
    for page in (english, spanish):
        for fact in ("12-3456789", "100 Harbor Street", "+1 207 555 0100"):
            assert fact in page
    assert (
        '<a href="/es/disclosures/">Información legal</a>' in public_client.get("/es/safety/").text
    )


def test_a_sentence_is_told_from_its_first_day_until_it_ends(
    entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = date(2027, 3, 1)
    old = us_states.DISCLOSURES[0]
    new = replace(old, effective=day, text="New words.")
    monkeypatch.setattr(us_states, "DISCLOSURES", (replace(old, ended=day), new))
    assert [one.text for one in disclosing.stated(entity, on=day)] == ["New words."]
    (before,) = disclosing.stated(entity, on=day - timedelta(days=1))
    assert before.text.startswith("A COPY OF")
    assert disclosing.stated(entity, on=date(2025, 12, 31)) == []


def test_every_state_with_a_sentence_is_named() -> None:
    assert {row.region for row in us_states.DISCLOSURES} == set(us_states.REGIONS)


def test_a_british_charity_gives_its_own_number_and_no_states_sentence(
    entity: LegalEntity, public_client: RoleClient
) -> None:
    LegalEntity.objects.update(receipt_pack="uk", tax_id="1234567")
    page = public_client.get("/disclosures/").text
    assert "is a charity registered under number 1234567." in page
    assert "501(c)(3)" not in page
    assert "<h3>" not in page
