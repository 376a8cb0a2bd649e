"""Entering gifts: a row at a time, with the running count and total against what is expected."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from donations.models import GiftBatch, OfflineGift
from donations.offline import duplicates, entering
from donations.staff.asking import Ask, FormPage
from donations.staff.batch_forms import NEW, BatchForm, GiftForm, initial_of
from donations.staff.cells import Cell, Section, Text, amount, day
from donations.staff.offline_words import hint, why_not

ENTER = "donations.add_giftbatch"


class OfBatches(FormPage):
    permission = ENTER
    namespace, desk_title = "offline", _("Batches of gifts")


class NewBatch(OfBatches, Ask):
    page_title = _("New batch")
    header_icon = "plus"
    form_class = BatchForm
    button = _("Begin")

    def question(self) -> Text:
        return _(
            "Count the gifts and add them up first. Then enter them one by one: the batch is "
            "posted only if both figures are met."
        )

    def make(self, data: dict[str, Any]) -> GiftBatch:
        expected = data.pop("expected")
        return entering.begin(**data, expected_minor=expected, by=self.request.user)

    def after(self, row: GiftBatch) -> str:
        return reverse("offline:enter", args=[row.pk])


class Enter(OfBatches):
    """The rows so far, and the form for the next."""

    page_title = _("Enter gifts")
    header_icon = "edit"
    template_name = "donations/staff/batch_enter.html"
    form_class = GiftForm

    @cached_property
    def batch(self) -> GiftBatch:
        found: GiftBatch = get_object_or_404(GiftBatch, pk=self.kwargs["pk"])
        return found

    gift: OfflineGift | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        allowed = request.user.has_perm(self.permission)
        if allowed and self.batch.state != GiftBatch.State.OPEN:
            messages.warning(request, _("This batch is not open any more."))
            return redirect("offline:inspect", self.batch.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "batch": self.batch, "gift": self.gift}

    def form_valid(self, form: GiftForm) -> HttpResponse:
        try:
            self.save(form)
        except entering.Wrong as wrong:
            form.refuse(wrong)
            return self.render_to_response(self.get_context_data(form=form))
        except entering.NotPossible as refused:
            messages.error(self.request, why_not(refused, self.batch.currency))
        return redirect("offline:enter", self.batch.pk)

    def save(self, form: GiftForm) -> None:
        entering.add(self.batch, form.facts(), by=self.request.user)

    def between(self) -> list[dict[str, Any]]:
        url = reverse("offline:inspect", args=[self.batch.pk])
        return [{"url": url, "label": str(self.batch)}]

    def get_page_subtitle(self) -> str:
        return str(self.batch)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["form"].begin_where_it_is_wrong()
        return context | {
            "rows": rows_of(self.batch, link=True),
            "tiles": tiles(self.batch),
            "is_whole": entering.standing(self.batch)
            == (self.batch.expected_count, self.batch.expected_minor),
            "new": NEW,
            "chosen": self.request.POST.get("donor", ""),
            "back": reverse("offline:inspect", args=[self.batch.pk]),
            "gift": self.gift,
            "button": self.button,
        }

    @property
    def button(self) -> Text:
        return _("Add this gift")


class EditRow(Enter):
    """One row once more, to put it right or to take it out."""

    page_title = _("Change a gift")

    @cached_property
    def batch(self) -> GiftBatch:
        rows = OfflineGift.objects.select_related("batch", "donor", "matches")
        self.gift = get_object_or_404(rows, pk=self.kwargs["pk"])
        return self.gift.batch

    def get_initial(self) -> dict[str, Any]:
        assert self.gift is not None  # dispatch asked for the batch
        return initial_of(self.gift)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert self.gift is not None  # dispatch asked for the batch
        if "remove" in request.POST:
            try:
                entering.remove(self.gift)
            except entering.NotPossible as refused:
                messages.error(request, why_not(refused, self.batch.currency))
            else:
                messages.success(request, _("The row was taken out."))
            return redirect("offline:enter", self.batch.pk)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def save(self, form: GiftForm) -> None:
        assert self.gift is not None  # dispatch asked for the batch
        entering.change(self.gift, form.facts(), by=self.request.user)

    @property
    def button(self) -> Text:
        return _("Save")


def tiles(batch: GiftBatch) -> list[tuple[Text, str, Text]]:
    """Count and total: entered, of how much, and what the difference is."""
    count, total = entering.standing(batch)
    expected = gettext("of %(all)s expected")
    whole = amount(batch.expected_minor, batch.currency)
    left = amount(batch.expected_minor - total, batch.currency)
    return [
        (_("Gifts"), str(count), expected % {"all": batch.expected_count}),
        (_("Total"), amount(total, batch.currency), expected % {"all": whole}),
        (_("Still missing"), str(batch.expected_count - count), left),
    ]


def rows_of(batch: GiftBatch, *, link: bool) -> Section:
    """The gifts of a batch as a table; hints that one was entered before stand below its name."""
    hints = duplicates.of_batch(batch) if batch.state == GiftBatch.State.OPEN else {}
    gifts = batch.gifts.select_related("donor").prefetch_related("lines__designation")
    rows: list[list[Any]] = []
    for number, gift in enumerate(gifts.order_by("pk"), start=1):
        told = " ".join(dict.fromkeys(hint(one, batch) for one in hints.get(gift.pk, ())))
        url = reverse("offline:row", args=[gift.pk]) if link else ""
        if gift.donation_id:
            url = reverse("gifts:inspect", args=[gift.donation_id])
        rows.append(
            [
                number,
                Cell(gift.name, url),
                amount(gift.amount_minor, batch.currency),
                day(gift.received_on),
                day(gift.postmarked_on),
                ", ".join(line.designation.name for line in gift.lines.all()),
                gift.check_number or gift.symbol,
                gettext("Known donor") if gift.donor_id else gettext("New donor"),
                Cell(told, tone="warn") if told else "",
            ]
        )
    return Section(
        _("Gifts"),
        rows,
        [
            *("", _("Name"), _("Amount"), _("Received"), _("Postmark"), _("For"), _("Check")),
            *(_("Donor"), _("Hint")),
        ],
        empty=_("Nothing is entered yet."),
    )
