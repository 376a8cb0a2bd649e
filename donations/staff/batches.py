"""The desk for batches of gifts that came outside Stripe: read, post, deposit, print."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from core import money
from core.headers import as_file
from donations.bank import matching
from donations.models import Donation, GiftBatch
from donations.models.offline import SOURCES
from donations.offline import duplicates, entering, posting, printing
from donations.staff import uploads
from donations.staff.batch_entry import ENTER, EditRow, Enter, NewBatch, rows_of
from donations.staff.batch_forms import BatchForm, DayField, SeenForm
from donations.staff.cells import Cell, Notice, Section, Text, amount, day, link, moment
from donations.staff.desk import Act, Desk, Listing, MomentColumn, MoneyColumn, NotPossible, Reading
from donations.staff.offline_words import why_not

State = GiftBatch.State
TONES = {State.OPEN: "warn", State.POSTED: "good"}
POST = "donations.post_giftbatch"


class BatchFilter(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    source = django_filters.MultipleChoiceFilter(
        label=_("Kind"), choices=SOURCES, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = GiftBatch
        fields: ClassVar[list[str]] = ["state", "source"]


class Batches(Listing):
    page_title = _("Batches of gifts")
    add_item_label = _("New batch")

    def get_base_queryset(self) -> QuerySet[GiftBatch]:
        rows: QuerySet[GiftBatch] = super().get_base_queryset()
        return rows.select_related("made_by")

    @property
    def columns(self) -> list[Column]:
        return [
            self.named(),
            Column("get_state_display", label=_("State"), sort_key="state"),
            Column("expected_count", label=_("Gifts")),
            MoneyColumn("expected_minor", label=_("Total"), sort_key="expected_minor"),
            Column(lambda row: day(row.deposited_on), label=_("Deposited")),
            Column("bank_reference", label=_("Bank's reference")),
            Column("made_by", label=_("By")),
            MomentColumn("made_at", label=_("Begun"), sort_key="made_at"),
        ]

    def named(self) -> Column:
        """By its number, which has no words of its own to head a column."""
        column = self.titled("pk", str)
        column.label = _("Batch")
        return column

    def notices(self) -> list[Notice]:
        if GiftBatch.objects.exists():
            return []
        return [Notice(_("Gifts by check, cash, transfer and others are entered in batches."))]


class OneBatch(Reading):
    def get_page_subtitle(self) -> str:
        return str(self.object)

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons: list[HeaderButton] = list(super().header_buttons)
        batch: GiftBatch = self.object
        if batch.state == State.OPEN and self.request.user.has_perm(ENTER):
            url = reverse("offline:enter", args=[batch.pk])
            buttons.insert(0, HeaderButton(_("Enter gifts"), url, icon_name="edit", priority=-2))
            url = reverse("offline:upload", args=[batch.pk])
            buttons.insert(
                1, HeaderButton(_("Import a file"), url, icon_name="upload", priority=-1)
            )
        return buttons

    def notices(self) -> list[Notice]:
        batch: GiftBatch = self.object
        found = []
        if batch.state == State.OPEN:
            if refused := posting.hindrance(batch):
                found.append(Notice(why_not(refused, batch.currency), tone="warn"))
            else:
                found.append(Notice(_("Count and total are met: it can be posted."), tone="good"))
            if told := _perhaps_twice(batch):
                found.append(Notice(told, tone="warn"))
        elif DepositBatch.is_possible(batch):
            found.append(Notice(_("Not taken to the bank yet."), tone="warn"))
        return found

    def sections(self) -> list[Section]:
        batch: GiftBatch = self.object
        count, total = entering.standing(batch)
        rows: list[list[Any]] = [
            [_("State"), Cell(batch.get_state_display(), tone=TONES.get(State(batch.state), ""))],
            [_("Kind"), batch.get_source_display()],
            [_("Expected"), _counted(batch.expected_count, batch.expected_minor, batch)],
            [_("Entered"), _counted(count, total, batch)],
            [_("Deposited on"), day(batch.deposited_on)],
            [_("Bank's reference"), batch.bank_reference],
            *self._bank_line(batch),
            [_("Whose books"), batch.legal_entity],
            [_("Note"), batch.note],
            [_("Begun"), f"{moment(batch.made_at)}, {batch.made_by}"],
        ]
        if batch.posted_at:
            rows.append([_("Posted"), f"{moment(batch.posted_at)}, {batch.posted_by}"])
        shown = [Section(_("The batch"), rows), rows_of(batch, link=batch.state == State.OPEN)]
        if batch.state == State.POSTED and self.may_see("receipt"):
            shown.append(_to_print(batch))
        return [*shown, *uploads.sections(batch)]

    def _bank_line(self, batch: GiftBatch) -> list[list[Any]]:
        if batch.deposited_on is None or not self.may_see("bankline"):
            return []
        line = matching.line_of(batch=batch)
        return [[_("Bank line"), link("bank_lines", line) if line else _("Not matched")]]


def _counted(count: int, minor: int, batch: GiftBatch) -> str:
    words = ngettext("%(n)d gift, %(sum)s", "%(n)d gifts, %(sum)s", count)
    return words % {"n": count, "sum": amount(minor, batch.currency)}


def _perhaps_twice(batch: GiftBatch) -> str:
    count = len(duplicates.of_batch(batch))
    text = ngettext(
        "%(n)d gift may have been entered before.",
        "%(n)d gifts may have been entered before.",
        count,
    )
    return text % {"n": count} if count else ""


def _to_print(batch: GiftBatch) -> Section:
    """Receipts of givers without e-mail, each and all in one file."""
    rows: list[list[Any]] = []
    for gift in posting.to_print(batch):
        assert gift.donation is not None  # asked for
        issued = [one for one in gift.donation.receipts.all() if one.state == "issued"]
        rows.append([gift.name, link("receipts", issued[0]) if issued else _("Being made")])
    if rows:
        url = reverse("offline:print", args=[batch.pk])
        rows.append([Cell(_("All in one file, to print"), url), ""])
    return Section(
        _("Receipts that go by post"),
        rows,
        [_("Name"), _("Receipt")],
        empty=_("Every giver has an e-mail address: their receipts are mailed."),
    )


@permission_required("donations.view_giftbatch", raise_exception=True)
def print_receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipts that go by post, one after the other."""
    batch = get_object_or_404(GiftBatch, pk=pk)
    data = printing.together(printing.receipts_of(batch))
    if data is None:
        messages.warning(request, _("There is nothing to print: not yet, or not any more."))
        return redirect("offline:inspect", pk)
    return as_file(data, f"receipts-batch-{batch.pk}.pdf")


