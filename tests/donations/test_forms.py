"""What the give form makes of what people type; nothing is lost, every error says how to mend."""

import pytest
from django.core import signing
from django.utils import timezone, translation

from core.tokens import new_token
from donations import demo
from donations.forms import DonationForm
from donations.models import Designation, GivingOptions

pytestmark = pytest.mark.django_db


@pytest.fixture
def options(db) -> GivingOptions:
    demo.seed()
    return GivingOptions.objects.get(currency="USD", frequency="once")


def started(seconds_ago: float) -> str:
    return signing.dumps(timezone.now().timestamp() - seconds_ago, salt=DonationForm.SALT)


def filled(options: GivingOptions, **changes: str) -> DonationForm:
    typed = {
        "amount_choice": "5000",
        "designation": "education",
        "name": "Ruth Osei",
        "email": "ruth@example.org",
        "token": new_token(),
        "started": started(30),
        **changes,
    }
    return DonationForm(typed, options=options)


def amount_of(form: DonationForm) -> int:
    assert form.is_valid(), form.errors
    return form.cleaned_data["gift_minor"]


def test_a_suggested_amount_and_a_name_are_enough(options):
    form = filled(options)
    assert amount_of(form) == 5000
    assert form.cleaned_data["fee_cover_minor"] == 0
    assert form.cleaned_data["designation"].code == "education"


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("40", 4000),
        ("$40", 4000),
        ("12.50", 1250),
        ("1,234.50", 123450),
        ("12,50", 1250),
        ("5", 500),
    ],
)
def test_an_amount_is_read_as_people_write_it(options, typed, minor):
    assert amount_of(filled(options, amount_choice="other", amount=typed)) == minor


def test_a_typed_amount_wins_over_a_choice_made_before(options):
    assert amount_of(filled(options, amount_choice="5000", amount="40")) == 4000


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "choose an amount"),
        ("abc", "as a number"),
        ("1e5", "as a number"),
        ("-20", "as a number"),
        ("4.99", "smallest gift is $5"),
        ("0", "smallest gift is $5"),
        ("9999999", "up to"),
        ("12.345.6", "as a number"),
    ],
)
def test_a_wrong_amount_is_told_beside_its_field_and_kept(options, typed, told):
    form = filled(options, amount_choice="other", amount=typed)
    assert not form.is_valid()
    assert told in form.errors["amount"][0]
    assert form["amount"].value() == typed


def test_a_forged_choice_is_no_amount(options):
    assert not filled(options, amount_choice="1").is_valid()


def test_covering_the_fee_leaves_about_the_gift_after_it(options):
    form = filled(options, cover_fee="on")
    gift, cover = amount_of(form), form.cleaned_data["fee_cover_minor"]
    total = gift + cover
    assert gift <= total - (total * 290 // 10_000 + 30) <= gift + 1


def test_three_decimal_currencies_are_taken_in_steps_of_ten(options):
    dinar = GivingOptions.objects.create(
        currency="KWD", amounts_minor=[10_000], minimum_minor=2_000, fee_fixed_minor=100
    )
    assert not filled(dinar, amount_choice="other", amount="12.345").is_valid()
    form = filled(dinar, amount_choice="other", amount="12.340", cover_fee="on")
    assert (amount_of(form) + form.cleaned_data["fee_cover_minor"]) % 10 == 0


def test_yen_have_no_cents(options):
    yen = GivingOptions.objects.create(currency="JPY", amounts_minor=[3000], minimum_minor=500)
    assert amount_of(filled(yen, amount_choice="other", amount="4000")) == 4000
    assert not filled(yen, amount_choice="other", amount="40.50").is_valid()


@pytest.mark.parametrize("field", ["name", "email"])
def test_what_the_receipt_needs_is_asked_for(options, field):
    assert field in filled(options, **{field: ""}).errors


def test_a_name_stays_on_one_line(options):
    form = filled(options, name="Ruth\r\nBcc: all@example.org")
    assert form.is_valid()
    assert form.cleaned_data["name"] == "Ruth Bcc: all@example.org"


def test_a_closed_designation_falls_back_to_the_first_choice(options):
    Designation.objects.filter(code="education").update(closes_at=timezone.now())
    form = filled(options)
    assert not form.is_valid()
    form = filled(options, designation="")
    assert form.is_valid()
    assert form.cleaned_data["designation"].code == "where-needed-most"


def test_a_tribute_needs_a_name_and_a_notice_an_address(options):
    form = filled(options, tribute_kind="honor", tribute_recipient_name="Ama")
    assert set(form.errors) == {"tribute_name", "tribute_recipient_email"}
    form = filled(options, tribute_recipient_email="ama@example.org")
    assert "tribute_kind" in form.errors


def test_programs_are_told_kindly(options):
    assert "website" in filled(options, website="https://example.org").errors
    assert filled(options, started=started(0.1)).non_field_errors()
    assert filled(options, started=started(90_000)).non_field_errors()
    assert filled(options, started="made up").non_field_errors()


def test_an_appeal_is_a_plain_code(options):
    form = filled(options, appeal="spring-26<script>")
    assert form.is_valid()
    assert form.cleaned_data["appeal"] == "SPRING-26SCRIPT"


def test_errors_are_in_the_language_of_the_page(options):
    with translation.override("es"):
        form = filled(options, amount_choice="other", amount="abc")
        assert "número" in form.errors["amount"][0]


ADDRESS = {
    "country": "US",
    "address_line1": "48 Orchard Lane",
    "city": "Ithaca",
    "region": "new york",
    "postcode": "148501234",
}


def test_an_address_is_kept_as_the_post_writes_it(options):
    form = filled(options, **ADDRESS)
    assert form.is_valid(), form.errors
    assert form.typed()["region"] == "NY"
    assert form.typed()["postcode"] == "14850-1234"


def test_a_begun_address_is_asked_for_whole(options):
    form = filled(options, country="US", region="Oz", postcode="1485")
    assert set(form.errors) == {"address_line1", "city", "region", "postcode"}


@pytest.mark.parametrize(("country", "wrong"), [("MX", {"postcode"}), ("HK", set()), ("XX", None)])
def test_what_an_address_needs_depends_on_the_country(options, country, wrong):
    address = {**ADDRESS, "country": country, "region": "", "postcode": ""}
    assert set(filled(options, **address).errors) == ({"country"} if wrong is None else wrong)


def test_a_country_alone_is_no_address(options):
    form = filled(options, country="US")
    assert form.is_valid()
    assert form.typed()["country"] == ""


def test_countries_are_offered_by_name_in_the_language_of_the_page(options):
    with translation.override("es"):
        offered = dict(filled(options)["country"].field.choices)
    assert offered["ES"] == "España"
    assert "ZZ" not in offered


def test_a_name_too_long_is_told_and_never_cut(options):
    form = filled(options, name="A" * 201)
    assert "name" in form.errors
    assert 'maxlength="' not in str(form["name"])


def test_the_pace_is_told_only_of_what_is_otherwise_right(options):
    form = filled(options, name="", started=started(0.1))
    assert set(form.errors) == {"name"}
