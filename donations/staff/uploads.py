"""Files of rows: sent up, told how to be read, looked over, and taken over whole or not at all."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from core.headers import as_file
from donations.exports import disarm
from donations.models import Designation, GiftBatch, Upload
from donations.offline import columns, entering, importing, reading
from donations.staff.batch_entry import ENTER, OfBatches
from donations.staff.batch_forms import SeenForm
from donations.staff.cells import Cell, Notice, Section, Text, amount, day
from donations.staff.offline_words import fault, hint, unreadable, why_not
from donations.staff.upload_forms import ColumnsForm, FileForm

State = Upload.State
# So many rows of each sort are shown; all bad ones are in the file to download.
SHOWN = 20


class SendFile(OfBatches):
    """A file for an open batch."""

    page_title = _("Import a file")
    header_icon = "upload"
    template_name = "donations/staff/upload.html"
    form_class = FileForm

    @cached_property
    def batch(self) -> GiftBatch:
        found: GiftBatch = get_object_or_404(GiftBatch, pk=self.kwargs["pk"])
        return found

    def form_valid(self, form: FileForm) -> HttpResponse:
        sent = form.cleaned_data["file"]
        try:
            if sent.size > reading.MOST_BYTES:
                raise reading.Unreadable("too_large")
            upload = importing.receive(
                sent.read(),
                name=sent.name,
                kind=Upload.Kind.GIFTS,
                batch=self.batch,
                by=self.request.user,
            )
        except reading.Unreadable as problem:
            form.add_error("file", unreadable(problem))
            return self.form_invalid(form)
        except entering.NotPossible as refused:
            messages.error(self.request, why_not(refused, self.batch.currency))
            return redirect("offline:inspect", self.batch.pk)
        return redirect("offline:columns", upload.pk)

    def between(self) -> list[dict[str, Any]]:
        return between(self.batch)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"back": reverse("offline:inspect", args=[self.batch.pk])}


def between(batch: GiftBatch) -> list[dict[str, Any]]:
    return [{"url": reverse("offline:inspect", args=[batch.pk]), "label": str(batch)}]


class OfUpload(OfBatches):
    """A page of one file that is not taken over yet."""

    kinds: tuple[str, ...] = (Upload.Kind.GIFTS,)

    @cached_property
    def upload(self) -> Upload:
        rows = Upload.objects.select_related("batch__legal_entity", "cut_over")
        found: Upload = get_object_or_404(rows, pk=self.kwargs["pk"], kind__in=self.kinds)
        return found

    @cached_property
    def batch(self) -> GiftBatch:
        assert self.upload.batch is not None  # a file of gifts has its batch, says the database
        return self.upload.batch

    def home(self) -> str:
        return reverse("offline:inspect", args=[self.batch.pk])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.has_perm(self.permission) and self.upload.state != State.READING:
            messages.warning(request, _("This file was taken over or let go."))
            return redirect(self.home())
        return super().dispatch(request, *args, **kwargs)

    def between(self) -> list[dict[str, Any]]:
        return between(self.batch)

    def get_page_subtitle(self) -> str:
        return self.upload.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"back": self.home()}


class Columns(OfUpload):
    page_title = _("How to read the file")
    header_icon = "table"
    template_name = "donations/staff/upload_columns.html"
    form_class = ColumnsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        table = importing.sheet_of(self.upload)
        return {**super().get_form_kwargs(), "upload": self.upload, "table": table}

    def form_valid(self, form: ColumnsForm) -> HttpResponse:
        data = form.cleaned_data
        for_all = {}
        if data.get("received_on"):
            for_all["received_on"] = data["received_on"].isoformat()
        if data.get("designation"):
            for_all["designation"] = data["designation"].code
        data_of_file = bytes(self.upload.data)
        try:
            again = reading.sheet(
                data_of_file, encoding=data["encoding"], delimiter=data["delimiter"]
            )
        except reading.Unreadable as problem:
            form.add_error(None, unreadable(problem))
            return self.form_invalid(form)
        by_column: Mapping[str, int] = data["by_column"]
        if again.headings != form.table.headings:
            by_column = columns.guess(again.headings, self.upload.kind)
        try:
            importing.choose(
                self.upload,
                by_column=by_column,
                for_all=for_all,
                **{name: data[name] for name in ("decimals", "days", "encoding", "delimiter")},
            )
        except entering.NotPossible as refused:
            messages.error(self.request, why_not(refused, ""))
        if again.headings != form.table.headings:
            return redirect(self.request.path)
        return redirect(self.after())

    def after(self) -> str:
        return reverse("offline:look", args=[self.upload.pk])


class LookOver(OfUpload):
    """Every row as it would be entered; POST takes over exactly what was shown."""

    page_title = _("Look the file over")
    header_icon = "view"
    template_name = "donations/staff/upload_look.html"
    form_class = SeenForm

    @cached_property
    def found(self) -> importing.Read:
        return importing.read(self.upload)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.has_perm(self.permission) and not self.upload.days:
            return redirect("offline:columns", self.upload.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.found.fingerprint}

    def form_valid(self, form: SeenForm) -> HttpResponse:
        try:
            if "drop" in self.request.POST:
                importing.drop(self.upload)
                messages.success(self.request, _("The file was let go."))
            else:
                seen = form.cleaned_data["seen"]
                done = importing.take(self.upload, seen=seen, by=self.request.user)
                text = ngettext(
                    "%(n)d gift was entered.", "%(n)d gifts were entered.", done.rows or 0
                )
                messages.success(self.request, text % {"n": done.rows})
        except entering.NotPossible as refused:
            messages.error(self.request, why_not(refused, self.batch.currency))
            if refused.code in ("changed_file", "bad"):
                return redirect("offline:look", self.upload.pk)
        return redirect("offline:inspect", self.batch.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        found = self.found
        return context | {
            "notices": self.notices(),
            "sections": [one for one in (self._bad(), self._good()) if one],
            "is_whole": bool(found.good) and not found.bad,
            "bad": reverse("offline:bad", args=[self.upload.pk]) if found.bad else "",
            "columns": reverse("offline:columns", args=[self.upload.pk]),
        }

    def notices(self) -> list[Notice]:
        found, batch = self.found, self.batch
        rows = ngettext("%(n)d row can be entered", "%(n)d rows can be entered", len(found.good))
        told = f"{rows % {'n': len(found.good)}}: {amount(found.total_minor, batch.currency)}"
        shown = [Notice(told, tone="good" if not found.bad else "")]
        if found.bad:
            wrong = ngettext(
                "%(n)d row cannot: nothing is entered until it is mended.",
                "%(n)d rows cannot: nothing is entered until they are mended.",
                len(found.bad),
            )
            shown.append(Notice(wrong % {"n": len(found.bad)}, tone="bad"))
        if found.is_ambiguous:
            first = found.good[0].received_on if found.good else None
            text = gettext("Its days can be read in two ways: the first is taken for %(day)s.")
            shown.append(Notice(text % {"day": day(first)}, tone="warn"))
        if count := sum(map(bool, found.hints)):
            text = ngettext(
                "%(n)d gift may have been entered before.",
                "%(n)d gifts may have been entered before.",
                count,
            )
            shown.append(Notice(text % {"n": count}, tone="warn"))
        return shown

    def _bad(self) -> Section | None:
        return bad_section(self.found.bad, self.upload.kind)

    def _good(self) -> Section:
        names = dict(Designation.objects.values_list("pk", "name"))
        rows: list[list[Any]] = []
        pairs = zip(self.found.good, self.found.hints, strict=True)
        # What may be there twice comes first.
        for facts, hints in sorted(pairs, key=lambda pair: not pair[1])[:SHOWN]:
            told = " ".join(dict.fromkeys(hint(one, self.batch) for one in hints))
            rows.append(
                [
                    facts.line,
                    facts.name,
                    amount(facts.amount_minor, self.batch.currency),
                    day(facts.postmarked_on or facts.received_on),
                    ", ".join(names[pk] for pk, _minor in facts.lines),
                    gettext("Known donor") if facts.donor_id else gettext("New donor"),
                    Cell(told, tone="warn") if told else "",
                ]
            )
        headings: list[Text] = [
            *(_("Line"), _("Name"), _("Amount"), _("Day"), _("For"), _("Donor"), _("Hint")),
        ]
        return Section(
            _("As it will be entered"), rows, headings, empty=_("No row can be entered.")
        )


def bad_section(bad: Sequence[importing.Bad], kind: str) -> Section | None:
    rows = [[one.line, ", ".join(one.cells)[:80], reasons(one, kind)] for one in bad[:SHOWN]]
    headings: list[Text] = [_("Line"), _("What stands there"), _("What is wrong")]
    return Section(_("Rows that cannot be entered"), rows, headings) if rows else None


def reasons(one: importing.Bad, kind: str) -> str:
    """All that is wrong with a row, by the names of its fields."""
    names = columns.FIELDS[kind]
    told = []
    for wrong in one.faults:
        name = str(names.get(wrong.field, ""))
        told.append(f"{name}: {fault(wrong.code)}" if name else fault(wrong.code))
    return " ".join(told)


def bad_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Just the rows that cannot be entered, with the reasons, to be mended and sent up again."""
    if not request.user.has_perm(ENTER):
        raise PermissionDenied
    upload = get_object_or_404(Upload, pk=pk, kind=Upload.Kind.GIFTS)
    if upload.state != State.READING:
        return redirect("offline:inspect", upload.batch_id)
    return to_mend(upload, importing.read(upload).bad)


