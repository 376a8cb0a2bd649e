"""Leaks made on purpose, each real and on one surface: a crawl that misses one is no proof.

A leak is a function that does it: it gets the world and the words, changes the product where it
must, and yields the surfaces to look at besides what lies within (tables, mails, log, Stripe).
"""

import base64
import html
import io
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest import mock
from urllib.parse import quote

import pikepdf
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.core.cache import caches
from django.http import HttpResponse
from django.template.backends.django import Template
from procrastinate.contrib.django import app
from wagtail.models import Page

from core import headers, logs, mail
from donations.gateway import client as gateway
from donations.models import Donation, StaffNote
from donations.receipts import book
from donations.staff import programme
from gifts import units
from gifts.models import ItemKind, Unit
from gifts.vault import needs, outbox, sealing
from gifts.vault.models import Need, Outbox
from gifts.vault.transactions import vault_atomic
from pages import errors
from tests.canary import surfaces
from tests.canary.world import World
from tests.people import person, signed_in
from tests.roles import PUBLIC, RoleClient
from tests.things_made import make_kind

Looks = Iterator[surfaces.Surface]


@dataclass(frozen=True)
class Leak:
    name: str
    # The surface that must report it begins with this.
    on: str
    do: Callable[[World, str, ExitStack], Looks]


LEAKS: list[Leak] = []


def leak(on: str) -> Callable[[Callable[[World, str, ExitStack], Looks]], Callable[..., Looks]]:
    def plant(do: Callable[[World, str, ExitStack], Looks]) -> Callable[..., Looks]:
        LEAKS.append(Leak(do.__name__.replace("_", " "), on, do))
        return do

    return plant


def patch(stack: ExitStack, where: Any, name: str, what: Any) -> None:
    stack.enter_context(mock.patch.object(where, name, what))


def visit(world: World, url: str) -> Looks:
    return world.page("anonymous", RoleClient(PUBLIC), url)


@leak(on="log")
def a_name_in_a_log_line(world: World, text: str, stack: ExitStack) -> Looks:
    opened = sealing._open

    def telling(row: Any) -> Any:
        logging.getLogger("gifts.vault").debug("opened %s", opened(row))
        return opened(row)

    patch(stack, sealing, "_open", telling)
    sealing.unseal(world.lives.rows[0], "contact", reader=world.lives.reader)
    yield from ()


@leak(on="log")
def the_words_of_an_exception_in_the_log(world: World, text: str, stack: ExitStack) -> Looks:
    patch(stack, logs.JsonFormatter, "format", logging.Formatter().format)
    yield from world.broken("anonymous", RoleClient(PUBLIC), "/safety/")


@leak(on="log")
def a_record_that_names_itself(world: World, text: str, stack: ExitStack) -> Looks:
    patch(stack, Need, "__str__", lambda need: text)
    need = next(row for row in world.lives.rows if isinstance(row, Need))
    try:
        needs.move(need, to="open", by=None)
    except needs.CannotMove:
        logging.getLogger("gifts.delivery").warning("%s cannot move", need)
    yield from ()


@leak(on="default: procrastinate_jobs")
def an_argument_of_a_job(world: World, text: str, stack: ExitStack) -> Looks:
    app.configure_task("donations.tell", queue="vault").defer(recipient=text)
    yield from ()


@leak(on="mail: head")
def the_subject_of_a_mail(world: World, text: str, stack: ExitStack) -> Looks:
    real = mail._line
    patch(stack, mail, "_line", lambda words: f"{real(words)} {text}")
    message = mail.compose("trace", "a@example.org", {"link": "x"}, "en")
    message.send()
    yield from ()


@leak(on="mail: application/pdf (metadata of the PDF)")
def the_metadata_of_a_pdf(world: World, text: str, stack: ExitStack) -> Looks:
    receipt = Donation.objects.exclude(receipts=None).first().receipts.first()
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(book.stored_bytes(receipt))) as pdf:
        pdf.docinfo["/Subject"] = text
        pdf.save(out)
    message = mail.compose("trace", "a@example.org", {"link": "x"}, "en")
    message.attach("receipt.pdf", out.getvalue(), "application/pdf")
    message.send()
    yield from ()


def answering(stack: ExitStack, change: Callable[[HttpResponse], None]) -> None:
    """Every answer is changed by this on its way out."""
    real = headers.ManyHeaders.__call__

    def call(self: Any, request: Any) -> Any:
        response = real(self, request)
        change(response)
        return response

    patch(stack, headers.ManyHeaders, "__call__", call)


@leak(on="anonymous /safety/ (head)")
def a_header_of_an_answer(world: World, text: str, stack: ExitStack) -> Looks:
    answering(stack, lambda answer: answer.__setitem__("X-Case", quote(text)))
    yield from visit(world, "/safety/")


@leak(on="anonymous /safety/ (head)")
def a_cookie_in_base64(world: World, text: str, stack: ExitStack) -> Looks:
    coded = base64.b64encode(f"for {text}".encode()).decode()
    answering(stack, lambda answer: answer.set_cookie("hint", coded))
    yield from visit(world, "/safety/")


