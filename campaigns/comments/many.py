"""Several comments at once: those that nothing speaks against, each read on one page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from campaigns.comments import deciding
from campaigns.comments.people import DECIDE
from campaigns.models import StoryComment

AT_ONCE = 20


def plain_ones() -> QuerySet[StoryComment]:
    """Neither doubtful nor without a proof of work."""
    return StoryComment.objects.filter(
        state=StoryComment.State.WAITING, doubts="", doubted_by=None, is_proven=True
    )


class ApproveMany(WagtailAdminTemplateMixin, TemplateView):
    template_name = "campaigns/comments/many.html"
    page_title = _("Approve several")
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def rows(self) -> QuerySet[StoryComment]:
        rows = plain_ones().exclude(written_by=self.request.user.pk)
        return rows.select_related("story").order_by("written_at", "pk")

    def post(self, request: HttpRequest) -> HttpResponse:
        """What became doubtful or was decided meanwhile is left out."""
        ticked = [int(pk) for pk in request.POST.getlist("comment") if pk.isdecimal()]
        count = 0
        for comment in self.rows().filter(pk__in=ticked[:AT_ONCE]):
            try:
                shown = deciding.approve(comment, by=request.user)
            except deciding.Refused:
                continue
            count += shown.state == StoryComment.State.APPROVED
        said = ngettext("%(n)d comment is shown.", "%(n)d comments are shown.", count)
        messages.success(request, said % {"n": count})
        return redirect("comments:index")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("comments:index"), "label": _("Comments")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"comments": self.rows()[:AT_ONCE], "back": reverse("comments:index")}
