"""One row of everything, so that each address leads to something that is there."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote as percent_encoded

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from campaigns.impact_statements import links as impact_links
from donations import tracing
from donations.bank import statements
from donations.bank.facts import Line as BankFact
from donations.bank.facts import Statement as BankFacts
from donations.models import (
    AuditPack,
    BankAccount,
    BooksCheck,
    ChartAccount,
    Claim,
    ClaimFile,
    Declaration,
    Dispute,
    Donation,
    EventWindow,
    Export,
    GivingOptions,
    Mail,
    OfflineGift,
    OfflineLine,
    Payout,
    Period,
    Reconciliation,
    Refund,
    RiskAlert,
    StaffNote,
    Statement,
    StatementRun,
)  # fmt: skip
from donations.offline import cutover, entering, importing
from donations.plans import links as plan_links
from donations.receipts import links as receipt_links
from donations.receipts import runs as yearly_runs
from gifts import units
from gifts.delivery import batches
from gifts.matching import runs
from gifts.models import HandoverText, OfferPhoto, Release, ReleaseNote, Unit, Wish
from gifts.offers import links as offer_links
from gifts.vault import sealing
from gifts.vault.access import Reader
from gifts.vault.models import BreakGlass, Purpose, SubjectRequest
from pages import demo as pages_demo
from staff.models import CodeSheet, FactorReset
from tests.deliveries_made import make_match
from tests.gifts.offered import arrived, make_offer
from tests.gifts.orders_made import Buying
from tests.people import person
from tests.site.matrix import words
from tests.vault_made import make_consent, make_need

PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass
class House:
    """Keys by the part of the address before them, else by the name of the placeholder alone."""

    keys: Mapping[str, object]
    queries: Mapping[str, str] = field(default_factory=dict)

    def address(self, route: str) -> str:
        """This route with keys of rows that exist.

        Raises:
            LookupError: nothing of this kind is in the house; tests/site/matrix/house.py makes it.
        """
        if route in self.keys:
            return str(self.keys[route])

        def fill(match: re.Match[str]) -> str:
            parts = [part for part in route.split("/") if part and "<" not in part]
            for about in (*(f"{part}:{match[1]}" for part in reversed(parts)), match[1]):
                if about in self.keys:
                    return percent_encoded(str(self.keys[about]), safe="")
            raise LookupError(f"{route}: which {match[1]}?")

        return PLACEHOLDER.sub(fill, route) + self.queries.get(route, "")


def placeholders(route: str) -> list[str]:
    return PLACEHOLDER.findall(route)


@pytest.fixture
def donor() -> User:
    """Who gave, with an address that is hers for certain."""
    user = User.objects.create_user("donor@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def furnish(donor: User, make_gift: Any, make_event: Any, make_plan: Any) -> Callable[..., House]:
    """Makes everything once; what is somebody's own is the donor's.

    Keys that are given take the place of confidential records.
    """

    def furnished(**confidential: object) -> House:
        pages_demo.seed()
        parts = (
            _money(make_gift, make_event, make_plan, donor),
            _things(),
            words.words(),
            _people(donor),
            _confidential() | confidential,
        )
        keys = {name: key for part in parts for name, key in part.items()}
        assert len(keys) == sum(map(len, parts)), "two kinds of rows have the same name here"
        bulk = "/admin/bulk/<str:app_label>/<str:model_name>/<str:action>/"
        month = f"?month={timezone.localdate():%Y-%m}-01"
        looks = "/admin/looks/<int:user_id>/"
        return House(keys, {bulk: f"?id={words.a_page().pk}", looks: month})

    return furnished


def _token(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def _money(make_gift: Any, make_event: Any, make_plan: Any, donor: User) -> dict[str, object]:
    gift, other = make_gift(email=donor.email), make_gift()
    waiting = make_gift(paid=False)
    plan = make_plan(email=donor.email)
    author = person(factor=False)
    now = timezone.now()
    line, receipt = gift.lines.get(), gift.receipts.get()
    options = GivingOptions.objects.get(frequency="once")
    asked = Refund.objects.create(
        donation=gift, reference="x", amount_minor=1, currency="USD", status="proposed"
    )
    dispute = Dispute.objects.create(
        donation=other, stripe_id="dp_x", status="needs_response", amount_minor=1,
        currency="USD", reason="fraudulent", opened_at=gift.paid_at,
    )  # fmt: skip
    alert = RiskAlert.objects.create(
        stripe_id="issfr_x", kind="warning", donation=gift, is_open=True, about="misc",
        created_at=gift.paid_at,
    )  # fmt: skip
    payout = Payout.objects.create(
        stripe_id="po_x", legal_entity=gift.legal_entity, livemode=False, currency="USD"
    )
    check = Reconciliation.objects.create(
        since=now - timedelta(days=1), until=now, livemode=False, repairs=True
    )
    month = Period.objects.create(
        legal_entity=gift.legal_entity, livemode=False, begins_on=date(2026, 1, 1)
    )
    entry, checked = gift.entries.first(), BooksCheck.objects.create(finished_at=now)
    assert entry is not None
    window = EventWindow.objects.create(
        starts_at=now - timedelta(days=1), ends_at=now, note="x", opened_by=author
    )
    task = StaffNote.objects.create(donation=gift, author=author, text="x", due_on=date(2026, 1, 1))
    export = Export.objects.create(
        kind="journal", format="csv", legal_entity=gift.legal_entity, livemode=False,
        first_day=now, last_day=now, asked_by=author,
    )  # fmt: skip
    declared = Declaration.objects.create(
        legal_entity=gift.legal_entity, donation=gift, scope="all", way="telephone",
        declared_on=now, charity="x", wording="x", text="x", first_name="x", last_name="x",
        address="x", house="x", recorded_by=author,
    )  # fmt: skip
    claim = Claim.objects.create(
        legal_entity=gift.legal_entity, livemode=False, first_day=now, last_day=now,
        fingerprint="x", gifts=1, gifts_minor=1, made_by=author,
    )  # fmt: skip
    ClaimFile.objects.create(claim=claim, data=b"x", sha256="x", schedules=1)
    run, paper = _year(gift, author)
    batch = entering.begin(
        entity=gift.legal_entity, source="cheque", currency="USD", by=author,
        expected_count=1, expected_minor=1,
    )  # fmt: skip
    entered = OfflineGift.objects.create(
        batch=batch, name="x", amount_minor=1, received_on=date(2026, 1, 1), entered_by=author
    )
    OfflineLine.objects.create(gift=entered, designation=line.designation, amount_minor=1)
    sent_up = importing.receive(b"Name\nx\n", name="x", kind="gifts", batch=batch, by=author)
    taken, loaded = (
        cutover.begin(entity=gift.legal_entity, origin="x", as_of=date(2026, 1, 1), by=author)
        for _ in range(2)
    )
    table = b"Id,Name\n1,x\n"
    part = importing.receive(table, name="x", kind="donors", cut_over=taken, by=author)
    importing.receive(table, name="x", kind="donors", cut_over=loaded, by=author)
    cutover.load(loaded, seen=cutover.look(loaded).fingerprint, by=author)
    account = BankAccount.objects.create(legal_entity=gift.legal_entity, name="x", number="x")
    told = BankFacts("x", "x", "USD", 0, 5, (BankFact(now.date(), 5, "x", "x"),))
    statement, _new = statements.take(told, account, by=author)
    pack = AuditPack.objects.create(
        legal_entity=gift.legal_entity, livemode=False, first_day=now, last_day=now, seed="x",
        asked_by=author,
    )  # fmt: skip
    sent = Mail.objects.filter(receipt=None).first() or Mail.objects.first()
    assert sent is not None
    return {
        **{"gifts:pk": gift.pk, "donors:pk": gift.donor.pk, "receipts:pk": receipt.pk},
        **{"tasks:pk": task.pk, "refunds:pk": asked.pk, "disputes:pk": dispute.pk},
        **{"alerts:pk": quote(alert.pk), "payouts:pk": payout.pk, "plans:pk": plan.pk},
        **{"inbox:pk": quote(make_event().pk), "reconciliation:pk": check.pk},
        **{"windows:pk": window.pk, "mails:pk": sent.pk, "designations:pk": line.designation_id},
        **{"amounts:pk": options.pk, "entities:pk": gift.legal_entity_id},
        **{"periods:pk": month.pk, "journal:pk": entry.pk, "checks:pk": checked.pk},
        "chart:pk": ChartAccount.objects.earliest("pk").pk,
        **{"gift_aid_declarations:pk": declared.pk, "gift-aid:pk": declared.pk},
        **{"gift_aid_claims:pk": claim.pk, "cutover:pk": taken.pk},
        **{"exports:pk": export.pk, "series:pk": receipt.series_id, "yearly:pk": run.pk},
        **dict.fromkeys(("paper:pk", "enclosed:pk"), paper.pk),
        **{"letters:pk": run.pk, "letters:part": 1},
        "your-year:token": _token(impact_links.new_link(paper, "en")),
        **{"offline:pk": entered.batch_id, "row:pk": entered.pk, "look:pk": sent_up.pk},
        **{
            f"/admin/{desk}/{page}/<int:pk>/": f"/admin/{desk}/{page}/{row.pk}/"
            for page in ("columns", "bad")
            for desk, row in (("offline", sent_up), ("cutover", part))
        },
        **dict.fromkeys(("undo:pk", "proof:pk"), loaded.pk),
        "/admin/cutover/upload/<int:pk>/<slug:kind>/": f"/admin/cutover/upload/{taken.pk}/donors/",
        **{"bank_lines:pk": statement.lines.get().pk, "bank_statements:pk": statement.pk},
        **{"bank_accounts:pk": account.pk, "sure:pk": account.pk, "audit_packs:pk": pack.pk},
        # What a donor has in hand: links from mails, and addresses she was led to.
        **{"review:reference": waiting.reference, "pay:reference": waiting.reference},
        **{"back:reference": waiting.reference, "return:reference": gift.reference},
        **{"status:reference": gift.reference, "confirm:mailed": "made-up"},
        **{"plan:key": _token(plan_links.new_link(plan)), "card:before": "made-up"},
        "receipts:token": _token(receipt_links.new_link(receipt, language="en")),
        "trace:token": _token(tracing.new_link(gift)),
        **{"receipts:label": receipt.label, "years:year": gift.paid_at.year},
        **{"year:pk": gift.donor.pk, "year:year": gift.paid_at.year},
    }


def _year(gift: Donation, author: User) -> tuple[StatementRun, Statement]:
    """A run that is ready to be issued, with one paper."""
    asked = StatementRun.objects.create(
        kind="statement", legal_entity=gift.legal_entity, livemode=False,
        year=gift.paid_at.year, asked_by=author, encloses=True,
    )  # fmt: skip
    yearly_runs.count_run(asked.pk)
    asked.refresh_from_db()
    return asked, asked.statements.earliest("pk")


def _things() -> dict[str, object]:
    buying = Buying()
    wish = buying.wish(100_000)
    order = buying.draft(wish)
    (unit,) = units.make(wish.kind, origin=Unit.Origin.BOUGHT)
    offer = make_offer(state="accepted")
    photo = OfferPhoto.objects.create(offer=offer, data=b"x", mime="image/jpeg")
    (thing,) = arrived(offer)
    text = HandoverText.objects.create(way="shipping", text="x", text_es="x")
    return {
        **{"wishes:pk": wish.pk, "units:pk": unit.pk, "kinds:pk": wish.kind_id},
        **{"costs:pk": wish.kind.costs.get().pk, "buyable:pk": wish.pk, "orders:pk": order.pk},
        **{"suppliers:pk": order.supplier_id, "offers:pk": offer.pk, "photo:pk": photo.offer_id},
        **{"given:pk": thing.pk, "instructions:pk": text.pk},
        **{"offer:token": _token(offer_links.new_link(offer)), "thanks:reference": offer.reference},
        "offer:pk": 1,
    }


def _people(donor: User) -> dict[str, object]:
    reset = FactorReset.objects.create(
        person=person(), asked_by=person(factor=False), reason="lost"
    )
    key = Authenticator.objects.create(user=donor, type="webauthn", data={"name": "key"})
    colleague = person("Editor", factor=False)
    return {
        **{"factor_resets:pk": reset.pk, "users:pk": colleague.pk},
        "auditors:pk": person("Auditor", factor=False).pk,
        **{"groups:pk": Group.objects.get(name="Editor").pk, "keys:pk": key.pk},
        **{"uidb36": "1", "key:key": "set-password", "confirm-email:key": "made-up"},
        **{"uidb64": "MQ", "token": "set-password", "key": "made-up"},
    }


def _confidential() -> dict[str, object]:
    """Of one partner: a request not sent yet, a thing on its way, and what is kept about it all."""
    match = make_match()
    need, partner, author = match.need, match.need.partner, person(factor=False)
    draft = make_need(recipient=need.recipient, state="draft", sent_at=None)
    batch = batches.pack(partner, codes=[match.unit_code], by=author)
    now, today = timezone.now(), timezone.localdate()
    consent, _code = make_consent(need.recipient, by=author)
    sealing.unseal(need.recipient, "name", reader=Reader.of(author, Purpose.VERIFY))
    emergency = BreakGlass.objects.create(
        user_id=author.pk, who=author.email, reason="x", until=now + timedelta(hours=1)
    )
    asked = SubjectRequest.objects.create(
        recipient=need.recipient, asked_on=today, due_on=today, made_by=author.pk, made_who="x"
    )
    release = Release.objects.create(quarter=date(2026, 1, 1))
    wish = Wish.objects.first()
    note = ReleaseNote.objects.create(
        release=release, wish=wish, text="x", text_es="x", written_by=author
    )
    sheet = CodeSheet.objects.create(person=author, issued_by=person(factor=False))
    return {
        **{"needs:pk": need.pk, "people:pk": need.recipient_id, "partners:pk": partner.pk},
        **{"closing:pk": partner.pk, "packing:pk": partner.pk, "requests:code": draft.code},
        **{"batches:pk": batch.pk, "parcels:pk": batch.parcels.get().pk, "list:pk": batch.pk},
        **{
            "matching:pk": runs.propose(by=author).pk,
            "consents:pk": consent.pk,
            "requests:pk": asked.pk,
        },
        **{"emergencies:pk": emergency.pk, "user_id": author.pk, "code_sheets:pk": sheet.pk},
        **{"releases:pk": release.pk, "release-notes:pk": note.pk, "step": "purpose"},
    }
