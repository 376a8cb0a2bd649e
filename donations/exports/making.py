"""An export from being asked for to being erased; states in donations/models/exports.py.

ask ─→ job: (1) running  (2) rows and the ledger's totals under one view of the books, no lock
            (3) read back and compared  (4) bytes and "ready" in one short transaction
"""

import hashlib
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from donations.exports import layouts, plain, reading, totals, workbook
from donations.exports.copying import Source
from donations.exports.problem import Problem, Unfit
from donations.models import Export, ExportDownload, ExportPart, LegalEntity

log = logging.getLogger("northstar.exports")

State, Format = Export.State, Export.Format
# Finance has taken its copy long before; it can be made again, by the chart of accounts of then.
KEPT = timedelta(days=14)
PART_BYTES = 4 << 20
SAY_EVERY_SECONDS = 1.0
# Writing is told as the first nine tenths, reading back as the rest.
WRITTEN_PERCENT = 90


def _parquet(file: IO[bytes], source: Source) -> None:
    from donations.exports import parquet  # noqa: PLC0415 - 100 MB that few processes need

    parquet.write(file, source)


WRITERS: dict[str, Callable[[IO[bytes], Source], None]] = {
    Format.CSV: plain.write,
    Format.XLSX: workbook.write,
    Format.PARQUET: _parquet,
    Format.QUICKBOOKS: plain.write_bare,
    Format.XERO: plain.write_xero,
}
EXTENSIONS = {Format.QUICKBOOKS: "csv", Format.XERO: "zip"}


class Refused(Exception):
    """This cannot be asked for; the form says so in words before."""


@transaction.atomic
def ask(
    kind: str, *, form: str, entity: LegalEntity, first_day: date, last_day: date, actor: Any
) -> Export:
    """Note what is wanted and queue the job.

    Raises:
        Refused: bookkeeping programs take journals only; the period ends before it begins.
    """
    journals_only = form in (Format.QUICKBOOKS, Format.XERO)
    if (journals_only and kind != Export.Kind.JOURNAL) or last_day < first_day:
        raise Refused(f"{kind} as {form}, {first_day} to {last_day}")
    export = Export.objects.create(
        kind=kind,
        format=form,
        legal_entity=entity,
        livemode=settings.STRIPE_LIVE,
        first_day=first_day,
        last_day=last_day,
        asked_by=actor,
    )
    make_export.defer(export_id=export.pk)
    return export


@transaction.atomic
def ask_again(export: Export) -> bool:
    """Queue a failed export once more; false if it is no longer failed."""
    export = Export.objects.select_for_update().get(pk=export.pk)
    if export.state != State.FAILED:
        return False
    export.state, export.problem, export.detail = State.WAITING, "", ""
    export.percent = 0
    export.save(update_fields=["state", "problem", "detail", "percent"])
    make_export.defer(export_id=export.pk)
    return True


@app.task(queue="public", lock="exports")
def make_export(export_id: int) -> None:
    """Job: make the file and offer it, if it equals the books. Safe to repeat at any point.

    One at a time, so that two of them do not share the machine's memory.
    """
    export = _begin(export_id)
    if export is None:
        return
    try:
        with tempfile.TemporaryFile(buffering=1 << 20) as file:
            found = write(export, file)
            _offer(export, file, found)
    except Unfit as cause:
        _fail(export, cause.problem, cause.detail)
        log.error("export %s is not offered: %s", export.pk, cause)
    except Exception as error:
        _fail(export, Problem.UNEXPECTED, type(error).__name__)
        raise


@transaction.atomic
def _begin(export_id: int) -> Export | None:
    """Marked as being made; none if it is made already. A killed worker left it at running."""
    rows = Export.objects.select_for_update(of=("self",)).select_related("legal_entity")
    export = rows.get(pk=export_id)
    if export.state not in (State.WAITING, State.RUNNING):
        return None
    export.state, export.percent = State.RUNNING, 0
    export.save(update_fields=["state", "percent"])
    return export


