"""The desk of audit packs: asked for by Finance, made in the background, taken by the auditor."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column

from core.headers import as_file
from donations.audit import making
from donations.models import AuditPack
from donations.staff.asking import Ask
from donations.staff.cells import Cell, Notice, Section, Text, day, moment
from donations.staff.desk import Listing, MomentColumn
from donations.staff.made import EraseFile, KeptFile, MadeDesk, MakeAgain, StateColumn
from donations.staff.period_forms import PeriodForm

ASK, SEE = "donations.add_auditpack", "donations.view_auditpack"


def days(row: AuditPack) -> str:
    return f"{day(row.first_day)} \u2013 {day(row.last_day)}"


class PackForm(PeriodForm):
    sample_size = forms.IntegerField(
        label=_("Gifts in the sample"),
        initial=60,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
    )
    seed = forms.CharField(
        label=_("Seed of the sample"),
        required=False,
        max_length=40,
        help_text=_("Any word of the auditor's. Without one it is drawn at random, and printed."),
    )
    field_order = ("first_day", "last_day", "sample_size", "seed")


class AskForPack(Ask):
    page_title = _("New audit pack")
    header_icon = "folder-open-inverse"
    permission = ASK
    namespace, desk_title = "audit_packs", _("Audit packs")
    form_class = PackForm
    button = _("Make the pack")

    def question(self) -> Text:
        return _(
            "One file with the balances of the period, a sample of gifts with all their "
            "papers, and what was voided, opened again or checked. It names the donors of the "
            "sample: it is kept for 60 days, and each download is put on record."
        )

    def make(self, data: dict[str, Any]) -> AuditPack:
        return making.ask(data.pop("entity"), **data, actor=self.request.user)


class Packs(Listing):
    page_title = _("Audit packs")
    add_item_label = _("New audit pack")
    template_name = "donations/staff/exports.html"

    def get_base_queryset(self) -> QuerySet[AuditPack]:
        rows: QuerySet[AuditPack] = super().get_base_queryset()
        return rows.select_related("asked_by")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("first_day", days),
            Column("sample_size", label=_("Gifts in the sample")),
            StateColumn("state", label=_("State")),
            MomentColumn("asked_at", label=_("Asked for"), sort_key="asked_at"),
            Column("asked_by", label=_("By")),
        ]

    def notices(self) -> list[Notice]:
        if AuditPack.objects.exists():
            return []
        return [Notice(_("No pack was made yet."))]


class OnePack(KeptFile):
    def sections(self) -> list[Section]:
        row: AuditPack = self.object
        facts: list[list[Any]] = [
            [_("Days"), days(row)],
            [_("Whose books"), row.legal_entity],
            [_("Money"), gettext("Live") if row.livemode else gettext("Test")],
            [_("Gifts in the sample"), _sample(row)],
            [_("Seed of the sample"), row.seed],
            [_("Asked for"), f"{moment(row.asked_at)}, {row.asked_by}"],
        ]
        if row.finished_at:
            facts += [
                [_("Finished"), moment(row.finished_at)],
                [_("Size"), filesizeformat(row.size or 0)],
                [_("SHA-256"), row.sha256],
                [_("Fingerprint of the journal"), row.entries_sha256],
                [_("Kept until"), moment(row.kept_until)],
            ]
        if row.problem:
            facts.append([_("What went wrong"), Cell(row.problem, tone="bad")])
        return [self.state(), Section(_("The pack"), facts), self.downloads()]


def _sample(row: AuditPack) -> str:
    """As many as were asked for; or all that there are, and that there are fewer."""
    if row.drawn is None or row.drawn == row.sample_size:
        return str(row.sample_size)
    text = gettext("%(drawn)d: all of the period, where %(asked)d were asked for")
    return text % {"drawn": row.drawn, "asked": row.sample_size}


class Again(MakeAgain):
    permission = ASK
    ask_again = staticmethod(making.ask_again)

    def question(self) -> Text:
        return _("The pack is made anew from the books as they are now.")


class Erase(EraseFile):
    permission = ASK
    erase = staticmethod(making.erase)


def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file; the download is on record before the first byte."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    pack = get_object_or_404(AuditPack.objects.select_related("legal_entity"), pk=pk)
    try:
        data = making.download(pack, actor=request.user)
    except making.Gone:
        messages.error(request, _("There is no file: not yet, or no longer."))
        return redirect("audit_packs:inspect", pack.pk)
    return as_file(data, making.name_of(pack), "application/octet-stream")


class PacksDesk(MadeDesk):
    model = AuditPack
    name = "audit_packs"
    menu_label = _("Audit packs")
    icon = "folder-open-inverse"
    ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
    index_view_class = Packs
    add_view_class = AskForPack
    inspect_view_class = OnePack
    acts = [Again, Erase]

    def extra_urls(self) -> list[URLPattern]:
        return [
            *super().extra_urls(),
            path("download/<int:pk>/", download, name="download"),
        ]
