"""Uploaded pictures. A real installation has a web server in front that hands them out."""

from django.conf import settings
from django.urls import URLPattern, path
from django.views.static import serve


def media_urls() -> list[URLPattern]:
    if not (settings.DEMO or settings.DEBUG):
        return []
    return [path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT})]
