"""Certificates: made by whoever passed, drawn anew at each download, checked by their code."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.models import Attempt, Certificate
from campaigns.training import codes, learning
from core import pdf
from core.forms import single_line
from core.links import public_url
from donations import periods
from donations.models import LegalEntity
from donations.receipts.document import qr


class NotPassed(Exception):
    """There is no certificate of this attempt."""


@dataclass(frozen=True)
class Shown:
    """What anybody reads who has the code."""

    state: str  # valid, ended, withdrawn, unknown
    course: str = ""
    sector: str = ""
    month: date | None = None
    until: date | None = None
    name: str = ""


@transaction.atomic
def make(
    attempt: Attempt,
    *,
    name: str = "",
    shows_name: bool = False,
    coordinator_sees: bool = False,
    names_workplace: bool = False,
) -> Certificate:
    """The certificate of a passed attempt, with a name only if she gave one. Safe to repeat.

    Raises:
        NotPassed: the check was not passed.
    """
    attempt = Attempt.objects.select_for_update(of=["self"]).get(pk=attempt.pk)
    if made := Certificate.objects.filter(attempt=attempt).first():
        return made
    if not attempt.passed:
        raise NotPassed(attempt.title)
    study, learner = attempt.study, attempt.study.learner
    entity = LegalEntity.objects.get(is_default=True)
    today = periods.today_of(entity)
    name = single_line(name)
    workplace = learner.workplace
    certificate = Certificate.objects.create(
        attempt=attempt,
        code=codes.new_code(),
        name=name,
        shows_name=shows_name and bool(name),
        coordinator_sees=coordinator_sees and bool(name and workplace),
        issued_on=today,
        expires_on=_years_later(today, settings.TRAINING_CERTIFICATE_YEARS),
        facts={
            "title": attempt.title,
            "sector": study.sector.name_in(attempt.language),
            "language": attempt.language,
            "pass_percent": attempt.pass_percent,
            "is_sample": attempt.is_sample,
            "passed_on": _day(attempt.graded_at, entity).isoformat(),
            "workplace": (
                workplace.name if workplace and workplace.is_named and names_workplace else ""
            ),
            "entity": entity.name,
            "short_name": entity.short_name,
        },
    )
    learning.note(study, learning.Kind.CERTIFIED)
    return certificate


@transaction.atomic
def withdraw(certificate: Certificate) -> None:
    """The holder takes it back: its code says so from now on, without a name. Safe to repeat."""
    row = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        row.name, row.shows_name, row.coordinator_sees = "", False, False
        row.save(update_fields=["withdrawn_at", "name", "shows_name", "coordinator_sees"])


@transaction.atomic
def choose(certificate: Certificate, *, shows_name: bool, coordinator_sees: bool) -> None:
    """The holder chooses anew who sees the name that she gave."""
    row = Certificate.objects.select_for_update().get(pk=certificate.pk)
    row.shows_name = shows_name and bool(row.name)
    row.coordinator_sees = coordinator_sees and bool(row.name)
    row.save(update_fields=["shows_name", "coordinator_sees"])


@transaction.atomic
def take_name_away(certificate: Certificate) -> None:
    """No name on it any more, nowhere; the certificate stands. It cannot be given another."""
    row = Certificate.objects.select_for_update().get(pk=certificate.pk)
    row.name, row.shows_name, row.coordinator_sees = "", False, False
    row.save(update_fields=["name", "shows_name", "coordinator_sees"])


def find(typed: str) -> Shown:
    """What a code stands for; nothing that its holder did not allow."""
    code = codes.read(typed)
    row = Certificate.objects.filter(code=code).select_related("attempt__study__sector").first()
    if not code or row is None:
        return Shown("unknown")
    if row.withdrawn_at:
        return Shown("withdrawn")
    state = "valid" if is_valid(row) else "ended"
    return Shown(
        state,
        course=row.facts["title"],
        sector=row.attempt.study.sector.public_name,
        month=row.issued_on.replace(day=1),
        until=row.expires_on,
        name=row.name if row.shows_name and state == "valid" else "",
    )


def is_valid(certificate: Certificate) -> bool:
    today = periods.today_of(LegalEntity.objects.get(is_default=True))
    return certificate.withdrawn_at is None and today < certificate.expires_on


def verify_url(certificate: Certificate) -> str:
    return public_url("training_verified", certificate.code, language=certificate.facts["language"])


def file_name(certificate: Certificate) -> str:
    """Neutral: it lies in a downloads folder that others may see."""
    return f"certificate-{certificate.code[:4].lower()}.pdf"


def render(certificate: Certificate) -> bytes:
    """The PDF, from what was frozen and the name that stands today; the same bytes each time."""
    language = certificate.facts["language"]
    with translation.override(language):
        title = _("Certificate")
        return pdf.render(
            _html(certificate, language),
            stylesheet="certificate.css",
            title=f"{title}: {certificate.facts['title']}",
            lang=language,
            created=datetime.combine(certificate.issued_on, time(12), UTC),
        )


def _html(certificate: Certificate, language: str) -> str:
    day = partial(format_date, format="long", locale=language)
    url = verify_url(certificate)
    context = {
        "lang": language,
        "certificate": certificate,
        "facts": certificate.facts,
        "passed_on": day(date.fromisoformat(certificate.facts["passed_on"])),
        "expires_on": day(certificate.expires_on),
        "verify_url": url,
        "verify_address": url.partition("://")[2].rpartition(certificate.code)[0],
        "qr": qr(url),
    }
    return render_to_string("pdf/certificate.html", context)


def _day(at: datetime | None, entity: LegalEntity) -> date:
    assert at is not None  # it was graded
    return at.astimezone(ZoneInfo(entity.time_zone)).date()


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)