def to_mend(upload: Upload, bad: Sequence[importing.Bad]) -> HttpResponse:
    headings = importing.sheet_of(upload).headings
    out = StringIO()
    writer = csv.writer(out, delimiter=upload.delimiter)
    writer.writerow([*map(disarm.text, headings), gettext("What is wrong")])
    for one in bad:
        cells = [*one.cells, *[""] * (len(headings) - len(one.cells))]
        writer.writerow([*map(disarm.text, cells), reasons(one, upload.kind)])
    data = out.getvalue().encode("utf-8-sig")
    return as_file(data, f"rows-to-mend-{upload.pk}.csv", "text/csv")


def urls() -> list[URLPattern]:
    return [
        path("upload/<int:pk>/", SendFile.as_view(), name="upload"),
        path("columns/<int:pk>/", Columns.as_view(), name="columns"),
        path("look/<int:pk>/", LookOver.as_view(), name="look"),
        path("bad/<int:pk>/", bad_rows, name="bad"),
    ]


def sections(batch: GiftBatch) -> list[Section]:
    """Files that came for a batch, as part of its page."""
    rows: list[list[Any]] = []
    for row in batch.uploads.select_related("made_by"):
        reads = row.state == State.READING
        url = reverse("offline:look", args=[row.pk]) if reads else ""
        rows.append(
            [Cell(row.name, url), row.get_state_display(), row.rows, row.sha256[:16], row.made_by]
        )
    headings: list[Text] = [_("File"), _("State"), _("Rows"), _("SHA-256"), _("By")]
    return [Section(_("Files"), rows, headings)] if rows else []
