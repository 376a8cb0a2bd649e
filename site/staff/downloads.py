"""A document as editors see it, whether a page shows it or not."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from wagtail.permissions import policy_registry

from campaigns.models import Download
from pages import downloads


@require_safe
def looked_at(request: HttpRequest, pk: int) -> HttpResponse:
    """For whoever may put it on a page.

    Raises:
        PermissionDenied: others.
    """
    policy = policy_registry.get_by_type(Download)
    if not policy.user_has_any_permission(request.user, ["add", "change", "choose"]):
        raise PermissionDenied
    answer = downloads.answer(request, pk)
    answer["Cache-Control"] = "private, no-cache"
    return answer
