"""The files of a cut-over: begun with where they come from, sent up, told how to be read."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from donations.models import CutOver, Upload
from donations.offline import cutover, importing, reading
from donations.offline.entering import NotPossible
from donations.staff.asking import Ask, FormPage
from donations.staff.batch_forms import DayField
from donations.staff.cells import Text
from donations.staff.offline_words import unreadable, why_not
from donations.staff.period_forms import BooksForm
from donations.staff.upload_forms import FileForm
from donations.staff.uploads import Columns, to_mend

State = CutOver.State
LOAD = "donations.load_cutover"
# As addresses name the files, in the order of cutover.FILES.
SLUGS = ("donors", "past", "balances")


class BeginForm(BooksForm):
    origin = forms.CharField(
        label=_("From"), max_length=120, help_text=_("The books that were kept until now.")
    )
    as_of = DayField(label=_("Balances as of"))


class OfCutOver(FormPage):
    permission = LOAD
    namespace, desk_title = "cutover", _("Cut-overs")


class Begin(OfCutOver, Ask):
    page_title = _("New cut-over")
    header_icon = "plus"
    form_class = BeginForm
    button = _("Begin")

    def question(self) -> Text:
        return _(
            "Donors, past gifts and opening balances come in three files. Nothing is taken "
            "over before you have seen all of it."
        )

    def make(self, data: dict[str, Any]) -> CutOver:
        try:
            return cutover.begin(**data, by=self.request.user)
        except NotPossible as refused:
            raise forms.ValidationError({"as_of": why_not(refused, "")}) from None


class SendPart(OfCutOver):
    """One of the three files."""

    header_icon = "upload"
    template_name = "donations/staff/upload.html"
    form_class = FileForm

    @cached_property
    def row(self) -> CutOver:
        found: CutOver = get_object_or_404(CutOver, pk=self.kwargs["pk"], state=State.DRAFT)
        return found

    @cached_property
    def kind(self) -> str:
        found = dict(zip(SLUGS, cutover.FILES, strict=True)).get(self.kwargs["kind"])
        if found is None:
            raise Http404
        return found

    @property
    def page_title(self) -> Text:
        return Upload.Kind(self.kind).label

    def between(self) -> list[dict[str, Any]]:
        return [{"url": self.home(), "label": str(self.row)}]

    def home(self) -> str:
        return reverse("cutover:inspect", args=[self.row.pk])

    def form_valid(self, form: FileForm) -> HttpResponse:
        sent = form.cleaned_data["file"]
        try:
            if sent.size > reading.MOST_BYTES:
                raise reading.Unreadable("too_large")
            upload = importing.receive(
                sent.read(),
                name=sent.name,
                kind=self.kind,
                cut_over=self.row,
                by=self.request.user,
            )
        except reading.Unreadable as problem:
            form.add_error("file", unreadable(problem))
            return self.form_invalid(form)
        return redirect("cutover:columns", upload.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"back": self.home()}


class PartColumns(OfCutOver, Columns):
    kinds = cutover.FILES

    def home(self) -> str:
        return reverse("cutover:inspect", args=[self.upload.cut_over_id])

    def after(self) -> str:
        return self.home()

    def between(self) -> list[dict[str, Any]]:
        return [{"url": self.home(), "label": str(self.upload.cut_over)}]


@permission_required(LOAD, raise_exception=True)
def bad_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Just the rows of a file that cannot be taken over, with the reasons."""
    rows = Upload.objects.select_related("cut_over__legal_entity")
    upload = get_object_or_404(rows, pk=pk, kind__in=cutover.FILES)
    if upload.state != Upload.State.READING or upload.cut_over is None:
        return redirect("cutover:inspect", upload.cut_over_id)
    return to_mend(upload, cutover.look(upload.cut_over).bad.get(upload.kind, []))
