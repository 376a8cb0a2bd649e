"""A request from its first page until it is sent: each page keeps what it asked for."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.tokens import new_token
from gifts.partners.door import PartnerRequest
from gifts.partners.forms import FORMS, StepForm, ThingForm
from gifts.partners.showing import facts_of, her_need
from gifts.vault import sealing, stating
from gifts.vault.access import Reader
from gifts.vault.models import Need, Purpose

ORDER = [*stating.STEPS, "check"]
LONGEST_TOKEN = 40


@require_http_methods(["GET", "POST"])
def new(request: PartnerRequest) -> HttpResponse:
    """The first page makes the draft: only a thing that somebody chose is a request."""
    token = request.POST.get("token", "")[:LONGEST_TOKEN] or new_token()
    blank = Need(partner=request.worker.partner)
    form = ThingForm(request.POST if request.method == "POST" else None, need=blank)
    if form.is_bound and form.is_valid():
        form.need = stating.begin(request.worker, token=token)
        if form.need.sent_at is None:
            form.save(by=request.worker)
        return redirect("partner_pages:step", form.need.code, "purpose")
    return _page(request, form, token=token)


@require_http_methods(["GET", "POST"])
def step(request: PartnerRequest, code: str, step: str) -> HttpResponse:
    need = her_need(request, code)
    form_of = FORMS[step]
    if stating.is_writable(need):
        if request.method == "POST":
            form = form_of(request.POST, need=need)
            if form.is_valid():
                form.save(by=request.worker)
                following = ORDER[ORDER.index(step) + 1]
                if following == "check":
                    return redirect("partner_pages:check", code)
                return redirect("partner_pages:step", code, following)
            return _page(request, form)
        asked = (*stating.STEPS[step][1], "typed")
        opened = _opened(request, need, *asked) if form_of.sealed else {}
        kept = stating.typed_before(opened.get("typed", ""), step)
        if kept is not None:
            typed = QueryDict(mutable=True)
            for name, values in kept.items():
                typed.setlist(name, values)
            return _page(request, form_of(typed, need=need), was_away=True)
        return _page(request, form_of(initial=form_of.values_of(need, opened), need=need))
    if request.method == "POST":
        raise stating.TooLate
    return redirect("partner_pages:request", code)


@require_http_methods(["GET", "POST"])
def check(request: PartnerRequest, code: str) -> HttpResponse:
    """All of it once more, then it is sent."""
    need = her_need(request, code)
    if not stating.is_writable(need):
        # Sent twice is one request: the second time shows that it is sent.
        return redirect("partner_pages:request", code)
    told = False
    if lacking := stating.missing(need):
        # The page before the person's asks for nothing that must be: nobody knows whether it was
        # seen, so it is shown again.
        first = "details" if lacking == "person" else lacking
        return redirect("partner_pages:step", code, first)
    if request.method == "POST":
        try:
            stating.send(need, by=request.worker)
            return redirect("partner_pages:request", code)
        except stating.NamesThePerson:
            told = True
    written = _opened(request, need, "what_for", "note")
    context = {
        "need": need,
        "facts": facts_of(need, written=written),
        "told": told,
        "steps": _steps(need, "check"),
        "place": len(ORDER),
        "places": len(ORDER),
        "before": ORDER[-2],
    }
    return render(request, "gifts/partners/check.html", context, status=422 if told else 200)


def _opened(request: PartnerRequest, need: Need, *fields: str) -> dict[str, str]:
    """What is sealed in a draft, on record."""
    if not need.sealed:
        return {}
    reader = Reader.of(request.user, Purpose.CARE)
    return sealing.unseal(need, *fields, reader=reader)


def _page(
    request: PartnerRequest, form: StepForm, *, token: str = "", was_away: bool = False
) -> HttpResponse:
    place = ORDER.index(form.step)
    context = {
        "form": form,
        "need": form.need,
        "token": token,
        "was_away": was_away,
        "free_text": form.sealed or form.step == "say",
        "steps": _steps(form.need, form.step) if not token else [],
        "place": place + 1,
        "places": len(ORDER),
        "before": ORDER[place - 1] if place else "",
    }
    wrong = form.is_bound and not was_away and not form.is_valid()
    return render(request, "gifts/partners/step.html", context, status=422 if wrong else 200)


def _steps(need: Need, here: str) -> list[dict[str, object]]:
    """The way through a draft; what is filled in can be gone back to."""
    lacking = stating.missing(need)
    reached = ORDER.index(lacking) if lacking else len(ORDER)
    return [
        {
            "name": name,
            "title": FORMS[name].title if name in FORMS else None,
            "is_here": name == here,
            "is_open": place <= reached,
        }
        for place, name in enumerate(ORDER)
    ]
