"""Addresses for machines, the same in every language and on both sites."""

from django.urls import path

from pages import health

urlpatterns = [
    path("health/", health.alive, name="health"),
    path("ready/", health.ready, name="ready"),
]
