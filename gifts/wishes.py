"""The life of a wish: written, passed by a second person, published, funded, ended."""

from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core import tokens
from core.discretion import telling
from donations import room
from donations.models import Designation
from gifts import catalogue, ladder
from gifts.models import ItemKind, Unit, Wish

State = Wish.State
EDUCATION = "education"
# What staff may say of a wish; the last line stays open when it is published.
SUBJECT = ("kind", "purpose", "region", "wanted", "like", "over_funding_percent", "leftover")
TEXTS = ("text", "text_es")
ALWAYS = ("ends_at", "position")


class NotPossible(Exception):
    """The wish cannot go there; `code` says why, `level` what may be published instead."""

    def __init__(self, code: str, level: ladder.Level | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.level = level


def write(*, by: Any, **said: Any) -> Wish:
    """A new draft; `said` holds what SUBJECT, TEXTS and ALWAYS name."""
    wish = Wish(written_by=by, currency=said["kind"].currency, **said)
    wish.slug = _free_slug(wish)
    wish.save(force_insert=True)
    return wish


@transaction.atomic
def rewrite(wish: Wish, *, by: Any, **said: Any) -> Wish:
    """Say it otherwise. Another text or subject takes the review back, and the wish off the list.

    Raises:
        NotPossible: code "covered" or "closed": it is too late for another text; code "frozen":
            goal and subject stay as donors have seen them.
    """
    wish = _locked(wish)
    changed = [field for field, value in said.items() if getattr(wish, field) != value]
    if not changed:
        return wish
    if wish.state == State.CLOSED:
        raise NotPossible("closed")
    if wish.designation_id and set(changed) & set(SUBJECT):
        raise NotPossible("frozen")
    for field in changed:
        setattr(wish, field, said[field])
    if not set(changed) <= set(ALWAYS):
        if wish.state == State.FUNDED:
            raise NotPossible("covered")
        wish.state, wish.written_by = State.DRAFT, by
        wish.reviewed_by = wish.reviewed_at = None
        wish.currency = wish.kind.currency
    wish.save()
    if wish.designation and "ends_at" in changed:
        wish.designation.closes_at = wish.ends_at
        wish.designation.save(update_fields=["closes_at"])
    return wish


@transaction.atomic
def review(wish: Wish, *, by: Any) -> Wish:
    """A second person has read the text in both languages.

    Raises:
        NotPossible: code "same_person", "no_text", "telling", or "state".
    """
    wish = _locked(wish)
    if wish.state == State.REVIEWED:
        return wish
    if wish.state != State.DRAFT:
        raise NotPossible("state")
    if wish.written_by_id == by.pk:
        raise NotPossible("same_person")
    if not (wish.text and wish.text_es):
        raise NotPossible("no_text")
    if telling(f"{wish.text} {wish.text_es}"):
        raise NotPossible("telling")
    wish.state, wish.reviewed_by, wish.reviewed_at = State.REVIEWED, by, timezone.now()
    wish.save(update_fields=["state", "reviewed_by", "reviewed_at"])
    return wish


@transaction.atomic
def publish(wish: Wish, *, level: ladder.Level | None = None) -> Wish:
    """Open it to donors: price and goal are fixed, and it gets a designation of its own.

    Args:
        level: publish it on this wider rung of the ladder, which a refusal named.

    Raises:
        NotPossible: code "state", "ended", "no_cost", "no_fund" or "not_enough", the last with the
            finest level that passes.
    """
    wish = _locked(wish)
    if wish.state == State.PUBLISHED:
        return wish
    if wish.state != State.REVIEWED:
        raise NotPossible("state")
    if wish.ends_at and wish.ends_at <= timezone.now():
        raise NotPossible("ended")
    if wish.designation_id is None:
        if level is not None and level in ladder.rungs(wish):
            wish.region, wish.purpose = level.region, level.purpose
        # Two that are published at once would count the same people.
        counted = ItemKind.objects.filter(general_stock=False).order_by("pk")
        list(counted.select_for_update(no_key=True))
        if not ladder.is_behind(wish, ladder.rungs(wish)[0]):
            raise NotPossible("not_enough", ladder.passing(wish))
        _open_purse(wish)
    wish.state = State.PUBLISHED
    wish.save()
    return wish


@transaction.atomic
def end(wish: Wish, *, reason: str) -> Wish:
    """Close it, with a reason for colleagues; one person is enough.

    What was given stays its own and is spent on it; what comes later goes to the like wish or fund.
    """
    wish = _locked(wish)
    if wish.state == State.CLOSED:
        return wish
    wish.state, wish.closed_at, wish.close_reason = State.CLOSED, timezone.now(), reason
    wish.save(update_fields=["state", "closed_at", "close_reason"])
    if purse := wish.designation:
        purse.closes_at = min(purse.closes_at or wish.closed_at, wish.closed_at)
        purse.save(update_fields=["closes_at"])
    return wish


def refresh_states() -> int:
    """Bring all published and funded wishes to the state that their money has. Safe to repeat.

    Returns:
        How many changed.
    """
    live = Wish.objects.filter(state__in=ladder.LIVE).select_related("designation")
    wishes = list(live)
    standing = room.standing([wish.designation_id for wish in wishes if wish.designation_id])
    now = timezone.now()
    changed = 0
    for wish in wishes:
        assert wish.designation  # wish_published_means_price_and_purse
        given = standing[wish.designation.pk].given_minor
        if wish.ends_at and wish.ends_at <= now and wish.state == State.PUBLISHED:
            end(wish, reason=_("It ended on its day."))
            changed += 1
        elif (given >= _goal_minor(wish)) != (wish.state == State.FUNDED):
            changed += refresh_state(wish).state != wish.state
    return changed


@transaction.atomic
def refresh_state(wish: Wish) -> Wish:
    """Funded as soon as its goal is there; open again if money went back before a purchase."""
    wish = _locked(wish)
    if wish.state not in ladder.LIVE or wish.designation is None:
        return wish
    given = room.standing([wish.designation.pk])[wish.designation.pk].given_minor
    units = Unit.objects.filter(wish=wish, origin=Unit.Origin.BOUGHT)
    bought = units.exclude(state=Unit.State.CANCELED).exists()
    if wish.state == State.PUBLISHED and given >= _goal_minor(wish):
        wish.state = State.FUNDED
    elif wish.state == State.FUNDED and given < _goal_minor(wish) and not bought:
        wish.state = State.PUBLISHED
    else:
        return wish
    wish.save(update_fields=["state"])
    return wish


def _goal_minor(wish: Wish) -> int:
    return wish.wanted * (wish.unit_minor or 0)


def _locked(wish: Wish) -> Wish:
    rows = Wish.objects.select_for_update(of=["self"])
    return rows.select_related("kind", "designation", "like").get(pk=wish.pk)


def _open_purse(wish: Wish) -> None:
    """Fix the price of one and make the designation whose goal is what the wish asks for."""
    price = catalogue.unit_minor(wish.kind, wish.region)
    if price is None:
        raise NotPossible("no_cost")
    fund = Designation.objects.filter(code=EDUCATION).first()
    if fund is None:
        raise NotPossible("no_fund")
    wish.unit_minor, wish.currency, wish.opens_at = price, wish.kind.currency, timezone.now()
    wish.designation = Designation.objects.create(
        code=f"wish-{wish.pk}",
        name=_in("en", wish),
        name_es=_in("es", wish),
        restriction=Designation.Restriction.WITH,
        currency=wish.currency,
        target_minor=wish.wanted * price,
        over_funding_percent=wish.over_funding_percent,
        like=wish.like.designation if wish.like else None,
        fallback=fund,
        opens_at=wish.opens_at,
        closes_at=wish.ends_at,
    )


def _in(language: str, wish: Wish) -> str:
    with translation.override(language):
        return wish.public_name


def _free_slug(wish: Wish) -> str:
    """In English words, short signs behind them where the words are taken."""
    words = slugify(_in("en", wish))[:70].strip("-")
    taken = Wish.objects.filter(slug=words).exists()
    return f"{words}-{tokens.new_code(1).lower()}" if taken else words
