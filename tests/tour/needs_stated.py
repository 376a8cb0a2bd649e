"""Partners and their people, what they ask for, and wishes for it: for `tests.tour.needs_staff`.

Nothing here lowers what a rule asks: eleven people stand behind each wish that is published.
"""

import io
from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from gifts import units, wishes
from gifts.ladder import K, Level
from gifts.models import ItemCost, ItemKind, Region, Unit, Wish
from gifts.staff import case_workers, partner_acts
from gifts.vault import needs, partners, sealing, stating
from gifts.vault.access import Reader
from gifts.vault.models import Need, Partner, PartnerUser, Purpose, Recipient
from staff import code_sheets, demo
from tests.tour import needs_people
from tests.tour.needs_people import COSTS, HOUSES, KINDS, Stated, Wished
from tests.tour.things_bought import buy_plainly

# What the tour signs in with at a partner's pages; the others work by the same functions.
CODES_TOLD = 3


def who(name: str) -> User:
    return User.objects.get(email=f"{name}@northstar.example")


def house(key: str) -> Partner:
    name = next(one.name for one in HOUSES if one.key == key)
    return Partner.objects.get(name=name)


def workers_of(key: str) -> list[PartnerUser]:
    rows = PartnerUser.objects.filter(partner=house(key), ended_at=None)
    return list(rows.select_related("partner").order_by("pk"))


# --- Partners and their people --------------------------------------------------------------------
def enter_partners() -> dict[str, dict[str, Any]]:
    """Entered, assessed by two, active; with two case workers each, one of them with a sheet."""
    first, second = who("needs"), who("second-needs")
    today = timezone.localdate()
    signed = {str(question): True for question in partner_acts.QUESTIONS}
    told = {}
    for number, one in enumerate(HOUSES):
        partner = partners.apply(
            by=first,
            sealed={
                "office": f"{number + 1} Market Square, second floor",
                "contact": f"The head of {one.name}",
                "phone": f"+1 202 555 01{number:02}",
            },
            **{"name": one.name, "region": one.region, "country": one.country},
            **{"language": one.language, "voltage": one.voltage},
        )
        partners.assess(
            partner,
            by=first,
            made_on=today - timedelta(days=3),
            checklist=signed,
            agreement_on=today - timedelta(days=2),
            review_on=today + timedelta(days=365),
        )
        try:
            partners.sign(partner, by=first)
        except partners.SamePerson:
            partner = partners.sign(partner, by=second)
        assert partner.state == Partner.State.ASSESSED
        partner = partners.activate(partner, by=second)
        for place in ("first", "second"):
            email = f"{place}@{one.key}.example"
            case_workers.add(partner, email=email, name=f"{place} of {one.key}", by=first)
        told[one.key] = _sign_in(f"first@{one.key}.example", by=who("admin"))
    return told


def _sign_in(email: str, *, by: User) -> dict[str, Any]:
    """A password and a sheet of codes, as she was handed them."""
    user = User.objects.get(email=email)
    password = f"a long enough password of {email}"
    user.set_password(password)
    user.save(update_fields=["password"])
    codes = code_sheets.issue(user, by=by)
    return {"email": email, "password": password, "codes": codes[:CODES_TOLD]}


def enter_kinds() -> None:
    """Kinds of things that are no general stock: a wish for one needs people behind it."""
    for facts in KINDS:
        kind = ItemKind.objects.create(**facts)
        ItemCost.objects.create(kind=kind, region=Region.WORLD, cost_minor=COSTS[kind.code])


# --- Needs ----------------------------------------------------------------------------------------
def state_needs(done: dict[str, int]) -> None:
    """All that is not stated at the pages, by the functions behind them."""
    for one in HOUSES:
        workers = workers_of(one.key)
        known = list(Recipient.objects.filter(partner=workers[0].partner).order_by("since"))
        for stated in needs_people.stated(one.key):
            if stated.number >= done.get(one.key, 0):
                # Every fifteenth is typed by staff, for whom a case worker calls.
                typed_by = who("second-needs") if stated.number % 15 == 7 else None
                need = state(stated, workers[stated.number % 2], known, typed_by)
                if stated.known is None:
                    assert need.recipient
                    known.append(need.recipient)


def state(stated: Stated, by: PartnerUser, known: list[Recipient], typed_by: User | None) -> Need:
    told: dict[str, Any] = {"by": by, "typed_by": typed_by}
    need = stating.begin(by, token=f"tour-{stated.house.key}-{stated.number}", typed_by=typed_by)
    need = stating.save_step(need, "thing", kind=stated.kind, **told)
    steps = stated.steps
    need = stating.save_step(need, "purpose", **steps["purpose"], **told)
    details = {"spec_class": 0, "keyboard": ""} | steps["details"]
    details |= {"spec_class": int(details["spec_class"]), "needed_by": _day(stated)}
    need = stating.save_step(need, "details", **details, **told)
    if stated.known is None:
        need = stating.name_person(need, name=stated.name, contact=stated.contact, **told)
    else:
        need = stating.name_person(need, recipient=known[stated.known], **told)
    said = {name: value == "on" or value for name, value in steps["say"].items()}
    need = stating.save_step(need, "say", **said, **told)
    assert stating.send(need, **told).pk == stating.send(need, **told).pk
    return need


def _day(stated: Stated) -> Any:
    """The beginning of a course, where there is one."""
    ahead = 14 * (stated.number % 5)
    return timezone.localdate() + timedelta(days=30 + ahead) if stated.number % 2 else None


