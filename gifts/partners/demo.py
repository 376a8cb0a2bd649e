"""Made-up partners and needs, walked through the steps that staff and case workers take."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from gifts import demo
from gifts.partners.demo_houses import BANDS, HOUSES, Asked, House
from gifts.staff import case_workers, partner_acts
from gifts.vault import needs, partners, stating
from gifts.vault.models import Need, Partner, PartnerUser, Recipient
from gifts.vault.transactions import vault_atomic

# Working days ago: when partners were assessed, and from and until when most needs were stated.
ASSESSED, FIRST, LAST = 60, 48, 30
# So many needs of a partner fall into that time.
MANY = 40


@dataclass
class Desk:
    """One partner at work: its case workers, and those of its people who were named so far."""

    number: int
    house: House
    workers: list[PartnerUser]
    people: dict[int, Recipient] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = self.workers[0].partner.needs.exclude(form_token=None)
        self.known = {need.form_token: need for need in rows.select_related("recipient", "partner")}

    def state(self, place: int, asked: Asked, who: int, *, sends: bool = True) -> Need:
        """Ask for a thing as on the pages; what was asked for before is left as it is."""
        worker = self.workers[place % len(self.workers)]
        token = f"demo-{self.number}-{place}"
        with vault_atomic():
            need = self.known.get(token) or stating.begin(worker, token=token)
            if stating.is_writable(need) and stating.missing(need):
                need = self._fill_in(need, worker, asked, who)
        if need.recipient:
            self.people[who] = need.recipient
        return stating.send(need, by=worker) if sends and stating.is_writable(need) else need

    def _fill_in(self, need: Need, worker: PartnerUser, asked: Asked, who: int) -> Need:
        house = self.house
        said = dict.fromkeys(("say_asked", "say_told", "say_may_refuse"), True)
        steps: dict[str, dict[str, Any]] = {
            "thing": {"kind": asked.kind},
            "purpose": {
                "purpose": asked.purpose,
                "band": BANDS[asked.purpose],
                "what_for": house.what_for[asked.purpose],
            },
            "say": {
                **said,
                "say_language": house.spoken,
                "say_whose": "guardian" if who % 10 == 9 else "adult",
            },
        }
        if asked.spec_class:
            keyboard = asked.keyboards[who % len(asked.keyboards)]
            # A third of them has a day.
            due = timezone.localdate() + timedelta(days=60 + who * 5) if who % 3 == 1 else None
            plain = {"spec_class": asked.spec_class, "keyboard": keyboard, "needed_by": due}
            steps["details"] = {**plain, "note": ""}
        for step, values in steps.items():
            need = stating.save_step(need, step, by=worker, **values)
        known = self.people.get(who)
        named = {} if known else {"name": house.people[who], "contact": "through the house"}
        return stating.name_person(need, by=worker, recipient=known, **named)


def seed(*, keeper: Any, second: Any) -> None:
    """Make what is not there yet; what somebody has moved on stays where it is.

    Args:
        keeper: who enters partners and verifies needs; `second` signs after her.
    """
    for number, house in enumerate(HOUSES):
        with demo.at(ASSESSED):
            desk = Desk(number, house, _partner(house, keeper, second))
        for place, (asked, who) in enumerate(house.each):
            with demo.at(FIRST - place * (FIRST - LAST) // MANY):
                need = desk.state(place, asked, who)
                if need.state == Need.State.DRAFT:
                    if house.is_suspended:
                        partners.move(need.partner, to="suspended", by=keeper, note="Moves house.")
                    needs.verify(need, by=keeper)
        if number == 0:
            _leave_open(desk, keeper)


def _partner(house: House, keeper: Any, second: Any) -> list[PartnerUser]:
    """As if it had applied, was assessed, signed by two, and had named its case workers."""
    office, contact, phone = house.office
    partner = Partner.objects.filter(name=house.name).first() or partners.apply(
        by=keeper,
        sealed={"office": office, "contact": contact, "phone": phone},
        name=house.name,
        region=house.region,
        country=house.country,
        language=house.language,
        voltage=house.voltage,
    )
    today = timezone.localdate()
    if partner.state == Partner.State.APPLIED:
        if partners.unsigned(partner) is None:
            partners.assess(
                partner,
                by=keeper,
                made_on=today - timedelta(days=3),
                checklist={partner_acts.english(text): True for text in partner_acts.QUESTIONS},
                agreement_on=today,
                review_on=today + timedelta(days=365),
            )
        partner = partners.sign(partner, by=second)
    if partner.state == Partner.State.ASSESSED:
        partner = partners.activate(partner, by=second)
    return [
        case_workers.add(partner, email=email, name=name, by=keeper)
        for email, name in house.workers
    ]


def _leave_open(desk: Desk, keeper: Any) -> None:
    """What waits for somebody, and what came to nothing."""
    first, other = desk.house.asked[:2]
    with demo.at(ASSESSED - 8):
        desk.state(MANY, other, other.first, sends=False)
    needs.expire(days=settings.VAULT_DRAFT_DAYS)  # as each night
    with demo.at(4):
        one, another = (desk.state(MANY + n, other, other.first + n) for n in (1, 2))
        if one.state == Need.State.DRAFT:
            needs.refuse(one, text="The school gives her one already.", by=keeper)
        if another.state == Need.State.DRAFT:
            stating.withdraw(another, by=desk.workers[0], why="She found another way.")
    with demo.at(1):
        for n in (3, 4, 5):
            desk.state(MANY + n, first, first.first + n)
        desk.state(MANY + 6, first, first.first, sends=False)
