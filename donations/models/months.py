"""The books by month: sums of postings, to be read quickly; never booked from."""

from django.db import models

# Beside the ledger's accounts: gifts of the month that have no valid receipt.
UNRECEIPTED = "unreceipted"
# Contributions once more, by the way they came and by their appeal.
BY_SOURCE, BY_APPEAL = "by_source", "by_appeal"


class BooksMonth(models.Model):
    """One sum of one month's postings; `donations/months.py` rebuilds all of them.

    A month is that of the day an entry is booked on; of gifts without a receipt that of payment.
    """

    legal_entity = models.ForeignKey("donations.LegalEntity", models.CASCADE)
    livemode = models.BooleanField()
    # Its first day.
    month = models.DateField()
    # An account of the ledger, or one of those above.
    account = models.CharField(max_length=40)
    designation = models.ForeignKey("donations.Designation", models.CASCADE, null=True)
    currency = models.CharField(max_length=3)
    # Of BY_SOURCE how the gift came, of BY_APPEAL which appeal it answered.
    source = models.CharField(max_length=12, blank=True)
    appeal = models.CharField(max_length=32, blank=True)
    count = models.BigIntegerField()
    # As in postings: debit above zero, credit below.
    amount_minor = models.BigIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        # Nobody changes a figure by hand; reading them goes with reading the journal.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("legal_entity", "livemode", "currency", "month", "account", "designation"),
                    *("source", "appeal"),
                ],
                nulls_distinct=False,
                name="one_sum_per_month_account_and_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.currency} {self.account}"
