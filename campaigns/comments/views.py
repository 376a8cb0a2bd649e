"""The form below a story, and the one to report a comment: pages of their own, so the story's page
sets no cookie and can be kept ready. Looking changes nothing."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from campaigns.comments import writing
from campaigns.comments.forms import CommentForm, ReportForm
from campaigns.models import StoryComment, StoryPage, StoryTalk
from campaigns.models.comments import talk_of
from core.forms import LONGEST_SECONDS, PublicForm
from core.network import network_of
from donations import defence, proof
from donations.views.pauses import resting

# In ten minutes from one network: a class at school stays below; and what only programs do.
FORMS, BAD = 120, 20
ENTER = "wagtailadmin.access_admin"


@never_cache
def write(request: HttpRequest, story: int) -> HttpResponse:
    """The form. Sent twice it is one comment."""
    page = _public(story)
    network = network_of(request)
    if request.method == "POST" and not defence.is_allowed("comment", network, FORMS):
        return resting(request, 10)
    if talk_of(page) != StoryTalk.State.OPEN:
        return render(request, "campaigns/comments/closed.html", {"story": page}, status=410)
    form, answer = CommentForm(initial=CommentForm.fresh_values()), None
    if request.method == "POST":
        data = request.POST.copy()
        form = CommentForm(data)
        if form.is_valid():
            answer = _written(request, page, form, network)
        elif form.looks_like_a_program and not defence.is_allowed("comment_bad", network, BAD):
            return resting(request, 10)
        _renew(form, data)
    if answer is not None:
        return answer
    token = form["token"].value() or ""
    context = {"form": form, "story": page, "challenge": proof.challenge_for(_about(token))}
    status = 422 if form.errors else 200
    return render(request, "campaigns/comments/write.html", context, status=status)


@require_GET
def thanks(request: HttpRequest, story: int) -> HttpResponse:
    """The same for every comment: the address stays in the history of a shared computer."""
    return _noindex(render(request, "campaigns/comments/thanks.html", {"story": _public(story)}))


@never_cache
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever reports gets the same answer, also the second time."""
    comment = get_object_or_404(
        StoryComment.objects.select_related("story"), pk=pk, state=StoryComment.State.APPROVED
    )
    page = _public(comment.story_id)
    if talk_of(page) not in (StoryTalk.State.OPEN, StoryTalk.State.CLOSED):
        return render(request, "campaigns/comments/closed.html", {"story": page}, status=410)
    network = network_of(request)
    if request.method == "POST" and not defence.is_allowed("comment", network, FORMS):
        return resting(request, 10)
    form = ReportForm(initial=ReportForm.fresh_values())
    if request.method == "POST":
        data = request.POST.copy()
        form = ReportForm(data)
        if form.is_valid():
            writing.report(
                comment,
                why=form.cleaned_data["why"],
                words=form.cleaned_data["words"],
                form_token=form.cleaned_data["token"],
                network=network,
            )
            return redirect("comment_reported", page.pk)
        _renew(form, data)
    context = {"form": form, "comment": comment, "story": page}
    status = 422 if form.errors else 200
    return _noindex(render(request, "campaigns/comments/report.html", context, status=status))


@require_GET
def reported(request: HttpRequest, story: int) -> HttpResponse:
    return _noindex(render(request, "campaigns/comments/reported.html", {"story": _public(story)}))


def _written(
    request: HttpRequest, page: StoryPage, form: CommentForm, network: str
) -> HttpResponse:
    data, user = form.cleaned_data, request.user
    is_colleague = user.is_authenticated and user.has_perm(ENTER)
    try:
        writing.write(
            page,
            name=data["name"],
            text=data["text"],
            language=(get_language() or "en")[:2],
            form_token=data["token"],
            network=network,
            is_proven=proof.spend_for(data["proof"], _about(data["token"])),
            by=user if is_colleague else None,
        )
    except writing.Closed:
        return render(request, "campaigns/comments/closed.html", {"story": page}, status=410)
    except writing.Flooded:
        return resting(request, 10)
    return redirect("comment_thanks", page.pk)


def _about(token: str) -> str:
    return f"comment:{token}"


def _public(pk: int) -> StoryPage:
    """The story, while everybody may read it: with it go its comments."""
    pages = StoryPage.objects.live().public().select_related("locale")
    lasting = Q(expire_at=None) | Q(expire_at__gt=timezone.now())
    found: StoryPage = get_object_or_404(pages.filter(lasting), pk=pk)
    return found


def _renew(form: PublicForm, data: Any) -> None:
    """A page that stood open too long is simply sent once more; any other keeps its age."""
    if form.seconds_open >= LONGEST_SECONDS:
        data["started"] = type(form).marks()["started"]


def _noindex(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
