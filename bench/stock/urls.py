"""Wagtail's pages alone, as its project template has them."""

from django.urls import include, path
from wagtail import urls

urlpatterns = [path("", include(urls))]
