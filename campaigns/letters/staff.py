"""The desk of letters: written, looked at, watched. What is done with one is in `acts`."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import HeaderButton

from campaigns.letters import audience, drawing, sending
from campaigns.letters.acts import (
    CHANGE,
    GoOn,
    OffTheWeb,
    Pause,
    SendLetter,
    TakeBack,
    TestMail,
    addressees,
    how_many,
)
from campaigns.models import Campaign, Letter, LetterCopy
from campaigns.news import links
from donations.staff import words
from donations.staff.cells import Cell, Notice, Section, moment
from donations.staff.desk import Listing, MomentColumn
from donations.staff.made import Made, MadeDesk, Told
from gifts.models import Wish

State, Copy = Letter.State, LetterCopy.State
TONES = {State.SENT: "good", State.PAUSED: "warn"}
SHOWN = 50


class LetterForm(WagtailAdminModelForm):
    class Meta:
        model = Letter
        fields: ClassVar[list[str]] = [
            *("audience", "campaign", "wish", "subject", "preview", "body"),
            *("subject_es", "preview_es", "body_es", "is_on_web"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [Wish.State.PUBLISHED, Wish.State.FUNDED, Wish.State.CLOSED]
        self.fields["wish"].queryset = Wish.objects.exclude(designation=None).filter(
            state__in=shown
        )


class Letters(Listing):
    def get_base_queryset(self) -> QuerySet[Letter]:
        rows: QuerySet[Letter] = super().get_base_queryset()
        return rows.select_related("campaign", "wish__kind")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("subject", str),
            Column(addressees, label=_("To whom")),
            Column("get_state_display", label=_("State"), sort_key="state"),
            MomentColumn("made_at", label=_("Written"), sort_key="made_at"),
            MomentColumn("finished_at", label=_("Finished"), sort_key="finished_at"),
        ]


class NewLetter(generic.CreateView):
    """With `?campaign=` it begins as a letter to that campaign's followers."""

    def get_initial_form_instance(self) -> Letter:
        asked = self.request.GET.get("campaign", "")
        campaign = Campaign.objects.filter(pk=asked).first() if asked.isdecimal() else None
        kind = Letter.Audience.FOLLOWERS if campaign else Letter.Audience.NEWSLETTER
        return Letter(audience=kind, campaign=campaign)

    def get_success_url(self) -> str:
        """To the letter itself, where it is looked at, tested and sent."""
        return reverse("letters:inspect", args=[self.object.pk])


