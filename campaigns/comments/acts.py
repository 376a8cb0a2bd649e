"""What is done with a comment on its desk: by one press on its page, or with a question first."""

from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from campaigns.comments import danger, deciding, people
from campaigns.comments.people import DECIDE, ERASE, HOLD, SWITCH
from campaigns.models import CommentConcern, StoryComment, StoryTalk
from donations.staff.cells import Text
from donations.staff.desk import Act

State = StoryComment.State
# By hand; the last one is the clock's.
REASONS = [one for one in StoryComment.Why.choices if one[0] != StoryComment.Why.NOBODY]


def is_hidden_from(user: Any, row: StoryComment) -> bool:
    """Marked as safeguarding: for named people alone, and for nobody else as if it were not."""
    return row.state == State.SAFEGUARDING and not people.is_named(user)


class CommentAct(Act):
    """Goes on to the next comment that waits, and says how to undo what was done."""

    row: StoryComment
    has_undo = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        row = StoryComment.objects.filter(pk=unquote(str(kwargs["pk"]))).first()
        if row and request.user.has_perm(self.permission) and is_hidden_from(request.user, row):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            said = self.perform(form)
        except deciding.Refused as refusal:
            messages.error(self.request, str(refusal))
            return redirect(self.back())
        undo = reverse("comments:again", args=[self.row.pk])
        buttons = [messages.button(undo, gettext("Undo"))] if self.has_undo else None
        messages.success(self.request, said, buttons=buttons)
        return redirect(self.onward())

    def onward(self) -> str:
        """The next one that this person could decide, else the list."""
        row = next_for(self.request.user, after=self.row)
        return reverse("comments:inspect", args=[row.pk]) if row else reverse("comments:index")


def next_for(user: Any, *, after: StoryComment) -> StoryComment | None:
    waiting = StoryComment.objects.filter(state__in=[State.REPORTED, State.WAITING])
    waiting = waiting.exclude(pk=after.pk).exclude(first_by=user.pk).exclude(written_by=user.pk)
    return waiting.order_by("state", "-is_proven", "written_at", "pk").first()


class Approve(CommentAct):
    name = "approve"
    title = _("Approve")
    permission = DECIDE
    icon = "check"

    @classmethod
    def is_possible(cls, row: StoryComment) -> bool:
        return row.state == State.WAITING

    def question(self) -> Text:
        return gettext("Fit to stand below “%(story)s”?\n\n%(text)s") % {
            "story": self.row.story.title,
            "text": self.row.text,
        }

    def perform(self, form: Any) -> Text:
        if deciding.approve(self.row, by=self.request.user).state == State.WAITING:
            return _("You approved it first. It shows once a second person has approved it, too.")
        return _("It is shown.")


class DeclineForm(forms.Form):
    why = forms.ChoiceField(label=_("Why"), choices=REASONS, widget=forms.RadioSelect)


class Decline(CommentAct):
    name = "decline"
    title = _("Decline")
    permission = DECIDE
    icon = "cross"
    form_class = DeclineForm

    @classmethod
    def is_possible(cls, row: StoryComment) -> bool:
        return row.state == State.WAITING

    def question(self) -> Text:
        return gettext("Why is it not shown? Nobody but staff reads the reason.\n\n%(text)s") % {
            "text": self.row.text
        }

    def perform(self, form: DeclineForm) -> Text:
        deciding.decline(self.row, why=form.cleaned_data["why"], by=self.request.user)
        return _("It is declined. Its words are erased after 90 days.")


class TakeDown(CommentAct):
    name = "take-down"
    title = _("Take down")
    permission = DECIDE
    icon = "download"

    @classmethod
    def is_possible(cls, row: StoryComment) -> bool:
        return row.state in StoryComment.SHOWN

    def question(self) -> Text:
        return _("It is gone from the story's page at once.")

    def perform(self, form: Any) -> Text:
        deciding.take_down(self.row, by=self.request.user)
        return _("It is taken down. Its words are erased after 90 days.")


class KeepShown(CommentAct):
    name = "keep"
    title = _("Nothing wrong: keep it shown")
    permission = DECIDE
    icon = "check"
    has_undo = False

    @classmethod
    def is_possible(cls, row: StoryComment) -> bool:
        has_reports = row.reports.filter(done_at=None).exists()
        return row.state == State.REPORTED or (row.state == State.APPROVED and has_reports)

    def question(self) -> Text:
        return _("The reports are put aside, and it is shown.")

    def perform(self, form: Any) -> Text:
        deciding.keep(self.row, by=self.request.user)
        return _("It is shown, and the reports are put aside.")


