"""What the staff side changes in Wagtail's admin: its face, its home page, its menu."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.admin.action_menu import SubmitForModerationMenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.account import AvatarSettingsPanel
from wagtail.admin.viewsets.base import ViewSet

from staff.auditors import AuditorsDesk
from staff.code_sheets import CodeSheetsDesk
from staff.factor_reset import FactorResetsDesk
from staff.guide import GuideDesk, GuideItem, menu_item
from staff.home import SearchPanel, WaitingPanel, WeekPanel
from staff.roles import workflow_name

# It would lead to another company's site.
HIDDEN = {"help"}
# A portrait would be kept as it was sent, with place and device, and nobody asked who is in it.
AvatarSettingsPanel.is_active = lambda panel: False


@hooks.register("insert_global_admin_css")
def stylesheet() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/staff.css"))


@hooks.register("construct_homepage_panels")
def panels(request: HttpRequest, shown: list[Component]) -> None:
    shown.append(WaitingPanel(request))
    if request.user.has_perm("donations.view_donation"):
        shown.insert(0, SearchPanel())
        shown.append(WeekPanel())


@hooks.register("construct_main_menu")
def menu(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in HIDDEN]


class HandIn(SubmitForModerationMenuItem):
    """Says to whom, in the editor's own language; of another workflow Wagtail names the steps."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        page = context.get("page")
        about = page if page and page.pk else context["parent_page"]
        workflow = about.get_workflow()
        if workflow and workflow.name == workflow_name():
            state = page.current_workflow_state if page else None
            again = state and state.status == state.STATUS_NEEDS_CHANGES
            label = gettext("Hand in again") if again else gettext("Hand in to a publisher")
            context["label"] = label
        return context


@hooks.register("construct_page_action_menu")
def publish_first(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Whoever may publish mostly means to: a draft is the second choice."""
    items[:] = [
        HandIn(order=item.order) if type(item) is SubmitForModerationMenuItem else item
        for item in items
    ]
    items.sort(key=lambda item: item.name != "action-publish")


@hooks.register("register_admin_viewset")
def desks() -> list[ViewSet]:
    return [FactorResetsDesk(), CodeSheetsDesk(), AuditorsDesk(), GuideDesk()]


@hooks.register("register_admin_menu_item")
def guide() -> GuideItem:
    return menu_item()
