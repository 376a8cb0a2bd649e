"""An audit pack from being asked for to being erased; states in donations/models/audit.py.

ask ─→ job: (1) running  (2) tables and chains under one view of the books, no lock
            (3) papers drawn, outside of it  (4) bytes and "ready" in one short transaction
"""

import hashlib
import io
import json
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from donations import ledger
from donations.audit import chain, document, sampling, sheets
from donations.audit.sampling import Span
from donations.models import AuditPack, AuditPackDownload, AuditPackFile, LegalEntity

log = logging.getLogger("northstar.audit")

State = AuditPack.State
# It names donors: long enough for an audit, then erased. The same books give it again.
KEPT = timedelta(days=60)
# Tables and chains are told as the first tenth, papers as the rest.
READ_PERCENT, DRAWN_PERCENT = 10, 95
# Nothing in the file tells when it was made: the same books give the same bytes.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class Refused(Exception):
    """This cannot be asked for; the form says so in words before."""


@transaction.atomic
def ask(
    entity: LegalEntity,
    *,
    first_day: date,
    last_day: date,
    sample_size: int,
    seed: str = "",
    actor: Any,
) -> AuditPack:
    """Note what is wanted and queue the job.

    Args:
        seed: of the auditor's choice; drawn at random if empty.

    Raises:
        Refused: the period ends before it begins, or is not over.
    """
    if last_day < first_day or last_day > timezone.localdate():
        raise Refused(f"{first_day} to {last_day}")
    pack = AuditPack.objects.create(
        legal_entity=entity,
        livemode=settings.STRIPE_LIVE,
        first_day=first_day,
        last_day=last_day,
        sample_size=sample_size,
        seed=seed.strip() or secrets.token_hex(8),
        asked_by=actor,
    )
    make_pack.defer(pack_id=pack.pk)
    return pack


@transaction.atomic
def ask_again(pack: AuditPack) -> bool:
    """Queue a failed pack once more; false if it is no longer failed."""
    pack = AuditPack.objects.select_for_update().get(pk=pack.pk)
    if pack.state != State.FAILED:
        return False
    pack.state, pack.problem, pack.percent = State.WAITING, "", 0
    pack.save(update_fields=["state", "problem", "percent"])
    make_pack.defer(pack_id=pack.pk)
    return True


@app.task(queue="public", lock="exports")
def make_pack(pack_id: int) -> None:
    """Job: make the pack. Safe to repeat at any point; one large file at a time."""
    pack = _begin(pack_id)
    if pack is None:
        return
    try:
        ledger.seal()  # so that the newest rows are under the fingerprint that is printed
        data, digest, drawn = write(pack)
        _offer(pack, data, digest, drawn)
    except Exception as error:
        _fail(pack, type(error).__name__)
        raise


@transaction.atomic
def _begin(pack_id: int) -> AuditPack | None:
    """Marked as being made; none if it is made already. A killed worker left it at running."""
    rows = AuditPack.objects.select_for_update(of=["self"]).select_related("legal_entity")
    pack = rows.get(pk=pack_id)
    if pack.state not in (State.WAITING, State.RUNNING):
        return None
    pack.state, pack.percent = State.RUNNING, 0
    pack.save(update_fields=["state", "percent"])
    return pack


def span_of(pack: AuditPack) -> Span:
    return Span(pack.legal_entity, pack.livemode, pack.first_day, pack.last_day)


