"""Pages about plans that are no list: who may see them, and their line in the menu."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

PERMISSION = "donations.view_plan"


class Page(WagtailAdminTemplateMixin, TemplateView):
    """For those who may read plans, or as `permission` says."""

    permission = PERMISSION
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def chosen(self, name: str, offered: Sequence[Any]) -> Any:
        """What the address asks for, if it is offered; else the first."""
        typed = self.request.GET.get(name, "")
        return next((one for one in offered if str(one) == typed), offered[0])


class ForReaders(MenuItem):
    permission = PERMISSION

    def is_shown(self, request: HttpRequest) -> bool:
        allowed: bool = request.user.has_perm(self.permission)
        return allowed
