"""The tutorial's kinds of pages: a front page that lists what is below it, and a page of text."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from wagtail.fields import RichTextField
from wagtail.models import Page


class HomePage(Page):
    body = RichTextField(blank=True)
    template = "home_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"below": self.get_children().live().order_by("-first_published_at")}


class TextPage(Page):
    date = models.DateField()
    intro = models.CharField(max_length=250)
    body = RichTextField(blank=True)
    template = "text_page.html"
