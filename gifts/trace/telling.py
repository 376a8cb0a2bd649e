"""Mails about the way of a gift: when its things are ordered, and when they are ready."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext, override
from procrastinate.contrib.django import app

from core import money
from donations import mails, tracing
from donations.models import Donation, Mail
from gifts.models import Unit, UnitShare
from gifts.trace import steps

TEMPLATE = "trace"
AT_ONCE = 1_000


@app.periodic(cron="23 15 * * *")
@app.task(queue="public", queueing_lock="tell_of_things")
def tell_of_things(timestamp: int) -> None:
    """Each day: whose things were ordered since, and whose are all ready now; each told once."""
    for stage in ("ordered", "ready"):
        for donation in _untold(stage)[:AT_ONCE]:
            if stage == "ordered" or _all_ready(donation):
                mails.queue(
                    TEMPLATE,
                    to=donation.email,
                    language=donation.language,
                    cause=f"trace-{stage}:{donation.pk}",
                    donation=donation,
                    about=stage,
                )


def _untold(stage: str) -> Any:
    shares = UnitShare.objects.filter(line__donation=OuterRef("pk"))
    shares = shares.exclude(unit__state=Unit.State.CANCELED)
    if stage == "ready":
        shares = shares.filter(unit__steps__state="ready")
    told = Mail.objects.filter(donation=OuterRef("pk"), template=TEMPLATE, about=stage)
    # What was forgotten or erased has nobody to be written to.
    rows = Donation.objects.filter(Exists(shares), ~Exists(told), status="paid").exclude(email="")
    return rows.order_by("pk")


def _all_ready(donation: Donation) -> bool:
    """Every thing of it is checked, and nothing of its money waits for a thing."""
    of_wishes = [one for one in steps.of(donation) if one.wish]
    return all(
        one.stages and one.stages[-1].is_whole and not one.waiting_minor for one in of_wishes
    )


def mail_of(mail: Mail, preview: bool) -> dict[str, Any]:
    """What the template needs: the lines of things, in words, and a fresh link."""
    donation = mail.donation
    assert donation is not None  # queued with it
    with override(mail.language):
        lines = [_line(one, donation.currency, mail.language) for one in steps.of(donation)]
        if mail.about == "ready":
            said = gettext("Everything that your gift paid for is here, checked and ready.")
        else:
            said = gettext("What your gift pays for has been ordered.")
    return {
        "name": donation.name,
        "said": said,
        "lines": [line for line in lines if line],
        "link": "…" if preview else tracing.new_link(donation, language=mail.language),
        "organisation": donation.legal_entity.short_name,
        "help_email": donation.legal_entity.email,
    }


def _line(one: steps.LineTrace, currency: str, language: str) -> dict[str, str] | None:
    if not one.stages:
        return None
    return {
        "designation": one.line.designation.public_name,
        "amount": money.display(one.line.amount_minor, currency, language),
    }
