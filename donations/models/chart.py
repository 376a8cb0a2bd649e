"""Where the ledger's accounts stand in the organisation's own books."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import rules
from donations.models.ledger import Posting


@pghistory.track(
    model_name="ChartAccountEvent",
    fields=["account", "designation", "number", "name", "family"],
)
class ChartAccount(models.Model):
    """Number and name in the organisation's books; of one account, or of it for one designation."""

    class Family(models.TextChoices):
        ASSET = "asset", _("Asset")
        LIABILITY = "liability", _("Liability")
        NET_ASSETS = "net_assets", _("Net assets")
        INCOME = "income", _("Income")
        EXPENSE = "expense", _("Expense")

    account = models.CharField(_("our account"), max_length=40, choices=Posting.Account)
    # None: for every designation that has no line of its own, nor its fund.
    designation = models.ForeignKey(
        "donations.Designation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("for this designation alone"),
    )
    number = models.CharField(_("number in your books"), max_length=40)
    name = models.CharField(_("name in your books"), max_length=120)
    family = models.CharField(_("kind"), max_length=10, choices=Family)

    class Meta:
        verbose_name = _("account of the books")
        verbose_name_plural = _("chart of accounts")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "designation"],
                nulls_distinct=False,
                name="chart_once_per_account_and_designation",
            ),
            models.CheckConstraint(
                name="chart_has_number_and_name",
                condition=~models.Q(number="") & ~models.Q(name=""),
            ),
        ]
        triggers = [
            rules.frozen("chart_account_frozen", "account", "designation_id"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