class OfBatch(Act):
    """An act on a batch in one of some states; what the domain refuses is told in words."""

    states: ClassVar[tuple[str, ...]] = (State.OPEN,)
    permission = POST

    @classmethod
    def is_possible(cls, row: GiftBatch) -> bool:
        return row.state in cls.states

    def perform(self, form: Any) -> Text:
        try:
            return self.act(form.cleaned_data)
        except entering.NotPossible as refused:
            raise NotPossible(why_not(refused, self.row.currency)) from None

    def act(self, data: dict[str, Any]) -> Text:
        raise NotImplementedError


class PostBatch(OfBatch):
    name = "post"
    title = _("Post")
    icon = "check"
    serious = True
    form_class = SeenForm

    def get_initial(self) -> dict[str, Any]:
        return {"seen": posting.fingerprint(self.row)}

    def question(self) -> Text:
        if refused := posting.hindrance(self.row):
            text = gettext("It cannot be posted: %(why)s")
            return text % {"why": why_not(refused, self.row.currency)}
        told = gettext(
            "%(what)s go into the books, and each gets its receipt. Afterwards nothing of this "
            "batch can be changed: a wrong gift is reversed on its own page."
        )
        what = _counted(self.row.expected_count, self.row.expected_minor, self.row)
        return "\n".join(filter(None, [told % {"what": what}, _perhaps_twice(self.row)]))

    def act(self, data: dict[str, Any]) -> Text:
        posting.post(self.row, by=self.request.user, seen=data["seen"])
        return _("The batch is posted.")


class CorrectBatch(OfBatch):
    name = "correct"
    title = _("Change count, total or deposit")
    permission = ENTER
    form_class = BatchForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "batch": self.row}

    def get_initial(self) -> dict[str, Any]:
        row: GiftBatch = self.row
        return {
            "expected_count": row.expected_count,
            "expected": money.to_decimal(row.expected_minor, row.currency),
            "deposited_on": row.deposited_on,
            "bank_reference": row.bank_reference,
            "note": row.note,
        }

    def question(self) -> Text:
        return _("Only if it was counted wrongly, or the deposit is known by now.")

    def act(self, data: dict[str, Any]) -> Text:
        expected = data.pop("expected")
        entering.correct(self.row, expected_minor=expected, **data)
        return _("Changed.")


class DepositForm(forms.Form):
    on = DayField(label=_("Deposited on"))
    bank_reference = forms.CharField(label=_("Bank's reference"), max_length=80, required=False)


class DepositBatch(OfBatch):
    name = "deposit"
    title = _("Taken to the bank")
    icon = "download"
    form_class = DepositForm
    states = (State.POSTED,)

    @classmethod
    def is_possible(cls, row: GiftBatch) -> bool:
        waits = row.deposited_on is None and row.source != Donation.Source.STOCK
        return super().is_possible(row) and waits

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def question(self) -> Text:
        return _(
            "The whole batch goes from “not deposited yet” to the bank account, on this day. Not "
            "for a batch that puts gifts right whose money is at the bank already."
        )

    def act(self, data: dict[str, Any]) -> Text:
        posting.deposit(self.row, **data, by=self.request.user)
        return _("The deposit is booked.")


class DiscardBatch(OfBatch):
    name = "discard"
    title = _("Discard")
    icon = "cross"
    serious = True

    def question(self) -> Text:
        return _("Nothing of it will be booked. What was entered stays to be read.")

    def act(self, data: dict[str, Any]) -> Text:
        entering.discard(self.row)
        return _("The batch is discarded.")


class BatchesDesk(Desk):
    model = GiftBatch
    name = "offline"
    menu_label = _("Checks, cash and others")
    icon = "doc-full-inverse"
    ordering: ClassVar[list[str]] = ["-pk"]
    filterset_class = BatchFilter
    index_view_class = Batches
    add_view_class = NewBatch
    inspect_view_class = OneBatch
    acts = [PostBatch, DepositBatch, CorrectBatch, DiscardBatch]

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("enter/<int:pk>/", Enter.as_view(), name="enter"),
            path("row/<int:pk>/", EditRow.as_view(), name="row"),
            path("print/<int:pk>/", print_receipts, name="print"),
            *uploads.urls(),
        ]
