"""A partner's own requests: the list, each one's page, and taking one back."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from gifts.delivery.outbox import carried
from gifts.partners import words
from gifts.partners.door import PartnerRequest
from gifts.vault import sealing, stating, workers
from gifts.vault.access import Reader
from gifts.vault.models import Need, Partner, Purpose

State = Need.State
A_PAGE = 30
FEW_CODES = 10
LIVING = (State.VERIFIED, State.OPEN, State.MATCHED, State.DELIVERED)


def hers(partner: Partner) -> QuerySet[Need]:
    """Her partner's requests; drafts that were given up left nothing."""
    rows = Need.objects.filter(partner=partner).select_related("recipient")
    return rows.exclude(state=State.WITHDRAWN, sent_at=None)


def her_need(request: PartnerRequest, code: str) -> Need:
    """Another partner's request answers as one that does not exist."""
    need = hers(request.worker.partner).filter(code=code).first()
    if need is None:
        raise Http404
    return need


@require_GET
def home(request: PartnerRequest) -> HttpResponse:
    worker, named = request.worker, words.kinds()
    mine = hers(worker.partner)
    drafts = mine.filter(state=State.DRAFT, sent_at=None).order_by("-made_at")[:A_PAGE]
    sent = Paginator(mine.exclude(sent_at=None).order_by("-sent_at"), A_PAGE)
    page = sent.get_page(request.GET.get("page"))
    context = {
        "worker": worker,
        "drafts": [_line(need, named) for need in drafts],
        "lines": [_line(need, named) for need in page],
        "page": page,
        "counts": _counts(mine),
        "overdue": workers.is_overdue(worker),
        "codes_left": _codes_left(request.user),
    }
    return render(request, "gifts/partners/home.html", context)


@require_GET
def page(request: PartnerRequest, code: str) -> HttpResponse:
    need = her_need(request, code)
    if stating.is_writable(need):
        return redirect("partner_pages:check", code)
    return _page(request, need)


@require_http_methods(["GET", "POST"])
def name(request: PartnerRequest, code: str) -> HttpResponse:
    """The same page with the person's name and what was written, on record."""
    need = her_need(request, code)
    if request.method == "GET" or need.erased_at:
        return redirect("partner_pages:request", code)
    reader = Reader.of(request.user, Purpose.CARE)
    opened = sealing.unseal(need, "what_for", "note", reader=reader)
    person = need.recipient
    if person and person.erased_at is None:
        opened |= sealing.unseal(person, "name", "contact", reader=reader)
    return _page(request, need, opened)


@require_http_methods(["GET", "POST"])
def take_back(request: PartnerRequest, code: str) -> HttpResponse:
    """To change what was sent, until somebody has checked it."""
    need = her_need(request, code)
    if request.method == "POST":
        stating.take_back(need, by=request.worker)
    return redirect("partner_pages:request", code)


@require_http_methods(["GET", "POST"])
def withdraw(request: PartnerRequest, code: str) -> HttpResponse:
    """Asked once more, then done; what was set aside for it is free at once."""
    need = her_need(request, code)
    why = request.POST.get("why", "")
    if request.method == "POST" and why in words.ON_RECORD:
        with carried():
            stating.withdraw(need, by=request.worker, why=words.ON_RECORD[why])
        return redirect("partner_pages:home")
    if need.state in (State.WITHDRAWN, State.CLOSED, State.EXPIRED):
        return redirect("partner_pages:request", code)
    context = {
        "need": need,
        "kind": words.kinds().get(need.kind, ""),
        "reasons": words.REASONS.items(),
        "lacking": request.method == "POST",
        "unsent": stating.is_writable(need),
    }
    status = 422 if context["lacking"] else 200
    return render(request, "gifts/partners/withdraw.html", context, status=status)


def facts_of(need: Need, *, written: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """A request in her words, as rows of label and value; sealed fields if they were opened."""
    kind = words.kinds().get(need.kind, "")
    person = need.recipient.code if need.recipient else ""
    rows: list[tuple[str, Any]] = [
        (gettext("Thing"), kind),
        (gettext("It helps with"), words.PURPOSES.get(need.purpose, "")),
        (gettext("What she learns now"), words.BANDS.get(need.band, "")),
        (gettext("How strong"), words.CLASSES[need.spec_class] if need.spec_class else ""),
        (gettext("Keyboard"), words.KEYBOARDS.get(need.keyboard, "") if need.keyboard else ""),
        (gettext("Needed by"), date_format(need.needed_by) if need.needed_by else ""),
        (gettext("Person"), person),
        (gettext("You talked in"), need.say_language),
        (gettext("Whose word it is"), words.WHOSE.get(need.say_whose, "")),
    ]
    labels = {
        "name": gettext("Name"),
        "contact": gettext("How you reach her"),
        "what_for": gettext("What she will do with it"),
        "note": gettext("About the thing"),
    }
    rows += [(labels[name], value) for name, value in (written or {}).items() if name in labels]
    return [{"label": label, "value": value} for label, value in rows if value]


def _page(
    request: PartnerRequest, need: Need, opened: dict[str, str] | None = None
) -> HttpResponse:
    stands = words.stands(need)
    context = {
        "need": need,
        "stands": words.STANDS[stands],
        "facts": facts_of(need, written=opened),
        "answer": need.answer,
        "expected": _expected(need),
        "by_telephone": need.typed_by is not None,
        "is_open": opened is not None,
        "may_open": need.erased_at is None,
        "may_take_back": stands == "sent",
        "may_withdraw": stands == "sent" or need.state in LIVING,
    }
    return render(request, "gifts/partners/request.html", context)


def _line(need: Need, named: dict[str, str]) -> dict[str, Any]:
    stands = words.stands(need)
    return {
        "code": need.code,
        "kind": named.get(need.kind, ""),
        "person": need.recipient.code if need.recipient else "",
        "stands": words.STANDS[stands],
        "since": date_format(need.moved_at if need.sent_at else need.made_at, "j F Y"),
        "expected": _expected(need),
        "answer": need.answer,
    }


def _expected(need: Need) -> str:
    """The month it may come in, while it is on its way."""
    on_its_way = need.state in (State.VERIFIED, State.OPEN, State.MATCHED)
    return date_format(need.expected_month, "F Y") if on_its_way and need.expected_month else ""


def _counts(mine: QuerySet[Need]) -> list[tuple[Any, int]]:
    """How many there are of each that still asks for something."""
    draft = Q(state=State.DRAFT)
    counted = mine.aggregate(
        writing=Count("pk", filter=draft & Q(sent_at=None)),
        sent=Count("pk", filter=draft & ~Q(sent_at=None)),
        waiting=Count("pk", filter=Q(state__in=[State.VERIFIED, State.OPEN])),
        matched=Count("pk", filter=Q(state=State.MATCHED)),
        come=Count("pk", filter=Q(state__in=[State.DELIVERED, State.CLOSED])),
    )
    labels = {
        "writing": gettext("Not sent yet"),
        "sent": gettext("We check"),
        "waiting": gettext("Waiting"),
        "matched": gettext("Set aside"),
        "come": gettext("Have come"),
    }
    return [(label, counted[name]) for name, label in labels.items()]


def _codes_left(user: Any) -> int | None:
    """Of her printed sheet, once few are left."""
    sheet = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    left = len(sheet.wrap().get_unused_codes()) if sheet else FEW_CODES + 1
    return left if left <= FEW_CODES else None
