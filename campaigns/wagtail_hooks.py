"""What campaigns and stories add to Wagtail's admin: their desks, and the gate in words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from campaigns.models import StoryPage
from campaigns.staff import CampaignsDesk
from campaigns.stories import gate
from campaigns.stories.staff import TasksDesk


@hooks.register("register_admin_viewset")
def desks() -> list[ViewSet]:
    return [CampaignsDesk(), TasksDesk()]


@hooks.register("before_publish_page")
def sign(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Whoever presses "publish" passes the story; refused, it stays the draft that was saved."""
    if not isinstance(page, StoryPage):
        return None
    try:
        revision = page.latest_revision
        assert revision  # was saved a moment ago
        gate.sign(revision, by=request.user)
        gate.check(revision.as_object())
    except gate.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None
