"""What is done about matches: propose them, approve them after a second look, put them aside."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from donations.staff.cells import Section, Text
from donations.staff.desk import Act, NotPossible
from gifts.matching import runs
from gifts.staff.matching_words import STALE, WHY_NOT, Names
from gifts.vault.models import Match, MatchRun

# So many are named one by one before they are approved; of more the kinds are counted.
MOST_NAMED = 50


class Propose(WagtailAdminTemplateMixin, TemplateView):
    """Reads what is open and ready, and proposes. Nothing is given by it."""

    template_name = "donations/staff/act.html"
    page_title = _("Propose matches")
    header_icon = "rotate"
    permission = "vault.run_matching"
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        runs_of = {"url": reverse("matching:index"), "label": gettext("Matching")}
        return [*self.breadcrumbs_items, runs_of, {"url": "", "label": str(self.page_title)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = _(
            "All open needs of partners that take part are laid beside all things that are ready. "
            "As many needs as possible get a thing; those that press most come first, and every "
            "partner gets its share. Only plain facts of the needs are read, never a name, and the "
            "look is on record.\n\nNothing is given before you approve. A proposal that nobody "
            "decided is replaced."
        )
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "question": question,
            "form": (),
            "button": self.page_title,
            "back": reverse("matching:index"),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        before = MatchRun.objects.filter(state=MatchRun.State.PROPOSED).first()
        try:
            run = runs.propose(by=request.user)
        except runs.Refused as problem:
            messages.error(request, str(WHY_NOT[problem.code]))
            return redirect("matching:index")
        if run == before:
            messages.success(request, _("Nothing has changed since: this is the same proposal."))
        return redirect("matching:inspect", run.pk)


class ChosenForm(forms.Form):
    """Ticked matches; `everything` stands for all that are still proposed."""

    everything = forms.BooleanField(required=False, widget=forms.HiddenInput)
    chosen = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, *args: Any, run: MatchRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways: Any = self.fields["chosen"]
        ways.choices = [(key, key) for key in run.matches.values_list("pk", flat=True)]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("everything") and not data.get("chosen"):
            raise forms.ValidationError(_("Please tick at least one."))
        return data


class Approve(Act):
    """All of them from its button, or those ticked on the run's page; each time asked once more."""

    name = "approve"
    title = _("Approve all that is proposed")
    permission = "vault.approve_matching"
    icon = "check"

    @classmethod
    def is_possible(cls, row: MatchRun) -> bool:
        return row.matches.filter(state=Match.State.PROPOSED).exists()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "run": self.row,
            "initial": {"everything": True},
        }

    def get_form_class(self) -> type[ChosenForm]:
        return ChosenForm

    def question(self) -> Text:
        return _(
            "Each need below gets its thing: the need becomes “matched”, the thing is set aside "
            "for it and can be packed. What has changed since the proposal is left out and named."
        )

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        messages.warning(self.request, str(WHY_NOT["nothing"]))
        return redirect(self.back())

    def get_page_title(self) -> str:
        return gettext("Approve matches")

    def get_page_subtitle(self) -> str:
        return ""

    def _rows(self, form: Any) -> Any:
        rows = self.row.matches.filter(state=Match.State.PROPOSED)
        if not form.cleaned_data["everything"]:
            rows = rows.filter(pk__in=form.cleaned_data["chosen"])
        return rows

    def summary(self, form: Any) -> Sequence[Section]:
        rows = list(
            self._rows(form).values_list(
                "need__code", "unit_code", "need__kind", "need__purpose", "need__partner__name"
            )
        )
        names = Names()
        title = ngettext("%(n)s need gets its thing", "%(n)s needs get their thing", len(rows))
        if len(rows) > MOST_NAMED:
            counts = Counter(
                (names.what(kind, purpose), partner) for _n, _t, kind, purpose, partner in rows
            )
            cells = [[what, partner, count] for (what, partner), count in sorted(counts.items())]
            headings = [_("What"), _("Partner"), _("Needs")]
        else:
            cells = [
                [need, thing, names.what(kind, purpose), partner]
                for need, thing, kind, purpose, partner in rows
            ]
            headings = [_("Need"), _("Thing"), _("What"), _("Partner")]
        return [Section(title % {"n": len(rows)}, cells, headings, empty=WHY_NOT["nothing"])]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if not self.request.POST:
            # The button asks for all: they are looked over at once.
            form = ChosenForm({"everything": True}, run=self.row)
            form.is_valid()
            context |= {"form": form, "summary": self.summary(form)}
        return context | {"button": _("Approve")}

    def perform(self, form: Any) -> Text:
        chosen = None if form.cleaned_data["everything"] else form.cleaned_data["chosen"]
        try:
            decision = runs.approve(self.row, chosen=chosen, by=self.request.user)
        except runs.Refused as problem:
            raise NotPossible(str(WHY_NOT[problem.code])) from None
        for match, why in decision.stale:
            told = {"thing": match.unit_code, "why": STALE[why]}
            messages.warning(self.request, gettext("%(thing)s was left out. %(why)s") % told)
        count = len(decision.approved)
        return ngettext("%(n)s match was approved.", "%(n)s matches were approved.", count) % {
            "n": count
        }


class PutAside(Act):
    name = "drop"
    title = _("Put the rest aside")
    permission = "vault.approve_matching"
    icon = "cross"
    serious = True

    @classmethod
    def is_possible(cls, row: MatchRun) -> bool:
        return row.state == MatchRun.State.PROPOSED

    def question(self) -> Text:
        return _(
            "What is not approved of this proposal is put aside. Needs stay open and things stay "
            "ready; the next proposal counts with all of them."
        )

    def perform(self, form: Any) -> Text:
        runs.drop(self.row, by=self.request.user)
        return _("The rest of the proposal was put aside.")
