"""Wagtail's pages and documents, as its project template has them."""

from django.urls import include, path
from wagtail import urls
from wagtail.documents import urls as documents

urlpatterns = [path("documents/", include(documents)), path("", include(urls))]
