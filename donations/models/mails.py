"""Every mail we owe somebody: written with what justifies it, sent by a job after the commit."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mail(models.Model):
    """One mail to one address. Its text is drawn when sent, so no secret link lies in the table."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        # Set before the hand-over: after a crash it is unknown whether it left, and staff decide.
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        BOUNCED = "bounced", _("Bounced")
        COMPLAINED = "complained", _("Marked as unwanted")
        SUPPRESSED = "suppressed", _("Not sent")

    template = models.SlugField(_("mail"), max_length=40)
    to = models.EmailField(_("to"))
    language = models.CharField(max_length=8, default="en")
    # One automatic mail for one cause; staff resends have keys of their own.
    cause = models.CharField(max_length=120, unique=True)
    donation = models.ForeignKey(
        "donations.Donation", models.PROTECT, null=True, blank=True, related_name="mails"
    )
    receipt = models.ForeignKey(
        "donations.Receipt", models.PROTECT, null=True, blank=True, related_name="mails"
    )
    refund = models.ForeignKey(
        "donations.Refund", models.PROTECT, null=True, blank=True, related_name="mails"
    )
    plan = models.ForeignKey(
        "donations.Plan", models.PROTECT, null=True, blank=True, related_name="mails"
    )
    # What happened to the plan that this mail tells of.
    step = models.ForeignKey(
        "donations.PlanStep", models.PROTECT, null=True, blank=True, related_name="mails"
    )
    # What it tells of, in the words of the app above that owes it: "accepted:<reference>".
    about = models.CharField(max_length=80, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    # The mail provider's id, by which a bounce finds its mail.
    provider_id = models.CharField(max_length=200, blank=True, db_index=True)
    # Set when someone has dealt with a bounce.
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        permissions = [("resend_mail", "Can send a mail again or to a corrected address")]
        indexes = [
            models.Index(fields=["-created_at"], name="mail_newest_first"),
            models.Index(fields=["status", "created_at"], name="mail_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"
