"""The desk for mails: what was sent to whom, what came back, and what to do about it."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from core.mail import compose
from donations import mails
from donations.models import Mail
from donations.staff import words
from donations.staff.cells import Cell, Notice, Section, Text, link, moment
from donations.staff.desk import Act, Desk, LinesColumn, Listing, MomentColumn, Reading

Status = Mail.Status
TONES = {
    Status.SENT: "good",
    Status.BOUNCED: "bad",
    Status.COMPLAINED: "bad",
    Status.SENDING: "warn",
}


class MailFilter(WagtailFilterSet):
    work = django_filters.BooleanFilter(
        label=_("Waits for somebody"), method="only_work", widget=forms.CheckboxInput
    )
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=Status.choices, widget=forms.CheckboxSelectMultiple
    )
    created_at = django_filters.DateFromToRangeFilter(
        label=_("Written"), widget=DateRangePickerWidget
    )
    template = django_filters.ChoiceFilter(label=_("Mail"), choices=list(words.MAILS.items()))

    class Meta:
        model = Mail
        fields: ClassVar[list[str]] = ["work", "status", "created_at", "template"]

    def only_work(self, rows: QuerySet[Mail], name: str, value: bool) -> QuerySet[Mail]:
        return rows.filter(pk__in=mails.unsettled().values("pk")) if value else rows


def find_mails(rows: QuerySet[Mail], typed: str) -> QuerySet[Mail]:
    return rows.filter(
        Q(to__icontains=typed)
        | Q(receipt__label__iexact=typed)
        | Q(donation__reference__istartswith=typed)
        | Q(donation__name__icontains=typed)
    )


class Mails(Listing):
    finder = staticmethod(find_mails)
    page_title = _("Mails")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("template", lambda mail: words.mail(mail.template)),
            Column("to", label=_("To"), sort_key="to"),
            LinesColumn(
                "get_status_display",
                lambda mail: mail.problem or moment(mail.sent_at),
                label=_("Status"),
                sort_key="status",
            ),
            MomentColumn("created_at", label=_("Written"), sort_key="created_at"),
        ]

    def notices(self) -> list[Notice]:
        waiting = unsettled_count()
        return [Notice(waiting, "?work=on", "warn")] if waiting else []


class OneMail(Reading):
    def get_page_subtitle(self) -> str:
        mail: Mail = self.object
        return f"{words.mail(mail.template)}, {mail.to}"

    def sections(self) -> list[Section]:
        mail: Mail = self.object
        rows = [
            [_("Status"), Cell(mail.get_status_display(), tone=TONES.get(Status(mail.status), ""))],
            [_("Mail"), words.mail(mail.template)],
            [_("To"), mail.to],
            [_("Language"), words.language(mail.language)],
            [_("Donation"), link("gifts", mail.donation)],
            [_("Receipt"), link("receipts", mail.receipt)],
            [_("Written"), moment(mail.created_at)],
            [_("Sent"), moment(mail.sent_at)],
            [_("Tries"), mail.attempts],
            [_("Problem"), mail.problem],
            [_("Dealt with"), moment(mail.handled_at)],
        ]
        return [Section(_("The mail"), rows), preview(mail)]


def preview(mail: Mail) -> Section:
    """How the mail reads today, without its secret link; drawn in a frame that can do nothing."""
    drawn = compose(mail.template, mail.to, mails.context_of(mail, preview=True), mail.language)
    html = next((content for content, kind in drawn.alternatives if kind == "text/html"), "")
    return Section(
        _("Preview"),
        template="donations/staff/mail_preview.html",
        context={"subject": drawn.subject, "text": drawn.body, "html": str(html)},
    )


class SendAgain(Act):
    name = "again"
    title = _("Send again")
    permission = "donations.resend_mail"
    icon = "mail"

    @classmethod
    def is_possible(cls, row: Mail) -> bool:
        return row.status in (Status.SENDING, Status.SUPPRESSED, Status.SENT)

    def question(self) -> Text:
        if self.row.status == Status.SENT:
            text = gettext("Send another copy to %(address)s? At most one an hour leaves.")
        else:
            text = gettext(
                "Nobody knows whether this mail to %(address)s left: the program was interrupted. "
                "Sending it again may mean that it arrives twice."
            )
        return text % {"address": self.row.to}

    def perform(self, form: forms.Form) -> Text:
        mails.send_again(self.row)
        return _("The mail is on its way.")


class AddressForm(forms.Form):
    to = forms.EmailField(label=_("Right address"), max_length=254)


class CorrectAddress(Act):
    name = "correct"
    title = _("Correct the address")
    permission = "donations.resend_mail"
    icon = "edit"
    form_class = AddressForm

    @classmethod
    def is_possible(cls, row: Mail) -> bool:
        return row.status in (Status.BOUNCED, Status.COMPLAINED) and row.handled_at is None

    def get_initial(self) -> dict[str, Any]:
        return {"to": self.row.to}

    def question(self) -> Text:
        return _(
            "The mail goes to the new address, with a fresh link; old links to the receipt stop "
            "working. Later mails about this gift go there too."
        )

    def summary(self, form: forms.Form) -> list[Section]:
        rows = [[self.row.to, form.cleaned_data["to"]]]
        return [Section(_("Please look it over"), rows, [_("Before"), _("From now on")])]

    def perform(self, form: forms.Form) -> Text:
        mails.correct_and_resend(self.row, to=form.cleaned_data["to"], actor=self.request.user)
        return _("The mail is on its way to the new address.")


class LeaveIt(Act):
    name = "leave"
    title = _("Leave it at that")
    permission = "donations.resend_mail"
    icon = "check"

    @classmethod
    def is_possible(cls, row: Mail) -> bool:
        open_states = (Status.BOUNCED, Status.COMPLAINED, Status.SENDING)
        return row.handled_at is None and row.status in open_states

    def question(self) -> Text:
        return _("Nothing more is sent, and this mail leaves the work list.")

    def perform(self, form: forms.Form) -> Text:
        mails.leave_it(self.row)
        return _("It is off the list.")


class MailsDesk(Desk):
    model = Mail
    name = "mails"
    menu_label = _("Mails")
    icon = "mail"
    ordering = ["-created_at", "-pk"]
    filterset_class = MailFilter
    index_view_class = Mails
    inspect_view_class = OneMail
    acts = [CorrectAddress, SendAgain, LeaveIt]


def unsettled_count() -> str:
    """How many mails wait for staff, as a sentence; empty if none."""
    count = mails.unsettled().count()
    if not count:
        return ""
    text = ngettext("%(count)d mail did not arrive", "%(count)d mails did not arrive", count)
    return text % {"count": count}
