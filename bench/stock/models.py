"""The tutorial's kinds of pages, and a campaign written as Wagtail's guide would have it."""

from typing import Any

from django.db import models
from django.db.models import Sum
from django.http import HttpRequest
from wagtail import blocks
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField
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


@register_setting
class Organisation(BaseSiteSetting):
    about = models.TextField()
    address = models.TextField()
    email = models.EmailField()
    hotline = models.TextField()


def struct(name: str, /, **parts: blocks.Block) -> blocks.StructBlock:
    heading = blocks.CharBlock(required=False)
    return blocks.StructBlock(
        [("heading", heading), *parts.items()], template=f"blocks/{name}.html"
    )


def several(**parts: blocks.Block) -> blocks.ListBlock:
    return blocks.ListBlock(blocks.StructBlock(list(parts.items())))


class CampaignPage(Page):
    """The blocks that our own campaign of the demonstration has, under the same names."""

    summary = models.CharField(max_length=240)
    goal_minor = models.IntegerField()
    body = StreamField(
        [
            ("text", struct("text", text=blocks.RichTextBlock())),
            (
                "timeline",
                struct(
                    "timeline",
                    moments=several(
                        when=blocks.CharBlock(), title=blocks.CharBlock(), text=blocks.TextBlock()
                    ),
                ),
            ),
            (
                "quote",
                struct(
                    "quote",
                    words=blocks.TextBlock(),
                    name=blocks.CharBlock(),
                    office=blocks.CharBlock(),
                ),
            ),
            ("progress", struct("progress", text=blocks.TextBlock())),
            (
                "questions",
                struct(
                    "questions",
                    questions=several(question=blocks.CharBlock(), answer=blocks.RichTextBlock()),
                ),
            ),
            ("give_box", struct("give_box", text=blocks.TextBlock())),
            (
                "downloads",
                struct(
                    "downloads",
                    text=blocks.TextBlock(),
                    files=blocks.ListBlock(DocumentChooserBlock()),
                ),
            ),
        ]
    )
    template = "campaign_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        raised = self.gifts.aggregate(minor=Sum("amount_minor"))["minor"] or 0
        amounts = Amount.objects.order_by("amount_minor")
        return context | {"raised": raised / 100, "goal": self.goal_minor / 100, "amounts": amounts}


class Gift(models.Model):
    campaign = models.ForeignKey(CampaignPage, models.CASCADE, related_name="gifts")
    amount_minor = models.IntegerField()

    def __str__(self) -> str:
        return str(self.amount_minor)


class Amount(models.Model):
    amount_minor = models.IntegerField()

    def __str__(self) -> str:
        return str(self.amount_minor)
