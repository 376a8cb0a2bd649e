"""Who receives the money, and what its give form offers."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


@pghistory.track(
    pghistory.UpdateEvent(),
    model_name="LegalEntityEvent",
    fields=[
        *("name", "tax_id", "address", "statement_descriptor", "email", "fiscal_year_begins"),
    ],
)
class LegalEntity(models.Model):
    """An organisation that may receive gifts and issue receipts in its own name."""

    class Pack(models.TextChoices):
        """Whose tax office the documents are for (donations/receipts/packs/)."""

        UNITED_STATES = "us", _("United States")
        UNITED_KINGDOM = "uk", _("United Kingdom")

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("legal name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60)
    country = models.CharField(_("country"), max_length=2, help_text=_("Two letters, such as US."))
    tax_id = models.CharField(
        _("tax number"), max_length=40, help_text=_("In the United States the EIN, 12-3456789.")
    )
    address = models.TextField(_("postal address"), help_text=_("As printed on receipts."))
    email = models.EmailField(_("e-mail for donors"))
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    website = models.URLField(_("website"))
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    # Decides in which tax year a gift falls: midnight is the organisation's, not the server's.
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/New_York")
    fiscal_year_begins = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"),
        default=1,
        help_text=_("1 is January, 7 is July. A fiscal year is named for the year it ends in."),
    )
    receipt_pack = models.CharField(
        _("receipt rules"), max_length=20, choices=Pack, default=Pack.UNITED_STATES
    )
    registrations = models.TextField(
        _("registration numbers"),
        blank=True,
        db_default="",
        help_text=_("Of states that print one on receipts, a line each, such as FL CH12345."),
    )
    # Neutral on purpose: whoever shares a card statement with the donor learns nothing from it.
    statement_descriptor = models.CharField(_("name on card statements"), max_length=22)
    is_default = models.BooleanField(_("used where nothing else is chosen"), default=False)

    class Meta:
        verbose_name = _("legal entity")
        verbose_name_plural = _("legal entities")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="one_default_legal_entity",
            ),
            models.CheckConstraint(
                name="fiscal_year_begins_in_a_month",
                condition=models.Q(fiscal_year_begins__range=(1, 12)),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def registration_in(self, region: str) -> str:
        """The number in this state, where one is printed; else empty."""
        lines = (line.partition(" ") for line in self.registrations.splitlines())
        return next((number for code, _gap, number in lines if code == region.upper()), "")


class GivingOptions(models.Model):
    """The amounts a give form suggests, for one currency and frequency; staff edit them."""

    class Frequency(models.TextChoices):
        ONCE = "once", _("Once")
        MONTHLY = "monthly", _("Monthly")
        YEARLY = "yearly", _("Yearly")

    currency = models.CharField(_("currency"), max_length=3, default="USD")
    frequency = models.CharField(
        _("frequency"), max_length=8, choices=Frequency, default=Frequency.ONCE
    )
    # Minor units: 2500 is $25.
    amounts_minor = ArrayField(models.PositiveBigIntegerField(), verbose_name=_("amounts"), size=6)
    preselected_minor = models.PositiveBigIntegerField(_("chosen at first"), null=True, blank=True)
    # Card testers like small amounts.
    minimum_minor = models.PositiveBigIntegerField(_("smallest gift"), default=500)
    # What "cover the fee" offers to add, an estimate; the books take Stripe's own figure.
    fee_basis_points = models.PositiveSmallIntegerField(
        _("fee, hundredths of a percent"), default=290
    )
    fee_fixed_minor = models.PositiveSmallIntegerField(_("fee, fixed part"), default=30)

    class Meta:
        verbose_name = _("suggested amounts")
        verbose_name_plural = _("suggested amounts")
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "frequency"], name="one_offer_per_currency_and_frequency"
            ),
            models.CheckConstraint(
                name="fee_is_less_than_the_gift", condition=models.Q(fee_basis_points__lt=5000)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.get_frequency_display()}"

    def fee_cover(self, gift_minor: int) -> int:
        """What must be added so that, after the estimated fee, about the gift itself arrives."""
        keeps = 10_000 - self.fee_basis_points
        return -(-(gift_minor + self.fee_fixed_minor) * 10_000 // keeps) - gift_minor
