"""The pages of impact reports: an index, and below it one page for each report and language."""

from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.fields import StreamField
from wagtail.models import Page, Revision
from wagtail.search.index import SearchField

from campaigns.models.reports import ReportEdition
from campaigns.reports.blocks import ReportBodyBlock
from core import rules


class ImpactIndexPage(Page):
    """All impact reports. One for each language."""

    lead = models.CharField(_("lead"), max_length=300, blank=True)

    max_count_per_parent = 1
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["campaigns.ImpactReportPage"]
    content_panels = [*Page.content_panels, FieldPanel("lead", widget=AdminAutoHeightTextInput)]
    search_fields = [*Page.search_fields, SearchField("lead")]
    template = "campaigns/reports/index.html"

    class Meta:
        verbose_name = _("list of impact reports")
        verbose_name_plural = _("lists of impact reports")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        pages = ImpactReportPage.objects.child_of(self).live().select_related("edition")
        told = pages.filter(edition__published_at__isnull=False)
        return context | {"reports": told.order_by("-edition__last", "-pk")}


class ImpactReportPage(Page):
    """A report in the words of one language; its figures stand once, in `edition`."""

    edition = models.ForeignKey(
        ReportEdition,
        models.PROTECT,
        related_name="pages",
        verbose_name=_("figures"),
        help_text=_("Gathered at the desk “Impact reports”. They are published there first."),
    )
    summary = models.CharField(
        _("summary"),
        max_length=240,
        help_text=_("One or two sentences, also shown on the list and where the page is shared."),
    )
    body = StreamField(
        ReportBodyBlock(),
        blank=True,
        verbose_name=_("body"),
        help_text=_("Charts that you do not place follow below by themselves."),
    )

    # The pages it was reached through, where they are at hand.
    above: list[Page] | None = None

    parent_page_types = ["campaigns.ImpactIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("edition"),
        FieldPanel("summary", widget=AdminAutoHeightTextInput),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, SearchField("summary"), SearchField("body")]
    is_news = True
    template = "campaigns/reports/report.html"

    class Meta:
        verbose_name = _("impact report page")
        verbose_name_plural = _("impact report pages")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Public only with published figures.

        Raises:
            ValidationError: beside the field.
        """
        if self.live and not self.edition.is_published:
            raise ValidationError(
                {"edition": _("Publish these figures first, at the desk “Impact reports”.")}
            )
        super().save(*args, **kwargs)

    def publish(self, revision: Revision, user: Any = None, **options: Any) -> Any:
        """As any page; then its papers are drawn."""
        from campaigns.reports import papers  # noqa: PLC0415 - it reads the tables below

        published = super().publish(revision, user=user, **options)
        papers.draw.defer(page_id=self.pk)
        return published

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from campaigns.reports import drawing  # noqa: PLC0415 - as above

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        is_preview = getattr(request, "is_preview", False)
        told = self.edition.figures if self.edition.is_published or is_preview else None
        exhibits = drawing.exhibits(told) if told else []
        placed = {block.value["chart"] for block in self.body if block.block_type == "chart"}
        papers = self.papers.order_by("size", "-pk").distinct("size") if self.pk else ()
        return context | {
            "index": self.above[-1] if self.above else self.get_parent(),
            "headlines": drawing.headlines(told) if told else [],
            "exhibits": exhibits,
            "rest": [one for one in exhibits if one.table not in placed],
            "papers": papers,
            "has_things": bool(told and told["delivered"]),
        }


class ReportPaper(models.Model):
    """A report as a PDF, in the page's language: the bytes as they were first made, for ever."""

    class Size(models.TextChoices):
        A4 = "A4", "A4"
        LETTER = "Letter", _("Letter")

    page = models.ForeignKey(ImpactReportPage, models.SET_NULL, null=True, related_name="papers")
    edition = models.ForeignKey(ReportEdition, models.PROTECT, related_name="papers")
    language = models.CharField(max_length=2)
    size = models.CharField(max_length=6, choices=Size)
    # Of the document it was drawn from: the same words and figures are drawn once.
    source_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["page", "size", "source_sha256"], name="report_drawn_once"
            ),
            models.CheckConstraint(
                name="report_paper_has_its_fingerprint",
                condition=Q(
                    sha256=models.Func(
                        models.Func("content", function="sha256"),
                        models.Value("hex"),
                        function="encode",
                        output_field=models.TextField(),
                    )
                ),
            ),
        ]
        triggers = [
            rules.never_deleted("report_paper_kept"),
            rules.frozen(
                "report_paper_as_drawn",
                *("edition_id", "language", "size", "source_sha256", "sha256", "content"),
                "made_at",
            ),
            pgtrigger.Trigger(
                name="report_paper_of_published_figures",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM campaigns_reportedition e
                                   WHERE e.id = NEW.edition_id AND e.published_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'papers are of published figures';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.language} {self.size}"