def write(pack: AuditPack) -> tuple[bytes, str, int]:
    """The ZIP file, the fingerprint of the journal that its sample is from, and how many it has."""
    span = span_of(pack)
    files = dict[str, bytes]()
    with _one_view():
        count, digest = sampling.fingerprint(span)
        found = sampling.population(span)
        drawn = sampling.draw(span, seed=pack.seed, digest=digest, size=pack.sample_size)
        for name, sheet in sheets.SHEETS.items():
            files[f"{name}.csv"] = sheets.as_csv(*sheet(span))
        files["fingerprints.csv"] = sheets.as_csv(*sheets.fingerprints(span))
        open_months = [f"{month:%Y-%m}" for month in sheets.open_months(span)]
        chains = [chain.of(pk) for pk in drawn]
    files["sample.csv"] = _sample(chains, span)
    # Of the books and not of the clock: the same period gives the same bytes.
    created = datetime.combine(span.last_day, time(12), UTC)
    drawn_by = f"Seed {pack.seed}, fingerprint of the journal {digest}"
    with _progress(pack) as say:
        for place, one in enumerate(chains, start=1):
            reference = one.donation.reference[:8].upper()
            files[f"sample/{place:03}-{reference}.pdf"] = document.render(
                one, span=span, place=place, drawn_by=drawn_by, created=created
            )
            say(READ_PERCENT + (DRAWN_PERCENT - READ_PERCENT) * place // len(chains))
    told = Told(count, digest, found, open_months, chains)
    files["README.txt"] = _readme(pack, told)
    return _zipped(files), digest, len(drawn)


def _sample(chains: list[chain.Chain], span: Span) -> bytes:
    headings = ["place", "reference", "paid", "amount", "currency", "receipt", "missing"]
    return sheets.as_csv(
        headings,
        [
            [
                place,
                one.donation.reference,
                sheets.moment(one.donation.paid_at, span),
                sheets.amount(one.donation.amount_minor, one.donation.currency),
                one.donation.currency,
                " ".join(receipt.label for receipt in one.receipts),
                " ".join(one.missing),
            ]
            for place, one in enumerate(chains, start=1)
        ],
    )


@dataclass(frozen=True)
class Told:
    """What was read, for the first page."""

    entries: int
    digest: str
    gifts: int
    open_months: list[str]
    chains: list[chain.Chain]


def _readme(pack: AuditPack, told: Told) -> bytes:
    entity, drawn = pack.legal_entity, len(told.chains)
    whole = sum(not one.missing for one in told.chains)
    closed = "all are closed"
    if told.open_months:
        closed = f"NOT CLOSED: {', '.join(told.open_months)}; their figures may still change"
    lines = [
        f"Audit pack of {entity.name}, {entity.tax_id}",
        f"Books of {pack.first_day} to {pack.last_day}, by the day an entry is booked on",
        "" if pack.livemode else "TEST MONEY: no money moved.",
        f"Journal entries in the period: {told.entries}",
        f"Fingerprint of them: {told.digest}",
        f"Months of the period: {closed}.",
        "",
        f"Sample: {drawn} of {told.gifts} gifts. Seed: {pack.seed}",
        sampling.METHOD,
        f"Chains with every link: {whole} of {drawn}; what is missing stands in sample.csv and on "
        "each paper.",
        "",
        "Keep fingerprints.csv out of the organisation's reach. Whether the books still have them",
        "is found out by: manage.py verify_books --anchors fingerprints.csv",
        "",
    ]
    return "\r\n".join(lines).encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    """All files, and a manifest with the SHA-256 of each."""
    manifest = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    files = files | {"manifest.json": json.dumps(manifest, indent=1).encode()}
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            info = ZipInfo(name, ZIP_TIME)
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    return out.getvalue()


@contextmanager
def _one_view() -> Iterator[None]:
    """All tables of the same moment, whatever is booked meanwhile; nothing is locked."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _progress(pack: AuditPack) -> Iterator[Callable[[int], None]]:
    """Tells how far it is, by a connection of its own, so that others see it at once."""
    own = connection.copy()

    def say(percent: int) -> None:
        with own.cursor() as cursor:
            cursor.execute(
                "UPDATE donations_auditpack SET percent = %s WHERE id = %s AND state = 'running'",
                [percent, pack.pk],
            )

    try:
        yield say
    finally:
        own.close()


@transaction.atomic
def _offer(pack: AuditPack, data: bytes, digest: str, drawn: int) -> None:
    """The bytes and the word that they are ready, both or neither."""
    pack = AuditPack.objects.select_for_update().get(pk=pack.pk)
    if pack.state != State.RUNNING:
        return  # another worker was faster, while this one was taken for dead
    AuditPackFile.objects.create(pack=pack, data=data)
    pack.state, pack.percent, pack.entries_sha256 = State.READY, 100, digest
    pack.drawn = drawn
    pack.size, pack.sha256 = len(data), hashlib.sha256(data).hexdigest()
    pack.finished_at = timezone.now()
    pack.kept_until = pack.finished_at + KEPT
    pack.save(
        update_fields=[
            *("state", "percent", "entries_sha256", "size", "sha256", "drawn", "finished_at"),
            "kept_until",
        ]
    )


@transaction.atomic
def _fail(pack: AuditPack, problem: str) -> None:
    pack = AuditPack.objects.select_for_update().get(pk=pack.pk)
    if pack.state == State.RUNNING:
        pack.state, pack.problem = State.FAILED, problem[:80]
        pack.save(update_fields=["state", "problem"])
        log.error("audit pack %s is not made: %s", pack.pk, problem)


def name_of(pack: AuditPack) -> str:
    test = "" if pack.livemode else "-test"
    days = f"{pack.first_day:%Y%m%d}-{pack.last_day:%Y%m%d}"
    return f"{pack.legal_entity.code}-audit-{days}{test}.zip"


class Gone(Exception):
    """There are no bytes: not yet, or no longer."""


@transaction.atomic
def download(pack: AuditPack, *, actor: Any) -> bytes:
    """The bytes; that they were taken, by whom and when is on record first.

    Raises:
        Gone: it is not ready, or was erased.
    """
    pack = AuditPack.objects.select_for_update(no_key=True).get(pk=pack.pk)
    if pack.state != State.READY:
        raise Gone(str(pack.pk))
    AuditPackDownload.objects.create(pack=pack, actor=actor)
    return bytes(pack.file.data)


@transaction.atomic
def erase(pack: AuditPack) -> bool:
    """Erase the bytes for good; the row says what there was. False if there are none."""
    pack = AuditPack.objects.select_for_update().get(pk=pack.pk)
    if pack.state != State.READY:
        return False
    AuditPackFile.objects.filter(pack=pack).delete()
    pack.state = State.ERASED
    pack.save(update_fields=["state"])
    return True


@app.periodic(cron="37 3 * * *")
@app.task(queue="public", queueing_lock="erase_audit_packs")
def erase_audit_packs(timestamp: int) -> None:
    """Each night: packs whose time is over."""
    for pack in AuditPack.objects.filter(state=State.READY, kept_until__lt=timezone.now()):
        erase(pack)
