"""Asking for news, and the pages behind the links in its mails. Looking changes nothing."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from campaigns.models import Letter, Reader
from campaigns.news import consent, links, reading
from campaigns.news.forms import NewsForm
from core.forms import LONGEST_SECONDS
from core.network import network_of
from core.tokens import keyed_hash
from donations import defence
from donations.views.pauses import resting

# In ten minutes: from one network, and to one mailbox, which may belong to somebody else.
FORMS, MAILBOX = 30, 3


@never_cache
def news(request: HttpRequest) -> HttpResponse:
    """The form: for the newsletter, or for the campaign that `campaign` names."""
    if request.method == "POST" and not defence.is_allowed("news", network_of(request), FORMS):
        return resting(request, 10)
    campaign = consent.can_be_followed(request.GET.get("campaign", ""))
    if request.method == "POST":
        data = request.POST.copy()
        form = NewsForm(data)
        if form.is_valid():
            email = form.cleaned_data["email"]
            box = keyed_hash(email.lower(), purpose="email")
            # A flooded mailbox gets no more; the answer is the same.
            if defence.is_allowed("news_mail", box, MAILBOX):
                reading.ask(email, campaign=campaign, language=form.cleaned_data["language"])
            return redirect("news_asked")
        if form.seconds_open >= LONGEST_SECONDS:
            data["started"] = NewsForm.marks()["started"]
    else:
        form = NewsForm(initial=NewsForm.fresh_values())
    context = {
        "form": form,
        "consent": consent.text(campaign),
        "campaign": consent.title(campaign) if campaign else "",
    }
    return render(request, "campaigns/news/ask.html", context, status=422 if form.errors else 200)


@require_GET
def asked(request: HttpRequest) -> HttpResponse:
    """The same for every address, known or not."""
    return render(request, "campaigns/news/asked.html")


@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Mail scanners look at links; only the button confirms."""
    reader = links.confirmable(token)
    if reader and request.method == "POST":
        reading.confirm(reader)
        return redirect("news_confirm", token)
    return _told(request, "campaigns/news/confirm.html", reader)


# The link itself is the right to leave; mail programs press it without our page (RFC 8058).
@csrf_exempt
@never_cache
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """One press leaves, here or in the mail program; a look at the link does not."""
    reader = links.leaver(token)
    if reader and request.method == "POST":
        reading.leave(reader, everything="everything" in request.POST)
        reader.refresh_from_db()
    return _told(request, "campaigns/news/leave.html", reader)


@require_GET
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter that may be read on our site, once it is being sent."""
    begun = [Letter.State.SENDING, Letter.State.PAUSED, Letter.State.SENT]
    row = get_object_or_404(Letter, pk=pk, is_on_web=True, state__in=begun)
    language = (get_language() or "en")[:2]
    subject, preview, body = row.words(language if language in row.languages else row.languages[0])
    context = {"letter": row, "subject": subject, "preview": preview, "body": body}
    return render(request, "campaigns/letters/letter.html", context)


def _told(request: HttpRequest, template: str, reader: Reader | None) -> HttpResponse:
    context: dict[str, object] = {"reader": reader}
    if reader:
        hers = reading.reading(Q(email__iexact=reader.email))
        context["others"] = hers.exclude(pk=reader.pk).count()
        context["campaign"] = consent.title(reader.campaign) if reader.campaign else ""
    response = render(request, template, context, status=200 if reader else 404)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