@leak(on="anonymous /safety/ (head)")
def a_cookie_compressed_and_signed(world: World, text: str, stack: ExitStack) -> Looks:
    coded = signing.dumps({"who": text, "more": "x" * 400}, compress=True)
    answering(stack, lambda answer: answer.set_cookie("hint", coded))
    yield from visit(world, "/safety/")


@leak(on="anonymous /account/ (head)")
def the_address_of_a_redirect(world: World, text: str, stack: ExitStack) -> Looks:
    coded = "".join(f"%{byte:02X}" for byte in text.encode())
    answering(stack, lambda answer: answer.__setitem__("Location", f"/account/login/?next={coded}"))
    yield from visit(world, "/account/")


@leak(on="anonymous /safety/")
def a_remark_in_a_public_page(world: World, text: str, stack: ExitStack) -> Looks:
    drawn = Template.render
    coded = "".join(f"&#x{ord(c):X};" for c in text)
    patch(stack, Template, "render", lambda *a, **k: f"{drawn(*a, **k)}<!-- {coded} -->")
    yield from visit(world, "/safety/")


@leak(on="anonymous /safety/ (broken)")
def the_page_that_says_something_broke(world: World, text: str, stack: ExitStack) -> Looks:
    def told(request: Any, name: str, status: int) -> HttpResponse:
        return HttpResponse(html.escape(str(sys.exc_info()[1])), status=status)

    patch(stack, errors, "render", told)
    yield from world.broken("anonymous", RoleClient(PUBLIC), "/safety/")


@leak(on="default: northstar_cache")
def a_row_of_the_cache(world: World, text: str, stack: ExitStack) -> Looks:
    caches["default"].set("last-need", {"for": [text]})
    yield from ()


@leak(on="default: django_session")
def a_session(world: World, text: str, stack: ExitStack) -> Looks:
    session = SessionStore()
    session["need"] = {"name": text, "step": "x" * 300}
    session.save()
    yield from ()


@leak(on="Stripe")
def the_metadata_of_a_payment(world: World, text: str, stack: ExitStack) -> Looks:
    gateway.client().v1.customers.create({"metadata": {"for": text}})
    yield from ()


@leak(on="default: wagtailsearch_indexentry")
def the_search_index(world: World, text: str, stack: ExitStack) -> Looks:
    page = Page.objects.filter(depth=3).first()
    page.title = text
    page.save()
    yield from ()


@leak(on="default: wagtailcore_revision")
def an_old_revision_of_a_page(world: World, text: str, stack: ExitStack) -> Looks:
    page = Page.objects.filter(depth=3).first().specific
    page.search_description = f"She is {text}."
    page.save_revision()
    yield from ()


@leak(on="default: gifts_unitstep")
def a_field_carried_over_the_wall(world: World, text: str, stack: ExitStack) -> Looks:
    (unit,) = units.make(make_kind(), origin=Unit.Origin.BOUGHT)
    units.move(unit, to=Unit.State.RECEIVED, by=None, note=f"for {text}")
    yield from ()


@leak(on="vault: vault_outbox")
def a_note_in_the_outbox(world: World, text: str, stack: ExitStack) -> Looks:
    with vault_atomic():
        row = outbox.tell("AAAA-2222", to="matched")
        Outbox.objects.filter(pk=row.pk).update(refused=f"no {text}")
    yield from ()


@leak(on="vault: vault_need")
def a_plain_column_of_the_vault(world: World, text: str, stack: ExitStack) -> Looks:
    Need.objects.filter(pk=world.lives.rows[-1].pk).update(answer="x")
    Need.objects.update(answer=text.upper())
    yield from ()


@leak(on="default: gifts_itemkindevent")
def the_history_of_a_row(world: World, text: str, stack: ExitStack) -> Looks:
    kind = ItemKind.objects.first()
    kind.description = text
    kind.save()
    yield from ()


@leak(on="C /admin/gifts/inspect/")
def a_page_of_staff_who_may_not_know(world: World, text: str, stack: ExitStack) -> Looks:
    gift = Donation.objects.filter(status="paid").first()
    StaffNote.objects.create(donation=gift, author=person(factor=False), text=f"bought for {text}")
    client = signed_in(person("Donor care"))
    yield from world.page("C", client, f"/admin/gifts/inspect/{gift.pk}/")


@leak(on="F /admin/programme/figures.csv")
def a_file_to_download(world: World, text: str, stack: ExitStack) -> Looks:
    real = programme.as_file
    told = text.swapcase().encode()
    patch(stack, programme, "as_file", lambda _data, *how: real(told, *how))
    yield from world.page("F", signed_in(person("Finance")), "/admin/programme/figures.csv")


@leak(on="anonymous /")
def the_address_of_a_page(world: World, text: str, stack: ExitStack) -> Looks:
    page = Page.objects.filter(depth=3, show_in_menus=True).first() or Page.objects.get(depth=3)
    Page.objects.filter(pk=page.pk).update(title=text)
    caches["local"].clear()
    yield from visit(world, "/")
