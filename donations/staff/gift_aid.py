"""The desk of Gift Aid declarations: read, taken down from paper or telephone, cancelled."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from donations.gift_aid import declarations
from donations.models import Declaration, Donor, LegalEntity
from donations.receipts.packs import PACKS
from donations.staff.asking import Ask
from donations.staff.cells import Cell, Notice, Section, Text, day, link
from donations.staff.desk import Act, Desk, Listing, Reading
from donations.staff.period_forms import PastDayField

Way = Declaration.Way
ASKING = [code for code, pack in PACKS.items() if pack.declarations]
KEEP = "donations.add_declaration"


def entities() -> QuerySet[LegalEntity]:
    """Those whose country has a declaration."""
    return LegalEntity.objects.filter(receipt_pack__in=ASKING).order_by("-is_default", "pk")


class DeclarationFilter(WagtailFilterSet):
    class Meta:
        model = Declaration
        fields: ClassVar[list[str]] = ["way", "scope", "legal_entity"]


class Declarations(Listing):
    page_title = _("Gift Aid declarations")
    add_item_label = _("From paper or telephone")

    def get_base_queryset(self) -> QuerySet[Declaration]:
        rows: QuerySet[Declaration] = super().get_base_queryset()
        return rows.select_related("donor", "donation__donor", "legal_entity")

    @property
    def columns(self) -> list[Column]:
        return [
            self.titled("declared_on", lambda row: day(row.declared_on)),
            Column(whose, label=_("Donor")),
            Column("scope", label=_("Which gifts"), accessor="get_scope_display"),
            Column("way", label=_("How"), accessor="get_way_display"),
            Column(lambda row: str(state_of(row).text), label=_("State")),
        ]

    def notices(self) -> list[Notice]:
        if not entities().exists():
            return [Notice(_("No legal entity has the receipt rules of the United Kingdom."))]
        return []


def whose(row: Declaration) -> str:
    donor = row.donor or (row.donation.donor if row.donation else None)
    return str(donor or gettext("Not paid yet"))


def state_of(row: Declaration) -> Cell:
    if row.erased_at:
        return Cell(_("Erased: its years are over"))
    if row.cancelled_on:
        return Cell(gettext("Cancelled on %(day)s") % {"day": day(row.cancelled_on)}, tone="warn")
    if row.way == Way.TELEPHONE and not row.confirmed_on:
        return Cell(_("Waits for its written confirmation"), tone="warn")
    return Cell(_("In force"), tone="good")


class OneDeclaration(Reading):
    def get_queryset(self) -> QuerySet[Declaration]:
        rows: QuerySet[Declaration] = super().get_queryset()
        return rows.select_related("donor", "donation__donor", "legal_entity", "recorded_by")

    def sections(self) -> list[Section]:
        row: Declaration = self.object
        donor = row.donor or (row.donation.donor if row.donation else None)
        facts: list[list[Any]] = [
            [_("State"), state_of(row)],
            [_("Donor"), link("donors", donor)],
            [_("Gift"), link("gifts", row.donation) if row.donation else ""],
            [_("Declared"), f"{day(row.declared_on)}, {row.get_way_display()}"],
            [_("Which gifts"), row.get_scope_display()],
            [_("Name"), " ".join(filter(None, [row.title, row.first_name, row.last_name]))],
            [_("Home address"), row.address],
            [_("Confirmed in writing"), day(row.confirmed_on)],
            [_("Taken down by"), row.recorded_by or ""],
        ]
        read: list[list[Any]] = [
            [_("Charity"), row.charity],
            [_("Wording"), row.wording],
            [_("What was declared"), row.text],
        ]
        claims = [
            [link("gift_aid_claims", line.claim), line.get_kind_display(), day(line.received_on)]
            for line in row.claim_lines.select_related("claim").order_by("-pk")[:50]
        ]
        return [
            Section(_("The declaration"), facts),
            Section(_("In these words"), read),
            Section(
                _("Claims that rest on it"),
                claims,
                [_("Claim"), _("What"), _("Gift of")],
                empty=_("None yet."),
            ),
        ]


class DayForm(forms.Form):
    on = PastDayField(label=_("On"), initial=timezone.localdate)


class Cancel(Act):
    name = "cancel"
    title = _("Cancel it")
    permission = KEEP
    icon = "cross"
    serious = True
    form_class = DayForm

    @classmethod
    def is_possible(cls, row: Declaration) -> bool:
        return row.cancelled_on is None and row.erased_at is None

    def question(self) -> Text:
        return _(
            "Gifts from this day on are not claimed; what was claimed stays so. It cannot be "
            "undone: the donor would have to declare again."
        )

    def perform(self, form: Any) -> Text:
        declarations.cancel(self.row, on=form.cleaned_data["on"], actor=self.request.user)
        return _("The declaration is cancelled.")


class Confirm(Act):
    name = "confirm"
    title = _("The letter was sent")
    permission = KEEP
    icon = "mail"
    form_class = DayForm

    @classmethod
    def is_possible(cls, row: Declaration) -> bool:
        return row.way == Way.TELEPHONE and row.confirmed_on is None and row.cancelled_on is None

    def question(self) -> Text:
        return _(
            "A declaration by telephone counts once it was confirmed in writing. Keep a copy of "
            "the letter."
        )

    def perform(self, form: Any) -> Text:
        declarations.confirm(self.row, on=form.cleaned_data["on"])
        return _("It counts from now on.")


class TakeDownForm(forms.Form):
    """A declaration on paper or by telephone, word for word."""

    entity = forms.ModelChoiceField(
        label=_("Legal entity"), queryset=LegalEntity.objects.none(), empty_label=None
    )
    donor = forms.IntegerField(
        label=_("Number of the donor"),
        min_value=1,
        help_text=_("The last part of the address of the donor's page here."),
    )
    way = forms.ChoiceField(
        label=_("How it was given"),
        choices=[(code, code.label) for code in (Way.PAPER, Way.TELEPHONE)],
    )
    declared_on = PastDayField(label=_("Declared on"), initial=timezone.localdate)
    title = forms.CharField(label=_("Title"), max_length=4, required=False)
    first_name = forms.CharField(label=_("First name"), max_length=35)
    last_name = forms.CharField(label=_("Last name"), max_length=35)
    house = forms.CharField(label=_("House name or number"), max_length=40)
    address = forms.CharField(
        label=_("Home address"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    country = forms.RegexField(
        "^[A-Z]{2}$", label=_("Country"), initial="GB", help_text=_("Two letters, such as GB.")
    )

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        entity: Any = self.fields["entity"]
        entity.queryset = entities()
        entity.initial = entity.queryset.first()

    def clean_donor(self) -> Donor:
        donor = Donor.objects.filter(pk=self.cleaned_data["donor"]).first()
        if donor is None:
            raise forms.ValidationError(_("There is no donor with this number."))
        return donor


class TakeDown(Ask):
    page_title = _("From paper or telephone")
    header_icon = "form"
    permission = KEEP
    namespace, desk_title = "gift_aid_declarations", _("Gift Aid declarations")
    form_class = TakeDownForm
    button = _("Take it down")

    def question(self) -> Text:
        return gettext(
            "Read these words to a donor on the telephone, or compare them with the paper: "
            "“%(words)s” One by telephone is confirmed by mail, if the donor has an address; "
            "else send a letter and say so on the next page."
        ) % {"words": self._words()}

    def make(self, data: dict[str, Any]) -> Declaration:
        person = declarations.Person(
            **{
                name: data[name]
                for name in (
                    *("title", "first_name", "last_name", "address", "house", "postcode"),
                    "country",
                )
            }
        )
        return declarations.declare(
            data["entity"],
            scope=Declaration.Scope.ALL,
            way=data["way"],
            person=person,
            donor=data["donor"],
            language=data["donor"].language,
            declared_on=data["declared_on"],
            actor=self.request.user,
        )

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "donor": self.request.GET.get("donor", "")}

    def _words(self) -> str:
        entity = entities().first()
        day = timezone.localdate()
        shown = declarations.words(entity, "en", on=day) if entity else None
        if shown is None:
            return ""
        return " ".join(shown[key] for key in ("wish_all", "explanation", "tell_us"))


class DeclarationsDesk(Desk):
    model = Declaration
    name = "gift_aid_declarations"
    menu_label = _("Gift Aid declarations")
    icon = "form"
    ordering: ClassVar[list[str]] = ["-declared_on", "-pk"]
    filterset_class = DeclarationFilter
    index_view_class = Declarations
    add_view_class = TakeDown
    inspect_view_class = OneDeclaration
    acts = [Confirm, Cancel]
