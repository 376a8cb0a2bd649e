"""A file that a visitor takes along, while a page that everybody may read shows it."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from campaigns.downloads import shown
from campaigns.models import Download, DownloadFile
from core.headers import as_file
from pages import findable


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether it is public is asked each time; whoever has it already gets no more than that."""
    if not findable.open_pages().filter(shown.by(pk)).exists():
        raise Http404
    return answer(request, pk)


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, for whoever may have it. It is for saving: no browser runs anything of it here.

    Raises:
        Http404: there is none, or its words were taken back.
    """
    file = DownloadFile.objects.filter(pk=OuterRef("file"))
    rows: Any = Download.objects.annotate(sha256=Subquery(file.values("sha256")[:1]))
    row = rows.filter(pk=pk, taken_off_at=None).exclude(sha256=None).first()
    if row is None:
        raise Http404
    tag = f'"{row.sha256}"'
    # Asked about each time, so that nobody's copy outlives the page by more than a request.
    headers = {"ETag": tag, "Cache-Control": "public, no-cache", "X-Robots-Tag": "noindex"}
    has = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    if tag in [one.removeprefix("W/") for one in has]:
        return HttpResponseNotModified(headers=headers)
    content = DownloadFile.objects.values_list("content", flat=True).get(pk=row.file.name)
    sent: HttpResponse = as_file(bytes(content), row.filename)
    for name, value in headers.items():
        sent[name] = value
    return sent
