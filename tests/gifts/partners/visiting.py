"""Case workers for tests, and a request walked through its pages."""

import html
import re
from typing import Any

from django.utils import timezone

from accounts.models import User
from gifts.delivery import batches
from gifts.vault import workers
from gifts.vault.models import Match, Need, Partner, PartnerUser
from tests.deliveries_made import make_match
from tests.people import person, signed_in
from tests.roles import RoleClient
from tests.things_made import make_kind
from tests.vault_made import make_partner

PURPOSE = {"purpose": "university", "band": "higher", "what_for": "For an evening course in law."}
DETAILS = {"spec_class": "2", "keyboard": "latam", "needed_by": "", "note": "Light to carry."}
PERSON = {"known": "", "name": "Lucía Quetzal", "contact": "+502 5555 0142"}
SAY = {
    **{"say_asked": "on", "say_told": "on", "say_may_refuse": "on"},
    **{"say_language": "Spanish", "say_whose": "adult"},
}

FORMS = {"purpose": PURPOSE, "details": DETAILS, "person": PERSON, "say": SAY}


def make_worker(partner: Partner | None = None, **fields: Any) -> PartnerUser:
    """Somebody with an app on her telephone, who works for a partner."""
    return workers.add(partner or make_partner(), person("Case worker", **fields))


def desk_of(worker: PartnerUser) -> RoleClient:
    """Her browser, signed in."""
    return signed_in(User.objects.get(pk=worker.user_id))


def begin(client: RoleClient, kind: str = "laptop") -> str:
    """The first page, sent; returns the code of the draft."""
    token = read(client, "/partners/requests/new/", 'name="token" value="([^"]+)"')
    answer = client.post("/partners/requests/new/", {"token": token, "kind": kind})
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"].split("/")[3])


def fill(client: RoleClient, code: str, *steps: str, **typed: str) -> None:
    """These steps, each as a browser sends it."""
    for step in steps or FORMS:
        sent = {
            k: v for k, v in (FORMS[step] | typed).items() if k in FORMS[step] and v is not None
        }
        answer = client.post(f"/partners/requests/{code}/{step}/", sent)
        assert answer.status_code == 302, words(answer)


def stated(client: RoleClient, **typed: str) -> Need:
    """A request, sent."""
    code = begin(client)
    fill(client, code, **typed)
    assert client.post(f"/partners/requests/{code}/check/").status_code == 302
    return Need.objects.get(code=code)


def words(answer: Any) -> str:
    """What stands on a page, without its tags."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(text).split())


def read(client: RoleClient, path: str, pattern: str) -> str:
    found = re.search(pattern, client.get(path).content.decode())
    assert found, f"{pattern} does not stand on {path}"
    return found.group(1)


def make_kinds() -> None:
    make_kind(code="laptop", name="Laptop", name_es="Computadora portátil", is_device=True)
    make_kind(code="course-fee", name="Course fee", name_es="Matrícula", is_device=False)


def shipped(partner: Partner) -> Match:
    """A thing on its way to a partner."""
    staff, match = person(factor=False), make_match(partner=partner)
    batch = batches.pack(partner, codes=[match.unit_code], by=staff)
    batches.ship(batch, carrier="Post", expected_on=timezone.localdate(), by=staff)
    return match
