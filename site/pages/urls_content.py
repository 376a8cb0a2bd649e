"""Whatever no other url answered: a page that an editor wrote. Stays last."""

from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls

from pages import serving

urlpatterns = [
    # Wagtail's own forms live under _util/, such as the one for a page behind a password.
    re_path(r"^((?!_util/)(?:[\w\-]+/)*)$", serving.serve),
    path("", include(wagtail_urls)),  # also gives pages their addresses, by the name of its view
]
