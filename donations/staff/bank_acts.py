"""What is done with bank lines: brought in, matched, explained in words, taken back."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from donations.bank import camt, matching, plain, statements
from donations.bank.facts import Statement, Unreadable
from donations.models import BankAccount, BankLine, BankStatement, Claim, GiftBatch
from donations.staff.asking import Ask
from donations.staff.cells import Text, amount, day
from donations.staff.desk import Act, NotPossible

MATCH = "donations.match_bankline"
BRING = "donations.add_bankstatement"
MOST_BYTES = 20 << 20
WRONG: dict[str, Text] = {
    "not_xml": _("This XML cannot be read."),
    "not_camt": _("This is no camt.053 of versions 02 to 08."),
    "no_balance": _("The statement lacks its opening or closing balance: %(about)s"),
    "bad_amount": _("An amount cannot be read: %(about)s"),
    "bad_day": _("A day cannot be read: %(about)s"),
    "not_text": _("This is no text."),
    "no_column": _("There is no column “%(about)s”; the bank account says which there are."),
    "other_account": _("It is of another account, ending in %(about)s."),
    "other_currency": _("It is in %(about)s, the account is not."),
    "no_days": _("The statement has no booked line."),
    "changed": _("Statement %(about)s was brought in before, with other lines or balances."),
    "overlaps": _("Some of its lines are in another statement already: %(about)s"),
}


class StatementForm(forms.Form):
    account = forms.ModelChoiceField(label=_("Bank account"), queryset=BankAccount.objects.all())
    file = forms.FileField(label=_("File"), help_text=_("camt.053 (XML) or CSV."))
    opening = forms.CharField(
        label=_("Opening balance"), required=False, help_text=_("For a CSV file alone.")
    )
    closing = forms.CharField(
        label=_("Closing balance"), required=False, help_text=_("For a CSV file alone.")
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        file, account = data.get("file"), data.get("account")
        if file is None or account is None:
            return data
        if file.size > MOST_BYTES:
            self.add_error("file", _("The file is larger than 20 MB."))
            return data
        content = file.read()
        try:
            if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
                data["told"] = camt.read(content)
            else:
                data["told"] = [self._plain(content, account, data)]
        except Unreadable as error:
            self.add_error("file", wrong(error, account.currency))
        except forms.ValidationError as error:
            self.add_error(None, error)
        return data

    def _plain(self, content: bytes, account: BankAccount, data: dict[str, Any]) -> Statement:
        if not (data.get("opening") and data.get("closing")):
            raise forms.ValidationError(
                _("A CSV file needs both balances, as the bank tells them.")
            )
        opening, closing = (
            plain.amount(data[name], account.currency) for name in ("opening", "closing")
        )
        return plain.read(content, account, opening_minor=opening, closing_minor=closing)


def wrong(error: Unreadable, currency: str) -> str:
    if error.code == "does_not_add_up":
        text = gettext("Opening and lines do not make the closing: they are off by %(amount)s.")
        return text % {"amount": amount(int(error.about), currency)}
    return str(WRONG[error.code]) % {"about": error.about}


class BringIn(Ask):
    """A file of a bank: all of its statements are taken, or none."""

    page_title = _("Bring in a statement")
    header_icon = "upload"
    permission = BRING
    namespace, desk_title = "bank_statements", _("Bank statements")
    form_class = StatementForm
    button = _("Bring it in")

    def question(self) -> Text:
        return _(
            "It is taken only if the opening balance and its lines make the closing one. The "
            "same statement brought in twice changes nothing."
        )

    def make(self, data: dict[str, Any]) -> BankStatement:
        account = data["account"]
        try:
            taken = statements.take_all(data["told"], account, by=self.request.user)
        except Unreadable as error:
            raise forms.ValidationError({"file": wrong(error, account.currency)}) from None
        fresh = [one for one, is_new in taken if is_new]
        if not fresh:
            messages.warning(self.request, _("Nothing was taken: it was brought in before."))
        for one in fresh:
            text = ngettext("%(n)d line was taken.", "%(n)d lines were taken.", one.lines_count)
            messages.success(self.request, text % {"n": one.lines_count})
        return taken[0][0]


class OfLine(Act):
    permission = MATCH

    @classmethod
    def is_open(cls, row: BankLine) -> bool:
        return not row.matches.filter(ended_at=None).exists()


class ThingForm(forms.Form):
    thing = forms.ChoiceField(label=_("It is"), widget=forms.RadioSelect, choices=())


def named(thing: matching.Thing) -> str:
    """In words, with what tells it apart."""
    if isinstance(thing, GiftBatch):
        return str(thing)
    if isinstance(thing, Claim):
        return gettext("Gift Aid claim %(days)s") % {"days": thing}
    return gettext("Payout %(id)s") % {"id": thing.stripe_id}


class Match(OfLine):
    """Only what is suggested is offered: the same money, within some days."""

    name = "match"
    title = _("Match")
    icon = "link"
    form_class = ThingForm

    @classmethod
    def is_possible(cls, row: BankLine) -> bool:
        return cls.is_open(row) and bool(matching.suggest([row]))

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        self.offered = {
            f"{one.thing._meta.model_name}-{one.thing.pk}": one.thing
            for one in matching.suggest([self.row])
        }
        field: Any = form.fields["thing"]
        field.choices = [
            (key, f"{named(thing)}, {day(matching.day_of(thing))}")
            for key, thing in self.offered.items()
        ]
        if len(self.offered) == 1:
            field.initial = next(iter(self.offered))
        return form

    def question(self) -> Text:
        return _("The line is this money, arrived at the bank.")

    def perform(self, form: Any) -> Text:
        thing = self.offered[form.cleaned_data["thing"]]
        try:
            matching.match(self.row, to=thing, by=self.request.user)
        except matching.NotPossible as problem:
            raise NotPossible(_("Nothing was changed: it has been done already.")) from problem
        return _("It is matched.")


class NoteForm(forms.Form):
    note = forms.CharField(label=_("What it is"), max_length=200)


class Explain(OfLine):
    name = "explain"
    title = _("Say what it is")
    icon = "comment"
    form_class = NoteForm

    @classmethod
    def is_possible(cls, row: BankLine) -> bool:
        return cls.is_open(row)

    def question(self) -> Text:
        return _("For what is no payout and no deposit: a bank's fee, rent, a transfer.")

    def perform(self, form: Any) -> Text:
        try:
            matching.match(self.row, note=form.cleaned_data["note"], by=self.request.user)
        except matching.NotPossible as problem:
            raise NotPossible(_("Nothing was changed: it has been done already.")) from problem
        return _("It is explained.")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class TakeBack(OfLine):
    name = "unmatch"
    title = _("Take back what it is")
    icon = "rotate"
    form_class = ReasonForm

    @classmethod
    def is_possible(cls, row: BankLine) -> bool:
        return not cls.is_open(row)

    def question(self) -> Text:
        return _("What was said of the line stays on record, with your reason.")

    def perform(self, form: Any) -> Text:
        if not matching.unmatch(self.row, by=self.request.user, reason=form.cleaned_data["reason"]):
            raise NotPossible(_("Nothing was changed: it has been done already."))
        return _("It is open again.")


class MatchSure(Act):
    """Every line of an account that can be only one thing, at once."""

    name = "sure"
    title = _("Match all that are sure")
    permission = MATCH
    icon = "check"
    model = BankAccount

    def question(self) -> Text:
        lines = matching.open_lines().filter(account=self.row).select_related("account")
        count = sum(one.is_sure for one in matching.suggest(lines))
        text = ngettext(
            "%(n)d line can be only one thing, and that only this line.",
            "%(n)d lines can be only one thing each, and that only this line.",
            count,
        )
        return text % {"n": count}

    def perform(self, form: Any) -> Text:
        count = matching.match_sure(self.row, by=self.request.user)
        return ngettext("%(n)d line is matched.", "%(n)d lines are matched.", count) % {"n": count}

    def back(self) -> str:
        return f"{reverse('bank_lines:index')}?account={self.row.pk}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": self.back(), "label": gettext("Bank lines")},
            {"url": "", "label": str(self.title)},
        ]
