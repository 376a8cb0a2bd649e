"""What is done with a wish: its words changed, passed by a second person, published, ended."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.discretion import telling
from donations.staff.cells import Text, amount
from donations.staff.desk import Act, NotPossible
from gifts import catalogue, ladder, wishes
from gifts.models import Wish

State = Wish.State
WHY_NOT = {
    "closed": _("Nothing was changed: this wish is closed."),
    "covered": _("Nothing was changed: the wish is covered, its words stay as donors read them."),
    "frozen": _("Nothing was changed: goal and subject are fixed once a wish was published."),
    "same_person": _("It takes a second person: you wrote this text yourself."),
    "no_text": _("Please write the text in both languages first."),
    "telling": _("The text holds words that must not be there; please change it first."),
    "state": _("Nothing was changed: the wish is not at that step any more."),
    "ended": _("Nothing was published: its last day is over."),
    "no_cost": _("Nothing was published: nobody has entered what one costs in this region."),
    "no_fund": _("Nothing was published: there is no designation with the code “education”."),
}


class TextForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Wish
        fields: ClassVar[list[str]] = ["text", "text_es", "ends_at", "position"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        check_words(self, data)
        return data


def check_words(form: Any, data: dict[str, Any]) -> None:
    """A wish is shared and shown over shoulders: its words keep quiet about the cause."""
    for field in wishes.TEXTS:
        if word := telling(data.get(field) or ""):
            text = _("Please say it without “%(word)s”: wishes are read over shoulders.")
            form.add_error(field, ValidationError(text, params={"word": word}))
    ends_at = data.get("ends_at")
    if ends_at and ends_at <= timezone.now():
        form.add_error("ends_at", _("Please choose a day to come."))


class Rewrite(Act):
    name = "rewrite"
    title = _("Change the words")
    permission = "gifts.change_wish"

    @classmethod
    def is_possible(cls, row: Wish) -> bool:
        return row.state in (State.DRAFT, State.REVIEWED, State.PUBLISHED)

    def get_form_class(self) -> type[TextForm]:
        return TextForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Wish.objects.get(pk=self.row.pk)}

    def question(self) -> Text:
        if self.row.state == State.PUBLISHED:
            return _(
                "Another text takes the wish off the list until a second person has passed it and "
                "it is published again. Its last day and its place in the list change at once."
            )
        return _("Another text takes the review back: a second person passes it once more.")

    def perform(self, form: Any) -> Text:
        _try(wishes.rewrite, self.row, by=self.request.user, **form.cleaned_data)
        return _("The wish was changed.")


class Review(Act):
    name = "review"
    title = _("Pass the text")
    permission = "gifts.review_wish"
    icon = "check"

    @classmethod
    def is_possible(cls, row: Wish) -> bool:
        return row.state == State.DRAFT

    def question(self) -> Text:
        return gettext(
            "Does it speak of a thing and never of a person, in both languages? No age, no family, "
            "no place, no story.\n\n%(text)s\n\n%(text_es)s"
        ) % {"text": self.row.text, "text_es": self.row.text_es}

    def perform(self, form: Any) -> Text:
        _try(wishes.review, self.row, by=self.request.user)
        return _("The text is passed; the wish can be published.")


class Publish(Act):
    name = "publish"
    title = _("Publish")
    permission = "gifts.publish_wish"
    icon = "view"

    @classmethod
    def is_possible(cls, row: Wish) -> bool:
        return row.state == State.REVIEWED

    def level(self) -> ladder.Level:
        """Where it can be published: its own rung, unless too little is behind it."""
        own: ladder.Level = ladder.rungs(self.row)[0]
        return own if self.row.designation_id else ladder.passing(self.row)

    def question(self) -> Text:
        level, own = self.level(), ladder.rungs(self.row)[0]
        if level.kind is None:
            return gettext(
                "There are not known to be %(k)s verified needs behind “%(own)s”, nor behind any "
                "wider wish for this kind. The level that passes is the education fund, which is "
                "always open. This wish will be closed, and nothing of it was ever public."
            ) % {"k": ladder.K, "own": own}
        price = self.row.unit_minor or catalogue.unit_minor(self.row.kind, level.region)
        told = gettext(
            "“%(level)s”: %(wanted)s wanted at %(price)s each, %(goal)s in all. Goal and price are "
            "fixed from now on."
        ) % {
            "level": level,
            "wanted": self.row.wanted,
            "price": amount(price, self.row.currency) or "?",
            "goal": amount(price and price * self.row.wanted, self.row.currency) or "?",
        }
        if level == own:
            return told
        short = gettext(
            "There are not known to be %(k)s verified needs behind “%(own)s”. The level that "
            "passes is the next wider one."
        ) % {"k": ladder.K, "own": own}
        return f"{short}\n\n{told}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        level = self.level()
        if level.kind is None:
            context["button"] = _("Leave it to the education fund")
        elif level != ladder.rungs(self.row)[0]:
            context["button"] = gettext("Publish as “%(level)s”") % {"level": level}
        return context

    def perform(self, form: Any) -> Text:
        level = self.level()
        if level.kind is None:
            _try(wishes.end, self.row, reason=gettext("Left to the education fund."))
            return _("The wish is closed; the education fund asks for what it asked.")
        _try(wishes.publish, self.row, level=level)
        return _("The wish is published.")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("For colleagues; donors do not see it.")
    )


class End(Act):
    name = "end"
    title = _("End this wish")
    permission = "gifts.publish_wish"
    icon = "cross"
    serious = True
    form_class = ReasonForm

    @classmethod
    def is_possible(cls, row: Wish) -> bool:
        return row.state != State.CLOSED

    def question(self) -> Text:
        return _(
            "It takes no more gifts from this moment on and cannot be opened again. What was given "
            "is spent on what it asks for; what is still being paid goes where its donor chose."
        )

    def perform(self, form: Any) -> Text:
        _try(wishes.end, self.row, reason=form.cleaned_data["reason"])
        return _("The wish has ended.")


def _try(act: Any, row: Wish, **said: Any) -> None:
    try:
        act(row, **said)
    except wishes.NotPossible as refused:
        if refused.code == "not_enough":
            text = gettext("Nothing was published: the level that passes is %(level)s.")
            raise NotPossible(text % {"level": refused.level}) from None
        raise NotPossible(str(WHY_NOT[refused.code])) from None