class RewriteLetter(generic.EditView):
    """A draft alone: what has been sent, or will be, keeps its words."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sent = Letter.objects.filter(pk=kwargs["pk"]).exclude(state=State.DRAFT)
        if request.user.has_perm(CHANGE) and sent.exists():
            messages.warning(request, _("A letter that is sent, or waits for its time, is kept."))
            return redirect("letters:inspect", kwargs["pk"])
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    def get_success_url(self) -> str:
        return reverse("letters:inspect", args=[self.object.pk])


class OneLetter(Made):
    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons: list[HeaderButton] = list(super().header_buttons)
        if self.object.state == State.DRAFT and self.request.user.has_perm(CHANGE):
            url = reverse("letters:edit", args=[self.object.pk])
            buttons.insert(0, HeaderButton(_("Edit"), url, icon_name="edit", priority=-1))
        return buttons

    def get_page_subtitle(self) -> str:
        return str(self.object)

    @cached_property
    def figures(self) -> dict[str, int]:
        return sending.figures(self.object)

    def told(self) -> Told:
        row: Letter = self.object
        state = State(row.state)
        count = sum(self.figures.values())
        waiting = self.figures.get(Copy.WAITING, 0)
        text, watch = str(state.label), ""
        if state == State.SENDING:
            text = gettext("Being sent: %(done)d of %(count)d") % {
                "done": count - waiting,
                "count": count,
            }
            watch = reverse("letters:progress", args=[row.pk])
        elif state == State.WAITING:
            text = gettext("Leaves %(when)s") % {"when": moment(row.send_at)}
        percent = 100 * (count - waiting) // count if count else 0
        return Told(state, text, percent, TONES.get(state, ""), watch)

    def notices(self) -> list[Notice]:
        row: Letter = self.object
        found = []
        if row.problem:
            text = gettext("It was stopped by a fault: %(fault)s. Look at it, then let it go on.")
            if row.problem == sending.TAKEN_BACK:
                text = gettext(
                    "It was stopped: it quoted words that were taken back, and they were cut out. "
                    "Look at what is left of it, then let it go on."
                )
            found.append(Notice(text % {"fault": row.problem}, tone="bad"))
        if count := sending.unknown(row).count():
            text = ngettext(
                "Of %(count)d copy nobody knows whether it left: the program was interrupted. It "
                "is not sent again.",
                "Of %(count)d copies nobody knows whether they left: the program was interrupted. "
                "They are not sent again.",
                count,
            )
            found.append(Notice(text % {"count": count}, tone="warn"))
        return found

    def sections(self) -> list[Section]:
        row: Letter = self.object
        facts: list[list[Any]] = [[_("To whom"), addressees(row)]]
        if row.state == State.DRAFT:
            facts.append([_("Would get it now"), how_many(audience.counts(row))])
        else:
            labels = dict(Copy.choices)
            facts += [[labels[state], count] for state, count in sorted(self.figures.items())]
            facts += [
                [_("Decided"), f"{moment(row.queued_at)}, {row.queued_by}"],
                [_("Leaves"), moment(row.send_at)],
                [_("Finished"), moment(row.finished_at)],
            ]
        facts.append([_("On our site too"), Cell(words.yes_no(row.is_on_web))])
        sections = [self.state(), Section(_("The letter"), facts)]
        if self.request.user.has_perm("campaigns.view_reader"):
            rows = [[one.email or "…"] for one in sending.unknown(row)[:SHOWN]]
            if rows:
                sections.append(Section(_("Perhaps not sent"), rows, [_("E-mail")]))
        return [*sections, *(look(row, language) for language in row.languages)]


def look(row: Letter, language: str) -> Section:
    """The mail as it will look, with its text; in a frame that can do nothing."""
    drawn = drawing.draw(row, language, preview=True)
    # With the foot that a reader has; her link to leave by is nobody's here.
    mail = drawn.mail("reader@example.org", links.to_show(language))
    html = next((content for content, kind in mail.alternatives if kind == "text/html"), "")
    return Section(
        gettext("Preview: %(language)s") % {"language": words.language(language)},
        template="donations/staff/mail_preview.html",
        context={
            "subject": mail.subject,
            "preview": drawn.preview,
            "text": mail.body,
            "html": str(html),
        },
    )


class LettersDesk(MadeDesk):
    model = Letter
    form = LetterForm
    name = "letters"
    menu_label = _("Letters")
    icon = "mail"
    ordering: ClassVar[list[str]] = ["-made_at", "-pk"]
    index_view_class = Letters
    inspect_view_class = OneLetter
    add_view_class = NewLetter
    edit_view_class = RewriteLetter
    acts = [TestMail, SendLetter, Pause, GoOn, TakeBack, OffTheWeb]
    panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("audience"), FieldPanel("campaign"), FieldPanel("wish")],
            heading=_("To whom"),
        ),
        MultiFieldPanel(
            [FieldPanel("subject"), FieldPanel("preview"), FieldPanel("body")],
            heading=_("In English"),
        ),
        MultiFieldPanel(
            [FieldPanel("subject_es"), FieldPanel("preview_es"), FieldPanel("body_es")],
            heading=_("In Spanish"),
        ),
        # Wagtail's own sign of a box to tick is a tick, which looks like an answer.
        FieldPanel("is_on_web", icon="globe"),
    ]

    def get_form_class(self, for_update: bool = False) -> type[WagtailAdminModelForm]:
        return self.form

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        common: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        return common | {"edit_url_name": self.get_url_name("edit")}

    def extra_urls(self) -> list[URLPattern]:
        return [*super().extra_urls(), path("edit/<int:pk>/", self.edit_view, name="edit")]
