"""Signing an organization up, and the page of its coordinator behind a signed link."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from campaigns.models import Workplace
from campaigns.training import learning, links, posters, workplaces
from campaigns.training.forms import ChangeForm, MailForm, SignUpForm
from core.forms import LONGEST_SECONDS
from core.headers import as_file
from core.network import network_of
from core.tokens import keyed_hash
from donations import defence
from donations.views.pauses import resting

# In ten minutes: from one network, and to one mailbox, which may belong to somebody else.
FORMS, MAILBOX = 30, 3
View = Callable[..., HttpResponse]


def coordinator(view: View) -> View:
    """A page behind a coordinator's link. The view gets the workplace."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, token: str, **named: Any) -> HttpResponse:
        opened = links.open_coordinator(token)
        if opened.state != "ready":
            context = {"state": opened.state}
            code = 410 if opened.row else 404
            response = render(request, "campaigns/training/no_way_in.html", context, status=code)
        else:
            response = view(request, opened.row, token=token, **named)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and _is_too_much(request):
        return resting(request, 10)
    if request.method == "POST":
        data = request.POST.copy()
        form = SignUpForm(data)
        if form.is_valid():
            typed = form.cleaned_data
            if _may_mail(typed["email"]):
                workplaces.ask(
                    **{key: typed[key] for key in ("name", "sector", "size", "email", "is_named")},
                    language=learning.language_now(),
                    reference=keyed_hash(typed["token"], purpose="workplace"),
                )
            return redirect("training_asked")
        if form.seconds_open >= LONGEST_SECONDS:
            data["started"] = SignUpForm.marks()["started"]
    else:
        form = SignUpForm(initial=SignUpForm.marks())
    return render(
        request,
        "campaigns/training/sign_up.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@require_GET
def asked(request: HttpRequest) -> HttpResponse:
    """The same for every address, known or not."""
    return render(request, "campaigns/training/asked.html")


@never_cache
def send_link(request: HttpRequest) -> HttpResponse:
    """A coordinator lost her link. The answer is the same for an address nobody knows."""
    if request.method == "POST" and _is_too_much(request):
        return resting(request, 10)
    form = MailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if _may_mail(form.cleaned_data["email"]):
            workplaces.send_links(form.cleaned_data["email"])
        return redirect("training_asked")
    return render(
        request,
        "campaigns/training/new_link.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@coordinator
def workplace(request: HttpRequest, row: Workplace, *, token: str) -> HttpResponse:
    """Its figures; before that, the one press that confirms. Mail scanners look, and act not."""
    if row.confirmed_at is None:
        if request.method != "POST":
            context = {"row": row, "token": token}
            return render(request, "campaigns/training/confirm.html", context)
        workplaces.confirm(row)
        return redirect("training_workplace", token)
    return _page(request, row, token)


def _page(
    request: HttpRequest, row: Workplace, token: str, form: ChangeForm | None = None
) -> HttpResponse:
    form = form or ChangeForm(initial={"name": row.name, "is_named": row.is_named})
    lines = workplaces.lines(row)
    context = {
        "row": row,
        "token": token,
        "lines": lines,
        "names": workplaces.names(row),
        "join_url": links.to_join(row, language=learning.language_now()),
        "papers": [
            (language, name, paper)
            for language, name in settings.LANGUAGES
            for paper in posters.PAPERS
        ],
        "form": form,
    }
    return render(
        request,
        "campaigns/training/workplace.html",
        context,
        status=422 if form.errors else 200,
    )


@coordinator
def change(request: HttpRequest, row: Workplace, *, token: str) -> HttpResponse:
    """Its name, and the link to hand round: renewed, closed, opened again."""
    act = request.POST.get("act", "")
    if request.method != "POST" or row.confirmed_at is None:
        return redirect("training_workplace", token)
    if act == "name":
        form = ChangeForm(request.POST)
        if form.is_valid():
            try:
                workplaces.change(row, **form.cleaned_data)
            except workplaces.Taken as taken:
                form.add_error(
                    "name", gettext("You have signed up “%(name)s” already.") % {"name": taken}
                )
        if form.errors:
            return _page(request, row, token, form)
    elif act == "renew":
        # Where staff closed it meanwhile, its page says so.
        with suppress(workplaces.NotOpen):
            workplaces.renew(row)
    elif act == "stop":
        workplaces.stop(row)
    return redirect("training_workplace", token)


@coordinator
def erase(request: HttpRequest, row: Workplace, *, token: str) -> HttpResponse:
    if request.method != "POST":
        context = {"row": row, "token": token}
        return render(request, "campaigns/training/erase.html", context)
    workplaces.erase(row)
    return render(request, "campaigns/training/erased.html")


@coordinator
def finishes(request: HttpRequest, row: Workplace, *, token: str) -> HttpResponse:
    """A row for each finish, for the organization's own records."""
    return as_file(workplaces.as_csv(row), "finishes.csv", "text/csv; charset=utf-8")


@coordinator
def poster(
    request: HttpRequest, row: Workplace, *, token: str, language: str, paper: str
) -> HttpResponse:
    if (
        language not in dict(settings.LANGUAGES)
        or paper not in posters.PAPERS
        or not row.join_token
    ):
        raise Http404
    data = posters.render(row, language=language, paper=paper, request=request)
    return as_file(data, f"poster-{language}-{paper}.pdf")


def _is_too_much(request: HttpRequest) -> bool:
    return not defence.is_allowed("workplaces", network_of(request), FORMS)


def _may_mail(email: str) -> bool:
    """A flooded mailbox gets no more; the answer is the same."""
    return defence.is_allowed("workplace_mail", keyed_hash(email.lower(), purpose="email"), MAILBOX)
