"""The staff site: Wagtail's admin and what the desks add to it. No public page is served here."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access

from accounts.closed import closed
from campaigns.editing.beside import EditPage
from config.media import media_urls
from staff.downloads import looked_at
from staff.second_factor import ENTER, PARTNERS


def sign_in(request: HttpRequest, **named: object) -> HttpResponse:
    """Wagtail's own form would let in by a password alone."""
    return redirect("account_login")


def home(request: HttpRequest) -> HttpResponse:
    """Whoever may not enter the admin is asked at the partners' door."""
    return redirect("/admin/" if request.user.has_perm(ENTER) else PARTNERS)


def to_public(request: HttpRequest, **named: object) -> HttpResponse:
    """A page's own address, as "view live" has it, leads to the site that serves it."""
    return redirect(settings.PUBLIC_URL + request.get_full_path())


urlpatterns = [
    path("", home),
    *(
        [path(PARTNERS[1:], include("gifts.partners.urls"))]
        if "vault" in connections.databases
        else []
    ),
    path("", include("pages.urls_technical")),
    *media_urls(),
    path("admin/login/", sign_in),
    re_path("^admin/password_reset/", closed),
    # Many at once would lie there as they were sent until each is described.
    path("admin/images/multiple/add/", RedirectView.as_view(url="/admin/images/add/")),
    re_path("^admin/images/multiple/", closed),
    path("admin/documents/multiple/add/", RedirectView.as_view(url="/admin/documents/add/")),
    re_path("^admin/documents/multiple/", closed),
    path("downloads/<int:pk>.pdf", require_admin_access(looked_at), name="download"),
    # The same page as Wagtail's, with what it is translated from beside it.
    path("admin/pages/<int:page_id>/edit/", require_admin_access(EditPage.as_view())),
    path("admin/", include(wagtailadmin_urls)),
    *i18n_patterns(
        path("account/", include("accounts.closed")),
        path("account/", include("allauth.urls")),
        re_path("", to_public),
        # Never reached: pages take their addresses from it.
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]
handler404 = "pages.errors.not_found"
handler500 = "pages.errors.server_error"
