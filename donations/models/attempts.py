"""The tries to pay for a donation, and the room that each needs in what has a goal."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import rules
from donations.models.donations import Donation

# What a capped designation has been given, less what went back; what it had spent by then, the
# shortfall stands in for, and nobody is asked for it again. And what is being paid for just now: by
# a page that may still be paid, or by a bank debit of the last ten days.
GIVEN = """SELECT p.designation_id, -SUM(p.amount_minor) AS amount_minor
    FROM donations_posting p JOIN donations_entry e ON e.id = p.entry_id
    WHERE (p.account IN ('contributions', 'refunds', 'disputes')
            OR p.account = 'transfers' AND e.donation_id IS NOT NULL)
        AND e.livemode = {livemode}
        AND p.designation_id = ANY({designations})
    GROUP BY p.designation_id"""
HELD = """SELECT l.designation_id, SUM(l.amount_minor) AS amount_minor
    FROM donations_donationline l JOIN donations_donation d ON d.id = l.donation_id
    WHERE l.designation_id = ANY({designations}) AND d.livemode = {livemode}
        AND d.id <> {donation} AND d.status <> 'paid' AND EXISTS (
            SELECT FROM donations_checkoutattempt a WHERE a.donation_id = d.id AND (
                a.state IN ('asked', 'open')
                OR (d.status = 'processing' AND a.created_at > now() - interval '10 days')))
    GROUP BY l.designation_id"""
# Both for the capped designations of the donation of a new row.
_OWN = {
    "designations": """ARRAY(SELECT designation_id FROM donations_donationline
        WHERE donation_id = NEW.donation_id)""",
    "livemode": "live",
    "donation": "NEW.donation_id",
}


class CheckoutAttempt(models.Model):
    """One Checkout session for a donation; a further one only when this one has surely ended."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")  # stored before the call, so a lost answer repeats safely
        OPEN = "open", _("Open")
        COMPLETE = "complete", _("Complete")
        EXPIRED = "expired", _("Expired")
        REFUSED = "refused", _("Refused by Stripe")

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="attempts")
    # Our random id: idempotency key of the call, and the only metadata that Stripe gets.
    reference = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    session_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    expires_at = models.DateTimeField()
    # Stripe's payment of this session, once there is one.
    payment_intent_id = models.CharField(max_length=80, blank=True)
    # Keyed hash of the network address for the card-testing limits; blanked after a day.
    network = models.CharField(max_length=32, blank=True)
    # What Stripe last said of it; the status of the donation is derived from this.
    outcome = models.CharField(max_length=12, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["network", "created_at"], name="attempt_by_network")]
        constraints = [
            models.UniqueConstraint(
                fields=["donation"],
                condition=Q(state__in=["asked", "open"]),
                name="one_live_attempt_per_donation",
            )
        ]
        triggers = [
            rules.never_deleted("attempt_kept"),
            pgtrigger.Trigger(
                name="attempt_fits_what_is_left",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("live", "boolean"), ("covered", "varchar")],
                func=f"""
                    PERFORM 1 FROM donations_designation WHERE target_minor IS NOT NULL
                        AND id IN (SELECT designation_id FROM donations_donationline
                                   WHERE donation_id = NEW.donation_id)
                        ORDER BY id FOR NO KEY UPDATE;
                    IF NOT FOUND THEN RETURN NEW; END IF;
                    SELECT livemode INTO live FROM donations_donation WHERE id = NEW.donation_id;
                    SELECT g.code INTO covered
                    FROM donations_donationline l
                    JOIN donations_designation g ON g.id = l.designation_id
                    LEFT JOIN ({GIVEN.format(**_OWN)}) AS given ON given.designation_id = g.id
                    LEFT JOIN ({HELD.format(**_OWN)}) AS held ON held.designation_id = g.id
                    WHERE l.donation_id = NEW.donation_id AND g.target_minor IS NOT NULL
                    GROUP BY g.id, given.amount_minor, held.amount_minor
                    HAVING SUM(l.amount_minor) + COALESCE(given.amount_minor, 0)
                            + COALESCE(held.amount_minor, 0)
                        > g.target_minor + g.target_minor * g.over_funding_percent / 100
                    LIMIT 1;
                    IF FOUND THEN
                        RAISE EXCEPTION 'designation % has not so much room', covered;
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - our own words
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class PaymentFailure(models.Model):
    """One card or bank try that failed, as Stripe's list of charges tells it."""

    charge_id = models.CharField(max_length=80, primary_key=True)
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="failures")
    code = models.CharField(max_length=60, blank=True)
    decline_code = models.CharField(max_length=60, blank=True)
    # "visa", "us_bank_account": who refused, for staff to tell a donor who calls.
    method = models.CharField(max_length=20, blank=True)
    # Stripe's own fingerprint of the card, hashed with our key: counts tries, names no card.
    card = models.CharField(max_length=32, blank=True)
    network = models.CharField(max_length=32, blank=True)
    failed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["network", "failed_at"], name="failure_by_network"),
            models.Index(fields=["card", "failed_at"], name="failure_by_card"),
            models.Index(fields=["failed_at"], name="failure_by_time"),
        ]

    def __str__(self) -> str:
        return self.decline_code or self.code
