"""What may have been overlooked, below the form; and publishing all the same, with a reason."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.panels import Panel
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry

ACTION = "northstar.published_anyway"


class ChecksPanel(Panel):
    """Of the draft as it was saved last."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "campaigns/checks/panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            from campaigns.editing import content_checks  # noqa: PLC0415 - it reads the models

            context: dict[str, Any] = super().get_context_data(parent_context)
            page = self.instance
            found = content_checks.overlooked(page) if page.pk else []
            return context | {"is_new": page.pk is None, "found": found}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is right here"),
        max_length=200,
        min_length=5,
        help_text=gettext_lazy("Kept in the page's history with your name."),
    )


def lacks_reason(page: Page) -> list[Any]:
    """What of the newest version would be published against the house's words, unexplained."""
    from campaigns.editing import content_checks  # noqa: PLC0415 - as above

    revision = page.latest_revision
    if revision is None:
        return []
    found = [one for one in content_checks.overlooked(revision.as_object()) if one.asks_reason]
    given = PageLogEntry.objects.filter(page=page.pk, action=ACTION)
    told = {entry.data.get("told") for entry in given.order_by("-pk")[:20]}
    return [one for one in found if one.text not in told]


class PublishAnyway(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    """Says once more what it is, and asks why."""

    template_name = "campaigns/checks/reason.html"
    form_class = ReasonForm
    page_title = gettext_lazy("Publish it all the same?")
    header_icon = "warning"
    request: Any
    page: Page

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.page = get_object_or_404(Page, pk=kwargs["pk"]).specific
        if not self.page.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        self.found = lacks_reason(self.page)
        if not self.found:
            return redirect("wagtailadmin_pages:edit", self.page.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"found": self.found, "page": self.page, "back": back}

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        for one in self.found:
            log(
                self.page,
                ACTION,
                user=self.request.user,
                revision=self.page.latest_revision,
                data={"told": one.text, "reason": form.cleaned_data["reason"]},
            )
        messages.success(self.request, _("The reason is kept. Press “Publish” once more."))
        return redirect("wagtailadmin_pages:edit", self.page.pk)


class ReasonsDesk(ViewSet):
    name = "words"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("<int:pk>/", PublishAnyway.as_view(), name="reason")]
