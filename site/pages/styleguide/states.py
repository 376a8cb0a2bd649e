"""Which template shows which state, by the name in the address."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django.core.paginator import Paginator

from gifts.models import ItemKind, Wish
from gifts.pages.listing import Filter
from gifts.pages.showing import Card
from gifts.progress import Progress
from pages.styleguide import comments, news, training
from pages.styleguide.campaigns import (
    campaign,
    campaign_with_files,
    campaigns,
    long_campaign,
    matched_campaign,
    past,
)
from pages.styleguide.forms import (
    LONG,
    CodeForm,
    GiveForm,
    SignInCodeForm,
    SignInForm,
    sample_form,
)
from pages.styleguide.stories import long_story, stories, story

DESCRIPTOR = "NORTH STAR GIFT"
LONG_NAME = "Maximiliana Wilhelmina Featherstonehaugh-Cholmondeley of the Outer Archipelago"


class Related(list[Any]):
    """A list that answers `.all` in templates, as a prefetched relation does."""

    def all(self) -> "Related":
        return self


def donation(**changes: Any) -> SimpleNamespace:
    line = SimpleNamespace(
        designation=SimpleNamespace(public_name="Where it is needed most"), amount_minor=2500
    )
    values: dict[str, Any] = {
        "amount_minor": 2588,
        "gift_minor": 2500,
        "fee_cover_minor": 88,
        "currency": "USD",
        "lines": Related([line]),
        "receipts": Related(),
        "name": "Ada Okafor",
        "email": "ada@example.org",
        "status": "paid",
        "get_status_display": "Paid",
        "paid_at": datetime(2026, 3, 1, 12, tzinfo=UTC),
    }
    return SimpleNamespace(**{**values, **changes})


def long_donation() -> SimpleNamespace:
    lines = [
        SimpleNamespace(designation=SimpleNamespace(public_name=LONG), amount_minor=1_234_567_00),
        SimpleNamespace(designation=SimpleNamespace(public_name="School fees"), amount_minor=2500),
    ]
    return donation(
        amount_minor=1_234_592_00,
        fee_cover_minor=0,
        lines=Related(lines),
        name=LONG_NAME,
        email="maximiliana.wilhelmina.featherstonehaugh-cholmondeley@archipelago.example",
        receipt_name=f"Trust of {LONG_NAME}",
        tribute_kind="memory",
        tribute_name=LONG_NAME,
        tribute_recipient_name="Ben",
        tribute_recipient_email="ben@example.org",
        tribute_message="She taught half the street to read.\nThe other half she fed.",
        message=LONG,
    )


def give(form: GiveForm, **changes: Any) -> dict[str, Any]:
    return {
        "form": form,
        "currency": "USD",
        "digits": 2,
        "fee_hint": "About $0.88 on a gift of $25, so that the whole gift arrives.",
        "fee_rate": 220,
        "fee_fixed": 30,
        "minimum": "$5",
        "replaces": False,
        **changes,
    }


def review(shown: SimpleNamespace, problem: str | None = None) -> dict[str, Any]:
    return {
        "donation": shown,
        "statement_descriptor": DESCRIPTOR,
        "pay_url": "#pay",
        "change_url": "#change",
        "problem": problem,
    }


def status(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "donation": donation(),
        "state": name,
        "statement_descriptor": DESCRIPTOR,
        "status_url": "/health/",
        "retry_url": "#retry",
        "change_url": "#change",
        "receipt_number": "",
        **changes,
    }


def check(name: str | None) -> dict[str, Any]:
    if name is None:
        return {"form": CodeForm(), "result": None}
    result: dict[str, Any] = {"state": name}
    if name != "unknown":
        result |= {
            "number": "US-2026-000318",
            "issued_on": datetime(2026, 3, 1, tzinfo=UTC),
            "amount_minor": 2588,
            "currency": "USD",
            "organisation": "North Star Foundation, Inc.",
            "successor": "US-2026-000341",
        }
    return {"form": CodeForm({"code": "K7QM-2XPA-9RTD"}), "result": result}


def download(name: str) -> dict[str, Any]:
    return {
        "state": name,
        "number": "US-2026-000318",
        "download_url": "#download",
        "resend_url": "#resend",
    }


def my_giving() -> dict[str, Any]:
    receipt = SimpleNamespace(label="US-2026-000318", sha256="drawn", state="issued")
    return {
        "gifts": [
            donation(receipts=Related([receipt])),
            donation(status="processing", get_status_display="On its way from the bank"),
            donation(status="failed", get_status_display="Failed"),
            long_donation(),
        ]
    }


def code_again() -> dict[str, Any]:
    form = SignInCodeForm({"code": "AB12"})
    form.add_error("code", "That is not the code we sent. Look at the newest mail.")
    return {
        "verify_form": form,
        "email": "ada@example.org",
        "can_resend": True,
        "cancel_url": "#cancel",
    }


def empty_code() -> dict[str, Any]:
    return {"form": CodeForm({"code": ""}), "result": None}


def card(given_minor: int, **changes: Any) -> Card:
    """A wish for 25 laptops at $480, so far funded."""
    kind = ItemKind(
        name="Laptop",
        name_es="Computadora portátil",
        plural="Laptops",
        plural_es="Computadoras portátiles",
        description="New, with a three-year warranty, a bag and a charger for its country.",
    )
    facts: dict[str, Any] = {
        **{"kind": kind, "purpose": "university", "region": "latin_america", "slug": "laptops"},
        **{"wanted": 25, "unit_minor": 48000, "currency": "USD", "state": "published"},
        "text": "Lectures, essays and the library are online now. One laptop carries a degree.",
    }
    return Card(Progress(Wish(**facts | changes), given_minor, 0), "/wishes/", 500)


def wish(shown: Card, like: Card | None = None) -> dict[str, Any]:
    return {
        "page": {"title": "Wish list"},
        "card": shown,
        "like": like,
        "whole": True,
        "shares": [
            ("5", 500, False),
            ("25", 2500, False),
            ("50", 5000, False),
            ("240", 24000, True),
        ],
        "basket_url": "#basket",
        "fund_url": "#fund",
    }


def wish_list(*cards: Card, filtered: bool = False) -> dict[str, Any]:
    chosen = "tablet" if filtered else ""
    options = [("laptop", "Laptops"), ("tablet", "Tablets")]
    return {
        "page": {"title": "Wish list", "lead": "What school and work ask for just now."},
        "filters": [Filter("kind", chosen, options), Filter("purpose", "", []), ANYWHERE],
        "filtered": filtered,
        "cards": cards,
        "part": Paginator(cards, 3).get_page(1),
        "next_url": "#next" if len(cards) > 3 else "",
        "fund_url": "#fund",
    }


ANYWHERE = Filter("region", "", [])
GOAL = 25 * 48000
PROBLEM = "The payment page can't be reached right now. Nothing was charged; all you typed is kept."
State = tuple[str, Callable[[], dict[str, Any]]]
STATES: dict[str, State] = {
    "give": ("donations/give.html", lambda: give(GiveForm())),
    "give-filled": ("donations/give.html", lambda: give(sample_form(), replaces=True)),
    "give-errors": ("donations/give.html", lambda: give(sample_form(wrong=True))),
    "review": ("donations/review.html", lambda: review(donation())),
    "review-long": ("donations/review.html", lambda: review(long_donation())),
    "review-problem": ("donations/review.html", lambda: review(donation(), PROBLEM)),
    "status-paid": ("donations/status.html", lambda: status("paid", receipt_number="US-2026-318")),
    "status-paid-long": (
        "donations/status.html",
        lambda: status("paid", donation=long_donation()),
    ),
    "status-paid-later": (
        "donations/status.html",
        lambda: status("paid", donation=donation(name="", email=""), receipt_number="US-2026-318"),
    ),
    "status-processing": ("donations/status.html", lambda: status("processing")),
    "status-waiting": ("donations/status.html", lambda: status("waiting")),
    "status-failed": ("donations/status.html", lambda: status("failed")),
    "status-canceled": ("donations/status.html", lambda: status("canceled")),
    "status-abandoned": ("donations/status.html", lambda: status("abandoned")),
    "cancelled": (
        "donations/cancelled.html",
        lambda: {"donation": donation(), "pay_url": "#pay", "change_url": "#change"},
    ),
    "receipt-check": ("donations/receipt_check.html", lambda: check(None)),
    "receipt-check-empty": ("donations/receipt_check.html", empty_code),
    "receipt-check-valid": ("donations/receipt_check.html", lambda: check("valid")),
    "receipt-check-replaced": ("donations/receipt_check.html", lambda: check("replaced")),
    "receipt-check-void": ("donations/receipt_check.html", lambda: check("void")),
    "receipt-check-unknown": ("donations/receipt_check.html", lambda: check("unknown")),
    "receipt-ready": ("donations/receipt_download.html", lambda: download("ready")),
    "receipt-expired": ("donations/receipt_download.html", lambda: download("expired")),
    "receipt-revoked": ("donations/receipt_download.html", lambda: download("revoked")),
    "receipt-unknown": ("donations/receipt_download.html", lambda: download("unknown")),
    "confirm-gift": (
        "donations/confirm_gift.html",
        lambda: {"donation": donation(), "confirm_url": "#confirm", "give_url": "#give"},
    ),
    "confirm-gift-old": (
        "donations/confirm_gift.html",
        lambda: {"donation": None, "give_url": "#give"},
    ),
    "receipt-resent": ("donations/receipt_resent.html", dict),
    "confirm-by-mail": (
        "donations/confirm_by_mail.html",
        lambda: {"email": "ada@example.org"},
    ),
    "paused": ("donations/paused.html", lambda: {"minutes": 40}),
    "unavailable": ("donations/unavailable.html", lambda: {"retry_url": "#retry"}),
    "wishes": (
        "gifts/wish_list.html",
        lambda: wish_list(card(0), card(7 * 48000), card(GOAL - 4250), card(GOAL)),
    ),
    "wishes-none-found": ("gifts/wish_list.html", lambda: wish_list(filtered=True)),
    "wishes-none": ("gifts/wish_list.html", wish_list),
    "wish": ("gifts/wish.html", lambda: wish(card(7 * 48000), card(0))),
    "wish-near": ("gifts/wish.html", lambda: wish(card(GOAL - 4250)) | {"whole": False}),
    "wish-covered": ("gifts/wish.html", lambda: wish(card(GOAL), card(0))),
    "wish-ended": ("gifts/wish.html", lambda: wish(card(48000, state="closed"))),
    "wish-long": ("gifts/wish.html", lambda: wish(card(0, text=f"{LONG}. " * 5))),
    "stories": ("campaigns/stories/index.html", lambda: stories(0, 1)),
    "stories-none": ("campaigns/stories/index.html", stories),
    "story": ("campaigns/stories/story.html", story),
    "story-hers": ("campaigns/stories/story.html", lambda: story(1)),
    "story-long": ("campaigns/stories/story.html", long_story),
    "campaigns": ("campaigns/index.html", lambda: campaigns(0, 234_000, 700_000)),
    "campaigns-none": ("campaigns/index.html", campaigns),
    "campaign": ("campaigns/campaign.html", lambda: campaign(234_000)),
    "campaign-first": ("campaigns/campaign.html", lambda: campaign(0)),
    "campaign-reached": ("campaigns/campaign.html", lambda: campaign(700_000)),
    "campaign-upcoming": (
        "campaigns/campaign.html",
        lambda: campaign(0, starts_on=past(-5)),
    ),
    "campaign-over": (
        "campaigns/campaign.html",
        lambda: campaign(234_000, ends_on=past(), after_end="open"),
    ),
    "campaign-closed": ("campaigns/campaign.html", lambda: campaign(234_000, ends_on=past())),
    "campaign-monthly": (
        "campaigns/campaign.html",
        lambda: campaign(7, goal_kind="monthly", goal=25, goal_currency=""),
    ),
    "campaign-matched": ("campaigns/campaign.html", lambda: matched_campaign(37_500)),
    "campaign-matched-full": ("campaigns/campaign.html", lambda: matched_campaign(160_000)),
    "campaign-files": ("campaigns/campaign.html", campaign_with_files),
    "campaign-long": ("campaigns/campaign.html", long_campaign),
    **news.STATES,
    **comments.STATES,
    **training.STATES,
    "my-giving": ("accounts/my_giving.html", my_giving),
    "my-giving-empty": ("accounts/my_giving.html", lambda: {"gifts": []}),
    "sign-in": (
        "account/request_login_code.html",
        lambda: {
            "form": SignInForm(),
            "request_login_code_url": "#code",
            "login_url": "#login",
        },
    ),
    "sign-in-code": ("account/confirm_login_code.html", code_again),
    "sign-out": ("account/logout.html", dict),
    "not-found": ("404.html", dict),
    "server-error": ("500.html", dict),
    "sleeping-form": ("403_csrf.html", dict),
}