class Again(CommentAct):
    name = "again"
    title = _("Undo: look at it again")
    permission = DECIDE
    icon = "undo"
    has_undo = False

    @classmethod
    def is_possible(cls, row: StoryComment) -> bool:
        if row.state == State.WAITING:
            return row.first_by_id is not None
        is_decided = row.state in (State.APPROVED, *StoryComment.OVER)
        return is_decided and row.erased_at is None

    def question(self) -> Text:
        return _("It waits as if nobody had decided, and shows nowhere meanwhile.")

    def perform(self, form: Any) -> Text:
        deciding.again(self.row, by=self.request.user)
        return _("It waits again.")

    def onward(self) -> str:
        return self.back()


class Doubt(CommentAct):
    name = "doubt"
    title = _("Ask for a second person")
    permission = DECIDE
    icon = "help"
    has_undo = False

    @classmethod
    def is_possible(cls, row: StoryComment) -> bool:
        return row.state == State.WAITING and not row.is_doubtful

    def question(self) -> Text:
        return _("For what the rules do not see, such as a guess in other words: two must approve.")

    def perform(self, form: Any) -> Text:
        deciding.doubt(self.row, by=self.request.user)
        return _("From now on it takes two people to show it.")

    def onward(self) -> str:
        return self.back()


class MarkSafeguarding(CommentAct):
    name = "safeguarding"
    title = _("Safeguarding: somebody may be in danger")
    permission = DECIDE
    icon = "warning"
    serious = True
    has_undo = False

    @classmethod
    def is_possible(cls, row: StoryComment) -> bool:
        return row.state != State.SAFEGUARDING and row.erased_at is None

    def question(self) -> Text:
        who = ", ".join(map(str, people.named()))
        if not who:
            return _(
                "Nobody holds the role “Safeguarding” yet: call whoever is responsible now, and "
                "have an administrator give the role. From here on nobody else can read it."
            )
        return gettext(
            "From now on only these people read it: %(who)s. It shows nowhere, and they get a "
            "mail without its words. If it cannot wait, call them."
        ) % {"who": who}

    def perform(self, form: Any) -> Text:
        danger.mark(self.row, by=self.request.user)
        return _("It is with the people named for it. If it cannot wait, call them.")


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What came of it"),
        choices=CommentConcern.Outcome.choices,
        widget=forms.RadioSelect,
    )


class CloseSafeguarding(CommentAct):
    name = "close"
    title = _("Close: it has been seen to")
    permission = HOLD
    icon = "check"
    form_class = CloseForm
    has_undo = False

    @classmethod
    def is_possible(cls, row: StoryComment) -> bool:
        return row.concerns.filter(closed_at=None).exists()

    def question(self) -> Text:
        return _("Its words are kept for named people for 180 days more, and then erased.")

    def perform(self, form: CloseForm) -> Text:
        danger.close(self.row, outcome=form.cleaned_data["outcome"], by=self.request.user)
        return _("It is closed.")

    def onward(self) -> str:
        return reverse("comments:index")


class Erase(CommentAct):
    name = "erase"
    title = _("Erase its words")
    permission = ERASE
    icon = "bin"
    serious = True
    has_undo = False

    @classmethod
    def is_possible(cls, row: StoryComment) -> bool:
        return row.erased_at is None and row.state != State.SAFEGUARDING

    def question(self) -> Text:
        return _(
            "For whoever asks for it. The comment leaves the page, and its words and name are gone "
            "for good; that there was one, and who decided about it, stays."
        )

    def perform(self, form: Any) -> Text:
        deciding.erase(self.row, by=self.request.user)
        return _("Its words are erased.")


class Switch(Act):
    """One of the four states of a story's comments."""

    permission = SWITCH
    to: StoryTalk.State
    asks: Text
    said: Text

    @classmethod
    def is_possible(cls, row: StoryTalk) -> bool:
        return row.state != cls.to

    def question(self) -> Text:
        return self.asks

    def perform(self, form: Any) -> Text:
        deciding.switch(self.row, to=self.to, by=self.request.user)
        return self.said


class Open(Switch):
    name = "open"
    title = _("Switch comments on")
    icon = "comment"
    to = StoryTalk.State.OPEN
    asks = _("Readers may write below the story. Each comment waits until somebody approved it.")
    said = _("Readers may write now.")


class Close(Switch):
    name = "close"
    title = _("Close, and keep them shown")
    icon = "lock"
    to = StoryTalk.State.CLOSED
    asks = _("Nobody can write any more; what is approved stays on the page.")
    said = _("Nobody can write any more. What is approved stays.")

    @classmethod
    def is_possible(cls, row: StoryTalk) -> bool:
        return row.state in (StoryTalk.State.OPEN, StoryTalk.State.HIDDEN)


class Hide(Switch):
    name = "hide"
    title = _("Close, and hide them")
    icon = "view"
    to = StoryTalk.State.HIDDEN
    asks = _("Nobody can write any more, and the page shows no comment. Nothing is erased.")
    said = _("No comment is shown there any more.")

    @classmethod
    def is_possible(cls, row: StoryTalk) -> bool:
        return row.state in (StoryTalk.State.OPEN, StoryTalk.State.CLOSED)
