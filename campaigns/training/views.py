"""Beginning to learn, one's own page behind its private link, and the check of a certificate."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from campaigns.models import CoursePage, Learner, Workplace
from campaigns.training import certificates, learning, links, showing
from campaigns.training.forms import BeginForm, MailForm, VerifyForm
from core.forms import LONGEST_SECONDS
from core.network import network_of
from core.tokens import keyed_hash
from donations import defence
from donations.views.pauses import resting

# In ten minutes from one network: a whole shift may begin at once behind one address.
BEGINS, CHECKS, MAILS = 600, 60, 30
# To one mailbox, which may belong to somebody else.
MAILBOX = 3
View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """A page behind a learner's link, kept and found by nobody. The view gets the learner."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, token: str, **named: Any) -> HttpResponse:
        learner = links.open_link(token)
        if learner is None:
            response = render(request, "campaigns/training/unknown.html", status=404)
        else:
            response = view(request, learner, token=token, **named)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """For somebody who learns by herself; `course` names the course she read."""
    return _begin(request, None)


@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Through the link of a workplace, which tells first what its coordinator will see."""
    found = Workplace.objects.select_related("sector").filter(join_token=token)
    workplace = found.first()
    if workplace is None:
        return render(request, "campaigns/training/closed.html", status=410)
    response = _begin(request, workplace)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _begin(request: HttpRequest, workplace: Workplace | None) -> HttpResponse:
    if request.method == "POST" and not defence.is_allowed("training", network_of(request), BEGINS):
        return resting(request, 10)
    language = learning.language_now()
    courses = showing.offered(language, workplace)
    if request.method == "POST":
        data = request.POST.copy()
        form = BeginForm(courses, data)
        if form.is_valid():
            token = links.token_of(form.cleaned_data["token"])
            try:
                learning.begin(form.chosen, token=token, language=language, workplace=workplace)
            except learning.Closed:
                return render(request, "campaigns/training/closed.html", status=410)
            return redirect("training_mine", token)
        if form.seconds_open >= LONGEST_SECONDS:
            data["started"] = BeginForm.marks()["started"]
    else:
        first = request.GET.get("course") or _first(courses, workplace)
        form = BeginForm(courses, initial={**BeginForm.marks(), "course": first})
    context = {"form": form, "workplace": workplace, "days": showing.days()}
    return render(
        request, "campaigns/training/begin.html", context, status=422 if form.errors else 200
    )


def _first(courses: list[CoursePage], workplace: Workplace | None) -> str:
    """The course of the workplace's own sector, or the only one there is."""
    own = [page for page in courses if workplace and page.sector_id == workplace.sector_id]
    chosen = own[:1] or (courses if len(courses) == 1 else [])
    return str(chosen[0].translation_key) if chosen else ""


@private
def mine(request: HttpRequest, learner: Learner, *, token: str) -> HttpResponse:
    context = showing.of(learner) | {"token": token, "mail_form": MailForm()}
    return render(request, "campaigns/training/mine.html", context)


@private
def mail_link(request: HttpRequest, learner: Learner, *, token: str) -> HttpResponse:
    """Sends a link of its own; the address is erased with the mail."""
    form = MailForm(request.POST if request.method == "POST" else None)
    sent = "sent" in request.GET
    if request.method == "POST" and form.is_valid():
        if not defence.is_allowed("training_mail", network_of(request), MAILS):
            return resting(request, 10)
        to = form.cleaned_data["email"]
        # A flooded mailbox gets no more; the answer is the same.
        if defence.is_allowed("training_box", keyed_hash(to.lower(), purpose="email"), MAILBOX):
            learning.send_link(learner, to=to, language=learning.language_now())
        response = redirect("training_mail", token)
        response["Location"] += "?sent"
        return response
    context = {"form": form, "sent": sent, "token": token}
    return render(
        request, "campaigns/training/mail.html", context, status=422 if form.errors else 200
    )


@private
def renew(request: HttpRequest, learner: Learner, *, token: str) -> HttpResponse:
    """Somebody else may have seen the address: all links die, and she goes on with a new one."""
    if request.method != "POST":
        return render(request, "campaigns/training/renew.html", {"token": token})
    return redirect("training_mine", learning.renew_link(learner))


@private
def forget(request: HttpRequest, learner: Learner, *, token: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, "campaigns/training/forget.html", {"token": token})
    learning.forget(learner)
    return render(request, "campaigns/training/forgotten.html")


@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """Is this certificate genuine? Course and month for its code; a name if its holder chose."""
    if "code" not in request.GET:
        return render(request, "campaigns/training/verify.html", {"form": VerifyForm()})
    form = VerifyForm(request.GET)
    if not defence.is_allowed("certificate", network_of(request), CHECKS):
        return resting(request, 10)
    shown = certificates.find(form.cleaned_data["code"]) if form.is_valid() else None
    return _told(request, form, shown)


@require_GET
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """The address that a certificate's QR code leads to."""
    if not defence.is_allowed("certificate", network_of(request), CHECKS):
        return resting(request, 10)
    return _told(request, VerifyForm(initial={"code": code[:40]}), certificates.find(code))


def _told(request: HttpRequest, form: VerifyForm, shown: certificates.Shown | None) -> HttpResponse:
    context = {"form": form, "shown": shown}
    response = render(request, "campaigns/training/verify.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response
