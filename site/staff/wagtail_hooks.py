"""What the staff side changes in Wagtail's admin: its face, its home page, its menu."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.views.account import AvatarSettingsPanel

from donations.staff.desk import Desk
from staff.auditors import AuditorsDesk
from staff.code_sheets import CodeSheetsDesk
from staff.factor_reset import FactorResetsDesk
from staff.home import SearchPanel, WaitingPanel, WeekPanel

# No file comes in but pictures; help would lead to another company's site.
HIDDEN = {"documents", "help"}
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


@hooks.register("construct_homepage_summary_items")
def summary(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if type(item).__name__ != "DocumentsSummaryItem"]


@hooks.register("construct_main_menu")
def menu(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in HIDDEN]


@hooks.register("construct_page_action_menu")
def publish_first(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Whoever may publish mostly means to: a draft is the second choice."""
    items.sort(key=lambda item: item.name != "action-publish")


@hooks.register("register_admin_viewset")
def desks() -> list[Desk]:
    return [FactorResetsDesk(), CodeSheetsDesk(), AuditorsDesk()]