def write(export: Export, file: IO[bytes]) -> totals.Totals:
    """Write the file, read it back and compare it with the ledger.

    Raises:
        Unfit: it is not what the ledger says, or the other program could not take it.
    """
    layout = layouts.of(export)
    with _progress(export) as say, _one_view():
        books = totals.of_books(export)
        whole = max(1, books.rows)
        source = Source(
            layout, totals.period(export), lambda rows: say(WRITTEN_PERCENT * rows // whole)
        )
        WRITERS[export.format](file, source)
        say(WRITTEN_PERCENT, at_once=books.rows > PART_BYTES)
    found = reading.totals(file, export.format, layout)
    if difference := found.against(books):
        raise Unfit(Problem.DIFFERS, difference)
    return found


@contextmanager
def _one_view() -> Iterator[None]:
    """Rows and totals of the same moment, whatever is booked meanwhile; nothing is locked."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _progress(export: Export) -> Iterator[Callable[..., None]]:
    """Tells how far it is, by a connection of its own: the other one is busy with the rows."""
    own = connection.copy()
    said = time.monotonic()

    def say(percent: int, *, at_once: bool = False) -> None:
        nonlocal said
        if at_once or time.monotonic() - said >= SAY_EVERY_SECONDS:
            said = time.monotonic()
            with own.cursor() as cursor:
                cursor.execute(
                    "UPDATE donations_export SET percent = %s WHERE id = %s AND state = 'running'",
                    [min(percent, WRITTEN_PERCENT), export.pk],
                )

    try:
        yield say
    finally:
        own.close()


@transaction.atomic
def _offer(export: Export, file: IO[bytes], found: totals.Totals) -> None:
    """The bytes and the word that they are ready, both or neither."""
    export = Export.objects.select_for_update().get(pk=export.pk)
    if export.state != State.RUNNING:
        return  # another worker was faster, while this one was taken for dead
    file.seek(0)
    digest, size, number = hashlib.sha256(), 0, 0
    while data := file.read(PART_BYTES):
        ExportPart.objects.create(export=export, number=number, data=data)
        digest.update(data)
        size, number = size + len(data), number + 1
    export.state, export.percent, export.rows = State.READY, 100, found.rows
    export.totals, export.size, export.sha256 = found.as_json(), size, digest.hexdigest()
    export.finished_at = timezone.now()
    export.kept_until = export.finished_at + KEPT
    export.save(
        update_fields=[
            *("state", "percent", "rows", "totals", "size", "sha256"),
            *("finished_at", "kept_until"),
        ]
    )


@transaction.atomic
def _fail(export: Export, problem: Problem, detail: str) -> None:
    export = Export.objects.select_for_update().get(pk=export.pk)
    if export.state == State.RUNNING:
        export.state, export.problem, export.detail = State.FAILED, problem, detail[:400]
        export.save(update_fields=["state", "problem", "detail"])


def name_of(export: Export) -> str:
    """The file's name: whose books, what, which days; test money says so."""
    test = "" if export.livemode else "-test"
    form = f"-{export.format}" if export.format in EXTENSIONS else ""
    ending = EXTENSIONS.get(Format(export.format), export.format)
    days = f"{export.first_day:%Y%m%d}-{export.last_day:%Y%m%d}"
    return f"{export.legal_entity.code}-{export.kind}{form}-{days}{test}.{ending}"


class Gone(Exception):
    """There are no bytes: not yet, or no longer."""


@transaction.atomic
def download(export: Export, *, actor: Any) -> Iterator[bytes]:
    """The bytes, part by part; that they were taken, by whom and when is on record first.

    Raises:
        Gone: it is not ready, or was erased.
    """
    export = Export.objects.select_for_update(no_key=True).get(pk=export.pk)
    if export.state != State.READY:
        raise Gone(str(export.pk))
    ExportDownload.objects.create(export=export, actor=actor)
    numbers = list(export.parts.order_by("number").values_list("number", flat=True))
    return (bytes(export.parts.get(number=number).data) for number in numbers)


@transaction.atomic
def erase(export: Export) -> bool:
    """Erase the bytes for good; the row says what there was. False if there are none."""
    export = Export.objects.select_for_update().get(pk=export.pk)
    if export.state != State.READY:
        return False
    export.parts.all().delete()
    export.state = State.ERASED
    export.save(update_fields=["state"])
    return True


@app.periodic(cron="29 3 * * *")
@app.task(queue="public", queueing_lock="erase_exports")
def erase_exports(timestamp: int) -> None:
    """Each night: files whose time is over."""
    for export in Export.objects.filter(state=State.READY, kept_until__lt=timezone.now()):
        erase(export)
