"""What can be wished for, what it is for, where, and what it usually costs there."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Region(models.TextChoices):
    """Regions of the world: nothing finer is ever public."""

    WORLD = "world", _("Worldwide")
    AFRICA = "africa", _("Africa")
    CENTRAL_ASIA = "central_asia", _("Central Asia")
    EAST_ASIA = "east_asia", _("East Asia")
    EUROPE = "europe", _("Europe")
    LATIN_AMERICA = "latin_america", _("Latin America")
    MIDDLE_EAST = "middle_east", _("Middle East")
    NORTH_AMERICA = "north_america", _("North America")
    OCEANIA = "oceania", _("Oceania")
    SOUTH_ASIA = "south_asia", _("South Asia")
    SOUTHEAST_ASIA = "southeast_asia", _("Southeast Asia")


class Purpose(models.TextChoices):
    """What a thing helps with, as it follows a kind's name: "Laptops for university"."""

    ANY = "any", _("for study and work")
    UNIVERSITY = "university", _("for university")
    VOCATIONAL = "vocational", _("for vocational training")
    JOB_SEARCH = "job_search", _("for finding work")
    LANGUAGE = "language", _("for learning a language")


class Keyboard(models.TextChoices):
    """What is printed on the keys, for those who look for them."""

    US = "us", _("English (US)")
    UK = "uk", _("English (UK)")
    SPANISH = "es", _("Spanish")
    LATIN_AMERICAN = "latam", _("Latin American Spanish")
    PORTUGUESE = "pt", _("Portuguese")
    FRENCH = "fr", _("French")
    GERMAN = "de", _("German")
    RUSSIAN = "ru", _("Russian")
    UKRAINIAN = "ua", _("Ukrainian")
    ARABIC = "ar", _("Arabic")
    HINDI = "hi", _("Hindi")
    BENGALI = "bn", _("Bengali")
    NEPALI = "ne", _("Nepali")
    THAI = "th", _("Thai")
    KHMER = "km", _("Khmer")
    VIETNAMESE = "vi", _("Vietnamese")


class Voltage(models.TextChoices):
    V110 = "110", _("100 to 120 volts")
    V230 = "230", _("220 to 240 volts")


class SpecClass(models.IntegerChoices):
    """How capable a thing is, or must be at least."""

    ANY = 0, _("Any")
    BASIC = 1, _("Basic: reading, writing, calls")
    STANDARD = 2, _("Standard: office work, courses")
    STRONG = 3, _("Strong: pictures, programming")


@pghistory.track(
    model_name="ItemKindEvent",
    fields=[
        *("code", "name", "name_es", "plural", "plural_es", "description", "description_es"),
        *("specification", "is_device", "route", "general_stock", "handling_minor", "currency"),
        "is_open",
    ],
)
class ItemKind(models.Model):
    """A kind of thing: laptop, course fee. Rows are closed, not deleted."""

    class Route(models.TextChoices):
        CENTRAL = "central", _("Bought centrally and shipped")
        LOCAL = "local", _("Bought by a partner against an advance")
        DIRECT = "direct", _("Paid straight to a school or carrier")
        IN_KIND = "in_kind", _("Given in kind")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name of one"), max_length=60, help_text=_("“Laptop”"))
    name_es = models.CharField(_("name of one, Spanish"), max_length=60)
    plural = models.CharField(_("name of many"), max_length=60, help_text=_("“Laptops”"))
    plural_es = models.CharField(_("name of many, Spanish"), max_length=60)
    description = models.CharField(_("one sentence for donors"), max_length=200, blank=True)
    description_es = models.CharField(_("the sentence in Spanish"), max_length=200, blank=True)
    specification = models.TextField(
        _("minimum specification"),
        blank=True,
        help_text=_("For whoever buys, checks or accepts one."),
    )
    is_device = models.BooleanField(
        _("a device"),
        default=False,
        help_text=_("One that is given must be erased and checked before it goes to anybody."),
    )
    route = models.CharField(_("route"), max_length=8, choices=Route, default=Route.CENTRAL)
    general_stock = models.BooleanField(
        _("general stock"),
        default=False,
        help_text=_("Always of use: its wishes are published without a count of needs."),
    )
    # Packing, customs and the way to a partner, for each one; part of what a wish asks for.
    handling_minor = models.PositiveBigIntegerField(_("handling of one"), default=0)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    is_open = models.BooleanField(_("offered for new wishes"), default=True)

    class Meta:
        verbose_name = _("kind of thing")
        verbose_name_plural = _("kinds of things")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="kind_currency_is_upper_case", condition=Q(currency__regex=r"^[A-Z]{3}$")
            )
        ]

    def __str__(self) -> str:
        return self.public_name

    @property
    def public_name(self) -> str:
        """One of them, in the language of the moment."""
        return (get_language() == "es" and self.name_es) or self.name

    @property
    def public_plural(self) -> str:
        return (get_language() == "es" and self.plural_es) or self.plural

    @property
    def public_description(self) -> str:
        return (get_language() == "es" and self.description_es) or self.description


@pghistory.track(model_name="ItemCostEvent", fields=["kind", "region", "cost_minor"])
class ItemCost(models.Model):
    """What one usually costs in a region, without handling, in the kind's currency."""

    kind = models.ForeignKey(ItemKind, models.PROTECT, related_name="costs")
    region = models.CharField(_("region"), max_length=16, choices=Region)
    cost_minor = models.PositiveBigIntegerField(_("usual cost"))

    class Meta:
        verbose_name = _("usual cost")
        verbose_name_plural = _("usual costs")
        ordering = ["kind", "region"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "region"], name="one_cost_of_a_kind_by_region"),
            models.CheckConstraint(name="cost_is_something", condition=Q(cost_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.get_region_display()}"

    @property
    def currency(self) -> str:
        return self.kind.currency if self.kind_id else "USD"