def verify_needs() -> dict[str, int]:
    """Each is read, on record, by another person than typed it, and open at once."""
    first, second = who("needs"), who("second-needs")
    rows = Need.objects.filter(state=Need.State.DRAFT, sent_at__isnull=False)
    for need in rows.order_by("sent_at"):
        if need.typed_by:
            try:
                needs.verify(need, by=second)
                raise RuntimeError(f"{need.code} was verified by whoever typed it")
            except needs.SamePerson:
                pass
        opened = sealing.unseal(need, "what_for", "note", reader=Reader.of(first, Purpose.VERIFY))
        assert opened["what_for"]
        assert needs.verify(need, by=first).state == Need.State.OPEN
    return {
        "needs": needs.waiting().count(),
        "people": needs.waiting().values("recipient").distinct().count(),
        "partners": needs.waiting().values("partner").distinct().count(),
    }


# --- Wishes ---------------------------------------------------------------------------------------
def publish_wishes() -> dict[str, Any]:
    """Those with eleven behind them stand; three are refused, and publish what the ladder names."""
    assert K == 11
    published, refused = [], {}
    for place, wished in enumerate(needs_people.WISHES):
        wish = write(wished, place)
        asked = wish.public_name
        cell = {"kind": wished.kind, "region": wished.region, "purpose": wished.purpose}
        behind = needs.waiting().filter(**cell).values("recipient").distinct().count()
        if wished.level is None:
            assert behind >= K, f"{asked}: {behind}"
            wish = wishes.publish(wish)
        else:
            assert behind < K, f"{asked}: {behind}"
            wish = _coarser(wish, wished)
            refused[asked] = wish.public_name
        published.append(wish)
    assert {wish.state for wish in published} == {Wish.State.PUBLISHED}
    return {
        "published": [wish.slug for wish in published],
        "refused": refused,
    }


def write(wished: Wished, place: int, *, wanted: int = 15) -> Wish:
    author, reviewer = demo.coordinators()
    wish = wishes.write(
        by=author,
        kind=ItemKind.objects.get(code=wished.kind),
        purpose=wished.purpose,
        region=wished.region,
        wanted=wanted,
        text="What a course or a first workplace asks for, and what nobody has at home.",
        text_es="Lo que pide un curso o un primer empleo, y que nadie tiene en casa.",
        position=600 + place,
    )
    return wishes.review(wish, by=reviewer)


def _coarser(wish: Wish, wished: Wished) -> Wish:
    """Refused as it is; on the level that the refusal names it passes, and on no finer one."""
    assert wished.level
    region, purpose = wished.level
    refusal = None
    try:
        wishes.publish(wish)
    except wishes.NotPossible as problem:
        refusal = problem
    assert refusal, f"{wish} has fewer than {K} people behind it and was published"
    assert refusal.code == "not_enough"
    assert refusal.level == Level(wish.kind, region, purpose), str(refusal.level)
    return wishes.publish(wish, level=refusal.level)


def buy_for_wishes() -> dict[str, int]:
    """What was given for each wish, on the route of its kind; then described for matching."""
    bought: Counter[str] = Counter()
    for wished in needs_people.WISHES:
        region, purpose = wished.level or (wished.region, wished.purpose)
        cell = {"kind__code": wished.kind, "region": region, "purpose": purpose}
        wish = Wish.objects.select_related("kind", "designation").get(**cell)
        bought[wish.kind.route] += buy_for(wish, wished.given)
    _describe_the_rest()
    return dict(bought)


def buy_for(wish: Wish, count: int) -> int:
    """So many, ready and described as the partners of the wish's region type."""
    rows = buy_plainly(wish, count)
    assert {row.state for row in rows} == {Unit.State.READY}, wish.slug
    central = wish.kind.route == ItemKind.Route.CENTRAL
    for keyboard, some in _keyboards(rows, wish.region) if central else [("", rows)]:
        units.describe(
            some,
            spec_class=2 if central else 0,
            keyboard=keyboard,
            voltage="",
            region="" if central or wish.region == Region.WORLD else wish.region,
        )
    return len(rows)


def _describe_the_rest() -> None:
    """Devices that nobody looked at so far, from whatever was bought and given before."""
    for kind, keyboard in (("laptop", "us"), ("tablet", "hi"), ("mp3-player", "")):
        rows = Unit.objects.filter(kind__code=kind, state=Unit.State.READY, spec_class=None)
        facts = {"spec_class": 2 if kind == "laptop" else 1, "keyboard": keyboard}
        units.describe(list(rows), **facts, voltage="", region="")


def _keyboards(rows: list[Unit], region: str) -> list[tuple[str, list[Unit]]]:
    """By what the partners there type on; where two take part each gets her own."""
    there = [one for one in HOUSES if one.region == region]
    share = -(-len(rows) // len(there))
    return [
        (one.keyboard, rows[place * share : (place + 1) * share]) for place, one in enumerate(there)
    ]


def sign_in_staff(name: str) -> dict[str, str]:
    """The made-up password of a desk, and the code of this half minute."""
    said = io.StringIO()
    call_command("second_factor_codes", stdout=said)
    email = f"{name}@northstar.example"
    lines = map(str.split, said.getvalue().splitlines())
    code = next(line[0] for line in lines if line[1] == email)
    password = next(one.password for one in demo.STAFF if one.email == email)
    return {"email": email, "password": password, "code": code}
